from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from supervised import file, kill, ready, scenes, supervised, until, worker_of

from kinesics.errors import JobError
from kinesics.server.crew import watchdog
from kinesics.server.crew.seat import Seat
from kinesics.server.crew.supervisor import WORKER, Stream
from kinesics.server.refusals import Busy
from kinesics.server.settings import StreamSettings


def in_a_loop(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    @wraps(test)
    def run(**fixtures: Any) -> None:
        asyncio.run(test(**fixtures))

    return run


@in_a_loop
async def test_a_killed_worker_is_replaced_and_the_others_miss_nothing(tmp_path: Path) -> None:
    async with supervised(tmp_path, threads=2) as supervisor:
        victim, film = await supervisor.add(file("numbers")), await supervisor.add(file("numbers"))
        web = await supervisor.add(StreamSettings("browser"))
        seeing, film_seen, web_seen = victim.subscribe(), film.subscribe(), web.subscribe()
        await until(lambda: victim.state()["looked"] and film.state()["looked"] and web.worker is not None)
        await ready(supervisor)
        numbers = list[int]()

        async def talk() -> None:
            for number in range(60):
                web.push(b"jpeg", number, number / 30)
                numbers.append((await scenes(web_seen, 1))[0].args["number"])

        talking = asyncio.create_task(talk())
        looked = film.state()["looked"]
        for _ in range(3):
            await ready(supervisor)
            pid, epoch = worker_of(victim), victim.epoch
            kill(pid, signal.SIGKILL)
            async with asyncio.timeout(20):
                async for message in seeing:
                    if message.do == "scene" and message.args["epoch"] > epoch:
                        break
            assert worker_of(victim) != pid and victim.epoch == epoch + 1
        await talking
        assert numbers == list(range(60)) and web.state()["dropped"].get("browser", {}) == {}
        assert victim.state()["restarts"] == 3 and film.state()["restarts"] == web.state()["restarts"] == 0
        assert film.state()["looked"] > looked and film.epoch == web.epoch == 0
        last = (await scenes(film_seen, 1))[0].args["index"]
        assert film.state()["looked"] in (last + 1, last + 2)  # each frame of the file was seen, in its order


@in_a_loop
async def test_the_stream_goes_on_within_half_a_second(tmp_path: Path) -> None:
    async with supervised(tmp_path) as supervisor:
        stream = await supervisor.add(file("numbers"))
        seconds = []
        for _ in range(5):
            await ready(supervisor)
            await until(lambda: stream.state()["looked"])
            looked, epoch = stream.state()["looked"], stream.epoch
            kill(worker_of(stream), signal.SIGKILL)
            seconds.append(await until(lambda looked=looked, epoch=epoch: stream.epoch > epoch and not stream.young))
            assert stream.state()["looked"] > looked
        assert min(seconds) < 0.5


@in_a_loop
async def test_a_frozen_worker_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "SILENT", 1.5)
    async with supervised(tmp_path) as supervisor:
        stream, other = await supervisor.add(file("numbers")), await supervisor.add(file("numbers"))
        await until(lambda: stream.state()["looked"] and other.state()["looked"])
        await ready(supervisor)
        pid, looked = worker_of(stream), other.state()["looked"]
        kill(pid, signal.SIGSTOP)
        await until(lambda: worker_of(stream) != pid if stream.worker else False)
        assert other.state()["restarts"] == 0 and other.state()["looked"] > looked
        await until(lambda: not Path(f"/proc/{pid}").exists())


@in_a_loop
async def test_a_turn_is_not_kept_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "HELD", 1.0)
    monkeypatch.setattr(watchdog, "HELD_FIRST", 2.0)
    async with supervised(tmp_path, threads=1) as supervisor:
        web, film = await supervisor.add(StreamSettings("browser")), await supervisor.add(file("numbers"))
        seeing = web.subscribe()
        await until(lambda: web.worker is not None and film.state()["looked"])
        pid = worker_of(web)
        web.push(b"sleep", 7, 0.0)
        assert (await scenes(seeing, 1, "bad"))[0].args["number"] == 7  # it is told, so that the page sends its next one
        looked = film.state()["looked"]
        web.push(b"jpeg", 8, 0.1)
        assert (await scenes(seeing, 1))[0].args["number"] == 8
        assert worker_of(web) != pid
        await until(lambda: film.state()["looked"] > looked)


@in_a_loop
async def test_a_frame_that_kills_is_not_shown_again(tmp_path: Path) -> None:
    async with supervised(tmp_path) as supervisor:
        await ready(supervisor)
        web = await supervisor.add(StreamSettings("browser"))
        seeing = web.subscribe()
        web.push(b"die", 1, 0.0)
        assert (await scenes(seeing, 1, "bad"))[0].args["number"] == 1
        web.push(b"jpeg", 2, 0.1)
        found = (await scenes(seeing, 1))[0]
        assert found.args["number"] == 2 and found.args["epoch"] == 1
        assert web.state()["dropped"]["worker"] == {"died": 1} and web.state()["restarts"] == 1


@in_a_loop
async def test_questions_to_a_dying_worker_are_answered(tmp_path: Path) -> None:
    async with supervised(tmp_path) as supervisor:
        stream = await supervisor.add(file("numbers"))
        await until(lambda: stream.worker is not None)
        kill(worker_of(stream), signal.SIGSTOP)
        asking = asyncio.create_task(stream.ask("teach", do="begin", label="wave"))
        await asyncio.sleep(0.1)
        kill(worker_of(stream), signal.SIGKILL)
        with pytest.raises(Busy, match="replaced"):
            await asking


@in_a_loop
async def test_the_desk_is_replaced_and_asked_again_only_what_may_be(tmp_path: Path) -> None:
    async with supervised(tmp_path) as supervisor:
        await ready(supervisor)
        learned = await supervisor.library("learn", b"clip", model="taught", label="wave", die=True)
        assert learned.args["examples"] == 1 and learned.args["asked"]["ticket_id"]
        assert supervisor.state()["desk"]["restarts"] == 1
        (tmp_path / "died").unlink()
        with pytest.raises(JobError, match="look whether it was done"):
            await supervisor.library("delete", model="taught", example=1, die=True)
        with pytest.raises(JobError, match="twice"):
            await supervisor.picture(b"die", {})
        await until(lambda: supervisor.state()["ready"])
        assert await supervisor.picture(b"jpeg", {})


@in_a_loop
async def test_a_stream_that_kills_its_workers_pauses_and_says_why(tmp_path: Path) -> None:
    async with supervised(tmp_path) as supervisor:
        stream, other = await supervisor.add(file("crash")), await supervisor.add(file("numbers"))
        seeing = stream.subscribe()
        await until(lambda: stream.state()["state"] == "failed")
        assert stream.state()["restarts"] == 5 and "ended" in stream.state()["error"]
        await until(lambda: stream.state()["restarts"] == 6)
        assert stream.state()["state"] == "failed"
        assert other.state()["restarts"] == 0 and other.state()["looked"]
        await supervisor.remove(stream.id)
        assert [message.args["state"] async for message in seeing][-1] in ("failed", "starting")


def _a_seat() -> tuple[Seat, list[float]]:
    pauses = list[float]()

    async def never() -> Any:
        await asyncio.Event().wait()

    return Seat(never, lambda worker: None, lambda why, pause: pauses.append(pause)), pauses


def test_pauses_double_up_to_a_minute_and_end_with_a_long_life(monkeypatch: pytest.MonkeyPatch) -> None:
    seat, pauses = _a_seat()
    now = [0.0]
    monkeypatch.setattr("kinesics.server.crew.seat.time.monotonic", lambda: now[0])
    for _ in range(13):
        seat._since = now[0]
        now[0] += 1.0 + (pauses[-1] if pauses else 0.0)
        seat._since = now[0] - 1.0
        seat.again("it died")
    assert pauses == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    now[0] += 100.0
    seat.again("it died of old age")
    assert pauses[-1] == 0


@in_a_loop
async def test_what_failed_is_tried_again_with_a_pause(tmp_path: Path) -> None:
    async with supervised(tmp_path) as supervisor:
        stream = await supervisor.add(file("absent"))
        took = await until(lambda: stream.state()["restarts"] == 2)
        assert took > 0.9 and stream.state()["state"] == "failed" and "not there" in stream.state()["error"]
        events = supervisor._store.events()
        assert not [event for event in events if event.label == "replaced"]


@in_a_loop
async def test_being_held_up_oneself_kills_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "SILENT", 1.2)
    async with supervised(tmp_path) as supervisor:
        streams = [await supervisor.add(file("numbers")) for _ in range(2)]
        await until(lambda: all(stream.state()["looked"] for stream in streams))
        time.sleep(2.0)  # as if the machine had slept
        await asyncio.sleep(1.0)
        assert [stream.state()["restarts"] for stream in streams] == [0, 0]


@in_a_loop
async def test_one_that_grows_without_end_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "MEMORY", 1.0)
    async with supervised(tmp_path) as supervisor:
        stream = await supervisor.add(file("numbers"))
        await until(lambda: "memory" in stream.state()["error"])


@in_a_loop
async def test_a_camera_that_shows_nothing_has_stalled_and_comes_back(tmp_path: Path) -> None:
    async with supervised(tmp_path) as supervisor:
        stream = await supervisor.add(StreamSettings("1"))
        await until(lambda: stream.state()["looked"])
        (tmp_path / "shining").unlink()
        took = await until(lambda: stream.state()["state"] == "stalled")
        assert 2.5 < took < 6
        (tmp_path / "shining").touch()
        await until(lambda: stream.state()["state"] == "running")
        assert stream.epoch == 1
        supervisor._store.flush(5)
        labels = [event.label for event in supervisor._store.events(stream=stream.id, kind="stream")]
        assert labels == ["stalled", "back"]


@in_a_loop
async def test_a_stream_that_is_looked_at_seldom_has_not_stalled(tmp_path: Path) -> None:
    async with supervised(tmp_path) as supervisor:
        stream = await supervisor.add(StreamSettings("1", fps=0.5))
        await until(lambda: stream.state()["looked"])
        (tmp_path / "shining").unlink()
        await asyncio.sleep(4.0)
        assert stream.state()["state"] == "running"


@in_a_loop
async def test_real_workers_are_replaced_with_a_new_epoch(tmp_path: Path) -> None:
    async with supervised(tmp_path, worker=WORKER) as supervisor:
        streams = [await supervisor.add(StreamSettings("demo", pose="fast", fps=5.0)) for _ in range(2)]
        await until(lambda: all(stream.state()["looked"] for stream in streams), 60)
        await until(lambda: supervisor.state()["spares"]["warm"], 60)
        victim, other = streams
        pid, epoch = worker_of(victim), victim.epoch
        kill(pid, signal.SIGKILL)
        took = await until(lambda: _seen(victim, epoch + 1), 60)
        print(f"from the kill to the next scene: {took:.2f} s")
        assert worker_of(victim) != pid and victim.state()["restarts"] == 1 and other.state()["restarts"] == 0


def _seen(stream: Stream, epoch: int) -> bool:
    return stream.epoch >= epoch and not stream.young

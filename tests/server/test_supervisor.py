from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from supervised import file, ready, scenes, supervised, until, worker_of

from kinesics.errors import JobError, KinesicsError, SourceError, UsageError
from kinesics.server.places import TIERS
from kinesics.server.refusals import Absent, Busy
from kinesics.server.settings import StreamSettings


def in_a_loop(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    @wraps(test)
    def run(**fixtures: Any) -> None:
        asyncio.run(test(**fixtures))

    return run


@in_a_loop
async def test_a_file_is_seen_from_its_first_frame_to_its_last(tmp_path: Path) -> None:
    async with supervised(tmp_path) as supervisor:
        await ready(supervisor)
        stream = await supervisor.add(file("few"))
        seeing = stream.subscribe()
        found = await scenes(seeing, 5)
        numbers = [json.loads(one.bodies[0])["index"] for one in found]
        assert numbers == sorted(numbers)
        await until(lambda: stream.state()["state"] == "ended")
        state = stream.state()
        assert state["looked"] == 20 and state["restarts"] == 0 and state["worker"] is None
        assert state["dropped"]["source"]["newest"] == 19 and state["frames"] == 39
        assert sum(state["ages"]["counts"]) == 20


@in_a_loop
async def test_a_browser_gets_the_scene_of_the_frame_it_sent(tmp_path: Path) -> None:
    async with supervised(tmp_path) as supervisor:
        stream = await supervisor.add(StreamSettings("browser", keep=False))
        seeing = stream.subscribe()
        for number in range(5):
            stream.push(b"jpeg", number, number / 30)
            assert (await scenes(seeing, 1))[0].args["number"] == number
        stream.push(b"bad", 5, 0.2)
        assert (await scenes(seeing, 1, "bad"))[0].args == {"number": 5, "error": "no picture"}
        stream.push(b"jpeg", 6, 0.3)
        assert (await scenes(seeing, 1))[0].args["number"] == 6


@in_a_loop
async def test_of_a_browsers_frames_the_newest_wins_and_the_others_are_counted(tmp_path: Path) -> None:
    async with supervised(tmp_path) as supervisor:
        await ready(supervisor)
        stream = await supervisor.add(StreamSettings("browser"))
        seeing = stream.subscribe()
        await until(lambda: stream.worker is not None)
        for number in range(10):
            stream.push(b"jpeg", number, 0.0)
        await until(lambda: stream.state()["looked"] == 2)
        assert [one.args["number"] for one in await scenes(seeing, 1)] == [9]
        assert stream.state()["dropped"] == {
            "browser": {"newest": 8},
            "subscriber": {"newest": 1},
            "source": {"newest": 1, "rate": 0, "corrupt": 0},
        }
        assert seeing.dropped == 1


@in_a_loop
async def test_pictures_are_made_only_while_somebody_looks_and_may(tmp_path: Path) -> None:
    async with supervised(tmp_path) as supervisor:
        shown = await supervisor.add(file("numbers", pixels=True))
        hidden = await supervisor.add(file("numbers"))
        watching, plain = shown.subscribe(pictures=True, figure=True), shown.subscribe()
        kept = hidden.subscribe(pictures=True)
        await until(lambda: shown.state()["looked"] and hidden.state()["looked"])
        parts: list[str] = []
        while not parts:
            found = (await scenes(watching, 1))[0]
            parts = found.args["parts"]
        assert parts == ["picture", "figure"] and found.bodies[1:] == (b"jpeg", b"jpeg")
        assert (await scenes(plain, 1))[0].bodies[1:] == ()
        assert (await scenes(kept, 1))[0].args["parts"] == []
        watching.close()
        one = shown.subscribe()
        await until(lambda: shown.state()["listeners"] == 2)
        for _ in range(50):
            if not (await scenes(one, 1))[0].args["parts"]:
                return
        raise AssertionError("pictures are still made for nobody")


@in_a_loop
async def test_states_are_never_lost_and_come_before_scenes(tmp_path: Path) -> None:
    async with supervised(tmp_path) as supervisor:
        stream = await supervisor.add(file("few"))
        seeing = stream.subscribe()
        await until(lambda: stream.state()["state"] == "ended")
        told = [message.args["state"] async for message in _up_to_now(seeing) if message.do == "state"]
        assert told == ["starting", "running", "ended"]


async def _up_to_now(seeing: Any) -> Any:
    while True:
        try:
            yield await asyncio.wait_for(anext(seeing), 0.2)
        except TimeoutError:
            return


@in_a_loop
async def test_streams_are_there_again_as_they_were(tmp_path: Path) -> None:
    async with supervised(tmp_path) as supervisor:
        kept = await supervisor.add(file("numbers", name="the hall", fps=7.0))
        passing = await supervisor.add(file("numbers", keep=False))
        removed = await supervisor.add(file("numbers"))
        await supervisor.change(kept.id, {"coach": "squat"})
        await supervisor.remove(removed.id)
        with pytest.raises(Absent):
            await supervisor.remove(removed.id)
        await until(lambda: kept.state()["looked"])
        assert len(supervisor.streams) == 2 and passing.id in supervisor.streams
        before = kept.epoch
    async with supervised(tmp_path) as supervisor:
        assert list(supervisor.streams) == [kept.id]
        again = supervisor.streams[kept.id]
        assert again.settings == kept.settings and again.settings.coach == "squat"
        await until(lambda: again.state()["looked"])
        assert again.epoch > before  # ids of people of before mean nobody of now


@in_a_loop
async def test_no_more_streams_than_may_be(tmp_path: Path) -> None:
    async with supervised(tmp_path, limit=2) as supervisor:
        for _ in range(2):
            await supervisor.add(StreamSettings("browser"))
        with pytest.raises(Busy, match="2 streams already"):
            await supervisor.add(StreamSettings("browser"))


@in_a_loop
async def test_wrong_wishes_are_refused_in_one_line(tmp_path: Path) -> None:
    async with supervised(tmp_path) as supervisor:
        for source in ("/etc/passwd", "../x", "file:///etc/passwd"):
            with pytest.raises(UsageError):
                await supervisor.add(StreamSettings(source))
        with pytest.raises(UsageError, match="model"):
            await supervisor.add(StreamSettings("browser", model="../x"))
        for pose in ("nonsense", "/tmp/net.onnx"):
            with pytest.raises(UsageError, match="there are default, reference, fast, balanced, accurate"):
                await supervisor.add(StreamSettings("browser", pose=pose))
        with pytest.raises(UsageError, match="id"):
            await supervisor.add(StreamSettings("browser"), id="a/b")
        stream = await supervisor.add(StreamSettings("browser"), id="mine")
        with pytest.raises(UsageError, match="id"):
            await supervisor.add(StreamSettings("browser"), id="mine")
        with pytest.raises(UsageError, match="own"):
            (await supervisor.add(file("numbers"))).push(b"", 0, 0.0)
        with pytest.raises(UsageError, match="unknown field"):
            await supervisor.change("mine", {"nonsense": 1})
        await until(lambda: stream.worker is not None)
        with pytest.raises(UsageError, match="nobody knows flying"):
            await supervisor.change("mine", {"coach": "flying"})
        assert stream.settings.coach is None
        with pytest.raises(UsageError, match="nothing is counted"):
            await stream.ask("coach", do="session")
        with pytest.raises(UsageError, match="teach or coach"):
            await stream.ask("stop")


@in_a_loop
async def test_no_password_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with supervised(tmp_path) as supervisor:
        stream = await supervisor.add(StreamSettings("rtsp://me:secret@127.0.0.1:9/x"))
        absent = await supervisor.add(file("absent"))
        await until(lambda: stream.state()["notes"] and absent.state()["state"] == "failed")
        assert "secret" not in json.dumps(supervisor.state())
        assert stream.settings.source == "rtsp://me:secret@127.0.0.1:9/x"
        settings = stream.state()["settings"]
        await supervisor.change(stream.id, {**settings, "fps": 5.0})  # as a page sends them back
        assert stream.settings.source == "rtsp://me:secret@127.0.0.1:9/x" and stream.settings.fps == 5.0
    assert "small worker at rtsp://here/" in caplog.text and "secret" not in caplog.text


@in_a_loop
async def test_what_was_taught_is_kept_and_in_use_when_it_is_answered(tmp_path: Path) -> None:
    async with supervised(tmp_path) as supervisor:
        await ready(supervisor)
        stream = await supervisor.add(file("numbers"))
        await until(lambda: stream.worker is not None)
        assert (await stream.ask("teach", do="begin", label="wave")).args == {"begun": True}
        answer = (await stream.ask("teach", do="end")).args
        assert answer["label"] == "wave" and answer["model"] == "taught" and answer["examples"] == 1
        assert answer["asked"]["ticket_id"]
        assert (tmp_path / "models" / "taught.kin").read_bytes() == b"a clip" == stream.taught
        assert stream.settings.model == "taught"
        assert "examples" not in (await stream.ask("teach", do="end", learn=False)).args


@in_a_loop
async def test_the_budget_is_shared_by_the_live_streams(tmp_path: Path) -> None:
    async with supervised(tmp_path, threads=2) as supervisor:
        first = await supervisor.add(StreamSettings("browser"))
        shares = [first._budget]
        for _ in range(9):
            await supervisor.add(StreamSettings("browser"))
            shares.append(first._budget)
        assert shares[0] == pytest.approx(0.033) and shares[-1] == pytest.approx(0.75 * 2 / (10 * 10))
        assert shares == sorted(shares, reverse=True)


@in_a_loop
async def test_pictures_are_answered_and_too_many_are_refused(tmp_path: Path) -> None:
    async with supervised(tmp_path) as supervisor:
        await ready(supervisor)
        assert json.loads(await supervisor.picture(b"jpeg", {})) == {"people": []}
        asked = [asyncio.ensure_future(supervisor.picture(b"slow", {})) for _ in range(64)]
        await until(lambda: supervisor.state()["desk"]["waiting"] == 64)
        with pytest.raises(Busy, match="64"):
            await supervisor.picture(b"jpeg", {})
        for one in asked[1:]:
            one.cancel()
        assert json.loads(await asked[0]) == {"people": []}


@in_a_loop
async def test_a_clip_is_seen_by_a_worker_of_its_own(tmp_path: Path) -> None:
    async with supervised(tmp_path) as supervisor:
        await ready(supervisor)
        assert len([scene async for scene in supervisor.clip(Path("a"), {})]) == 30
        with pytest.raises(SourceError, match="no video"):
            [scene async for scene in supervisor.clip(Path("none"), {})]
        with pytest.raises(JobError, match="cannot be looked at"):
            [scene async for scene in supervisor.clip(Path("crash"), {})]
        assert supervisor.state()["clips"] == 0


@in_a_loop
async def test_a_clips_reader_may_be_slow_or_leave(tmp_path: Path) -> None:
    async with supervised(tmp_path) as supervisor:
        await ready(supervisor)
        one, other = supervisor.clip(Path("long"), {}), supervisor.clip(Path("long"), {})
        for scenes_of in (one, other):
            await anext(scenes_of)
        with pytest.raises(Busy, match="clips"):
            await anext(supervisor.clip(Path("long"), {}))
        looking = {worker["role"]: worker["pid"] for worker in supervisor.state()["workers"]}
        pids = [looking["clip 1"], looking["clip 2"]]
        for pid in pids:  # bounded, and behind live streams
            assert re.search(r"Max data size +4294967296 ", Path(f"/proc/{pid}/limits").read_text())
            assert os.getpriority(os.PRIO_PROCESS, pid) >= 10
        await one.aclose()  # type: ignore[attr-defined]
        assert supervisor.state()["clips"] == 1
        assert not Path(f"/proc/{pids[0]}").exists(), "whose reader left"
        assert sum([1 async for _ in other]) == 999
        await until(lambda: not Path(f"/proc/{pids[1]}").exists())  # no other clip came


@in_a_loop
async def test_the_service_ends_although_a_clips_reader_does_not_read(tmp_path: Path) -> None:
    async with asyncio.timeout(20):
        async with supervised(tmp_path) as supervisor:
            await ready(supervisor)
            scenes_of = supervisor.clip(Path("long"), {})
            await anext(scenes_of)
            await asyncio.sleep(0.2)
        with pytest.raises(JobError, match="the service ends"):
            async for _ in scenes_of:
                pass


@in_a_loop
async def test_clips_one_behind_the_other_share_a_worker_until_one_goes_wrong(tmp_path: Path) -> None:
    async with supervised(tmp_path) as supervisor:
        await ready(supervisor)
        pids = []
        for clip in ("a", "none", "a", "crash", "a"):
            scenes_of = supervisor.clip(Path(clip), {})
            with contextlib.suppress(KinesicsError):
                await anext(scenes_of)
                pids += [one["pid"] for one in supervisor.state()["workers"] if one["role"].startswith("clip")]
                assert len([scene async for scene in scenes_of]) == 29
        assert len(pids) == 4 and pids[0] == pids[1] == pids[2] != pids[3], "the third of them died of its clip"


@in_a_loop
async def test_draining_takes_nothing_new_and_loses_no_event(tmp_path: Path) -> None:
    async with supervised(tmp_path) as supervisor:
        stream = await supervisor.add(file("few"))
        other = await supervisor.add(StreamSettings("browser"))
        seeing = other.subscribe()
        await until(lambda: stream.state()["looked"] > 5 and other.worker is not None)
        other.push(b"jpeg", 3, 0.0)
        await supervisor.drain(5.0)
        assert [message.args["number"] for message in [m async for m in seeing] if message.do == "scene"] == [3]
        with pytest.raises(Busy):
            await supervisor.add(StreamSettings("browser"))
        assert not supervisor.state()["ready"]
        roles = {worker["role"] for worker in supervisor.state()["workers"]}
        assert roles <= {"spare"}


@in_a_loop
async def test_nothing_is_left_behind(tmp_path: Path) -> None:
    before = set(os.listdir("/proc/self/fd"))
    for _ in range(2):
        async with supervised(tmp_path) as supervisor:
            await supervisor.add(file("numbers", keep=False))
            await supervisor.add(StreamSettings("browser", keep=False))
    assert len(set(os.listdir("/proc/self/fd"))) <= len(before) + 1
    assert not [thread for thread in threading.enumerate() if "waitpid" in thread.name and thread.is_alive()]


@in_a_loop
async def test_a_worker_that_cannot_be_started_is_said_and_tried_again(tmp_path: Path) -> None:
    async with supervised(tmp_path, worker=("/bin/false",)) as supervisor:
        await until(lambda: supervisor.state()["trouble"])
        assert "status 1" in supervisor.state()["trouble"] and not supervisor.state()["ready"]
        stream = await supervisor.add(StreamSettings("browser"))
        assert stream.state()["state"] == "starting"
        with pytest.raises(KinesicsError):
            await stream.ask("coach", do="session")


def test_the_tiers_that_may_be_named_are_those_there_are() -> None:
    from kinesics.pose.registry import POSE_MODELS

    assert set(TIERS) == set(POSE_MODELS)


def test_the_main_process_holds_no_net() -> None:
    heavy = ("cv2", "scipy", "numba", "torch", "ai_edge_litert", "onnxruntime", "av", "numpy")
    code = f"import sys, kinesics.server.crew.supervisor; print([name for name in {heavy!r} if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


@in_a_loop
async def test_ids_are_random_and_each_stream_has_its_own_worker(tmp_path: Path) -> None:
    async with supervised(tmp_path) as supervisor:
        streams = [await supervisor.add(file("numbers")) for _ in range(3)]
        await until(lambda: all(stream.state()["looked"] for stream in streams))
        assert len({stream.id for stream in streams}) == len({worker_of(stream) for stream in streams}) == 3

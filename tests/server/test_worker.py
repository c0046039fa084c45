from __future__ import annotations

import itertools
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from worker_driving import DrivenWorker, as_jpeg, scene_of, walk

from kinesics.server.library.clip_bytes import unpack_clip
from kinesics.video import open_source


@pytest.fixture
def worker() -> Iterator[DrivenWorker]:
    one = DrivenWorker()
    try:
        yield one
    finally:
        one.end()


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return walk(tmp_path_factory.mktemp("film"))


@pytest.fixture(scope="module")
def long_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return walk(tmp_path_factory.mktemp("film"), rounds=4, size=(320, 240))


def test_a_worker_says_that_it_is_ready_and_beats(worker: DrivenWorker) -> None:
    ready = worker.until("ready")
    assert ready.args["pid"] == worker.process.pid
    assert 0 < ready.args["seconds"] < 60 and 50 < ready.args["rss_mb"] < 600
    worker.beaten()
    worker.beaten()


def test_a_worker_ends_when_the_service_has_gone(worker: DrivenWorker) -> None:
    worker.until("ready")
    worker.open("demo")
    worker.until("scene")
    worker.hang_up()
    assert worker.process.wait(10) == 0


def test_a_worker_ends_in_the_middle_of_its_start() -> None:
    worker = DrivenWorker()
    worker.hang_up()
    assert worker.process.wait(20) == 0
    assert worker.end() == ""


def test_an_interrupt_is_for_the_service_and_sigterm_ends_it(worker: DrivenWorker) -> None:
    worker.until("ready")
    worker.process.send_signal(signal.SIGINT)
    worker.beaten()
    worker.beaten()
    worker.process.send_signal(signal.SIGTERM)
    assert worker.process.wait(10) == -signal.SIGTERM


def test_a_file_is_looked_at_frame_by_frame_and_ends(worker: DrivenWorker, film: Path) -> None:
    worker.open(film, fps=5)  # the rate is for what is live
    ended = worker.until("state", lambda message: message.args["state"] == "ended")
    scenes = worker.said("scene")
    with open_source(film) as source:
        times = [frame.time for frame in source]
    assert [scene.args["index"] for scene in scenes] == list(range(60))
    assert [scene_of(scene)["time"] for scene in scenes] == pytest.approx(times)
    assert scenes[-1].args["dropped"] == {"newest": 0, "rate": 0, "corrupt": 0}
    assert sum(bool(scene_of(scene)["people"]) for scene in scenes) > 40
    assert ended.args["size"] == [640, 480] and ended.args["looked"] == 60
    labels = [event["label"] for event in worker.events if event["kind"] == "stream"]
    assert labels == ["connected", "ended"]
    assert {event["kind"] for event in worker.events} >= {"appeared"}


def test_no_frame_is_looked_at_without_a_turn(worker: DrivenWorker, film: Path) -> None:
    worker.gives = False
    worker.open(film)
    worker.until("turn")
    for _ in range(4):
        worker.beaten()
    assert not worker.said("scene") and len(worker.said("turn")) == 1
    worker.gives = True
    worker.tell("go")
    worker.until("state", lambda message: message.args["state"] == "ended")
    assert len(worker.said("scene")) == 60


def test_of_a_live_stream_the_newest_wins_and_the_rest_is_counted(worker: DrivenWorker, film: Path) -> None:
    worker.gives = False
    worker.open(film, live=True, loop=True, fps=10, budget=0.03)
    worker.until("turn")
    time.sleep(1.0)  # frames come and go meanwhile
    worker.tell("go")
    scene = worker.until("scene")
    assert scene.args["dropped"]["newest"] >= 3 and scene.args["dropped"]["rate"] >= 5
    assert time.monotonic() - scene.args["arrived"] < 60
    worker.gives = True
    worker.until("turn")
    later = [worker.until("scene") for _ in range(10)]
    times = [scene_of(one)["time"] for one in later]
    pauses = [b - a for a, b in itertools.pairwise(times)]
    assert min(pauses) > 0.06  # not more than ten a second, and time goes on over the joins
    assert [one.args["index"] for one in later] == sorted({one.args["index"] for one in later})


def test_a_loop_is_a_new_epoch_and_makes_no_events(worker: DrivenWorker, film: Path) -> None:
    worker.open(film, live=True, loop=True, epoch=7, budget=0.03)
    first = worker.until("scene")
    assert first.args["epoch"] == 7
    worker.until("scene", lambda message: message.args["epoch"] == 9)
    kinds = [(event["kind"], event.get("label", "")) for event in worker.events if event["kind"] in ("left", "stream")]
    assert kinds == [("stream", "connected")]


def test_what_cannot_be_opened_fails_in_one_line(worker: DrivenWorker, tmp_path: Path) -> None:
    (tmp_path / "no.mp4").write_bytes(b"not a video at all")
    worker.open(tmp_path / "no.mp4")
    failed = worker.until("state", lambda message: message.args["state"] == "failed")
    assert "no.mp4" in failed.args["error"] and "\n" not in failed.args["error"]
    worker.beaten()  # it lives, and tells it again
    assert [event["label"] for event in worker.events] == ["failed"]


def test_a_camera_that_is_not_there_is_waited_for(worker: DrivenWorker) -> None:
    worker.open("http://127.0.0.1:9/cam")
    waiting = worker.until("state", lambda message: message.args["state"] == "waiting")
    assert "127.0.0.1:9" in waiting.args["source"] and "cannot be opened" in waiting.args["error"]
    assert not worker.events


def test_settings_change_while_it_runs(worker: DrivenWorker, film: Path) -> None:
    worker.open(film, live=True, loop=True, postures=False, budget=0.03)
    before = worker.until("scene", lambda message: bool(scene_of(message)["people"]))
    assert not any(scene_of(one)["actions"] for one in worker.said("scene"))
    settings = {"source": str(film), "live": True, "loop": True, "coach": "squat"}
    assert "error" not in worker.ask("change", settings=settings, paths={}).args
    named = worker.until("scene", lambda message: bool(scene_of(message)["actions"]))
    assert named.args["epoch"] >= before.args["epoch"]
    session = worker.ask("coach", do="session").args["session"]
    assert session["exercise"] == "squat" and session["repetitions"] == 0
    epoch = worker.said("scene")[-1].args["epoch"]
    worker.tell("change", settings={**settings, "whole_body": True}, paths={})
    whole = worker.until("scene", lambda message: scene_of(message).get("skeleton") == "wholebody133")
    assert whole.args["epoch"] > epoch


def test_an_unknown_exercise_is_an_answer(worker: DrivenWorker, film: Path) -> None:
    worker.open(film, live=True, loop=True)
    worker.until("scene")
    answer = worker.ask("change", settings={"source": str(film), "live": True, "loop": True, "coach": "juggling"}, paths={})
    assert answer.args["kind"] == "UsageError" and "juggling" in answer.args["error"]
    assert "no exercise" in worker.ask("coach", do="session").args["error"]
    worker.until("scene")


def test_what_is_shown_to_it_comes_back_as_a_clip_and_is_named_after_a_reload(
    worker: DrivenWorker, long_film: Path, tmp_path: Path
) -> None:
    from kinesics import ActionTeacher

    model = tmp_path / "taught.kin"
    worker.open(long_film, live=True, loop=True, fps=30, postures=False, model="taught", paths={"model": str(model)})
    worker.until("scene", lambda message: bool(scene_of(message)["people"]) and scene_of(message)["people"][0]["id"] >= 0)
    assert "error" in worker.ask("teach", do="end").args
    assert "error" not in worker.ask("teach", do="begin", label="walk").args
    assert worker.ask("teach", do="begin", label="other").args["kind"] == "UsageError"
    first = scene_of(worker.until("scene"))["time"]
    worker.until("scene", lambda message: scene_of(message)["time"] > first + 1.0)
    shown = worker.ask("teach", do="end")
    assert shown.args["label"] == "walk" and shown.args["seconds"] > 0.6 and len(shown.bodies) == 1
    clip = unpack_clip(shown.bodies[0])
    assert clip.points.shape[1:] == (1, 17, 2) and np.isfinite(clip.points).any()
    teacher = ActionTeacher()
    teacher.add(clip, "walk")
    teacher.save(model)
    assert "error" not in worker.ask("reload", model=str(model)).args
    told = worker.until("scene", lambda message: any(a["label"] == "walk" for a in scene_of(message)["actions"]))
    assert told.args["index"] > 0


def test_frames_of_a_browser_are_answered_by_their_numbers(worker: DrivenWorker, film: Path) -> None:
    worker.gives = False
    worker.open("browser")
    with open_source(film) as source:
        frames = [frame.image for frame in itertools.islice(source, 12)]
    for number, image in enumerate(frames, 40):
        worker.tell("frame", as_jpeg(image), number=number, time=1000 + number / 15)
        assert worker.until("scene").args["number"] == number
    worker.tell("frame", b"no picture", number=99, time=1004.0)
    assert worker.until("bad").args["number"] == 99
    worker.tell("frame", as_jpeg(frames[0][:240]), number=100, time=1004.1)
    other = worker.until("scene")
    assert other.args["number"] == 100 and scene_of(other)["size"] == [640, 240] and other.args["epoch"] == 1
    scenes = [scene_of(scene) for scene in worker.said("scene")]
    assert scenes[0]["time"] == 0 and scenes[11]["time"] == pytest.approx(11 / 15, abs=0.01)
    assert len({person["id"] for scene in scenes[4:12] for person in scene["people"]}) == 1
    assert not worker.said("turn")  # they bring it along


def test_a_budget_is_kept_to(worker: DrivenWorker, film: Path) -> None:
    worker.until("ready")
    worker.tell("budget", seconds=1.0)  # before there is a stream it means nothing
    worker.open(film, live=True, loop=True, fps=60, budget=0.02)
    worker.until("scene", lambda message: message.args["index"] > 40)
    tight = [scene_of(scene)["chosen"].get("pixels", 0) for scene in worker.said("scene")[5:]]
    worker.tell("budget", seconds=0.5)
    worker.heard.clear()
    worker.until("scene", lambda message: len(worker.said("scene")) > 25)
    ample = [scene_of(scene)["chosen"].get("pixels", 0) for scene in worker.said("scene")]
    assert max(tight) < max(ample)


def test_a_fault_ends_the_process_and_says_so(worker: DrivenWorker, film: Path) -> None:
    worker.until("ready")
    worker.tell("frame", b"", number={"not": "a number"})  # no stream: ignored
    worker.open("browser")
    worker.tell("frame", b"", number={"not": "a number"})
    failed = worker.until("state", lambda message: message.args["state"] == "failed")
    assert failed.args["error"] == "the worker failed (TypeError)"
    assert worker.process.wait(10) == 1
    assert "Traceback" in worker.end()


def test_nothing_is_left_of_a_worker(worker: DrivenWorker) -> None:
    worker.until("ready")
    worker.tell("stop")
    assert worker.process.wait(10) == 0
    with pytest.raises(ProcessLookupError):
        os.kill(worker.process.pid, 0)


def test_a_tier_keeps_its_pace(worker: DrivenWorker, film: Path) -> None:
    worker.open(film, pose="fast")
    worker.until("state", lambda message: message.args["state"] == "ended")
    scenes = [scene_of(one) for one in worker.said("scene")]
    assert len(scenes) == 60
    assert 25 <= sum("pose" in scene["skipped"] for scene in scenes) <= 45  # fast looks at every other frame of 30 a second


def test_settings_that_are_none_fail_and_the_worker_lives(worker: DrivenWorker) -> None:
    worker.open("demo", fps=-1)
    assert "fps" in worker.until("state").args["error"]
    worker.tell("open", id="x", settings={"source": "demo", "colour": "red"}, paths={})
    assert worker.until("state").args["state"] == "failed"
    worker.open("demo", pose="/somewhere/net.onnx")
    assert "tier" in worker.until("state", lambda message: message.args["state"] == "failed").args["error"]
    worker.beaten()


def test_what_is_damaged_beside_a_stream_is_a_remark(worker: DrivenWorker, film: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.kin"
    broken.write_bytes(b"PK but no model")
    worker.open(
        film, live=True, loop=True, model="broken", person="broken", paths={"model": str(broken), "person": str(broken)}, fps=5
    )
    worker.tell("watchers", pictures=False, figure=True)
    worker.until("scene", lambda message: len(worker.said("scene")) > 3)
    told = worker.until("state", lambda message: len(message.args["notes"]) >= 2)
    assert told.args["state"] == "running"
    assert {note.partition(":")[0] for note in told.args["notes"]} >= {"taught", "figure"}

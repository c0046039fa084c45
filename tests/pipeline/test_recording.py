"""Scenes to files: everything asked for, nothing half-written, and complete also when it ends early."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import pytest

from kinesics import draw, read_scenes, record, run, watch
from kinesics.errors import SinkError, SourceError, UsageError
from kinesics.types import Scene
from kinesics.weights import find

Make = Callable[..., Any]


def film_frames(path: Path) -> list[float]:
    with av.open(str(path)) as film:
        return [float(frame.time or 0) for frame in film.decode(video=0)]


def test_every_output_is_written_and_holds_every_scene(stage: Make, tmp_path: Path) -> None:
    made = stage(seconds=1.0)
    names = ["a.mp4", "a.jsonl", "a.parquet", "a.csv", "a.mot.txt", "a.timeline.png", "a.sheet.png"]
    written = record(watch(made.frames(), pose=made), *(tmp_path / "deep" / "er" / name for name in names))
    assert written == len(made.film)
    folder = tmp_path / "deep" / "er"
    assert sorted(p.name for p in folder.iterdir()) == sorted(names)
    times = film_frames(folder / "a.mp4")
    assert times == pytest.approx([time for _, time in made.film], abs=1e-3)
    assert sum(1 for _ in read_scenes(folder / "a.jsonl")) == written
    assert [s.people for s in read_scenes(folder / "a.jsonl")] == [s.people for s in read_scenes(folder / "a.parquet")]


def test_a_source_that_fails_before_its_first_frame_leaves_nothing(tmp_path: Path) -> None:
    def scenes() -> Iterator[Scene]:
        raise SourceError("nothing there")
        yield

    with pytest.raises(SourceError):
        record(scenes(), tmp_path / "out" / "a.mp4", tmp_path / "out" / "a.jsonl")
    assert not list(tmp_path.iterdir())


def test_an_interrupt_leaves_files_that_play_and_read(stage: Make, tmp_path: Path) -> None:
    made = stage(seconds=1.0)

    def scenes() -> Iterator[Scene]:
        for scene in watch(made.frames(), pose=made):
            if scene.index == 20:
                raise KeyboardInterrupt
            yield scene

    with pytest.raises(KeyboardInterrupt):
        record(scenes(), tmp_path / "a.mp4", tmp_path / "a.jsonl", tmp_path / "a.parquet", tmp_path / "a.coco.json")
    assert len(film_frames(tmp_path / "a.mp4")) == 20
    for name in ("a.jsonl", "a.parquet", "a.coco.json"):
        assert sum(1 for _ in read_scenes(tmp_path / name)) >= 18  # COCO knows no frames without people


def test_one_sink_that_cannot_be_opened_stops_the_job_and_the_first_failure_is_told(stage: Make, tmp_path: Path) -> None:
    made = stage(seconds=0.5)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SinkError, match="file"):
        record(watch(made.frames(), pose=made), tmp_path / "a.jsonl", tmp_path / "file" / "a.mp4")

    class Full:
        def write(self, scene: Scene) -> None:
            raise SinkError("the disk is full")

        def close(self) -> None:
            raise SinkError("and cannot be closed")

    with pytest.raises(SinkError, match="full"):
        record(watch(made.frames(), pose=made), Full())


def test_scenes_without_frames_cannot_become_a_film(stage: Make, tmp_path: Path) -> None:
    made = stage(seconds=0.3)
    record(watch(made.frames(), pose=made), tmp_path / "a.jsonl")
    with pytest.raises(UsageError, match="frames"):
        record(read_scenes(tmp_path / "a.jsonl"), tmp_path / "a.mp4")


def test_run_names_its_outputs_counts_and_stops_in_time(tmp_path: Path) -> None:
    seen = []
    result = run(
        find("demo_clip"), tmp_path / "out", save=("jsonl", "mot"), seconds=0.5, pose="fast", step=lambda s, _: seen.append(s)
    )
    assert result["frames"] == 16 == len(seen)
    assert result["people"] == 1
    assert 0.4 < result["looked"] < 0.7
    assert {Path(p).name for p in result["outputs"].values()} == {"demo_clip.jsonl", "demo_clip.mot.txt"}
    assert all(Path(p).is_file() for p in result["outputs"].values())
    with pytest.raises(UsageError, match="hologram"):
        run(find("demo_clip"), tmp_path, save=("hologram",))


def test_run_never_writes_over_its_input(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(find("demo_clip").read_bytes())
    before = clip.read_bytes()
    with pytest.raises(SinkError, match="input"):
        run(clip, tmp_path, save=("mp4",))
    assert clip.read_bytes() == before


def test_a_drawn_scene_differs_from_its_frame(stage: Make) -> None:
    made = stage(seconds=0.5)
    scene = list(watch(made.frames(), pose=made))[-1]
    assert scene.frame is not None
    assert (draw(scene.frame.image, scene) != scene.frame.image).any()

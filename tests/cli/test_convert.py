from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pytest

from kinesics.cli import main
from kinesics.formats import open_sink, read_scenes, read_sequence, write_sequence
from kinesics.testing import sample_scenes
from kinesics.types import PoseSequence, skeleton
from kinesics.video import open_source


@pytest.fixture
def source(tmp_path: Path) -> Path:
    with open_sink(tmp_path / "in.jsonl") as sink:
        for scene in sample_scenes(skeleton("coco17"), 8):
            sink.write(scene)
    return tmp_path / "in.jsonl"


def test_convert_says_what_it_did(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = source.with_name("out")
    assert main(["convert", str(source), str(out), "--to", "openpose", "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out.splitlines()[-1])["scenes"] == 8 and "no place for: boxes" in said.err
    assert main(["convert", str(out), str(source.with_name("b.csv")), "--quiet"]) == 0
    assert capsys.readouterr().err == "" and len(list(read_scenes(source.with_name("b.csv")))) == 6


def test_convert_of_bad_input_is_one_line_and_leaves_nothing(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = source.parent
    (folder / "nan.txt").write_text("1,1,10,20,nan,40,1,-1,-1,-1\n")
    (folder / "empty.parquet").write_bytes(b"")
    cases = [
        (["absent.jsonl", "o.csv"], "there is no such file"),
        (["nan.txt", "o.csv"], "nan.txt:1: width should be a finite number"),
        (["empty.parquet", "o.csv"], "the file is empty"),
        (["in.jsonl", "in.jsonl"], "the output is the input"),
        (["in.jsonl", "o.xyz"], "says nothing about the format"),
        (["in.jsonl", "o.csv", "--to", "fish"], "no format is called 'fish'"),
        (["in.jsonl", "o.csv", "--from", "parquet"], "cannot be read as Parquet"),
        (["in.jsonl", "no/o.csv"], "there is no folder"),
    ]
    for (name, target, *options), says in cases:
        assert main(["convert", str(folder / name), str(folder / target), *options]) == 2
        said = capsys.readouterr()
        assert says in said.err and said.err.count("\n") == 1 and said.out == ""
    assert sorted(p.name for p in folder.iterdir()) == ["empty.parquet", "in.jsonl", "nan.txt"]


@pytest.fixture
def pose(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    points = rng.uniform(20, 100, (5, 1, 17, 2))
    clip = PoseSequence(
        points, np.full((5, 1, 17), 0.9), np.array([0, 0.1, 0.2, 0.5, 0.6]), skeleton("coco17"), size=(161, 121)
    )
    write_sequence(tmp_path / "in.jsonl", clip)
    return tmp_path / "in.jsonl"


@pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.gif", "a.apng", "f_%02d.png"])
def test_poses_become_a_film_at_their_own_times(pose: Path, name: str) -> None:
    (pose.parent / "out").mkdir()
    assert main(["convert", str(pose), str(pose.parent / "out" / name), "--quiet"]) == 0
    with open_source(pose.parent / "out" if "%" in name else pose.parent / "out" / name) as source:
        frames = list(source)
    assert [round(frame.time, 2) for frame in frames] == [0, 0.1, 0.2, 0.5, 0.6]
    assert all(frame.image.max() > 150 for frame in frames) and frames[0].size in ((720, 541), (720, 542))


def test_film_without_anything_behind_the_poses(pose: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", str(pose), str(pose.with_name("a.apng")), "--alpha", "--quiet"]) == 0
    with av.open(str(pose.with_name("a.apng"))) as file:
        picture = next(file.decode(video=0)).to_ndarray(format="rgba")
    seen = picture[..., 3] > 0
    assert 0.002 < seen.mean() < 0.5 and picture[picture[..., 3] == 255][:, :3].max(axis=1).mean() > 100
    for target, says in (("a.mp4", "holds no transparency"), ("a.csv", "--alpha is for films")):
        assert main(["convert", str(pose), str(pose.with_name(target)), "--alpha"]) == 2
        assert says in capsys.readouterr().err and not pose.with_name(target).exists()


def test_whole_bodies_are_asked_for(pose: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", str(pose), str(pose.with_name("a.json")), "--whole-body", "-q"]) == 0
    assert read_sequence(pose.with_name("a.json")).skeleton == skeleton("wholebody133")
    with open_sink(pose.with_name("boxes.txt"), "mot") as sink:
        sink.write(next(read_scenes(pose)))
    assert main(["convert", str(pose.with_name("boxes.txt")), str(pose.with_name("b.json")), "--whole-body", "-q"]) == 2
    assert "no joint that" in capsys.readouterr().err and not pose.with_name("b.json").exists()


def test_what_a_file_does_not_say_is_given_or_noted(pose: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = pose.parent
    (folder / "bare.json").write_text(json.dumps(np.random.default_rng(0).uniform(0.2, 0.8, (4, 33, 2)).tolist()))
    assert main(["convert", str(folder / "bare.json"), str(folder / "b.jsonl"), "--fps", "10", "--size", "640x480"]) == 0
    assert "shares of the picture" in capsys.readouterr().err
    clip = read_sequence(folder / "b.jsonl")
    assert clip.size == (640, 480) and clip.times.tolist() == [0, 0.1, 0.2, 0.3]
    assert main(["convert", str(folder / "bare.json"), str(folder / "c.jsonl"), "--units", "pixels"]) == 0
    assert "30 frames a second are taken" in capsys.readouterr().err
    for options, says in (
        (["--size", "640"], "such as 640x480"),
        (["--units", "miles"], "units should be"),
        (["--fps", "0"], "above 0"),
    ):
        assert main(["convert", str(folder / "bare.json"), str(folder / "d.jsonl"), *options]) == 2
        assert says in capsys.readouterr().err and not (folder / "d.jsonl").exists()


def test_films_of_nothing_are_one_line(pose: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = pose.parent
    (folder / "empty.jsonl").write_text('{"kinesics":"scenes","version":1}\n')
    (folder / "metres.json").write_text(json.dumps(np.random.default_rng(0).uniform(-1, 1, (4, 33, 3)).tolist()))
    (folder / "broken.pose").write_bytes(b"\0" * 9)
    for name, says in (("empty.jsonl", "no frames in it"), ("broken.pose", "cut short"), ("absent.pose", "no such file")):
        assert main(["convert", str(folder / name), str(folder / "a.gif")]) == 2
        said = capsys.readouterr().err
        assert says in said and said.count("\n") == 1
    assert main(["convert", str(folder / "metres.json"), str(folder / "a.gif"), "-q"]) == 0  # scaled to a picture

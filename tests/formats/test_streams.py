from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from suffixes import SUFFIX

from kinesics.errors import FormatError, SinkError, UsageError
from kinesics.formats import FORMATS, Format, convert, open_sink, read_scenes, register_format
from kinesics.formats.output import partial_path
from kinesics.testing import sample_scenes
from kinesics.types import Action, People, Scene, skeleton

SCENES = sample_scenes(skeleton("coco17"))


def write(path: Path, name: str | None = None, count: int = 40) -> Path:
    with open_sink(path, name) as sink:
        for scene in SCENES[:count]:
            sink.write(scene)
    return path


@pytest.mark.parametrize("target", ["b.jsonl", "b.parquet"])
@pytest.mark.parametrize("source", ["a.jsonl", "a.parquet"])
def test_convert_between_lossless_formats_changes_nothing(tmp_path: Path, source: str, target: str) -> None:
    done = convert(write(tmp_path / source), tmp_path / target)
    assert list(read_scenes(tmp_path / target)) == SCENES
    assert (done.scenes, done.people, done.loses) == (40, 60, "")


@pytest.mark.parametrize("name", SUFFIX)
def test_output_that_is_the_input_is_refused_by_any_name(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / f"a{SUFFIX[name]}", name)
    before = [scene.index for scene in read_scenes(path, name)]
    link = tmp_path / f"link{SUFFIX[name]}"
    link.symlink_to(path)
    for target in (path, link, tmp_path / "." / path.name):
        with pytest.raises(SinkError, match="the output is the input"):
            convert(path, target, read_as=name, write_as=name)
        with pytest.raises(SinkError, match="the output is the input"):
            open_sink(target, name, source=path)
    assert [scene.index for scene in read_scenes(path, name)] == before


@pytest.mark.parametrize("name", SUFFIX)
def test_nothing_is_left_when_the_input_turns_out_to_be_damaged(tmp_path: Path, name: str) -> None:
    source = write(tmp_path / "a.jsonl")
    lines = source.read_bytes().split(b"\n")
    source.write_bytes(b"\n".join([*lines[:20], b"{rubbish", *lines[21:]]))
    with pytest.raises(FormatError, match=r"a\.jsonl:21"):
        convert(source, tmp_path / f"b{SUFFIX[name]}", write_as=name)
    assert sorted(os.listdir(tmp_path)) == ["a.jsonl"]


@pytest.mark.parametrize("name", SUFFIX)
def test_an_older_file_stays_when_the_new_one_fails(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / f"b{SUFFIX[name]}", name, 5)
    source = write(tmp_path / "a.jsonl")
    source.write_bytes(source.read_bytes().replace(b'"frame":60', b'"frame":"x"'))
    before = [scene.index for scene in read_scenes(path, name)]
    with pytest.raises(FormatError):
        convert(source, path, write_as=name)
    assert [scene.index for scene in read_scenes(path, name)] == before
    assert sorted(os.listdir(tmp_path)) == ["a.jsonl", path.name]


@pytest.mark.parametrize("name", SUFFIX)
def test_an_error_inside_with_keeps_what_was_written(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"a{SUFFIX[name]}"
    with pytest.raises(KeyboardInterrupt), open_sink(path, name) as sink:
        for scene in SCENES[:8]:
            sink.write(scene)
        raise KeyboardInterrupt
    assert path.exists() and len(list(read_scenes(path, name))) >= 6


@pytest.mark.parametrize("name", [name for name in SUFFIX if name != "openpose"])
def test_a_full_disk_is_one_line_and_keeps_what_was_written(tmp_path: Path, name: str) -> None:
    """The limit on the size of files stands in for a disk: both fail in the middle of a write."""
    path = tmp_path / f"a{SUFFIX[name]}"
    code = f"""
import resource, signal
from kinesics.errors import SinkError
from kinesics.formats import open_sink
from kinesics.testing import sample_scenes
from kinesics.types import skeleton
scenes = sample_scenes(skeleton("coco17"), 1000)
resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))
try:
    with open_sink({str(path)!r}, {name!r}) as sink:
        for scene in scenes:
            sink.write(scene)
except SinkError as error:
    print(error)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.count("\n") == 1 and run.stdout.startswith(str(path)) and not run.stderr
    kept = [scene.index for scene in read_scenes(path, name)]
    assert kept and kept == sorted(kept)


@pytest.mark.parametrize("name", ["jsonl", "csv", "mot"])
def test_a_full_device_says_so(name: str) -> None:
    with pytest.raises(SinkError, match="the disk is full"):
        write(Path("/dev/full"), name)


@pytest.mark.parametrize("name", SUFFIX)
def test_places_that_cannot_be_written_are_one_line(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "photo.png").write_text("x")
    places = [tmp_path / "absent" / "a", tmp_path / "file" / "a", tmp_path / ("x" * 300), Path("/proc/a"), tmp_path / "folder"]
    places.append(tmp_path / "file" if name == "openpose" else tmp_path)
    for place in places:
        with pytest.raises(SinkError) as error:
            open_sink(place, name)
        assert "\n" not in str(error.value)
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"] and os.listdir(tmp_path / "folder") == ["photo.png"]


def test_a_document_is_not_written_to_a_device() -> None:
    for name in ("parquet", "coco"):
        with pytest.raises(SinkError, match="ordinary file"):
            open_sink("/dev/null", name)


def test_endings_pick_the_format_and_unknown_ones_say_what_there_is(tmp_path: Path) -> None:
    with open_sink(tmp_path / "A.JSONL") as sink:
        assert sink.format == "jsonl"
    with pytest.raises(UsageError, match="says nothing about the format"):
        open_sink(tmp_path / "a.xyz")
    with pytest.raises(UsageError, match="no format is called 'xyz'; there are bvh, coco, csv"):
        open_sink(tmp_path / "a.csv", "xyz")
    with pytest.raises(UsageError, match="has no option colour; it has compression"):
        open_sink(tmp_path / "a.parquet", colour="red")
    with pytest.raises(FormatError, match="there is no such file"):
        read_scenes(tmp_path / "absent.csv")
    for name, options in (("parquet", {"compression": "zip"}), ("coco", {"form": "x"}), ("openpose", {"model": "x"})):
        with pytest.raises(UsageError, match=r"got '(x|zip)'"):
            open_sink(tmp_path / "a", name, **options)


def test_an_unfinished_file_is_found_noted_and_made_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    sink = open_sink(path, batch=4)
    for scene in SCENES[:9]:
        sink.write(scene)
    scenes = read_scenes(path)
    assert list(scenes) == SCENES[:8] and "stopped before the end" in scenes.notes[0]
    assert list(read_scenes(tmp_path / "a.parquet.partial")) == SCENES[:8]
    convert(path, tmp_path / "whole.parquet")
    assert list(read_scenes(tmp_path / "whole.parquet")) == SCENES[:8]
    sink.discard()
    assert sorted(os.listdir(tmp_path)) == ["whole.parquet"]


def test_partial_names_fit_and_differ(tmp_path: Path) -> None:
    names = [("ü" * 120 + end + ".parquet") for end in ("aaaaaaa", "bbbbbbb")]
    paths = {partial_path(tmp_path / name).name for name in names}
    assert len(paths) == 2 and all(len(os.fsencode(name)) <= 255 for name in paths)


def test_parquet_waits_a_second_at_most(tmp_path: Path) -> None:
    now = [0.0]
    sink = open_sink(tmp_path / "a.parquet", clock=lambda: now[0])
    for i, scene in enumerate(SCENES[:10]):
        now[0] = i / 4
        sink.write(scene)
    assert len(list(read_scenes(tmp_path / "a.parquet"))) == 9  # written out at 1 s and 2 s
    sink.close()


def test_parquet_is_a_plain_table_for_others(tmp_path: Path) -> None:
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    path = write(tmp_path / "a.parquet")
    table = pq.read_table(path)
    third = table.filter(pc.field("id") == 7)
    assert len(third) == 30 and set(third["action"].to_pylist()) == {"größer – 跳"}
    seen = pc.sum(pc.is_valid(pc.list_flatten(table["x"]))).as_py()
    assert seen == sum(int((scene.people.point_scores > 0).sum()) for scene in SCENES)
    pq.write_table(third.replace_schema_metadata(None), tmp_path / "query.parquet")
    scenes = read_scenes(tmp_path / "query.parquet")
    assert [len(scene.people) for scene in scenes] == [1] * 30 and "no kinesics metadata" in scenes.notes[0]


def test_what_json_cannot_say_is_a_sink_error(tmp_path: Path) -> None:
    nobody = People.empty(skeleton("coco17"))
    odd = [
        Scene(0, 0.0, (4, 4), nobody, chosen={"model": object()}),
        Scene(0, 0.0, (4, 4), nobody, (Action(1, "half \ud800", 0.5, 0, 1),)),
        Scene(0, 0.0, (4, 4), nobody, (Action(1, "endless", 0.5, 0, float("inf")),)),
    ]
    for i, scene in enumerate(odd):
        for suffix in (".jsonl", ".parquet"):
            with open_sink(tmp_path / f"{i}{suffix}") as sink:
                sink.write(SCENES[0])
                with pytest.raises(SinkError):
                    sink.write(scene)
            assert list(read_scenes(tmp_path / f"{i}{suffix}")) == [SCENES[0]]


def test_numpy_values_in_evidence_become_plain(tmp_path: Path) -> None:
    act = Action(
        1, "a", 0.5, 0.0, 1.0, None, {"n": np.float32(0.5), "list": np.arange(3), "tuple": (1, 2), "nan": float("nan")}
    )
    scene = Scene(np.int64(3), 0.0, (4, 4), People.empty(skeleton("coco17")), (act,), timing={"pose": np.float64(0.5)})
    with open_sink(tmp_path / "a.jsonl") as sink:
        sink.write(scene)
    (read,) = read_scenes(tmp_path / "a.jsonl")
    assert dict(read.actions[0].why) == {"n": 0.5, "list": [0, 1, 2], "tuple": [1, 2], "nan": None}


def test_formats_of_others_take_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_times(path: Path, notes: list[str]) -> Iterator[Scene]:
        for line in path.read_text().split():
            yield Scene(0, float(line), (1, 1), People.empty(skeleton("boxes")))

    monkeypatch.setattr("kinesics.formats.registry.FORMATS", dict(FORMATS))
    register_format("times", Format((".times",), read=read_times))
    (tmp_path / "a.times").write_text("0.5 1.5")
    assert [scene.time for scene in read_scenes(tmp_path / "a.times")] == [0.5, 1.5]
    with pytest.raises(UsageError, match="can be read, not written"):
        open_sink(tmp_path / "b.times")

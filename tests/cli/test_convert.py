from __future__ import annotations

import json
from pathlib import Path

import pytest

from kinesics.cli import main
from kinesics.formats import open_sink, read_scenes
from kinesics.testing import sample_scenes
from kinesics.types import skeleton


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

from __future__ import annotations

from pathlib import Path

import pytest

from kinesics.errors import FormatError
from kinesics.formats import open_sink, read_scenes
from kinesics.testing import sample_scenes
from kinesics.types import skeleton


def read(tmp_path: Path, text: str, **options: object) -> list[object]:
    (tmp_path / "a.csv").write_text(text, "utf-8-sig")
    return list(read_scenes(tmp_path / "a.csv", **options))


def test_rows_are_what_a_spreadsheet_wants(tmp_path: Path) -> None:
    with open_sink(tmp_path / "a.csv") as sink:
        sink.write(sample_scenes(skeleton("coco17"))[0])
    head, first, *rest = (tmp_path / "a.csv").read_text("utf-8").splitlines()
    assert head.startswith("frame,time,person,id,joint,x,y,z,score,") and len(rest) == 33
    assert first.startswith("0,0.0,0,7,nose,") and first.endswith(",640,480,größer – 跳,0.75")


def test_four_columns_are_enough(tmp_path: Path) -> None:
    text = "frame,joint,x,y\n5,left_wrist,1,2\n5,right_wrist,3,4\n8,left_wrist,,\n"
    (tmp_path / "a.csv").write_text(text)
    scenes = read_scenes(tmp_path / "a.csv")
    first, second = scenes
    assert first.people.skeleton == skeleton("itop15") or "left_wrist" in first.people.skeleton.joints
    assert first.people.boxes.tolist() == [[1, 2, 3, 4]] and first.size == (3, 4) and first.time == 5 / 30
    assert second.people.point_scores.sum() == 0 and "no column time and width" in scenes.notes[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("frame,joint,x\n", r"a\.csv:1: expected the columns frame, joint, x, y; missing: y"),
        ("frame,joint,x,y\n1,nose,a,2\n", r"a\.csv:2: x should be a number, got 'a'"),
        ("frame,joint,x,y\n1,nose,1,2\n1,nose,1,2\n", r"a\.csv:3: nose of the same person is twice"),
        ("frame,joint,x,y\n1,nose,1\n2,nose,1,2\n", r"a\.csv:2: expected 4 columns, got 3"),
        ("frame,joint,x,y\n1,nose,1,2\n2,tail,1,2\n", r"a\.csv:3: the joint 'tail' is not among"),
        ("frame,joint,x,y,score\n1,nose,1,2,7\n", r"a\.csv:2: .*0 to 1"),
        ("frame,joint,x,y\n1,nose,inf,2\n", r"a\.csv:2: .*finite"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(FormatError, match=says):
        read(tmp_path, text)

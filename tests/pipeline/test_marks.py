"""Marks: when somebody shows what, as words, as a table, as events."""

from __future__ import annotations

from pathlib import Path

import pytest

from kinesics.errors import FormatError, UsageError
from kinesics.pipeline.marks import Event, Mark, marks_to_events, parse_mark, read_marks


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("wave@2-3.5", Mark("wave", 2.0, 3.5)),
        ("wave@2.0-3.5#7", Mark("wave", 2.0, 3.5, 7)),
        (" up/down @0-1", Mark("up/down", 0.0, 1.0)),
        ("me@home@1-2", Mark("me@home", 1.0, 2.0)),
    ],
)
def test_a_mark_is_read_from_words(text: str, mark: Mark) -> None:
    assert parse_mark(text) == mark


@pytest.mark.parametrize(
    "text", ["", "wave", "wave@3-2", "wave@2-2", "wave@a-b", "wave@-1-2", "@1-2", "unknown@1-2", "x" * 300 + "@1-2"]
)
def test_what_is_no_mark_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_mark(text)
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 500


def test_a_table_of_marks_is_read_with_and_without_people(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("\ufeffstart,end,label,person\n2,3.5,wave,\n5,6,squat,4\n", encoding="utf-8")
    assert read_marks(tmp_path / "m.csv") == [Mark("wave", 2.0, 3.5), Mark("squat", 5.0, 6.0, 4)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "start,end,label\n",
        "begin,end\n1,2\n",
        "start,end,label\n1,2\n",
        "start,end,label\nx,2,wave\n",
        "start,end,label\n3,2,wave\n",
    ],
)
def test_a_table_that_is_none_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "m.csv").write_text(text)
    with pytest.raises(FormatError, match=r"m\.csv"):
        read_marks(tmp_path / "m.csv")
    with pytest.raises(FormatError, match="nosuch"):
        read_marks(tmp_path / "nosuch.csv")


def test_marks_become_events_in_order_and_may_touch_but_not_overlap() -> None:
    events = marks_to_events([Mark("b", 2, 3), Mark("a", 1, 2, 5)])
    assert events == [Event(1, "begin", "a", 5), Event(2, "end"), Event(2, "begin", "b"), Event(3, "end")]
    with pytest.raises(UsageError, match="overlap"):
        marks_to_events([Mark("a", 1, 2.5), Mark("b", 2, 3)])


def test_an_event_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UsageError, match="toggle"):
        Event(None, "dance")

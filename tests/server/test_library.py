"""The desk's answers: plain values to every question, and one line to those that cannot be answered."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from kinesics.errors import KinesicsError, UsageError
from kinesics.server.library.clip_bytes import pack_clip
from kinesics.server.library.library import Library
from kinesics.server.refusals import Absent, Taken, as_error
from kinesics.testing import made_clips

CLIP = pack_clip(made_clips(1, ("wave_left",), joints="coco17", dims=2)[0][0])


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = Library(tmp_path)
    library.answer("learn", {"model": "mine", "label": "wave", "ticket_id": "a", "seconds": 1.0, "person": 3}, (CLIP,))
    return library


def test_each_question_about_a_model_has_an_answer_in_plain_values(library: Library) -> None:
    asked: list[tuple[str, dict[str, Any]]] = [
        ("models", {}),
        ("create", {"model": "other"}),
        ("examples", {"model": "mine"}),
        ("film", {"model": "mine", "example": 1}),
        ("rename", {"model": "mine", "label": "wave", "to": "hello"}),
        ("confusions", {"model": "mine"}),
        ("delete", {"model": "mine", "example": 1}),
        ("undo", {"model": "mine"}),
        ("delete_label", {"model": "mine", "label": "hello"}),
        ("remove_model", {"model": "other"}),
        ("exercises", {}),
    ]
    for do, args in asked:
        values, bodies = library.answer(do, args)
        assert json.loads(json.dumps(values, allow_nan=False)) == values and bodies == (), do
    assert [row["name"] for row in library.answer("models", {})[0]["models"]] == ["mine"]


def test_the_same_question_is_learned_once(library: Library) -> None:
    again = library.answer("learn", {"model": "mine", "label": "wave", "ticket_id": "a"}, (CLIP,))[0]
    assert again["again"] and again["examples"] == 1
    other = library.answer("learn", {"model": "mine", "label": "wave", "ticket_id": "b"}, (CLIP,))[0]
    assert other["examples"] == 2 and "again" not in other


def test_a_model_goes_out_and_comes_in_as_bytes(library: Library) -> None:
    values, (data,) = library.answer("export", {"model": "mine"})
    assert values == {"model": "mine", "bytes": len(data)}
    assert library.answer("import", {"model": "theirs"}, (data,))[0]["examples"] == 1
    with pytest.raises(Taken):
        library.answer("import", {"model": "theirs"}, (data,))
    assert library.answer("import", {"model": "theirs", "replace": True}, (data,))[0]["name"] == "theirs"


@pytest.mark.parametrize(
    ("do", "args", "bodies"),
    [
        ("nosuch", {}, ()),
        ("", {}, ()),
        ("examples", {}, ()),
        ("examples", {"model": 3}, ()),
        ("examples", {"model": "../mine"}, ()),
        ("film", {"model": "mine"}, ()),
        ("film", {"model": "mine", "example": "1"}, ()),
        ("film", {"model": "mine", "example": True}, ()),
        ("film", {"model": "mine", "example": 10**30}, ()),
        ("delete", {"model": "mine", "example": 1.5}, ()),
        ("learn", {"model": "mine", "label": "x"}, ()),
        ("learn", {"model": "mine", "label": ""}, (CLIP,)),
        ("learn", {"model": "mine", "label": "a\nb"}, (CLIP,)),
        ("learn", {"model": "mine", "label": "x"}, (b"no clip",)),
        ("rename", {"model": "mine", "label": "wave"}, ()),
        ("export", {"model": "nosuch"}, ()),
        ("import", {"model": "theirs"}, (b"", b"")),
        ("import", {"model": "theirs"}, (b"",)),
        ("create", {"model": "mine"}, ()),
    ],
)
def test_what_cannot_be_answered_is_said_in_one_line(library: Library, do: str, args: dict[str, Any], bodies: Any) -> None:
    with pytest.raises(KinesicsError) as raised:
        library.answer(do, args, bodies)
    assert "\n" not in str(raised.value) and isinstance(raised.value, ValueError)
    assert library.answer("models", {})[0]["models"][0]["examples"] == 1


def test_kinds_of_errors_survive_the_way_to_the_service() -> None:
    for kind in (Absent, Taken, UsageError):
        assert type(as_error(kind.__name__, "words")) is kind


def test_the_first_example_is_learned_soon_when_the_library_is_warm(tmp_path: Path) -> None:
    code = f"""
import sys, time
from kinesics.server.library.library import Library
library = Library({str(tmp_path)!r})
library.warm()
clip = sys.stdin.buffer.read()
start = time.process_time()
library.answer("learn", {{"model": "mine", "label": "wave"}}, (clip,))
print(time.process_time() - start)
"""
    run = subprocess.run([sys.executable, "-c", code], input=CLIP, capture_output=True, check=True, timeout=60)
    assert float(run.stdout) < 0.3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["models"]


def test_to_be_asked_for_the_list_loads_no_net(tmp_path: Path) -> None:
    code = "import sys; from kinesics.server.library.library import Library; "
    code += f"print(Library({str(tmp_path)!r}).answer('models', {{}}))"
    code += "; print([n for n in ('scipy', 'cv2', 'torch', 'numba') if n in sys.modules])"
    start = time.monotonic()
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60, text=True)
    assert run.stdout.splitlines() == ["({'models': []}, ())", "[]"] and time.monotonic() - start < 30

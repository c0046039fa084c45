from __future__ import annotations

import json
from pathlib import Path

import pytest

from kinesics.cli import main
from kinesics.testing import make_video


def test_a_clip_without_faces_has_none_before_and_none_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip = make_video(tmp_path / "made.mp4", frames=6)
    assert main(["eval", "redaction", str(clip), "--how", "solid", "--every", "5", "--json", "--quiet"]) == 0
    values = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert values["frames"] == 2 and values["judge"] == "mesh"
    assert values["faces_left"] == values["faces_left_dropped"] == 0
    assert {"faces_before", "covered_share", "faces_left_solid_dropped_each", "machine", "weights", "command"} <= set(values)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere.mp4"], "nowhere.mp4"),
        (["nowhere.mp4", "--how", "smear"], "smear"),
        (["nowhere.mp4", "--judge", "sherlock"], "sherlock"),
        (["nowhere.mp4", "--judge", "nowhere.onnx"], "nowhere.onnx"),
        (["nowhere.mp4", "--drop", "2"], "drop"),
        ([], "CLIP"),
    ],
)
def test_what_is_wrong_is_one_line(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "redaction", *words]) == 2
    text = capsys.readouterr().err
    assert said in text and "Traceback" not in text

"""`kinesics eval whole-body` as a user meets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kinesics.cli import main


def test_a_folder_without_published_joints_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for place in (tmp_path, tmp_path / "nowhere"):
        assert main(["eval", "whole-body", str(place)]) == 2
        said = capsys.readouterr().err
        assert "pose_squats.full.json" in said and said.count("\n") == 1
    assert main(["eval", "whole-body"]) == 2


def test_a_damaged_video_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [[[0.0, 0.0, 0.0]] * 33]
    for name, joints in (("pose_squats", 33), ("pose_squats_3d", 33), ("asl_hand", 21)):
        (tmp_path / f"{name}.full.json").write_text(str([rows[0][:joints]]), "utf-8")
    for name in ("pose_squats.mp4", "asl_hand.mp4"):
        (tmp_path / name).write_bytes(b"no video")
    assert main(["eval", "whole-body", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert "pose_squats.mp4" in said and said.count("\n") == 1

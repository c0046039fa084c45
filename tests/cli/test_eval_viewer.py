"""`kinesics eval viewer` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kinesics.cli import main
from kinesics.video import VideoWriter


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "either --clips DIR or --synth"),
        (["--synth", "--clips", "x"], "either --clips DIR or --synth"),
        (["--clips", "nowhere"], "there is no such file or folder"),
        (["--clips", "x", "--seconds", "3"], "--seconds goes with --synth"),
        (["--synth", "--person", "x.kin"], "go with --clips"),
    ],
)
def test_wrong_words_are_told_in_one_line(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "viewer", *words]) == 2
    said = capsys.readouterr().err
    assert told in said and said.count("\n") == 1


def test_clips_without_anybody_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b"):
        with VideoWriter(tmp_path / f"{name}.mp4") as writer:
            for i in range(8):
                writer.write(np.full((96, 128, 3), 60 + i, np.uint8), i / 25)
    assert main(["eval", "viewer", "--clips", str(tmp_path), "--no-train"]) == 2
    assert "nobody is seen" in capsys.readouterr().err


def test_made_people_are_measured_and_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "report"
    words = ["eval", "viewer", "--synth", "--seconds", "1", "--no-train", "--no-pck", "--out", str(out), "--json", "-q"]
    assert main(words) == 0
    values = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert len(values["people"]) == 2 and values["frames"] == sum(row["frames"] for row in values["people"].values())
    assert 10 < values["psnr_person_t0"] < 60 and values["motion_ratio_mean"] == 0 and values["flicker_t0"] <= 0.05
    assert "pck_10_t0" not in values and values["tiers"] == ["t0"]
    assert (out / "sheet.png").stat().st_size > 10_000 and "made 1" in (out / "report.html").read_text("utf-8")

"""The report on drawn people: it stands alone, tells what was kept and why, and nothing half-written stays."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kinesics.errors import SinkError
from kinesics.evaluate.viewer_page import report_page, sheet, write_viewer_report
from kinesics.evaluate.viewer_table import number_table
from kinesics.evaluate.viewer_trial import Moment, Trial
from kinesics.types import Array
from kinesics.viewer import Person

TRAINING = {
    "steps": 300,
    "seconds": 41.0,
    "learned": [{"step": 100, "t1": 0.5, "t2": 0.4, "person": 20.0}, {"step": 200, "t1": 0.3, "t2": 0.2, "person": 21.0}],
    "crops": {"before": 19.0, "after": 18.5},
    "gate": {
        "t0": {"all": 25.0, "person": 20.0}, "t1": {"all": 25.5, "person": 20.4}, "t2": {"all": 24.0, "person": 21.0},
    },
    "kept": ["core", "refiner"],
}  # fmt: skip


def moment(i: int, size: int = 512) -> Moment:
    rng = np.random.default_rng(i)
    real = np.full((size, size, 3), 90 + 10 * i, np.uint8)
    points = rng.uniform(100, 400, (133, 2)).astype(np.float32)
    drawn = {name: np.roll(real, k, 1) + np.uint8(k) for k, name in enumerate(("mean", "nearest", "warp", "t0", "t1"))}
    return Moment(0.04 * i, 2, points, np.ones(133, np.float32), real, drawn)


@pytest.fixture
def done() -> Trial:
    numbers: dict[str, object] = {"tiers": ["t0", "t1"], "frames": 9, "frames_learned": 20, "keyframes": 7, "bytes_nets": 1200}
    for way, level in (("mean", 14.0), ("nearest", 15.0), ("warp", 17.0), ("t0", 18.0), ("t1", 18.5)):
        numbers |= {f"psnr_person_{way}": level, f"ssim_person_{way}": level / 30, f"motion_ratio_{way}": level / 15}
        numbers |= {f"pck_10_{way}": 0.5, f"hands_pck_{way}": float("nan"), f"pck_ratio_{way}": 0.6}
    numbers |= {"pck_10_real": 0.9, "hands_pck_real": 0.8, "fit_seconds": 3.0, "train_seconds": 41.0}
    numbers["gate"] = {"t0_beats_nearest_by_half_a_decibel": True, "t1_beats_t0": True, "motion_ratio": False}
    person = Person(
        "x", (), np.zeros((0, 4), np.int32), np.zeros((0, 133, 2)), np.zeros((0, 133)), about={"training": TRAINING}
    )
    film = [replace(moment(i, 64), time=0.04 * i) for i in range(3)]
    return Trial(dict(numbers), person, [moment(1), moment(2)], film)


def test_the_page_stands_alone(done: Trial) -> None:
    page = report_page({"<b>she</b>": done}, title="A & B", about={"machine": {"cores": 2}})
    assert not re.search(r"(src|href)=\"(?!data:|#)", page) and "http" not in page.replace("http-equiv", "")
    assert "A &amp; B" in page and "<b>she</b>" not in page and "cores 2" in page
    assert page.count("data:image/webp") == 1 + 2 * 2 * 7  # the film; two moments of seven columns with their hands


def test_the_page_tells_which_tiers_were_kept_and_why(done: Trial) -> None:
    page = report_page({"she": done}, title="t", about={})
    assert "kept: beats T0" in page and "refused: does not beat T0 (all)" in page and "loss of T1" in page
    assert "decibels, person" in page and "19.00 dB before, 18.50 dB after: refused" in page
    assert 'class="no"' in page and 'class="yes"' in page
    bare = replace(done, person=replace(done.person, about={}), film=[])
    assert "How it learned" not in report_page({"she": bare}, title="t", about={})


def test_the_table_marks_the_best_of_each_column(done: Trial) -> None:
    rows, best = number_table(done.numbers)
    column = rows[0].index("PSNR person")
    assert [row[0] for row in rows[1:]] == ["mean picture", "nearest picture", "nearest, warped", "T0", "T1", "filmed"]
    assert rows[5][column] == "18.50" and f"5/{column}" in best and f"4/{column}" not in best
    assert f"2/{rows[0].index('motion')}" in best  # nearest to 1
    assert "PCK hands" not in rows[0]  # nothing was measured


def test_the_sheet_shows_a_row_a_moment_and_a_table(done: Trial) -> None:
    one, both = sheet({"a": done}, "x"), sheet({"a": done, "b": done}, "x")
    assert one.dtype == np.uint8 and one.shape[2] == 3 and both.shape == (2 * one.shape[0], *one.shape[1:])
    fewer = sheet({"a": replace(done, moments=done.moments[:1])}, "x")
    assert one.shape[0] - fewer.shape[0] > 176


def test_a_report_that_cannot_be_written_leaves_nothing(done: Trial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = write_viewer_report(tmp_path, {"a": done}, title="x", about={})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html", "sheet.png"] == [
        path.name for path in written.values()
    ]  # fmt: skip

    def full(path: Path, picture: Array) -> None:
        path.write_bytes(b"half")
        raise SinkError(f"{path}: cannot be written (no space left)")

    monkeypatch.setattr("kinesics.evaluate.viewer_page.save_picture", full)
    before = (tmp_path / "report.html").read_bytes()
    with pytest.raises(SinkError, match="no space"):
        write_viewer_report(tmp_path, {"a": done}, title="other", about={})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html", "sheet.png"]
    assert (tmp_path / "report.html").read_bytes() == before

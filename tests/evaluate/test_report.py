"""The training report stands alone, says what is true, and takes whatever names people give."""

from __future__ import annotations

import base64
import itertools
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinesics.actions import ActionClassifier
from kinesics.errors import NotFittedError, ShapeError, SinkError
from kinesics.evaluate.early import proba_at
from kinesics.evaluate.report import report_html, write_report
from kinesics.evaluate.report.charts import ticks
from kinesics.evaluate.report.facts import held_out
from kinesics.testing import NearestCentroid, made_clips
from kinesics.types import PoseSequence

NASTY = '<script>alert("x")</script> & co'
VOID = {"meta", "br", "link", "img", "input", "hr"}


class Checked(HTMLParser):
    """Every tag that opens closes; texts by tag."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.text.append(data)


@pytest.fixture(scope="module")
def learned() -> tuple[NearestCentroid, list[PoseSequence], list[str], list[str]]:
    clips, labels, subjects = made_clips(8, ["raise_right", "wave_right", "kick_left"], missing=0.1)
    labels = [NASTY if label == "kick_left" else label for label in labels]
    return taught(clips, labels, subjects), clips, labels, subjects


def taught(clips: list[PoseSequence], labels: list[str], subjects: list[str]) -> NearestCentroid:
    """A model with what a classifier keeps of its training."""
    held = [i for i, who in enumerate(subjects) if who == "4"]
    kept = [i for i in range(len(clips)) if i not in held]
    model: Any = NearestCentroid().fit([clips[i] for i in kept], [labels[i] for i in kept])
    asked = [clips[i] for i in held]
    model.validation_ = {
        "labels": [labels[i] for i in held],
        "clips": held,
        "proba": model.predict_proba(asked),
        "proba_early": {share: proba_at(model, asked, share) for share in (0.1, 0.25, 0.5, 0.75)},
    }
    model.history_ = [
        {"step": i, "loss": 1 / (1 + i), "accuracy": i / 9, "seconds": 0.25 * i, "phase": phase, "confusion": None}
        for phase in ("trial", "final")
        for i in range(10)
    ]
    return model


def test_the_page_is_whole_and_needs_nothing_from_elsewhere(learned: Any, tmp_path: Path) -> None:
    model, clips, labels, subjects = learned
    path = write_report(
        tmp_path / "report.html", model, clips, labels, subjects=subjects, title=NASTY, problems=[NASTY], terms=NASTY
    )
    page = path.read_text("utf-8")
    seen = Checked(page)
    assert not re.search(r"https?://|//[a-z]+\.|@import|url\(", page), "nothing from elsewhere"
    assert [tag for tag, _ in seen.seen].count("script") == 1 and "src" not in dict(seen.seen)["script"]
    assert "".join(seen.text).count(NASTY) >= 5, "names are shown as they are, not run"
    assert [attrs["id"] for tag, attrs in seen.seen if tag == "section"] == [
        "confusions", "labels", "hardest", "early", "calibration", "importance", "data", "learning", "settings",
    ]  # fmt: skip
    assert not list(tmp_path.glob("*.partial")) and len(page) < 150_000


def test_the_numbers_on_the_page_are_those_of_the_validation(learned: Any) -> None:
    model, clips, labels, subjects = learned
    held = held_out(model, clips, [""] * len(clips))
    assert held is not None
    right = np.mean([a == b for a, b in zip(model.predict(held.clips), held.labels, strict=True)])
    text = " ".join(Checked(report_html(model, clips, labels, subjects=subjects)).text)
    assert f"{right:.1%} right of {len(held.labels)} clips" in text and f"{held.ece:.3f} calibration error" in text
    assert "5 s of learning" not in text and "4 s of learning" in text  # 4.5, rounded to even
    assert list(held.early) == [10, 25, 50, 75, 100]


def test_hardest_are_mistakes_first_and_then_what_was_believed_least(learned: Any) -> None:
    held = held_out(learned[0], learned[1], learned[2])
    assert held is not None
    order = held.hardest(99)
    believed = held.proba[np.arange(len(held.truth)), held.truth][order]
    right = (held.proba.argmax(1) == held.truth)[order]
    assert sorted(right.tolist()) == right.tolist()
    assert (np.diff(believed[right]) >= 0).all() and (np.diff(believed[~right]) >= 0).all()


def test_labels_may_be_columns_and_phases_of_training_have_curves_of_their_own(learned: Any) -> None:
    model, clips, labels, subjects = learned
    by_name = held_out(model, clips, labels)
    assert by_name is not None
    numbered: Any = NearestCentroid()
    vars(numbered).update(vars(model), validation_={**model.validation_, "labels": by_name.truth})
    assert held_out(numbered, clips, labels).labels == by_name.labels  # type: ignore[union-attr]
    page = report_html(numbered, clips, labels, subjects=subjects, explained=0)
    assert "loss (trial)" in page and "accuracy (final)" in page


def test_films_hold_the_motion_and_missing_joints_are_missing(learned: Any) -> None:
    model, clips, labels, _ = learned
    films = [attrs for tag, attrs in Checked(report_html(model, clips, labels)).seen if attrs.get("class") == "film"]
    assert len(films) == len(model.validation_["clips"])
    for film in films:
        data = np.frombuffer(base64.b64decode(str(film["data-film"])), np.uint8).reshape(-1, int(str(film["data-joints"])), 2)
        gone = (data == 255).all(2)
        assert 0.03 < gone.mean() < 0.3 and 12 <= len(data) <= 48
        assert np.ptp(data[~gone].reshape(-1, 2)[:, 1].astype(int)) > 80
        assert len(str(film["data-film"])) < 6000


def test_a_model_without_validation_history_and_people_has_a_report_too() -> None:
    clips, labels, _ = made_clips(1, ["march", "raise_left"], joints="coco17", dims=2, people=2)
    model = NearestCentroid().fit(clips, labels)
    seen = Checked(report_html(model, clips, labels, explained=0))
    assert [attrs["id"] for tag, attrs in seen.seen if tag == "section"] == ["data", "settings"]
    assert "No clips were held out" in " ".join(seen.text)


def test_empty_and_joint_less_clips_do_not_stop_the_report(learned: Any) -> None:
    model, clips, labels, subjects = learned
    gone = PoseSequence(clips[0].points, np.zeros_like(clips[0].scores), clips[0].times, clips[0].skeleton)
    odd = [gone if i == model.validation_["clips"][0] else clips[0][:0] if i == 0 else clip for i, clip in enumerate(clips)]
    assert "nobody to be seen" in report_html(model, odd, labels, subjects=subjects)


def test_what_cannot_be_reported_is_one_line(learned: Any, tmp_path: Path) -> None:
    model, clips, labels, _ = learned
    with pytest.raises(NotFittedError, match="call fit first"):
        report_html(NearestCentroid(), clips, labels)
    with pytest.raises(ShapeError, match="one label"):
        report_html(model, clips, labels[1:])
    with pytest.raises(SinkError, match=r"nowhere.*could not be written"):
        write_report(tmp_path / "nowhere" / "report.html", model, clips, labels, explained=0)


@pytest.mark.parametrize("low,high", [(0, 1), (0, 0.0371), (-3, 2.5), (10, 100), (1.9, 2.1)])
def test_ticks_are_round_few_and_inside(low: float, high: float) -> None:
    found = ticks(low, high)
    assert 2 <= len(found) <= 11 and low - 1e-9 <= found[0] and found[-1] <= high + 1e-9
    assert len({round(b - a, 9) for a, b in itertools.pairwise(found)}) == 1
    assert not any(str(value).startswith("-0.0") and value == 0 for value in found)


def test_held_out_clips_are_those_that_were_handed_over_also_when_some_are_empty() -> None:
    clips, labels, subjects = made_clips(6, ["raise_right", "kick_left"])
    nobody = PoseSequence(clips[0].points, np.zeros_like(clips[0].scores), clips[0].times, clips[0].skeleton)
    clips, labels, subjects = [nobody, clips[0][:0], *clips], ["kick_left", "raise_right", *labels], ["1", "2", *subjects]
    model = ActionClassifier(head="statistics").fit(clips, labels, subjects=subjects)
    held = held_out(model, clips, [str(i) for i in range(len(clips))])
    assert held is not None and held.labels == [labels[int(name)] for name in held.files]
    assert all((clip.scores > 0).any() for clip in held.clips)


def test_a_test_is_told_of_instead_of_what_was_held_out(learned: Any) -> None:
    model, clips, labels, subjects = learned
    some = list(range(0, len(clips), 2))
    asked = [clips[i] for i in some], [*(labels[i] for i in some[1:]), "never learned"], [f"clip {i}" for i in some]
    page = report_html(model, clips, labels, subjects=subjects, tested=asked, explained=0)
    right = np.mean([a == b for a, b in zip(model.predict(asked[0][:-1]), asked[1][:-1], strict=True)])
    assert f"{right:.1%}</b><span>right of {len(some) - 1} clips" in page


def test_long_labels_keep_both_ends() -> None:
    from kinesics.evaluate.report.answers import _both_ends

    names = ["draw_circle_cw", "draw_circle_ccw", "draw_x"]
    assert len({_both_ends(name) for name in names}) == 3 and all(len(_both_ends(name)) <= 13 for name in names)

"""What is taken for what: each example is asked about by the others."""

from __future__ import annotations

from kinesics import ActionTeacher
from kinesics.testing import made_clips
from kinesics.types import PoseSequence

CLIPS, LABELS, _ = made_clips(3, ("wave_left", "curl_both", "march"), joints="coco17", dims=2)


def of(label: str) -> list[PoseSequence]:
    return [clip for clip, other in zip(CLIPS, LABELS, strict=True) if other == label]


def taught(**examples: list[PoseSequence]) -> ActionTeacher:
    teacher = ActionTeacher("plain")
    for label, clips in examples.items():
        for clip in clips:
            teacher.add(clip, label)
    return teacher


def test_unlike_actions_are_not_confused() -> None:
    table = taught(wave=of("wave_left"), curl=of("curl_both")).confusions()
    assert table == {"curl": {"curl": 3}, "wave": {"wave": 3}}


def test_an_example_under_the_wrong_label_is_found() -> None:
    wave, curl = of("wave_left"), of("curl_both")
    teacher = taught(wave=[*wave[:2], curl[2]], curl=curl[:2])
    table = teacher.confusions()
    assert table["wave"] == {"wave": 2, "curl": 1}
    assert teacher.taken_for()[3] == "curl" and [teacher.taken_for()[k] for k in (1, 2)] == ["wave", "wave"]
    assert list(table["wave"]) == ["wave", "curl"]  # the most frequent first
    assert teacher.certainty() == {"curl": (table["curl"].get("curl", 0), 2), "wave": (2, 3)}


def test_a_lone_example_is_like_none_of_the_others() -> None:
    table = taught(wave=of("wave_left"), march=of("march")[:1]).confusions()
    assert table["march"] == {"unknown": 1}
    assert taught(march=of("march")[:1]).confusions() == {"march": {"unknown": 1}}


def test_to_ask_changes_nothing() -> None:
    teacher = taught(wave=of("wave_left"), curl=of("curl_both"))
    before = teacher.predict_proba(CLIPS).tolist()
    teacher.confusions()
    assert teacher.predict_proba(CLIPS).tolist() == before

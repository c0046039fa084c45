from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from kinesics.errors import UsageError
from kinesics.pipeline.datasets import ActionSet
from kinesics.pipeline.problems import data_problems
from kinesics.pipeline.spelling import alike
from kinesics.types import PoseSequence, skeleton

BODY = skeleton("coco17")


def clip(seed: int, t: int = 30, n: int = 1, fps: float = 30.0) -> PoseSequence:
    rng = np.random.default_rng(seed)
    return PoseSequence(rng.normal(0, 1, (t, n, 17, 2)), np.ones((t, n, 17)), np.arange(t) / fps, BODY)


def good(each: int = 8, labels: tuple[str, ...] = ("wave", "jump", "squat")) -> ActionSet:
    """Nothing is wrong with it: odd clips train, even clips test, each person in one of the two."""
    names = [label for label in labels for _ in range(each)]
    parts = ["train" if i % 2 else "test" for i in range(len(names))]
    return ActionSet(
        [clip(i) for i in range(len(names))],
        names,
        [f"{part}er {i % 3}" for i, part in enumerate(parts)],
        {"split": parts},
        [f"{i}.pose" for i in range(len(names))],
    )


def kinds(actions: ActionSet, split: str | None = None) -> dict[str, str]:
    return {problem.kind: problem.severity for problem in data_problems(actions, split)}


def test_a_good_set_has_no_problems() -> None:
    assert data_problems(good()) == []


def with_clips(**changed: PoseSequence) -> ActionSet:
    actions = good()
    clips = list(actions.clips)
    for place, there in changed.items():
        clips[int(place.removeprefix("at"))] = there
    return dataclasses.replace(actions, clips=clips)


def blank(t: int = 30) -> PoseSequence:
    return PoseSequence(np.full((t, 1, 17, 2), np.nan), np.zeros((t, 1, 17)), np.arange(t) / 30, BODY)


def sparse() -> PoseSequence:
    scores = np.ones((30, 1, 17))
    scores[:, :, 6:] = 0
    return PoseSequence(clip(1).points, scores, clip(1).times, BODY)


def renamed(*labels: str) -> ActionSet:
    actions = good()
    return dataclasses.replace(actions, labels=[*labels, *actions.labels[len(labels) :]])


CASES: dict[str, tuple[Callable[[], ActionSet], str, str, str]] = {
    "one label": (lambda: good(labels=("wave",)), "one label", "stop", "all 8 clips have one label, 'wave'"),
    "one clip": (lambda: good().take([3]), "one clip", "stop", "one clip (3.pose) teaches nothing"),
    "few clips": (lambda: good().take([0, 1, *range(8, 16)]), "few", "warn", "fewer than 3 clips of wave"),
    "unbalanced": (
        lambda: good(40).take([0, 1, 2, *range(40, 80)]),
        "unbalanced",
        "warn",
        "40 clips of 'jump' and 3 of 'wave'",
    ),
    "empty": (lambda: with_clips(at3=blank(0)), "empty", "warn", "1 clip has no moments: 3.pose"),
    "all empty": (lambda: dataclasses.replace(good(), clips=[blank(0)] * 24), "empty", "stop", "24 clips have no moments"),
    "nobody": (lambda: with_clips(at3=blank(), at5=blank()), "nobody", "warn", "2 clips show nobody: 3.pose, 5.pose"),
    "one frame": (lambda: with_clips(at3=clip(3, 1)), "short", "warn", "1 clip is too short for an action: 3.pose"),
    "an hour": (
        lambda: with_clips(at3=clip(3, 3601, fps=1)),
        "long",
        "warn",
        "1 clip lasts longer than ten minutes; cut it: 3.pose",
    ),
    "most joints": (lambda: with_clips(at3=sparse()), "sparse", "warn", "1 clip misses most joints: 3.pose"),
    "two people": (
        lambda: with_clips(at3=clip(3, n=2)),
        "people",
        "warn",
        "4% of the clips show two where the others show one",
    ),
    "slash": (lambda: renamed("push/pull"), "label", "stop", "'push/pull' (0.pose); a label is 1 to 100 letters without /"),
    "long label": (lambda: renamed("x" * 300), "label", "stop", "a label of 300 letters: 'xxxx"),
    "no label": (lambda: renamed(""), "label", "stop", "a clip has no label"),
    "line break": (lambda: renamed("push\nup"), "label", "stop", "cannot be the name of a file"),
    "other case": (lambda: renamed("Wave", "Wave", "Wave", "Wave"), "alike", "warn", "'Wave' (4) and 'wave' (4)"),
    "misspelt": (lambda: renamed("wvae", "wvae", "squatt", "squatt"), "alike", "warn", "'squat' (8) and 'squatt' (2)"),
    "copy": (lambda: with_clips(at3=clip(1)), "copies", "warn", "the same clip is there more than once: 1.pose, 3.pose"),
    "two labels": (lambda: with_clips(at9=clip(3)), "two labels", "warn", "3.pose ('wave') and 9.pose ('jump')"),
    "copied": (lambda: with_clips(at4=clip(3)), "copied to test", "warn", "in training and in test: 3.pose, 4.pose"),
    "same person": (
        lambda: dataclasses.replace(good(), subjects=["7"] * 24),
        "same person",
        "warn",
        "column split: the same person is in training and test (7)",
    ),
    "untrained": (
        lambda: good().take([*range(8), *range(8, 24, 2)]),
        "unlearned",
        "warn",
        "column split: jump, squat is tested and never trained",
    ),
    "no train": (
        lambda: dataclasses.replace(good(), splits={"split": ["test"] * 24}),
        "no training",
        "stop",
        "no clip is marked train, there is test",
    ),
    "strange part": (
        lambda: dataclasses.replace(good(), splits={"split": ["trian", *good().splits["split"][1:]]}),
        "parts",
        "warn",
        "trian is neither train nor test",
    ),
    "unread": (lambda: dataclasses.replace(good(), unread={"x.pose": "it is gone"}), "unread", "warn", "x.pose: it is gone"),
    "half unread": (
        lambda: dataclasses.replace(good(), unread={f"x{i}": "gone" for i in range(24)}),
        "unread",
        "stop",
        "24 clips cannot be read of 48; x0: gone",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_each_problem_is_found_and_named_on_one_line(name: str) -> None:
    make, kind, severity, says = CASES[name]
    found = [problem for problem in data_problems(make()) if problem.kind == kind]
    assert len(found) == 1 or kind == "label", [problem.kind for problem in data_problems(make())]
    assert found[0].severity == severity and says in found[0].message
    assert "\n" not in found[0].message and len(found[0].message) < 300


def test_what_stops_comes_first() -> None:
    actions = dataclasses.replace(renamed("a/b"), subjects=["7"] * 24)
    assert [problem.severity for problem in data_problems(actions)][:2] == ["stop", "warn"]


def test_only_the_column_that_is_used_is_looked_at() -> None:
    actions = dataclasses.replace(good(), splits={**good().splits, "other": ["train", "test"] * 12}, subjects=["7"] * 24)
    messages = [problem.message for problem in data_problems(actions, "other")]
    assert len(messages) == 1 and messages[0].startswith("column other")
    assert len(data_problems(actions)) == 2
    with pytest.raises(UsageError, match="no split column is called 'none'"):
        data_problems(actions, "none")


@pytest.mark.parametrize(
    ("labels", "pairs"),
    [
        (["squat", "squatt"], 1),
        (["throw ball", "throw_ball"], 1),
        (["catch", "cacth"], 1),
        (["circle_cw", "circle_ccw"], 0),
        (["arm_1", "arm_2"], 0),
        (["bow", "bowl"], 0),
        (["swipe_left", "swipe_right"], 0),
        (["wave left", "waves left"], 0),
        (["Größe", "GRÖSSE"], 1),
    ],
)
def test_labels_spelt_alike(labels: list[str], pairs: int) -> None:
    assert len(list(alike(labels))) == pairs


def test_published_sets_have_no_false_alarms(data: object) -> None:
    from kinesics.pipeline.datasets import read_actions

    for name, wanted in (("utd-mhad", {}), ("jhmdb-14", {}), ("msr-action3d", {"nobody": "warn"})):
        assert kinds(read_actions(f"{data}/actions/{name}")) == wanted

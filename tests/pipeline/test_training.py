from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinesics.actions.classifier import ActionClassifier
from kinesics.errors import FormatError, MissingExtra, SinkError, UsageError
from kinesics.pipeline.datasets import ActionSet
from kinesics.pipeline.training import train
from kinesics.types import PoseSequence, skeleton

BODY = skeleton("coco17")


def moving(label: str, seed: int) -> PoseSequence:
    """A figure that raises its left or right hand, or crouches."""
    rng = np.random.default_rng(seed)
    t = 40
    points = np.zeros((t, 1, 17, 2))
    points[:, 0, :, 1] = np.array([0, 0, 0, 0, 0, 40, 40, 80, 80, 110, 110, 110, 110, 160, 160, 210, 210]) - 100
    points[:, 0, :, 0] = np.array([0, 2, -2, 4, -4, 20, -20, 25, -25, 27, -27, 12, -12, 12, -12, 12, -12])
    wave = np.sin(np.linspace(0, np.pi, t)) * rng.uniform(0.8, 1.2)
    if label == "crouch":
        points[:, 0, :13, 1] += 60 * wave[:, None]
    else:
        points[:, 0, [9 if label == "left" else 10], 1] -= 130 * wave[:, None]
    points = points * rng.uniform(0.8, 1.3) + rng.normal(0, 1, points.shape)
    return PoseSequence(points, np.ones((t, 1, 17)), np.arange(t) / 30, BODY)


@pytest.fixture(scope="module")
def gestures() -> ActionSet:
    labels = ["left", "right", "crouch"] * 10
    parts = ["train" if i < 21 else "test" for i in range(30)]
    return ActionSet(
        [moving(label, i) for i, label in enumerate(labels)],
        labels,
        [f"{i % 7}" if part == "train" else f"other {i % 3}" for i, part in enumerate(parts)],
        {"split": parts},
        [f"{i}.pose" for i in range(30)],
        name="gestures",
    )


def test_what_is_marked_test_is_kept_aside_and_asked(gestures: ActionSet, tmp_path: Path) -> None:
    said: list[str] = []
    done = train(gestures, tmp_path / "a.kin", say=said.append, head="statistics")
    numbers = done.numbers
    assert (numbers["clips_train"], numbers["clips_test"], numbers["split"]) == (21, 9, "split")
    assert numbers["accuracy"] == 100 * done.model.score(done.tried.clips, done.tried.labels) >= 88  # type: ignore[union-attr]
    assert numbers["classes"] == ["crouch", "left", "right"] and numbers["parameters"] > 0
    assert said == ["learning 3 actions from 21 clips; 9 are kept aside for the test (column split)"]
    assert ActionClassifier.load(tmp_path / "a.kin").predict(gestures.clips[21:24]) == done.model.predict(gestures.clips[21:24])


def test_the_confusion_is_told_while_it_learns_and_then_of_the_clips_held_out(gestures: ActionSet) -> None:
    told: list[dict[str, Any]] = []
    train(gestures, progress=told.append, head="statistics")
    assert [info["held_out"] for info in told] == [True] and told[0]["confusion"].sum() == len(told[0]["classes"]) * 2
    pytest.importorskip("torch")
    told.clear()
    train(gestures, progress=lambda info: told.append(info) or info["held_out"], head="net", minutes=0.02)
    held = [info["held_out"] for info in told]
    assert held == sorted(held) and not held[0] and held[-1]
    assert all(info["confusion"].sum() == len(gestures.part("split", "train")) - 6 for info in told if not info["held_out"])


def test_without_pytorch_a_quick_head_learns_and_one_line_says_so(gestures: ActionSet, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("torch", "onnx"):
        monkeypatch.setitem(sys.modules, name, None)
    said: list[str] = []
    done = train(gestures, say=said.append)
    assert done.numbers["head"] in ("rocket", "statistics", "trees") and done.numbers["accuracy"] >= 88
    assert [line for line in said if "PyTorch" in line] == said[-1:]
    with pytest.raises(MissingExtra, match=r"kinesics\[train\]"):
        train(gestures, head="net")
    said.clear()
    train(gestures, say=said.append, head="statistics")
    assert not any("PyTorch" in line for line in said)


def test_without_a_split_all_clips_are_learned_from(gestures: ActionSet) -> None:
    import dataclasses

    done = train(dataclasses.replace(gestures, splits={}), head="statistics")
    assert done.tried is None and done.numbers["clips_train"] == 30 and done.numbers["accuracy"] is None


def test_what_is_marked_test_is_never_learned_from_also_without_a_choice(gestures: ActionSet) -> None:
    import dataclasses

    with pytest.raises(FormatError, match="column split: no clip is marked train, there is test"):
        train(dataclasses.replace(gestures, splits={"split": ["test"] * 30}))
    only = dataclasses.replace(gestures, splits={"split": ["train"] * 21 + [""] * 9})
    assert train(only, head="statistics").numbers["clips_train"] == 21
    said: list[str] = []
    several = {name: gestures.splits["split"] for name in ("fold1", "fold2")}
    done = train(dataclasses.replace(gestures, splits=several), say=said.append, head="statistics")
    assert done.tried is None and said == ["learning 3 actions from 30 clips; no split column was chosen (fold1, fold2)"]


def test_problems_are_said_before_training_and_fatal_ones_end_it(gestures: ActionSet) -> None:
    said: list[str] = []
    with pytest.raises(FormatError, match="gestures: all 10 clips have one label, 'left'"):
        train(gestures.take(range(0, 30, 3)), say=said.append)
    assert not said, "what ends it is one line"
    few = gestures.take([*range(18), 1, 27, 28, 29])
    done = train(few, say=said.append, head="statistics")
    assert [problem.kind for problem in done.problems] == ["copies"]
    assert "the same clip is there more than once: 1.pose, 1.pose" in said


def test_clips_of_nobody_are_left_out_of_training_and_stay_in_the_test(gestures: ActionSet) -> None:
    import dataclasses

    clips = list(gestures.clips)
    for i in (0, 29):
        c = clips[i]
        clips[i] = PoseSequence(c.points, np.zeros_like(c.scores), c.times, BODY)
    done = train(dataclasses.replace(gestures, clips=clips), head="statistics")
    assert (done.numbers["clips_train"], done.numbers["clips_test"]) == (20, 9)


def test_a_place_where_nothing_can_be_saved_is_found_before_training(gestures: ActionSet, tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "absent" / "a.kin", Path("/dev/null")):
        with pytest.raises(SinkError):
            train(gestures, place, progress=lambda info: pytest.fail("it trained"))


def test_unknown_options_and_columns_are_named(gestures: ActionSet) -> None:
    with pytest.raises(UsageError, match="no split column is called 'fold'; there are split"):
        train(gestures, split="fold")
    with pytest.raises(UsageError, match="head"):
        train(gestures, head="magic")

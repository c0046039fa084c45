from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from kinesics.errors import UsageError, WeightsError
from kinesics.evaluate.face_judges import FalseAlarms, face_judge, same_places
from kinesics.evaluate.redaction import eval_redaction
from kinesics.pipeline.redacting import redacted
from kinesics.types import Array, Frame, People, Scene, skeleton

COCO = skeleton("coco17")


def spot_judge(image: Array) -> Array:
    """Takes anything that is bright red for a face."""
    rows, columns = np.nonzero((image[..., 0] > 200) & (image[..., 1] < 60))
    if not len(rows):
        return np.zeros((0, 5))
    return np.array([[columns.min(), rows.min(), columns.max() + 1.0, rows.max() + 1.0, 0.9]])


def red_finder(image: Array, people: People) -> Array:
    return spot_judge(image)[:, :4]


def scenes(number: int = 60) -> Iterator[Scene]:
    """A red face that walks; of its person only that there is one is known."""
    for i in range(number):
        image = np.full((80, 200, 3), 120, np.uint8)
        image[30:42, 20 + 2 * i : 32 + 2 * i] = (230, 20, 20)
        who = People.from_boxes([[10 + 2 * i, 25, 42 + 2 * i, 79]], [0.9], [1])
        yield Scene(i, i / 30, (200, 80), who, frame=Frame(image, index=i, time=i / 30))


def test_nothing_is_left_though_a_fifth_is_lost() -> None:
    values = eval_redaction([scenes, scenes], redacted, red_finder, spot_judge, hows=("solid",))
    assert values["frames"] == 120 and values["faces_before"] == 1
    assert values["faces_left"] == values["faces_left_dropped"] == values["found_left"] == 0
    assert values["faces_left_solid_dropped_each"] == 0
    assert 0.01 < values["covered_share"] < 0.3


def test_a_cover_that_forgets_is_found_out() -> None:
    """What covers only what it is told of in each frame by itself leaves faces as soon as some are lost."""

    def forgetful(given: Iterator[Scene], what: str, how: str, *, finder: object) -> Iterator[Scene]:
        return redacted(given, what, how, finder=finder, hold=0.0, ahead=0.0, memory=0)  # type: ignore[arg-type]

    values = eval_redaction([scenes], forgetful, red_finder, spot_judge, hows=("solid",), drop=0.4)
    assert values["faces_left"] == 0 and values["faces_left_dropped"] > 0
    with pytest.raises(UsageError, match="drop"):
        eval_redaction([scenes], redacted, red_finder, spot_judge, drop=1.5)


def test_lost_detections_are_the_same_for_the_same_seed() -> None:
    runs = [eval_redaction([scenes], redacted, red_finder, spot_judge, hows=("blur",), drop=0.9, seed=s) for s in (3, 3)]
    assert runs[0] == runs[1]


def test_a_judge_that_nobody_knows_is_said() -> None:
    with pytest.raises(UsageError, match="mesh"):
        face_judge("sherlock")
    with pytest.raises(WeightsError, match="no such file"):
        face_judge("nowhere/yunet.onnx")


def test_false_alarms_are_neither_heads_nor_faces() -> None:
    image = np.random.default_rng(0).integers(0, 255, (120, 160, 3)).astype(np.uint8)
    found = np.array([[10.0, 10, 30, 30, 0.5], [100, 20, 120, 40, 0.5]])
    who = People.from_boxes([[95, 10, 125, 100]], [0.9])
    assert FalseAlarms()(image, who, found).tolist() == [True, False]
    assert same_places(found, found[:1] + 1).tolist() == [True, False]
    assert same_places(found, found[:0]).tolist() == [False, False]

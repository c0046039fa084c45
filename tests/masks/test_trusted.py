from __future__ import annotations

import numpy as np

from kinesics.masks.trusted import inside, trusted
from kinesics.types import Masks, People, skeleton

JOINTS = np.stack([np.linspace(30, 50, 17), np.linspace(20, 90, 17)], axis=1)


def people(score: float = 0.9) -> People:
    return People([[25, 15, 55, 95]], [score], JOINTS[None], np.full((1, 17), 0.8), skeleton("coco17"), [1])


def outline(top: int, bottom: int) -> Masks:
    mask = np.zeros((1, 100, 100), bool)
    mask[0, top:bottom, 26:54] = True
    return Masks.dense(mask)


def test_only_whole_outlines_of_sure_people_are_trusted() -> None:
    assert trusted(people(), outline(16, 94)).tolist() == [True]
    assert trusted(people(0.2), outline(16, 94)).tolist() == [False], "hardly anybody"
    assert trusted(people(), outline(16, 50)).tolist() == [False], "half of the joints"
    assert trusted(people(), outline(16, 18)).tolist() == [False], "a crumb"
    assert trusted(people(), outline(0, 0)).tolist() == [False], "nothing"
    assert trusted(people(), None).tolist() == [False]
    assert trusted(people()[:0], outline(16, 94)).tolist() == [], "of others"


def test_the_inside_keeps_away_from_the_edge() -> None:
    x, y, window = inside(outline(16, 94), 0, 3)
    kept = np.zeros((100, 100), bool)
    kept[y : y + window.shape[0], x : x + window.shape[1]] = window
    assert kept[19:91, 29:51].all() and np.count_nonzero(kept) <= 73 * 23

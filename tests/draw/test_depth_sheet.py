from __future__ import annotations

import numpy as np
import pytest

from kinesics.bodies import PARTS, PoseBank, ViewMaker, part_mirror
from kinesics.draw.depth_sheet import depth_sheet
from kinesics.draw.part_colours import PART_COLOURS

BANK = PoseBank(1, poses=40)


def test_each_part_has_a_colour_of_its_own_and_left_is_lighter() -> None:
    assert PART_COLOURS.shape == (len(PARTS), 3) and PART_COLOURS.dtype == np.uint8
    apart = np.linalg.norm(PART_COLOURS[:, None].astype(float) - PART_COLOURS[None].astype(float), axis=-1)
    assert (apart + 999 * np.eye(len(PARTS))).min() > 12
    light = PART_COLOURS @ (0.2126, 0.7152, 0.0722)
    left = np.array([label for label, name in enumerate(PARTS) if name.startswith("left_")])
    assert (light[left] > light[part_mirror()[left]] + 25).all()


@pytest.mark.parametrize("count", [1, 5])
@pytest.mark.parametrize("people", [1, 3])
def test_a_sheet_shows_every_view(count: int, people: int) -> None:
    maker = ViewMaker(0, people=people, bank=BANK, detail="light", scenery=people > 1)
    sheet = depth_sheet([maker.view(i) for i in range(count)])
    assert sheet.dtype == np.uint8 and sheet.ndim == 3
    ground = (sheet == PART_COLOURS[0]).all(axis=-1)
    rows = -(-count // 4)
    assert ground.mean() > 0.1 and sheet.shape[0] > 280 * rows
    np.testing.assert_array_equal(sheet, depth_sheet([maker.view(i) for i in range(count)]))


@pytest.mark.parametrize("size", [(1, 1), (2, 300), (640, 480)])
def test_views_of_any_size_and_empty_ones_are_shown(size: tuple[int, int]) -> None:
    maker = ViewMaker(0, size=size, bank=BANK, detail="light", focal=4000.0 if size[0] == 2 else None)
    assert depth_sheet([maker.view(i) for i in range(3)]).shape[2] == 3

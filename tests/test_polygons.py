"""Outlines as run lengths, rings and polygons, from windows alone."""

from __future__ import annotations

import json
import tracemalloc

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from kinesics.errors import FormatError
from kinesics.types import Array, Masks
from kinesics.types.polygons import rings
from kinesics.types.rle import counts_window

masks = arrays(bool, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=16))


def shoelace(polygon: list[float]) -> float:
    x, y = np.array(polygon[0::2]), np.array(polygon[1::2])
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


def walker(height: int, seed: int = 0) -> Array:
    """A made outline of a person: head, body, arms and legs."""
    unit, rng = height / 8, np.random.default_rng(seed)
    mask = np.zeros((round(height * 1.1), round(height * 0.8)), np.uint8)
    middle = mask.shape[1] / 2

    def limb(points: list[tuple[float, float]], width: float) -> None:
        line = np.array([(middle + x * unit, (y + 0.4) * unit) for x, y in points])
        line += rng.normal(0, 0.08 * unit, line.shape)
        cv2.polylines(mask, [np.rint(line * 16).astype(np.int32)], False, 1, max(round(width * unit), 1), cv2.LINE_8, 4)

    cv2.circle(mask, (round(middle), round(unit)), round(0.55 * unit), 1, -1)
    limb([(0, 1), (0, 4.2)], 1.5)
    for side in (-1, 1):
        limb([(0.6 * side, 1.8), (1.3 * side, 3), (1.1 * side, 4.2)], 0.45)
        limb([(0.35 * side, 4), (0.6 * side, 5.8), (0.9 * side, 7.4)], 0.65)
    return mask > 0


@given(masks)
def test_polygons_without_tolerance_have_exactly_the_area(mask: Array) -> None:
    polygons = Masks.dense(mask[None]).polygons(0, 0)
    assert sum(shoelace(polygon) for polygon in polygons) == np.count_nonzero(mask)
    assert bool(polygons) == bool(mask.any())


@given(masks, st.integers(0, 5), st.integers(0, 5))
def test_rings_move_with_the_window_and_turn_at_every_point(mask: Array, x: int, y: int) -> None:
    whole = np.pad(mask, ((y, 2), (x, 1)))
    there, moved = Masks.dense(mask[None]).polygons(0, 0), Masks.dense(whole[None]).polygons(0, 0)
    assert [(np.reshape(polygon, (-1, 2)) + (x, y)).ravel().tolist() for polygon in there] == moved
    for outer, holes in rings(mask):
        for ring in (outer, *holes):
            step = np.roll(ring, -1, axis=0) - ring
            assert ((step == 0).sum(axis=1) == 1).all()  # straight along the edges of pixels


def test_polygons_drawn_by_the_coco_tools_are_the_outline_again() -> None:
    coco = pytest.importorskip("pycocotools.mask")
    rng = np.random.default_rng(3)
    for _ in range(40):
        mask = cv2.blur(rng.random((40, 50)).astype(np.float32), (5, 5)) > 0.5
        masks = Masks.dense(mask[None])
        drawn = coco.merge([coco.frPyObjects([polygon], *mask.shape)[0] for polygon in masks.polygons(0, 0)])
        assert Masks.from_rle([drawn]) == masks


@pytest.mark.parametrize(("height", "least"), [(60, 0.98), (150, 0.98), (900, 0.99)])
def test_few_corners_still_draw_a_person(height: int, least: float) -> None:
    for seed in range(5):
        mask = walker(height, seed)
        polygons = Masks.dense(mask[None]).polygons(0)
        large = np.zeros((8 * mask.shape[0], 8 * mask.shape[1]), np.uint8)
        for polygon in polygons:
            cv2.fillPoly(large, [np.rint(np.reshape(polygon, (-1, 2)) * 8).astype(np.int32)], 1)
        drawn = large[4::8, 4::8] > 0  # what lies on the middles of pixels
        both, either = np.count_nonzero(drawn & mask), np.count_nonzero(drawn | mask)
        area = sum(shoelace(polygon) for polygon in polygons)
        assert abs(area / np.count_nonzero(mask) - 1) < 0.01
        assert both / either > least
        assert sum(map(len, polygons)) < 0.75 * sum(map(len, Masks.dense(mask[None]).polygons(0, 0)))


def test_a_hole_stays_empty() -> None:
    mask = np.ones((40, 40), bool)
    mask[10:20, 15:30] = False
    (polygon,) = Masks.dense(mask[None]).polygons(0, 0)
    assert shoelace(polygon) == mask.sum()
    ((outer, holes),) = rings(mask)
    assert len(outer) == 4 and [len(hole) for hole in holes] == [4]


@given(st.lists(masks, max_size=4), st.integers(0, 9), st.integers(0, 9))
def test_run_lengths_there_and_back_are_the_same_masks(windows: list[Array], x: int, y: int) -> None:
    there = Masks((30, 31), [(x, y)] * len(windows), windows)
    rles = [there.rle(row) for row in range(len(there))]
    back = Masks.from_rle(rles, (30, 31))
    assert back == there
    assert [back.rle(row) for row in range(len(back))] == rles
    assert json.loads(json.dumps(rles)) == rles
    assert Masks.from_rle(back[::-1].rle(row) for row in range(0)).shape == (0, 0, 0)  # type: ignore[arg-type]


def test_run_lengths_are_those_of_the_coco_tools() -> None:
    coco = pytest.importorskip("pycocotools.mask")
    dense = np.zeros((4, 70, 90), bool)
    dense[0, 10:40, 0:20] = True  # cut by the left edge
    dense[1, :, 30:50] = True  # from top to bottom: one run
    dense[2, 60:, 80:] = True  # in the last corner
    masks = Masks.dense(dense)
    for row in range(4):
        theirs = coco.encode(np.asfortranarray(dense[row], np.uint8))
        assert masks.rle(row) == {"size": theirs["size"], "counts": theirs["counts"].decode()}
        assert Masks.from_rle([theirs]) == masks[[row]]  # bytes, as the tools give them
    plain = coco.frPyObjects({"size": [2, 3], "counts": [1, 2, 3]}, 2, 3)
    assert Masks.from_rle([{"size": [2, 3], "counts": [1, 2, 3]}]) == Masks.from_rle([plain])


@pytest.mark.parametrize(
    ("rle", "says"),
    [
        ({"size": [30, 41], "counts": "0"}, "fill"),
        ({"size": [31, 41], "counts": "n9"}, "of a picture of 41x31, expected 41x30"),
        ({"size": [30, 41], "counts": "~~"}, "strange|where no such"),
        ({"size": [30, 41], "counts": "né"}, "where no such"),
        ({"size": [30, 41]}, "expected a size"),
        ({"size": [30], "counts": ""}, "expected a size"),
        ({"size": "ab", "counts": ""}, "expected a size"),
        ([1, 2], "expected a size"),
    ],
)
def test_what_is_no_outline_of_the_picture_is_one_line(rle: object, says: str) -> None:
    with pytest.raises(FormatError, match=says) as caught:
        Masks.from_rle([rle], (41, 30))  # type: ignore[list-item]
    assert "\n" not in str(caught.value)


def test_nothing_large_is_made_of_a_few_bytes() -> None:
    side = 1 << 14
    tracemalloc.start()
    with pytest.raises(FormatError, match="beyond"):
        Masks.from_rle([{"size": [1 << 20, 1 << 20], "counts": [0, 1 << 40]}])
    half = Masks.from_rle([{"size": [side, side], "counts": [side * side - 3, 3]}])
    assert half.window(0)[2].shape == (3, 1) and half.rle(0)["size"] == [side, side] and len(half.polygons(0)) == 1
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000
    with pytest.raises(FormatError, match="cover more"):
        counts_window([0, side * side], (side, side), room=side)


def test_six_people_of_a_big_picture_are_written_in_milliseconds() -> None:
    import time

    window = walker(2200)
    masks = Masks((4000, 3000), [(300 * row, 100 + row) for row in range(6)], [window] * 6)
    start = time.process_time()
    rles = [masks.rle(row) for row in range(6)]
    assert (time.process_time() - start) / 6 < 0.06  # 5 ms by itself; others may be working here
    assert Masks.from_rle(rles) == masks

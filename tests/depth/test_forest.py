from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from ball_people import CAMERA, draw

from kinesics.depth import Forest, millimetres
from kinesics.depth.features import BACKGROUND, bins_of, draw_offsets, feature, make_thresholds
from kinesics.errors import ShapeError
from kinesics.types import Camera


def random_forest(depth: int = 7, trees: int = 2, labels: int = 5, seed: int = 0) -> Forest:
    """Full trees that ask random questions."""
    rng = np.random.default_rng(seed)
    inner, ends = 2**depth - 1, 2**depth
    children = np.concatenate([2 * np.arange(inner) + 1, ~np.arange(ends)])
    every = np.concatenate([np.where(children < 0, children - t * ends, children + t * (inner + ends)) for t in range(trees)])
    offsets = draw_offsets(rng, len(every), 0.4)
    offsets[every < 0] = 0
    shares = rng.multinomial(255, np.full(labels, 1 / labels), trees * ends)
    thresholds = np.where(every < 0, 0, rng.normal(0, 60, len(every)))
    return Forest(np.arange(trees) * (inner + ends), every, offsets, thresholds.astype(np.int16), shares)


def person(seed: int = 0, camera: Camera = CAMERA) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    depth = millimetres(draw(np.random.default_rng(seed), camera)[0])
    return depth, *np.nonzero(depth)


def walked(forest: Forest, depth: np.ndarray, camera: Camera, row: int, column: int, tree: int) -> int:
    node = int(forest.roots[tree])
    while forest.children[node] >= 0:
        goes_right = feature(depth, camera, row, column, forest.offsets[node]) >= forest.thresholds[node]
        node = int(forest.children[node]) + goes_right
    return int(~forest.children[node])


@pytest.mark.parametrize(
    "camera", [CAMERA, CAMERA.resized(60, 110), Camera.of_view(31, 17, 90.0)], ids=["square", "oblong", "tiny"]
)
def test_leaves_are_those_that_plain_python_walks_to(camera: Camera) -> None:
    forest = random_forest()
    depth, rows, columns = person(camera=camera)
    leaves = forest.leaves(depth, camera, rows, columns)
    for i in range(0, len(rows), max(len(rows) // 40, 1)):
        assert [walked(forest, depth, camera, rows[i], columns[i], t) for t in range(2)] == leaves[i].tolist()


@pytest.mark.parametrize(
    ("offset", "column"),
    [(0.49, 0), (0.5, 1), (-0.5, 0), (-0.51, -1), (1.5, 2), (-1.5, -1)],
)
def test_a_place_is_rounded_by_floor_of_a_half_more(offset: float, column: int) -> None:
    camera = Camera(9, 9, 100.0, 100.0, 4, 4)
    depth = np.tile(np.arange(1000, 1009, dtype=np.uint16), (9, 1))
    depth[:, 4] = 1000  # here: 1 pixel is 10 mm
    tenths = np.array([round(offset * 100), 0, 0, 0])
    assert feature(depth, camera, 4, 4, tenths) == int(depth[4, 4 + column]) - 1000


def test_what_lies_outside_is_background() -> None:
    camera = Camera(1, 1, 100.0, 100.0, 0, 0)
    depth = np.full((1, 1), 1000, np.uint16)
    assert feature(depth, camera, 0, 0, np.array([5000, 0, 0, 0])) == BACKGROUND - 1000
    assert feature(depth, camera, 0, 0, np.array([0, 0, 0, -5000])) == 1000 - BACKGROUND
    forest = random_forest()
    assert forest.label(depth, camera, np.array([0]), np.array([0])).sum() == pytest.approx(1)


def test_rows_of_labels_sum_to_one() -> None:
    forest = random_forest(trees=3)
    depth, rows, columns = person()
    shares = forest.label(depth, CAMERA, rows, columns)
    assert shares.shape == (len(rows), 5) and shares.dtype == np.float32
    np.testing.assert_allclose(shares.sum(1), 1, atol=1e-5)
    leaves = forest.leaves(depth, CAMERA, rows, columns)
    np.testing.assert_allclose(shares, forest.leaf_parts[leaves].mean(1) / 255, atol=1e-6)


def test_pixels_without_depth_are_nobody() -> None:
    forest = random_forest()
    depth, _, _ = person()
    depth[5, 5] = 20000
    rows, columns = np.array([0, 5]), np.array([0, 5])
    assert (forest.leaves(depth, CAMERA, rows, columns) == -1).all()
    assert forest.label(depth, CAMERA, rows, columns).tolist() == [[1, 0, 0, 0, 0]] * 2
    assert forest.label(depth, CAMERA, rows[:0], columns[:0]).shape == (0, 5)


def test_a_camera_with_twice_the_pixels_finds_the_same_leaves() -> None:
    forest = random_forest(depth=5)
    large = CAMERA.resized(4 * CAMERA.width, 4 * CAMERA.height)
    same = []
    for seed in range(4):
        fine, coarse = (
            millimetres(draw(np.random.default_rng(seed), camera)[0]) for camera in (large, large.resized(192, 256))
        )
        rows, columns = np.nonzero(coarse[2:-2:3, 2:-2:3])
        rows, columns = 2 + 3 * rows, 2 + 3 * columns
        inside = fine[2 * rows + 1, 2 * columns + 1] > 0
        rows, columns = rows[inside], columns[inside]
        one = forest.leaves(coarse, large.resized(192, 256), rows, columns)
        two = forest.leaves(fine, large, 2 * rows + 1, 2 * columns + 1)
        same.append((one == two).mean())
    assert np.mean(same) > 0.8  # of 5 questions a pixel none is answered otherwise, but for edges that lie between two pixels


def test_a_mirrored_forest_sees_a_mirrored_picture_as_the_forest_sees_the_picture() -> None:
    forest = random_forest(depth=5)
    flipped = replace(forest, offsets=forest.offsets * np.array([-1, 1, -1, 1], np.int16))
    depth, rows, columns = person()
    mirrored = np.ascontiguousarray(depth[:, ::-1])
    one = forest.leaves(depth, CAMERA, rows, columns)
    two = flipped.leaves(mirrored, CAMERA, rows, CAMERA.width - 1 - columns)
    assert (one == two).mean() > 0.995  # but for places exactly between two pixels


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d, r, c: (d.astype(np.float32), r, c), "uint16 millimetres"),
        (lambda d, r, c: (d[None], r, c), "uint16 millimetres"),
        (lambda d, r, c: (d[:-1], r, c), "the camera has 128 x 96"),
        (lambda d, r, c: (d, r + 128, c), "outside the picture"),
        (lambda d, r, c: (d, r, c - 96), "outside the picture"),
        (lambda d, r, c: (d, r[:-1], c), r"two \(n,\)"),
    ],
    ids=["metres", "stack", "size", "below", "left", "lengths"],
)
def test_what_is_no_picture_or_pixel_is_refused(change, words: str) -> None:  # type: ignore[no-untyped-def]
    depth, rows, columns = change(*person())
    with pytest.raises(ShapeError, match=words):
        random_forest().leaves(depth, CAMERA, rows, columns)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"children": np.array([0, ~0, ~1])}, "behind their parents"),
        ({"children": np.array([2, ~0, ~1])}, "behind their parents"),
        ({"children": np.array([1, ~0, ~5])}, "not there"),
        ({"roots": np.array([7])}, "not there"),
        ({"roots": np.zeros(0, int)}, "at least one tree"),
        ({"leaf_parts": np.array([[255, 0], [254, 0]])}, "sum to 255"),
        ({"thresholds": np.zeros(2)}, "thresholds"),
        ({"labels": ("a", "b", "c")}, "leaf_parts"),
    ],
)
def test_a_forest_in_which_a_pixel_would_not_arrive_is_refused(change: dict[str, np.ndarray], words: str) -> None:
    fine = Forest(np.array([0]), np.array([1, ~0, ~1]), np.zeros((3, 4)), np.zeros(3), np.array([[255, 0], [0, 255]]))
    with pytest.raises(ShapeError, match=words):
        replace(fine, **{"labels": (), **change})


def test_thresholds_are_symmetric_and_every_feature_has_its_bin() -> None:
    for count in (3, 5, 49, 255):
        thresholds = make_thresholds(count, 0.6)
        assert len(thresholds) == count
        assert (np.diff(thresholds.astype(int)) > 0).all()
        assert (thresholds == -thresholds[::-1]).all()
    thresholds = make_thresholds(49, 0.6)
    bins = bins_of(thresholds)
    for f in (-32000, -2001, -2000, -1, 0, 1, 599, 600, 2000, 32000):
        assert bins[f + 32768] == (thresholds <= f).sum()


def test_millimetres_keep_what_is_depth() -> None:
    metres = np.array([[1.0, 0.0004, np.nan, np.inf, -2.0, 0.0, 64.9, 70.0]])
    assert millimetres(metres).tolist() == [[1000, 0, 0, 0, 0, 0, 64900, 0]]

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from ball_people import CAMERA, LABELS, draw, people

from kinesics.depth import Forest, SampleSet, millimetres, train_forest
from kinesics.depth import growing as growing_module
from kinesics.depth.features import feature
from kinesics.depth.growing import Growth, Rules
from kinesics.depth.sampling import draw_pixels
from kinesics.depth.training import grow_forest
from kinesics.errors import FormatError, UsageError
from kinesics.types import Camera

QUICK = {"trees": 2, "depth": 9, "pixels": 150, "offsets": 40, "cap": 600, "smallest": 4, "seed": 3}


@pytest.fixture(scope="module")
def samples() -> SampleSet:
    return people(60)


@pytest.fixture(scope="module")
def forest(samples: SampleSet) -> Forest:
    return train_forest(samples, threads=1, **QUICK)


def entropy(labels: np.ndarray) -> float:
    shares = np.bincount(labels) / max(len(labels), 1)
    return float(-(shares[shares > 0] * np.log2(shares[shares > 0])).sum())


def test_the_first_split_is_the_one_that_trying_all_would_find() -> None:
    few = people(4)
    drawn = draw_pixels(few, 40, seed=1)
    growth = Growth(few, drawn, Rules(2, 16, 9, 8000, 1, 0.4, 0.5), 5, 1)
    window = int(growth._windows()[0])
    level = growth.step()
    features = np.array([
        [feature(crop, camera, int(row), int(column), pair) for pair in growth._pool[window : window + 16]]
        for i in range(4) for crop, _, camera in [few.crop(i)]
        for row, column in zip(*(at[drawn.starts[i] : drawn.starts[i + 1]] for at in (drawn.rows, drawn.columns)), strict=True)
    ])  # fmt: skip

    def gain(column: np.ndarray, threshold: int) -> float:
        right = column >= threshold
        if right.all() or not right.any():
            return 0.0
        left = sum(entropy(drawn.labels[side]) * side.mean() for side in (right, ~right))
        return entropy(drawn.labels) - left

    every = [gain(column, t) for column in features.T for t in growth._thresholds]
    pair = np.flatnonzero((growth._pool[window : window + 16] == level.offsets[0]).all(1))[0]
    assert gain(features[:, pair], level.thresholds[0]) == pytest.approx(max(every), abs=1e-6)
    assert max(every) > 0.2
    assert (growth.nodes == (features[:, pair] >= level.thresholds[0])).all()  # and all pixels went where it sends them


def test_the_number_of_threads_and_the_size_of_pieces_change_nothing(
    samples: SampleSet, forest: Forest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growing_module, "PICTURES", 7)
    monkeypatch.setattr(growing_module, "NODES", 3)
    monkeypatch.setattr(growing_module, "CODES", 40 * 1000)
    assert train_forest(samples, threads=2, **QUICK) == forest
    assert train_forest(samples, threads=1, **{**QUICK, "seed": 4}) != forest


def test_a_forest_labels_people_it_has_not_seen(forest: Forest) -> None:
    right = np.zeros((len(LABELS), 2))
    for seed in range(900, 915):
        depth, parts, _ = draw(np.random.default_rng(seed))
        rows, columns = np.nonzero(depth)
        found = forest.label(millimetres(depth), CAMERA, rows, columns).argmax(1)
        truth = parts[rows, columns]
        np.add.at(right, (truth, (found == truth).astype(int)), 1)
    recall = right[1:, 1] / right[1:].sum(1)
    assert recall.mean() > 0.75
    assert forest.labels == LABELS


def test_any_label_map_is_learned() -> None:
    rng = np.random.default_rng(0)
    depths, parts, _ = zip(*(draw(rng) for _ in range(20)), strict=True)
    three = [np.select([part == 2, part > 0], [2, 1]).astype(np.uint8) for part in parts]
    names = ("nobody", "body", "head")
    forest = train_forest(SampleSet.of_pictures(depths, three, [CAMERA] * 20, labels=names), **{**QUICK, "trees": 1})
    assert forest.labels == names
    assert not forest.has_votes  # nobody said where the joints are
    rows, columns = np.nonzero(three[0] == 2)
    assert forest.label(millimetres(depths[0]), CAMERA, rows, columns)[:, 2].mean() > 0.8


def test_votes_point_to_the_joints_of_a_body_that_never_moves() -> None:
    still = people(40, rigid=True)
    forest = train_forest(still, trees=1, depth=12, pixels=300, offsets=40, smallest=6, seed=1)
    crop, _, camera = still.crop(3)
    rows, columns = np.nonzero(crop)
    leaves = forest.leaves(crop, camera, rows, columns)[:, 0]
    z = crop[rows, columns] / 1000
    places = np.stack([(columns - camera.cx) / camera.fx * z, (rows - camera.cy) / camera.fy * z, z], 1)
    joint, offset = forest.vote_joint[leaves, 0], forest.vote_offset[leaves, 0] / 1000
    missed = np.linalg.norm(places + offset - still.joints[3][joint], axis=1)
    sure = forest.vote_weight[leaves, 0] > 200  # long parts are one leaf, whose offsets differ from end to end
    assert sure.mean() > 0.2
    assert np.median(missed[sure]) < 0.06
    spread = np.sqrt((missed[sure] ** 2).mean())
    assert spread < 1.5 * forest.vote_spread[leaves, 0][sure].mean() / 100 + 0.02


def test_a_leaf_that_mixes_left_and_right_votes_for_both() -> None:
    samples = people(40, rigid=True)
    joints = samples.joints.copy()
    joints[::2, [2, 3]] = joints[::2, [3, 2]]  # every other body says left for right
    mixed = SampleSet(
        samples.depth, samples.starts, samples.widths, samples.optics, samples.parts, samples.part_starts, joints,
        samples.labels, samples.joint_names,
    )  # fmt: skip
    forest = train_forest(mixed, trees=1, depth=9, pixels=300, offsets=40, smallest=30, seed=1)
    twice = (forest.vote_joint == 2).sum(1) == 2
    assert twice.mean() > 0.5
    least = np.where(forest.vote_joint == 2, forest.vote_weight, 255).min(1)
    leaf = int(np.argmax(np.where(twice, least, 0)))  # where the two places hold most
    offsets = forest.vote_offset[leaf][forest.vote_joint[leaf] == 2].astype(float)
    assert np.linalg.norm(offsets[0] - offsets[1]) > 500
    assert (abs(forest.vote_weight[leaf][forest.vote_joint[leaf] == 2].astype(float) - 128) < 50).all()


def test_leaves_are_no_smaller_than_asked(samples: SampleSet) -> None:
    drawn = draw_pixels(samples, 150, seed=1)
    growth = Growth(samples, drawn, Rules(12, 40, 49, 30000, 50, 0.4, 0.6), 5, 1)
    while not growth.done:
        growth.step()
    sizes = np.bincount(~growth.nodes, minlength=growth.leaves)
    assert sizes.sum() == len(drawn.labels)
    assert sizes.min() >= 50


def test_a_tree_of_one_node_knows_how_often_labels_are(samples: SampleSet) -> None:
    forest = train_forest(samples, trees=1, depth=1, pixels=60, balance=0)
    share = np.bincount(draw_pixels(samples, 60, seed=1, balance=0).labels, minlength=8) / 3600
    np.testing.assert_allclose(forest.leaf_parts[0] / 255, share, atol=0.01)


def test_fewer_votes_are_counted_than_a_full_search_takes(samples: SampleSet) -> None:
    tally = grow_forest(samples, **QUICK).tally
    assert tally.nominal > 1.5 * tally.counted > 0
    assert grow_forest(samples, **{**QUICK, "cap": 20000}).tally.nominal == pytest.approx(tally.nominal, rel=0.2)


KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from ball_people import people
from kinesics.depth import train_forest
def told(share, **facts):
    if (facts["tree"], facts["level"]) == (2, 4):
        os.kill(os.getpid(), signal.SIGKILL)
quick = dict(trees=2, depth=9, pixels=150, offsets=40, cap=600, smallest=4, seed=3)
train_forest(people(60), checkpoint=sys.argv[2], progress=told, **quick)
"""


def test_a_killed_training_goes_on_from_its_last_level(samples: SampleSet, forest: Forest, tmp_path: Path) -> None:
    memory = tmp_path / "training"
    ended = subprocess.run([sys.executable, "-c", KILLED, str(Path(__file__).parent), str(memory)], check=False, timeout=300)
    assert ended.returncode == -signal.SIGKILL
    assert memory.exists()
    with pytest.raises(UsageError, match=r"another training \(depth 9 there and 8 here\); delete it"):
        train_forest(samples, checkpoint=memory, **{**QUICK, "depth": 8})
    with pytest.raises(UsageError, match="samples"):
        train_forest(people(59), checkpoint=memory, **QUICK)
    levels: list[tuple[int, int]] = []
    again = train_forest(
        samples, checkpoint=memory, progress=lambda share, **f: levels.append((f["tree"], f["level"])), **QUICK
    )
    assert levels == [(2, level) for level in range(5, 10)]
    assert again == forest
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 no more", b"not at all"], ids=["empty", "cut", "text"])
def test_a_damaged_checkpoint_is_said_in_one_line(samples: SampleSet, tmp_path: Path, damage: bytes) -> None:
    memory = tmp_path / "training"
    memory.write_bytes(damage)
    with pytest.raises(FormatError, match="delete it to train anew"):
        train_forest(samples, checkpoint=memory, **QUICK)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"trees": 0}, "trees 0: expected 1 to 64"),
        ({"depth": 41}, "depth 41"),
        ({"thresholds": 48}, "odd"),
        ({"cap": 40000}, "cap 40000"),
        ({"balance": 2.0}, "balance 2.0"),
        ({"offsets": 0}, "offsets 0"),
        ({"reach": float("nan")}, "reach nan"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_options_out_of_range_are_refused(samples: SampleSet, options: dict[str, float], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        train_forest(samples, **options)


def test_without_anybody_there_is_nothing_to_learn() -> None:
    with pytest.raises(UsageError, match="not a pixel of anybody"):
        train_forest(SampleSet.of_pictures([], [], []))
    nothing = np.full((128, 96), np.nan, np.float32)
    with pytest.raises(UsageError, match="not a pixel of anybody"):
        train_forest(SampleSet.of_pictures([nothing], [np.zeros((128, 96), np.uint8)], [CAMERA]))


def test_pictures_of_one_pixel_are_learned() -> None:
    camera = Camera(1, 1, 100.0, 100.0, 0.0, 0.0)
    depths = [np.full((1, 1), 1.0 + 0.1 * k, np.float32) for k in range(4)]
    samples = SampleSet.of_pictures(
        depths, [np.full((1, 1), k % 2, np.uint8) for k in range(4)], [camera] * 4, labels=("a", "b")
    )
    forest = train_forest(samples, **QUICK)  # nothing tells them apart, whatever is asked
    np.testing.assert_allclose(forest.label(millimetres(depths[0]), camera, np.zeros(1, int), np.zeros(1, int)), 0.5, atol=0.01)

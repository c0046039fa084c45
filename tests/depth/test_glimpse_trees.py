"""Trees of glimpse: what is written reads back, what reads is what they would compute, and damage is one line."""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinesics.bodies import PARTS
from kinesics.depth.forest import Forest
from kinesics.depth.glimpse_labels import GLIMPSE_ORDER, label_map, our_name
from kinesics.depth.glimpse_trees import in_255ths, read_glimpse_trees, write_glimpse_tree
from kinesics.errors import FormatError, SinkError
from kinesics.types import Array
from kinesics.types.camera import Camera

Temp = pytest.TempPathFactory
CAMERA = Camera.of_view(172, 224, 60.0)


def body(seed: int) -> Array:
    """(224, 172) uint16 millimetres: a bumpy blob, 0 around it."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:224, :172]
    bumps = sum(
        a * np.sin(f * x + g * y) for a, f, g in zip(rng.uniform(20, 150, 4), *rng.uniform(0.02, 0.2, (2, 4)), strict=True)
    )
    seen = ((x - 86) / 60) ** 2 + ((y - 112) / 100) ** 2 < 1 + 0.2 * np.sin(9 * np.arctan2(y - 112, x - 86))
    return np.where(seen, 2400 + bumps, 0).astype(np.uint16)


def as_glimpse_does(root: dict[str, object], depth: Array, row: int, column: int) -> list[float]:
    """The probabilities of a pixel by their rule: places cut off towards 0, background at 32 m, left when below."""
    node: dict = root  # type: ignore[type-arg]
    here = depth[row, column] / 1000

    def at(offset: list[float]) -> float:
        c, r = math.trunc(column + offset[0] / here), math.trunc(row + offset[1] / here)
        inside = 0 <= r < depth.shape[0] and 0 <= c < depth.shape[1]
        return float(depth[r, c]) / 1000 if inside and depth[r, c] else 32.0

    while "p" not in node:
        node = node["l"] if at(node["u"]) - at(node["v"]) < node["t"] else node["r"]
    return list(node["p"])


@pytest.mark.parametrize("suffix", [".json", ".rdt"])
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), levels=st.integers(1, 9))
def test_a_tree_written_and_read_is_the_same(
    random_forest: Any, suffix: str, seed: int, levels: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / f"tree{suffix}"
    forest = random_forest(seed, levels=levels)
    write_glimpse_tree(path, forest, camera=CAMERA)
    assert read_glimpse_trees(path, height=None if suffix == ".json" else 224) == forest


def test_trees_of_one_forest_come_back_as_one(random_forest: Any, tmp_path: Path) -> None:
    forest = random_forest(3, trees=3)
    names = [tmp_path / "a.json", tmp_path / "b.rdt", tmp_path / "c.json"]
    for tree, name in enumerate(names):
        write_glimpse_tree(name, forest, tree)
    assert read_glimpse_trees(names) == forest


def test_json_to_rdt_changes_no_leaf(random_forest: Any, tmp_path: Path) -> None:
    write_glimpse_tree(tmp_path / "a.json", random_forest(5, levels=9), camera=CAMERA)
    write_glimpse_tree(tmp_path / "a.rdt", read_glimpse_trees(tmp_path / "a.json"), camera=CAMERA)
    assert read_glimpse_trees(tmp_path / "a.rdt", height=224) == read_glimpse_trees(tmp_path / "a.json")


def test_pixels_fall_where_glimpse_would_put_them(random_forest: Any, tmp_path: Path) -> None:
    forest = random_forest(7, levels=8)
    write_glimpse_tree(tmp_path / "a.json", forest, camera=CAMERA)
    root = json.loads((tmp_path / "a.json").read_text())["root"]
    depth = body(1)
    rows, columns = (places[::23] for places in np.nonzero(depth))
    ours = forest.leaf_parts[forest.leaves(depth, CAMERA, rows, columns)[:, 0]] / 255
    theirs = np.array([as_glimpse_does(root, depth, row, column) for row, column in zip(rows, columns, strict=True)])
    assert len(rows) > 500 and (np.abs(ours - theirs).max(1) < 1e-6).mean() > 0.8  # they cut places off, we round


def test_the_height_of_the_training_pictures_sets_the_metres(random_forest: Any, tmp_path: Path) -> None:
    forest = random_forest(2)
    write_glimpse_tree(tmp_path / "a.rdt", forest, camera=CAMERA)
    notes: list[str] = []
    half = read_glimpse_trees(tmp_path / "a.rdt", height=448, note=notes.append)
    assert not notes
    assert read_glimpse_trees(tmp_path / "a.rdt", note=notes.append) == read_glimpse_trees(tmp_path / "a.rdt", height=240)
    assert len(notes) == 1 and "240 rows" in notes[0]
    assert np.abs(half.offsets - forest.offsets / 2).max() <= 0.5 and (half.thresholds == forest.thresholds).all()


def test_labels_are_put_in_our_order_by_name(random_forest: Any, tmp_path: Path) -> None:
    theirs = random_forest(4, labels=GLIMPSE_ORDER)
    assert sorted(GLIMPSE_ORDER) == sorted(PARTS)
    for suffix in (".json", ".rdt"):  # .rdt has no names, but its mirror map is known
        path = tmp_path / f"a{suffix}"
        write_glimpse_tree(path, theirs)
        read = read_glimpse_trees(path)
        assert read.labels == PARTS
        for old, name in enumerate(GLIMPSE_ORDER):
            assert (read.leaf_parts[:, PARTS.index(name)] == theirs.leaf_parts[:, old]).all()


def test_unknown_labels_keep_their_numbers(random_forest: Any, tmp_path: Path) -> None:
    forest = random_forest(4, labels=("background", "horse", "left_hand"))
    write_glimpse_tree(tmp_path / "a.json", forest)
    write_glimpse_tree(tmp_path / "a.rdt", forest)
    assert read_glimpse_trees(tmp_path / "a.json").labels == ("background", "horse", "left_hand")
    assert read_glimpse_trees(tmp_path / "a.rdt").labels == ("background", "label 1", "label 2")
    said = json.loads((tmp_path / "a.json").read_text())
    said["bg_label"] = 2
    said["labels"][0]["name"], said["labels"][2]["name"] = "dog", "background"
    (tmp_path / "a.json").write_text(json.dumps(said))
    moved = read_glimpse_trees(tmp_path / "a.json")
    assert moved.labels == ("background", "dog", "horse") and (moved.leaf_parts == forest.leaf_parts[:, [2, 0, 1]]).all()


def test_names_of_parts_are_known_however_they_are_spelt() -> None:
    assert [our_name(entry["name"]) for entry in label_map(PARTS)] == list(PARTS)
    assert our_name("head top left") == "left_head_top" and our_name("Right Upper-Arm") == "right_upper_arm"
    assert our_name("horse") == "horse"


def test_shares_sum_to_255_and_stay_near() -> None:
    shares = np.random.default_rng(0).dirichlet(np.full(32, 0.1), 500)
    shares[0] = 0
    shares[1, :] = np.nan
    whole = in_255ths(shares)
    assert (whole.sum(1, dtype=int) == 255).all() and (whole[:2, 0] == 255).all()
    assert np.abs(whole[2:] / 255 - shares[2:]).max() < 1 / 255


@pytest.mark.parametrize("suffix", [".json", ".rdt"])
def test_a_cut_or_spoilt_tree_is_one_line(random_forest: Any, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"tree{suffix}"
    write_glimpse_tree(path, random_forest(1, levels=5))
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    ends = {0, 1, 3, 4, 8, 16, 20, 271, 272, 273, len(whole) - 1, *rng.integers(1, len(whole), 40).tolist()}
    for end in sorted(ends):
        path.write_bytes(whole[:end])
        if end == len(whole) - 1 and suffix == ".json":  # only the last line's end is gone
            continue
        with pytest.raises(FormatError) as caught:
            read_glimpse_trees(path)
        assert "\n" not in str(caught.value)
    for _ in range(150):
        at = rng.integers(len(whole))
        path.write_bytes(whole[:at] + bytes([rng.integers(256)]) + whole[at + 1 :])
        try:
            read_glimpse_trees(path)
        except FormatError as error:
            assert str(error).startswith(str(path)) or "field of view" in str(error)


BAD = {
    "untrained": ({"root": {"t": 0, "u": [0, 0], "v": [0, 0], "l": {}, "r": {"p": [1, 0]}}}, "never trained"),
    "missing": ({"root": {"t": 0, "u": [0, 0], "v": [0, 0], "l": {"p": [1, 0]}}}, "node 2 is missing"),
    "short": ({"root": {"p": [1]}}, "1 numbers for 2 labels"),
    "no_view": ({"vertical_fov": 0, "root": {"p": [1, 0]}}, "field of view"),
    "far": ({"root": {"t": 0, "u": [1e6, 0], "v": [0, 0], "l": {"p": [1, 0]}, "r": {"p": [1, 0]}}}, "too large"),
    "half_an_offset": ({"root": {"t": 0, "u": [0], "v": [0, 0], "l": {"p": [1, 0]}, "r": {"p": [1, 0]}}}, "no tree of glimpse"),
    "words": ({"root": {"t": "a", "u": [0, 0], "v": [0, 0], "l": {"p": [1, 0]}, "r": {"p": [1, 0]}}}, "no tree of glimpse"),
}


@pytest.mark.parametrize(("said", "words"), BAD.values(), ids=BAD.keys())
def test_a_tree_that_is_none_says_why(said: dict[str, object], words: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"n_labels": 2, "vertical_fov": 0.8, "depth": 2, **said}))
    with pytest.raises(FormatError, match=words):
        read_glimpse_trees(tmp_path / "a.json")


def test_endless_nesting_another_version_and_mixed_labels_are_told(random_forest: Any, tmp_path: Path) -> None:
    (tmp_path / "deep.json").write_text('{"n_labels": 2, "vertical_fov": 1, "root": ' + '{"l":' * 100_000 + "1" + "}" * 100_001)
    with pytest.raises(FormatError, match="damaged or something else"):
        read_glimpse_trees(tmp_path / "deep.json")
    (tmp_path / "old.rdt").write_bytes(b"RDT\x05" + bytes(400))
    with pytest.raises(FormatError, match="version 5; this reads version 6"):
        read_glimpse_trees(tmp_path / "old.rdt")
    write_glimpse_tree(tmp_path / "a.json", random_forest(1))
    write_glimpse_tree(tmp_path / "b.json", random_forest(1, labels=("background", "horse")))
    with pytest.raises(FormatError, match="their labels differ"):
        read_glimpse_trees([tmp_path / "a.json", tmp_path / "b.json"])


def test_rdt_refuses_what_would_take_gigabytes(tmp_path: Path) -> None:
    children = np.array([1, *[x for k in range(30) for x in (~k, 2 * k + 3)], ~30, ~31], np.int32)
    forest = Forest(
        roots=np.zeros(1, np.int32), children=children, offsets=np.zeros((len(children), 4), np.int16),
        thresholds=np.zeros(len(children), np.int16), leaf_parts=in_255ths(np.ones((32, 2))),
    )  # fmt: skip
    with pytest.raises(FormatError, match=r"write \.json"):
        write_glimpse_tree(tmp_path / "deep.rdt", forest)
    write_glimpse_tree(tmp_path / "deep.json", forest)
    assert read_glimpse_trees(tmp_path / "deep.json").children.tolist() == children.tolist()
    assert [p.name for p in tmp_path.iterdir()] == ["deep.json"]


def test_writing_where_nothing_can_be_is_told(random_forest: Any, tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="cannot be written"):
        write_glimpse_tree(tmp_path / "no" / "a.json", random_forest(1))
    with pytest.raises(FormatError, match=r"ends in \.json or \.rdt"):
        write_glimpse_tree(tmp_path / "a.tree", random_forest(1))


def test_the_header_is_laid_out_as_glimpse_reads_it(random_forest: Any, tmp_path: Path) -> None:
    write_glimpse_tree(tmp_path / "a.rdt", random_forest(1, levels=3), camera=CAMERA)
    data = (tmp_path / "a.rdt").read_bytes()
    assert struct.unpack_from("<3sBBBB", data) == (b"RDT", 6, 3, 32, 0)
    assert struct.unpack_from("<ff", data, 8) == pytest.approx((math.radians(60), 32.0))
    assert len(data) == 272 + 32 * 7 + 4 * 32 * (len(random_forest(1, levels=3).leaf_parts))

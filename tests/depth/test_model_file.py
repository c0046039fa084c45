from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from ball_people import JOINTS, LABELS, people

from kinesics.depth import Forest, load_model, save_model, train_forest
from kinesics.errors import FormatError, SinkError
from kinesics.weights.bundle import write_bundle


@pytest.fixture(scope="module")
def forest() -> Forest:
    return train_forest(people(20), trees=2, depth=7, pixels=60, offsets=16, smallest=4, seed=1)


def load(path: Path) -> Forest:
    return load_model(path, labels=LABELS, joints=JOINTS).forest


def test_what_is_saved_is_loaded(forest: Forest, tmp_path: Path) -> None:
    extras = {"fit": {"weights": np.arange(6.0).reshape(2, 3)}, "votes": {"bandwidths": np.ones(23, np.float32)}}
    save_model(tmp_path / "m.kin", forest, extras=extras, recipe={"seed": 1, "size": [320, 240]})
    model = load_model(tmp_path / "m.kin", labels=None, joints=None)
    assert model.forest == forest
    assert model.recipe == {"seed": 1, "size": [320, 240]}
    assert (model.labels, model.joints) == (LABELS, JOINTS)
    assert set(model.extras) == {"fit", "votes"}
    np.testing.assert_array_equal(model.extras["fit"]["weights"], extras["fit"]["weights"])
    assert [path.name for path in tmp_path.iterdir()] == ["m.kin"]


def test_a_forest_in_another_order_and_with_votes_in_millimetres_is_kept_too(forest: Forest, tmp_path: Path) -> None:
    last = len(forest.children) - 1
    assert forest.children[last] < 0
    children = forest.children.copy()
    ends = np.flatnonzero(children < 0)[[0, -1]]
    children[ends] = children[ends[::-1]]  # two leaves change places
    odd = replace(forest, children=children, vote_offset=forest.vote_offset + np.int16(3))
    save_model(tmp_path / "m.kin", odd)
    assert load(tmp_path / "m.kin") == odd


def test_a_forest_without_votes_is_kept(forest: Forest, tmp_path: Path) -> None:
    mute = Forest(
        forest.roots, forest.children, forest.offsets, forest.thresholds, forest.leaf_parts, labels=LABELS, joints=JOINTS
    )
    save_model(tmp_path / "m.kin", mute)
    assert load(tmp_path / "m.kin") == mute


def test_a_model_for_other_labels_or_joints_is_refused(forest: Forest, tmp_path: Path) -> None:
    save_model(tmp_path / "m.kin", forest)
    with pytest.raises(FormatError, match="with 8 labels, expected 32; train it for these"):
        load_model(tmp_path / "m.kin")
    with pytest.raises(FormatError, match="number 1 is 'neck', expected 'nose'"):
        load_model(tmp_path / "m.kin", labels=LABELS, joints=("pelvis", "nose", "left_hand", "right_hand"))


def changed(path: Path, forest: Forest, **head: object) -> Path:
    """The same model, with another head."""
    save_model(path, forest)
    with zipfile.ZipFile(path) as box:
        parts = {name: box.read(name) for name in box.namelist()}
    old = json.loads(parts.pop("model.json"))
    write_bundle(path, {**old, **head}, parts)
    return path


def test_a_model_of_another_version_or_kind_is_refused(forest: Forest, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="version 2; expected 1"):
        load(changed(tmp_path / "m.kin", forest, version=2))
    with pytest.raises(FormatError, match="kind 'actions'; expected 'depth'"):
        load(changed(tmp_path / "m.kin", forest, kind="actions"))


@pytest.mark.parametrize("name", ["roots", "inner", "thresholds", "leaf_parts"])
def test_a_forest_that_does_not_fit_together_is_refused(forest: Forest, tmp_path: Path, name: str) -> None:
    save_model(tmp_path / "m.kin", forest)
    with zipfile.ZipFile(tmp_path / "m.kin") as box:
        head = json.loads(box.read("model.json"))
        arrays = dict(np.load(io.BytesIO(box.read("forest.npz"))))
    arrays[name] = arrays[name][1:]
    held = io.BytesIO()
    np.savez(held, **arrays)
    write_bundle(tmp_path / "m.kin", head, {"forest.npz": held.getvalue()})
    with pytest.raises(FormatError, match="is no forest"):
        load(tmp_path / "m.kin")


def test_a_cut_file_is_refused_and_a_folder_is_not_written_over(forest: Forest, tmp_path: Path) -> None:
    save_model(tmp_path / "m.kin", forest)
    whole = (tmp_path / "m.kin").read_bytes()
    (tmp_path / "m.kin").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FormatError, match="no model of kinesics"):
        load(tmp_path / "m.kin")
    with pytest.raises(FormatError, match="no such file"):
        load(tmp_path / "none.kin")
    with pytest.raises(SinkError, match="there is a folder"):
        save_model(tmp_path, forest)

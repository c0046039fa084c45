from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinesics.errors import FormatError
from kinesics.evaluate.identity import Looks, eval_identity, identity_numbers
from kinesics.types import Array

AXES = np.eye(128, dtype=np.float32)


def near(axis: int, towards: int, cosine: float) -> Array:
    return (cosine * AXES[axis] + np.sqrt(1 - cosine**2) * AXES[towards])[None]


def test_people_who_are_far_apart_are_told_apart() -> None:
    looks = [Looks(name, f"{name}{n}", AXES[i : i + 1].repeat(2, 0)) for i, name in enumerate("abc") for n in range(2)]
    values = identity_numbers(looks)
    assert values["auroc"] == values["true_accepts"] == values["files_named"] == 1
    assert values["false_accepts"] == values["files_misnamed"] == values["strangers_named"] == 0
    assert (values["same_pairs"], values["different_pairs"]) == (3 * 4, 12 * 4)


def test_a_look_alike_is_counted_as_a_false_accept() -> None:
    looks = [Looks("a", "a1", AXES[:1]), Looks("a", "a2", AXES[:1]), Looks("b", "b1", near(0, 5, 0.9))]
    values = identity_numbers(looks)
    assert values["false_accepts"] == 1 and values["strangers_named"] == 1
    assert values["files_named"] == 1  # of those who have a second file


def test_probes_alone_count() -> None:
    looks = [
        Looks("a", "a1", AXES[:1]),
        Looks("a", "a2", near(0, 9, 0.3)),
        Looks("b", "b1", AXES[1:2]),
        Looks("c", "c1", AXES[2:3]),
    ]
    values = identity_numbers(looks, ["b1"])
    assert values["files"] == 1 and values["same_pairs"] == 0 and values["different_pairs"] == 3
    with pytest.raises(FormatError, match="no file is called x1, x2"):
        identity_numbers(looks, ["x2", "b1", "x1"])


def test_files_without_a_face_do_not_count() -> None:
    looks = [Looks("a", "a1", AXES[:1]), Looks("a", "a2", np.zeros((0, 128), np.float32)), Looks("b", "b1", AXES[1:2])]
    values = identity_numbers(looks)
    assert values["files"] == 2 and np.isnan(values["auroc"])


def test_a_folder_with_one_person_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.jpg").write_bytes(b"x")
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(FormatError, match="a folder for each of two people"):
            eval_identity(folder)

"""The law of pose models: a picture goes in, people come out, and nothing else happens."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..pose import PoseModel
from ..types import Array, People

__all__ = ["check_pose_model"]

SIZES = ((1, 1), (2, 2), (33, 7), (7, 33), (64, 64), (1, 300))  # width, height


def check_pose_model(make: Callable[[], PoseModel], image: Array | None = None) -> None:
    """Raise AssertionError, saying which law is broken, unless all of them hold.

    1. The same picture gets the same answer, whatever was seen in between, from this instance or a new one.
    2. The picture is not changed; a read-only one and one that is not contiguous are fine.
    3. A picture that shows nobody is fine, and so is any size from one pixel up.
    4. The answer is `People` without ids, scores in 0 to 1, boxes with x1 <= x2 and y1 <= y2.
    5. Where there is `look`: no looks find nobody, and the same looks find the same.

    Args:
        make: makes a new model.
        image: (h, w, 3) uint8 RGB with people; noise if not given.
    """
    model = make()
    rng = np.random.default_rng(7)
    image = rng.integers(0, 256, (120, 160, 3), dtype=np.uint8) if image is None else image
    first = _ask(model, image)
    for width, height in SIZES:
        _ask(model, rng.integers(0, 256, (height, width, 3), dtype=np.uint8))
    _ask(model, np.zeros((90, 120, 3), np.uint8))
    assert _ask(model, image) == first, "the same picture gets another answer after other pictures were seen"
    assert _ask(make(), image) == first, "a new model gives another answer for the same picture"
    sparse = np.zeros((image.shape[0], image.shape[1] * 2, 3), np.uint8)
    sparse[:, ::2] = image
    assert _ask(model, sparse[:, ::2]) == first, "a picture that is not contiguous gets another answer"
    _looks(model, image)


def _ask(model: PoseModel, image: Array) -> People:
    """The answer for a read-only picture, after it was checked."""
    image = image.view()
    image.flags.writeable = False
    before = image.copy()
    people = model(image)
    assert np.array_equal(before, image), "the picture was changed"
    assert isinstance(people, People), f"expected People, got {type(people).__name__}"
    assert (people.ids == -1).all(), "a pose model gives no ids: they are for the tracker to give"
    assert (people.boxes[:, :2] <= people.boxes[:, 2:]).all(), "a box is turned inside out"
    return people


def _looks(model: PoseModel, image: Array) -> None:
    look = getattr(model, "look", None)
    if look is None:
        return
    from ..pose import Look

    height, width = image.shape[:2]
    assert len(look(image, [])) == 0, "no looks find somebody"
    looks = [Look((0, 0, width, height), (160, 160)), Look((width / 3, 0, width, height / 2), (96, 128))]
    assert look(image, looks) == look(image, looks), "the same looks find different people"
    beyond = Look((width + 10, 0, width + 50, height), (64, 64))
    assert len(look(image, [beyond])) == 0, "a look beyond the picture finds somebody"

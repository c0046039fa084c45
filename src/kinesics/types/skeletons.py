"""Names and structure of bodies."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib import resources

import numpy as np

from ..errors import ShapeError, UsageError
from .arrays import Array


@dataclass(frozen=True)
class Skeleton:
    """Names and structure of a body's joints.

    Attributes:
        name: how files and options call it.
        joints: k names, in the order of the arrays.
        bones: pairs of joint indices that are drawn as lines.
        mirror: pairs (left, right) of joint indices that change places when the picture is mirrored.
        sigmas: k spreads of the object keypoint similarity (COCO), share of the square root of the person's area.
    """

    name: str
    joints: tuple[str, ...]
    bones: tuple[tuple[int, int], ...] = ()
    mirror: tuple[tuple[int, int], ...] = ()
    sigmas: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.sigmas and len(self.sigmas) != len(self.joints):
            raise ShapeError(f"skeleton {self.name}: {len(self.joints)} joints but {len(self.sigmas)} sigmas")
        if any(not 0 <= i < len(self.joints) for pair in (*self.bones, *self.mirror) for i in pair):
            raise ShapeError(f"skeleton {self.name}: a bone or mirror pair names a joint beyond {len(self.joints)}")

    def __len__(self) -> int:
        return len(self.joints)

    @property
    def mirror_order(self) -> Array:
        """(k,) index that swaps left and right: `points[..., skeleton.mirror_order, :]`."""
        order = np.arange(len(self.joints))
        for a, b in self.mirror:
            order[a], order[b] = b, a
        return order


@functools.cache
def _skeletons() -> dict[str, Skeleton]:
    table = json.loads(resources.files("kinesics").joinpath("skeletons.json").read_text("utf-8"))
    return {
        name: Skeleton(
            name,
            tuple(row["joints"]),
            tuple((a, b) for a, b in row["bones"]),
            tuple((a, b) for a, b in row["mirror"]),
            tuple(row["sigmas"]),
        )
        for name, row in table.items()
    }


def skeleton(name: str) -> Skeleton:
    """Return a built-in skeleton: boxes (no joints), coco17, blazepose33, hand21, kinect20, glimpse14, itop15, wholebody133."""
    try:
        return _skeletons()[name]
    except KeyError:
        raise UsageError(f"no skeleton is called {name!r}; there are {', '.join(_skeletons())}") from None

"""One face, and how far it may be worked on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from ..errors import ShapeError
from ..sights import Turned
from ..types import Array
from ..types.arrays import array

__all__ = ["COVERS", "MEASURES", "Face", "Gates"]

COVERS = ("hand", "person", "edge", "other")
MEASURES = ("blink_left", "blink_right", "mouth_open", "mouth_wide", "brow_left", "brow_right")


@dataclass(frozen=True)
class Gates:
    """Whether there is enough of a face to be seen.

    Attributes:
        turned: how far it is turned away, 0 to 1; 0.5 where an overlay no longer fits.
        covered: share of the face that is hidden, 0 to 1.
        by: what hides it: shares of the face of "hand", "person" (somebody else), "edge" (of the picture) and "other"; together
            `covered`.
        apply: how much of an overlay may be drawn, 0 to 1: near 0 where the face is turned away or covered.
    """

    turned: float
    covered: float
    by: Mapping[str, float]
    apply: float

    def __post_init__(self) -> None:
        for name in ("turned", "covered", "apply"):
            if not 0 <= getattr(self, name) <= 1:
                raise ShapeError(f"Gates.{name}: expected 0 to 1, got {getattr(self, name)}")
        if set(self.by) != set(COVERS):
            raise ShapeError(f"Gates.by: expected shares of {', '.join(COVERS)}, got {', '.join(self.by) or 'none'}")
        object.__setattr__(self, "by", MappingProxyType(dict(self.by)))

    __hash__ = None  # type: ignore[assignment]

    def record(self) -> dict[str, Any]:
        """All of it as JSON knows it."""
        by = {name: _short(share, 4) for name, share in self.by.items()}
        return {"turned": _short(self.turned, 4), "covered": _short(self.covered, 4), "by": by, "apply": _short(self.apply, 4)}


@dataclass(frozen=True, eq=False)
class Face:
    """One face of a picture.

    Attributes:
        box: (4,) x1 y1 x2 y2 pixels, from the brow to the chin; it may reach beyond the picture.
        score: how sure it is that this is a face, 0 to 1.
        mesh: (468, 3) x, y pixels, z pixels (smaller is nearer to the camera), points as MediaPipe orders them; or None where
            the face is too small, or seen too much from the side, for points.
        square: where it was looked at, turned as the face is; None where there is no mesh.
        person: id of the person whose face it is, -1 for somebody who is not tracked, or for a picture in the picture.
        yaw, pitch, roll: degrees, 0 when looking into the camera; yaw > 0 turned to the picture's right, pitch > 0 looking up,
            roll > 0 clockwise on the screen. NaN where nothing tells.
        gates: turned away or covered, or None where nobody asked.
        measures: `MEASURES`, each 0 to 1, or empty without a mesh. Left is the person's left.
        name: who it is, or None where nobody asked; "unknown" for nobody of those known.
        name_score: how sure the name is, 0 to 1.
    """

    box: Array
    score: float
    mesh: Array | None = None
    square: Turned | None = None
    person: int = -1
    yaw: float = math.nan
    pitch: float = math.nan
    roll: float = math.nan
    gates: Gates | None = None
    measures: Mapping[str, float] = field(default_factory=dict)
    name: str | None = None
    name_score: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "box", array("Face", "box", self.box, np.float32, (4,)))
        if not np.isfinite(self.box).all():
            raise ShapeError("Face.box: expected finite numbers, got NaN or infinity")
        if not 0 <= self.score <= 1:
            raise ShapeError(f"Face.score: expected 0 to 1, got {self.score}")
        if self.mesh is not None:
            object.__setattr__(self, "mesh", array("Face", "mesh", self.mesh, np.float32, (468, 3)))
        object.__setattr__(self, "measures", MappingProxyType(dict(self.measures)))

    __hash__ = None  # type: ignore[assignment]

    def record(self) -> dict[str, Any]:
        """All of it but mesh and square, as JSON knows it: for `Scene.faces`; angles that nothing tells are None."""
        return {
            "person": int(self.person),
            "box": [_short(value, 2) for value in self.box.tolist()],
            "score": _short(self.score, 4),
            "yaw": _short(self.yaw, 2),
            "pitch": _short(self.pitch, 2),
            "roll": _short(self.roll, 2),
            "gates": None if self.gates is None else self.gates.record(),
            "measures": {name: _short(value, 4) for name, value in self.measures.items()},
            "name": self.name,
            "name_score": _short(self.name_score, 4),
        }


def _short(value: float, digits: int) -> float | None:
    return round(float(value), digits) if math.isfinite(value) else None

"""What is known of one frame, and what one person does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from ..errors import ShapeError
from .arrays import same
from .frame import Frame
from .people import People


@dataclass(frozen=True)
class Action:
    """What one person does, over a span of time.

    Attributes:
        person: the id.
        label: name of the action, "unknown" when the model does not know.
        score: 0 to 1, calibrated.
        start, end: seconds; end is the newest moment seen while the action goes on.
        progress: share of the action that is over, 0 to 1, or None where it cannot be told.
        why: named evidence, for people to read.
    """

    person: int
    label: str
    score: float
    start: float
    end: float
    progress: float | None = None
    why: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.score <= 1:
            raise ShapeError(f"Action.score: expected 0 to 1, got {self.score}")
        if not self.start <= self.end:
            raise ShapeError(f"Action: it ends at {self.end} s, before it starts at {self.start} s")
        object.__setattr__(self, "why", MappingProxyType(dict(self.why)))

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True, eq=False)
class Scene:
    """All that is known of one frame.

    Attributes:
        index, time, epoch, corrupt: of the frame, see `Frame`.
        size: (width, height) pixels.
        people: who is there.
        actions: what they do.
        faces: their faces, as mappings (empty until the face stage is on).
        timing: seconds spent on this frame, by stage name.
        chosen: what the budget chose for this frame, by name.
        skipped: what the budget left out of this frame: "pose" means the joints were interpolated.
        frame: the picture itself, if still at hand; never written, never compared.
    """

    index: int
    time: float
    size: tuple[int, int]
    people: People
    actions: tuple[Action, ...] = ()
    faces: tuple[Mapping[str, Any], ...] = ()
    timing: Mapping[str, float] = field(default_factory=dict)
    chosen: Mapping[str, Any] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    epoch: int = 0
    corrupt: bool = False
    frame: Frame | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not np.isfinite(self.time) or self.time < 0:
            raise ShapeError(f"Scene.time: expected seconds from the first frame, 0 or more, got {self.time}")
        for name in ("timing", "chosen"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __eq__(self, other: object) -> bool:
        return same(self, other)

    __hash__ = None  # type: ignore[assignment]

    def __iter__(self) -> Iterator[People]:
        """Person by person, each as `People` of one row."""
        return (self.people[i] for i in range(len(self.people)))

    def _repr_html_(self) -> str:
        labels = ", ".join(f"{a.person}: {a.label} {a.score:.0%}" for a in self.actions) or "no actions"
        return f"<p>frame {self.index}, {self.time:.3f} s, {labels}</p>" + self.people._repr_html_()

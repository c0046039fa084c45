"""What a model knows about the bodies it reads: joints, rate, and which joints stand for what. Learned once, then kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..types import PoseSequence, Skeleton
from .grid import grid_clip
from .joints import part_of

__all__ = ["Layout", "learn_layout"]

VERSION = 1  # of the features; a model made with other features is refused
MOMENTS = 36  # an action of typical length gets about this many moments …
SLOWEST, FASTEST = 10.0, 30.0  # … within these rates
TURNED = 22.0  # degrees: people face this unlike one another (circular deviation) before facing is taken out
PAIRS = 300  # distances between joints, at most


@dataclass(frozen=True)
class Layout:
    """How clips become features.

    Attributes:
        joints: names, in the order of the arrays.
        bones, pairs: index pairs whose directions and whose distances are features.
        mirror: index that swaps left and right.
        roots, necks: indices whose middle is the place of a body, and whose distance from there is its size.
        across: (left, right) index pairs that tell where a body faces.
        dims, people: of the arrays.
        rate: moments a second.
        turn: facing is taken out (rotation about gravity); only in 3D.
        seconds: (short, median, long) of the clips that were learned from: 5th, 50th and 95th percentile.
    """

    joints: tuple[str, ...]
    bones: tuple[tuple[int, int], ...]
    pairs: tuple[tuple[int, int], ...]
    mirror: tuple[int, ...]
    roots: tuple[int, ...]
    necks: tuple[int, ...]
    across: tuple[tuple[int, int], ...]
    dims: int
    people: int
    rate: float
    turn: bool
    seconds: tuple[float, float, float]

    @property
    def lag(self) -> int:
        """Moments in 0.2 s, over which slow movement is measured."""
        return max(1, round(0.2 * self.rate))

    def skeleton(self) -> Skeleton:
        """The body of this layout as a record."""
        pairs = tuple((i, j) for i, j in enumerate(self.mirror) if i < j)
        return Skeleton("model", self.joints, self.bones, pairs)

    def to_json(self) -> dict[str, Any]:
        """Plain values for a bundle."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Layout:
        """Back from a bundle."""

        def deep(value: Any) -> Any:
            return tuple(deep(v) for v in value) if isinstance(value, list) else value

        return cls(**{name: deep(value) for name, value in values.items()})


def learn_layout(clips: Sequence[PoseSequence], *, flat: bool = False) -> Layout:
    """What a set of clips of one skeleton has in common.

    Args:
        clips: training clips, at least one with somebody in it.
        flat: 3D clips are learned from to read 2D ones.
    """
    body = clips[0].skeleton
    seconds = np.array([c.times[-1] - c.times[0] for c in clips if len(c) > 1] or [1.0])
    rate = float(np.clip(MOMENTS / max(float(np.median(seconds)), 1e-3), SLOWEST, FASTEST))
    people, dims = max(c.points.shape[1] for c in clips), clips[0].points.shape[3]
    roots, necks, across = _roles(body.joints)
    bones = body.bones or _nearest_tree(clips)
    known = Layout(
        body.joints,
        tuple((int(a), int(b)) for a, b in bones),
        _pairs(body.joints),
        tuple(int(i) for i in body.mirror_order),
        roots,
        necks,
        across,
        2 if flat else dims,
        people,
        rate,
        False,
        (float(np.quantile(seconds, 0.05)), float(np.median(seconds)), float(np.quantile(seconds, 0.95))),
    )
    turn = dims == 3 and not flat and bool(across) and _facing_deviation(clips, known) > TURNED
    return Layout(**{**known.__dict__, "turn": turn})


def _roles(joints: Sequence[str]) -> tuple[tuple[int, ...], tuple[int, ...], tuple[tuple[int, int], ...]]:
    """Joints in the middle of the body, at its upper end, and left-right pairs; all joints where no name tells."""
    at: dict[str, int] = {}
    for i, name in enumerate(joints):
        at.setdefault(part_of(name)[0], i)

    def first(*choices: tuple[str, ...]) -> tuple[int, ...]:
        return next((tuple(at[n] for n in names) for names in choices if all(n in at for n in names)), ())

    roots = first(("left hip", "right hip"), ("hips",), ("spine",), ("wrist",), ("neck",))
    necks = first(("left shoulder", "right shoulder"), ("neck",), ("head",), ("middle mcp",))
    necks = () if set(necks) & set(roots) else necks
    across = tuple((at[f"left {n}"], at[f"right {n}"]) for n in ("shoulder", "hip") if f"left {n}" in at and f"right {n}" in at)
    whole = tuple(range(len(joints)))
    return roots or whole, necks, across


def _pairs(joints: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """All pairs of joints, or of evenly chosen ones where they are too many."""
    k = len(joints)
    if k * (k - 1) // 2 > PAIRS:
        most = int((1 + np.sqrt(1 + 8 * PAIRS)) / 2)
        chosen = np.unique(np.linspace(0, k - 1, most).round().astype(int)).tolist()
    else:
        chosen = list(range(k))
    return tuple((i, j) for n, i in enumerate(chosen) for j in chosen[:n])


def _nearest_tree(clips: Sequence[PoseSequence]) -> tuple[tuple[int, int], ...]:
    """Bones where the skeleton names none: the tree of joints that keep nearest to each other."""
    points = np.concatenate([c.points.reshape(-1, *c.points.shape[2:]) for c in clips[:50]])[:2000]
    away = np.nan_to_num(np.linalg.norm(points[:, :, None] - points[:, None], axis=-1), nan=1e6)
    far = np.median(away, 0)
    inside, bones = [0], []
    while len(inside) < len(far):
        rest = [i for i in range(len(far)) if i not in inside]
        near = far[np.ix_(inside, rest)]
        a, b = np.unravel_index(int(near.argmin()), near.shape)
        bones.append((inside[int(a)], rest[int(b)]))
        inside.append(rest[int(b)])
    return tuple(bones)


def _facing_deviation(clips: Sequence[PoseSequence], layout: Layout) -> float:
    """Circular standard deviation, in degrees, of where the clips' first persons face about gravity (Mardia and Jupp 2000)."""
    from .reference import facing

    headings = []
    for clip in clips:
        moments, known = grid_clip(clip, layout.rate)
        if len(moments):
            ahead = np.nan_to_num(facing(moments[:, :1], known[:, :1], layout)).sum((0, 1))
            if np.hypot(*ahead) > 0:
                headings.append(complex(*ahead) / np.hypot(*ahead))
    if not headings:
        return 0.0
    length = min(max(abs(np.mean(np.array(headings))), 1e-9), 1.0)
    return float(np.degrees(np.sqrt(-2 * np.log(length))))

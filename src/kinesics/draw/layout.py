"""Where tags go: beside their person, never on one another, off faces where there is room, and steady over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types import Array

_GLIDE = 0.12  # seconds in which most of a move to another place is over
_PAUSE = 0.5  # seconds after which a person's old place is forgotten
_LEASH = 0.3  # of a tag's height: how far a person moves before the tag follows
_STAY = 0.9  # how much worse than the best place the present one may be


@dataclass(frozen=True)
class Wish:
    """One person's need of a tag.

    Attributes:
        key: the id, or anything that names the person from frame to frame.
        size: (width, height) of the tag.
        head: x1 y1 x2 y2 of the head; the tag stands above or beside it.
        body: x1 y1 x2 y2 of the whole person.
    """

    key: int
    size: tuple[int, int]
    head: tuple[float, float, float, float]
    body: tuple[float, float, float, float]


@dataclass
class _Memory:
    time: float
    slot: int
    anchor: Array  # (2,) the point of the head that the tag is tied to
    offset: Array  # (2,) from there to the tag's corner


class TagLayout:
    """Greedy placement, older people first; it remembers where each tag was and lets it glide, not jump."""

    def __init__(self) -> None:
        self._memory: dict[int, _Memory] = {}

    def reset(self) -> None:
        """Forget all places."""
        self._memory.clear()

    def place(self, wishes: list[Wish], picture: tuple[int, int], time: float) -> list[tuple[int, int] | None]:
        """Upper left corners (even pixels, inside the picture, no two tags overlapping); None where no room is left.

        Args:
            wishes: in any order; keys differ.
            picture: (width, height).
            time: seconds; should rise from call to call, anything else forgets the places.
        """
        self._memory = {key: m for key, m in self._memory.items() if 0 <= time - m.time < _PAUSE}
        result: list[tuple[int, int] | None] = [None] * len(wishes)
        if not wishes:
            return result
        sizes = np.array([w.size for w in wishes], float)
        heads, bodies = (np.array([getattr(w, name) for w in wishes], float) for name in ("head", "body"))
        anchors = self._anchors(wishes, heads, sizes)
        offsets = _slots(sizes, heads, bodies, anchors)  # (n, s, 2)
        room = np.array(picture) - sizes
        corners = _inside(anchors[:, None] + offsets, room[:, None])
        cost = _cost(corners, corners - anchors[:, None] - offsets, sizes, heads, bodies)
        taken = np.empty((0, 4))
        for i in sorted(range(len(wishes)), key=lambda i: (wishes[i].key not in self._memory, wishes[i].key)):
            if (room[i] < 0).any():
                continue
            corner = self._one(wishes[i], anchors[i], offsets[i], corners[i], cost[i], taken, room[i], time)
            if corner is not None:
                result[i] = int(corner[0]), int(corner[1])
                taken = np.concatenate([taken, [[*corner, *(corner + wishes[i].size)]]])
        return result

    def _anchors(self, wishes: list[Wish], heads: Array, sizes: Array) -> Array:
        """(n, 2) the middle of each head's upper edge; where it was before, until the person has moved enough."""
        anchors = np.stack([(heads[:, 0] + heads[:, 2]) / 2, heads[:, 1]], 1)
        old = np.array([m.anchor if (m := self._memory.get(w.key)) else (np.nan, np.nan) for w in wishes])
        leash = _LEASH * sizes[:, 1:]
        moved = np.minimum(np.maximum(old, anchors - leash), anchors + leash)
        return np.where(np.isnan(old), anchors, moved)

    def _one(
        self,
        wish: Wish,
        anchor: Array,
        offsets: Array,
        corners: Array,
        cost: Array,
        taken: Array,
        room: Array,
        time: float,
    ) -> Array | None:
        held = self._memory.get(wish.key)
        free = _free(corners, wish.size, taken)
        if not free.any():
            return _anywhere(wish, anchor, taken, room)
        if held is not None:
            cost[held.slot] -= _STAY
        slot = int(np.where(free, cost, np.inf).argmin())
        corner, offset = corners[slot], offsets[slot]
        if held is not None:
            toward = offset + (held.offset - offset) * np.exp(-(time - held.time) / _GLIDE)
            gliding = _inside(anchor + toward, room)
            if _free(gliding[None], wish.size, taken)[0]:
                corner, offset = gliding, toward
        self._memory[wish.key] = _Memory(time, slot, anchor, offset)
        return np.asarray(corner)


def _anywhere(wish: Wish, anchor: Array, taken: Array, room: Array) -> Array | None:
    """The nearest free place within a few tags' reach."""
    steps = np.stack(np.meshgrid(np.arange(-4, 5) * 0.5, np.arange(-6, 7) * 1.1), -1).reshape(-1, 2)
    corners = _inside(anchor + steps * wish.size - (wish.size[0] / 2, wish.size[1]), room)
    corners = corners[_free(corners, wish.size, taken)]
    if not len(corners):
        return None
    return np.asarray(corners[np.abs(corners + np.array(wish.size) / 2 - anchor).sum(1).argmin()])


def _slots(sizes: Array, heads: Array, bodies: Array, anchors: Array) -> Array:
    """(n, s, 2) offsets of each tag's corner from its anchor, best first."""
    width, height = sizes.T
    gap = 0.35 * height
    side = (heads[:, 2] - heads[:, 0]) / 2 + gap
    up, middle, down = -height - gap, (heads[:, 3] - heads[:, 1] - height) / 2, bodies[:, 3] - anchors[:, 1] + gap
    waist = 0.35 * (bodies[:, 3] - bodies[:, 1])
    left, right = bodies[:, 0] - anchors[:, 0] - gap - width, bodies[:, 2] - anchors[:, 0] + gap
    x = [-width / 2, -0.1 * width, -0.9 * width, side, -side - width, -width / 2, right, left, -width / 2, -width / 2]
    y = [up, up, up, middle, middle, up - 1.15 * height, waist, waist, down, up - 2.3 * height]
    return np.array([x, y]).transpose(2, 1, 0)


def _cost(corners: Array, pushed: Array, sizes: Array, heads: Array, bodies: Array) -> Array:
    """(n, s) how bad each place is: late in the list, over a face, over a body, pushed back by the picture's edge.

    All four in tenths to ones: 0.2 a rank, 4 for a face that is hidden, 1 for a tag that lies on a body, 1 for each tag's
    height that the edge pushes.
    """
    area = np.maximum((heads[:, 2:] - heads[:, :2]).prod(1), 1)
    face = (_overlap(corners, sizes[:, None], heads) / area).max(-1)
    body = _overlap(corners, sizes[:, None], bodies).max(-1) / sizes.prod(1)[:, None]
    return np.asarray(np.arange(corners.shape[1]) * 0.2 + 4 * face + body + np.abs(pushed).max(-1) / sizes[:, 1:])


def _inside(corners: Array, room: Array) -> Array:
    """The nearest even pixels from 0 to room."""
    return np.asarray(np.minimum(np.rint(np.maximum(corners, 0) / 2), room // 2) * 2)


def _overlap(corners: Array, size: Array | tuple[int, int], others: Array) -> Array:
    """(…, m) square pixels that a tag at each corner (…, 2) shares with each rectangle (m, 4)."""
    last = corners + size
    across = np.minimum(last[..., :1], others[:, 2]) - np.maximum(corners[..., :1], others[:, 0])
    down = np.minimum(last[..., 1:], others[:, 3]) - np.maximum(corners[..., 1:], others[:, 1])
    return np.asarray(np.maximum(across, 0) * np.maximum(down, 0))


def _free(corners: Array, size: tuple[int, int], taken: Array) -> Array:
    return np.asarray((_overlap(corners, size, taken) == 0).all(1)) if len(taken) else np.ones(len(corners), bool)

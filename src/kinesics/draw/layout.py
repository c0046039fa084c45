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
        heads = np.array([w.head for w in wishes]).reshape(-1, 4)
        bodies = np.array([w.body for w in wishes]).reshape(-1, 4)
        taken = np.empty((0, 4))
        for i in sorted(range(len(wishes)), key=lambda i: (wishes[i].key not in self._memory, wishes[i].key)):
            corner = self._one(wishes[i], heads, bodies, taken, picture, time)
            if corner is not None:
                result[i] = corner
                taken = np.concatenate([taken, [[*corner, corner[0] + wishes[i].size[0], corner[1] + wishes[i].size[1]]]])
        return result

    def _one(
        self, wish: Wish, heads: Array, bodies: Array, taken: Array, picture: tuple[int, int], time: float
    ) -> tuple[int, int] | None:
        height = wish.size[1]
        room = np.array(picture) - wish.size
        if (room < 0).any():
            return None
        held = self._memory.get(wish.key)
        anchor = np.array([(wish.head[0] + wish.head[2]) / 2, wish.head[1]])
        if held is not None:
            anchor = held.anchor + _beyond(anchor - held.anchor, _LEASH * height)
        offsets = _slots(wish, anchor)
        corners = _even(np.clip(anchor + offsets, 0, room), room)
        free = _free(corners, wish.size, taken)
        if not free.any():
            return self._anywhere(wish, anchor, taken, room)
        cost = np.arange(len(offsets)) * 0.2 + 4 * _share(corners, wish.size, heads)
        cost += _overlap(corners, wish.size, bodies).max(1, initial=0) / (wish.size[0] * height)
        cost += np.abs(corners - anchor - offsets).max(1) / height
        if held is not None:
            cost[held.slot] -= _STAY
        slot = int(np.where(free, cost, np.inf).argmin())
        corner, offset = corners[slot], offsets[slot]
        if held is not None:
            toward = offset + (held.offset - offset) * np.exp(-(time - held.time) / _GLIDE)
            gliding = _even(np.clip(anchor + toward, 0, room), room)
            if _free(gliding[None], wish.size, taken)[0]:
                corner, offset = gliding, toward
        self._memory[wish.key] = _Memory(time, slot, anchor, offset)
        return int(corner[0]), int(corner[1])

    def _anywhere(self, wish: Wish, anchor: Array, taken: Array, room: Array) -> tuple[int, int] | None:
        """The nearest free place within a few tags' reach."""
        steps = np.stack(np.meshgrid(np.arange(-4, 5) * 0.5, np.arange(-6, 7) * 1.1), -1).reshape(-1, 2)
        corners = _even(np.clip(anchor + steps * wish.size - (wish.size[0] / 2, wish.size[1]), 0, room), room)
        corners = corners[_free(corners, wish.size, taken)]
        if not len(corners):
            return None
        nearest = corners[np.abs(corners + np.array(wish.size) / 2 - anchor).sum(1).argmin()]
        return int(nearest[0]), int(nearest[1])


def _slots(wish: Wish, anchor: Array) -> Array:
    """(s, 2) offsets of the tag's corner from the anchor, best first."""
    width, height = wish.size
    gap = 0.35 * height
    side = (wish.head[2] - wish.head[0]) / 2 + gap
    up, middle, down = -height - gap, (wish.head[3] - wish.head[1] - height) / 2, wish.body[3] - anchor[1] + gap
    waist = 0.35 * (wish.body[3] - wish.body[1])
    left, right = wish.body[0] - anchor[0] - gap - width, wish.body[2] - anchor[0] + gap
    return np.array(
        [
            (-width / 2, up),
            (-0.1 * width, up),
            (-0.9 * width, up),
            (side, middle),
            (-side - width, middle),
            (-width / 2, up - 1.15 * height),
            (right, waist),
            (left, waist),
            (-width / 2, down),
            (-width / 2, up - 2.3 * height),
        ]
    )


def _beyond(move: Array, leash: float) -> Array:
    return np.asarray(move - np.clip(move, -leash, leash))


def _even(corners: Array, room: Array) -> Array:
    return np.asarray(np.minimum(np.rint(corners / 2), room // 2) * 2)


def _overlap(corners: Array, size: tuple[int, int], others: Array) -> Array:
    """(c, m) square pixels that a tag at each corner shares with each rectangle."""
    low = np.maximum(corners[:, None], others[None, :, :2])
    high = np.minimum(corners[:, None] + size, others[None, :, 2:])
    return np.asarray(np.maximum(high - low, 0).prod(2))


def _free(corners: Array, size: tuple[int, int], taken: Array) -> Array:
    return np.asarray((_overlap(corners, size, taken) == 0).all(1))


def _share(corners: Array, size: tuple[int, int], heads: Array) -> Array:
    """(c,) how much of a head a tag would hide, 0 to 1 for the worst one."""
    area = np.maximum((heads[:, 2:] - heads[:, :2]).prod(1), 1)
    return np.asarray((_overlap(corners, size, heads) / area).max(1, initial=0))

"""Pictures of shots that have not ended yet, and what is measured of one that has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .sizes import Size, planes_of, scaled, spool_size
from .store import Store
from .take import Picture, Take

if TYPE_CHECKING:
    from ...types import Frame

__all__ = ["Sample", "Spool"]

TAKES = 48  # that may wait to be told of as shots
WAITING = 400  # pictures of them all; the oldest are given up when there are more


@dataclass(frozen=True)
class Sample:
    """One or two stretches of a shot.

    Attributes:
        store: what holds the pictures.
        stretches: pictures in order, each stretch without a gap.
    """

    store: Store
    stretches: Sequence[Sequence[Picture]]

    @property
    def size(self) -> Size:
        """(width, height), both even, of its pictures."""
        return self.store.size

    @property
    def slots(self) -> list[int]:
        """Where its pictures are, in order."""
        return [picture.slot for stretch in self.stretches for picture in stretch]

    @property
    def seconds(self) -> float:
        """How long they are shown: each stretch with the length of its last picture; 0 for single pictures."""
        return sum((s[-1].time - s[0].time) * len(s) / (len(s) - 1) for s in self.stretches if len(s) > 1)

    @property
    def fps(self) -> float:
        """Pictures a second."""
        return len(self.slots) / self.seconds

    def at(self, size: Size) -> Sample:
        """The same, made smaller, in a store of its own; close that when it is done with."""
        store = Store(size)
        stretches = [
            [replace(picture, slot=store.write(scaled(self.store.read(picture.slot), size))) for picture in stretch]
            for stretch in self.stretches
        ]
        return Sample(store, stretches)


class Spool:
    """Keeps what may be measured of the shots that go by; disk and memory are bounded however long they are."""

    def __init__(self) -> None:
        self._takes: list[Take] = []
        self._epoch, self._source = -1, (0, 0)

    def add(self, frame: Frame) -> None:
        """Take the next frame of the clip; its epoch rises where a hard cut was."""
        size = spool_size(frame.size)
        if not self._takes or frame.epoch != self._epoch or frame.size != self._source:
            self._takes.append(Take(size))
            self._epoch, self._source = frame.epoch, frame.size
            self._give_up()
        self._takes[-1].add(planes_of(frame, size), frame.time)

    def _give_up(self) -> None:
        while len(self._takes) > TAKES or sum(len(take.kept) for take in self._takes) > WAITING:
            self._takes.pop(0).store.close()

    def sample(self, start: float, end: float) -> Sample | None:
        """What there is of a shot between two times; None for nothing.

        Where the picture's size changes within the shot, the size with the most pictures counts.
        """
        found = [(take, [p for p in take.kept if start <= p.time < end]) for take in self._takes]
        take, pictures = max(found, key=lambda pair: len(pair[1]), default=(None, []))
        if take is None or not pictures:
            return None
        stretches = [[p for p in pictures if p.stretch == number] for number in sorted({p.stretch for p in pictures})]
        longest = max(map(len, stretches))
        return Sample(take.store, [stretch for stretch in stretches if len(stretch) * 2 > longest])

    def forget(self, before: float) -> None:
        """The shot that ended at this time is measured."""
        for take in self._takes[:-1]:
            if not take.kept or take.kept[-1].time < before:
                take.store.close()
        self._takes = [take for take in self._takes if take.store.close.alive]
        if self._takes and any(picture.time < before for picture in self._takes[0].kept):
            self._takes[0].cut(before)

    def close(self) -> None:
        """Give the files back."""
        for take in self._takes:
            take.store.close()
        self._takes = []

"""What is kept of the pictures between two hard cuts."""

from __future__ import annotations

from dataclasses import dataclass

from .sizes import Planes, Size
from .store import Store

__all__ = ["PICTURES", "SECONDS", "Picture", "Take"]

PICTURES, SECONDS = 48, 2.0  # of one stretch, the less of both: about what streaming puts between two key frames
STRETCHES = 2  # that are kept of a take
APART = 3  # times as far lie stretches when a take has outgrown them: the middles of thirds, of ninths …


@dataclass(frozen=True)
class Picture:
    """One picture that was kept.

    Attributes:
        time: seconds.
        number: in its take, 0, 1, 2 …; two that follow each other followed each other in the film.
        stretch: in its take.
        slot: where in the store.
    """

    time: float
    number: int
    stretch: int
    slot: int


class Take:
    """Keeps one or two stretches of all that comes, near the middles of equal parts of it, however long it becomes.

    While a take is short that is its first stretches. Whenever there are more than two, they are taken three times as far apart
    and only the middle one of three stays, so a stretch that is kept was always kept: pictures come once.
    """

    def __init__(self, size: Size) -> None:
        self.store, self.kept = Store(size), list[Picture]()
        self._number = 0
        self._start_over()

    def _start_over(self) -> None:
        self._stretch, self._in_stretch, self._since, self._apart = -1, PICTURES, 0.0, 1

    def add(self, planes: Planes, time: float) -> None:
        """Take the next picture, (y, u, v) of this take's size."""
        number, self._number = self._number, self._number + 1
        begins = self._in_stretch >= PICTURES or time - self._since >= SECONDS
        if begins:
            self._stretch, self._in_stretch, self._since = self._stretch + 1, 0, time
        self._in_stretch += 1
        if begins and self._wanted(self._stretch) and self._full():
            self._apart *= APART
            self._drop([picture for picture in self.kept if not self._wanted(picture.stretch)])
        if self._wanted(self._stretch):
            self.kept.append(Picture(time, number, self._stretch, self.store.write(planes)))

    def _wanted(self, stretch: int) -> bool:
        return stretch % self._apart == self._apart // 2

    def _full(self) -> bool:
        return len({picture.stretch for picture in self.kept}) >= STRETCHES

    def cut(self, time: float) -> None:
        """What was before this time is done with: the next shot began there.

        Pictures after it stay where they are all that came since; else the next shot begins with the next picture, since
        nobody knew while they went by that they would be wanted.
        """
        rest = [picture for picture in self.kept if picture.time >= time]
        whole = bool(rest) and rest[-1].number == self._number - 1 and rest[-1].number - rest[0].number == len(rest) - 1
        stay = rest if whole else []
        self._drop([picture for picture in self.kept if picture not in stay])
        self._start_over()
        if stay:
            self._stretch, self._in_stretch, self._since = 0, len(stay), stay[0].time
            self.kept = [Picture(picture.time, picture.number, 0, picture.slot) for picture in stay]

    def _drop(self, pictures: list[Picture]) -> None:
        gone = {picture.number for picture in pictures}
        for picture in pictures:
            self.store.free(picture.slot)
        self.kept = [picture for picture in self.kept if picture.number not in gone]

"""Examples that were shown, with what was computed of each, and the way back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..errors import UsageError
from ..types import Array
from .examples import Example

__all__ = ["Shelf", "Shown"]

UNDOS = 100  # steps back


@dataclass(frozen=True, eq=False)
class Shown:
    """An example and what heads are made of.

    Attributes:
        example: the clip and its label.
        row: (e,) its embedding.
        still: (e,) of somebody who stands as it begins, where a head needs that; else None.
        ways: (6,) how it is done, see `habits.py`.
    """

    example: Example
    row: Array
    still: Array | None
    ways: Array


class Shelf:
    """Examples by number, in order; each change can be taken back.

    Args:
        shown: what is there from the beginning.
    """

    def __init__(self, shown: Iterable[Shown] = ()) -> None:
        self._shown = {one.example.id: one for one in shown}
        self._next = max(self._shown, default=0) + 1
        self._before: list[dict[int, Shown]] = []

    def __len__(self) -> int:
        return len(self._shown)

    def __getitem__(self, number: int) -> Shown:
        return self._shown[number]

    @property
    def shown(self) -> list[Shown]:
        """All of it, in order."""
        return list(self._shown.values())

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels, sorted."""
        return tuple(sorted({one.example.label for one in self._shown.values()}))

    def number(self) -> int:
        """The number of the next example; none is given twice."""
        self._next += 1
        return self._next - 1

    def add(self, one: Shown) -> None:
        """One more."""
        self._step({**self._shown, one.example.id: one})

    def remove(self, number: int) -> None:
        """One less.

        Raises:
            UsageError: there is none of that number.
        """
        if number not in self._shown:
            raise UsageError(f"there is no example {number}; there are {', '.join(map(str, self._shown)) or 'none'}")
        self._step({key: one for key, one in self._shown.items() if key != number})

    def forget(self, label: str) -> int:
        """None of that label any more; how many there were.

        Raises:
            UsageError: nothing is called that.
        """
        self._check(label)
        kept = {key: one for key, one in self._shown.items() if one.example.label != label}
        count = len(self._shown) - len(kept)
        self._step(kept)
        return count

    def rename(self, label: str, to: str) -> int:
        """What was called `label` is called `to`, which may be there already; how many examples that are.

        Raises:
            UsageError: nothing is called `label`.
        """
        self._check(label)
        ids = [key for key, one in self._shown.items() if one.example.label == label]
        changed = {key: replace(self._shown[key], example=replace(self._shown[key].example, label=to)) for key in ids}
        self._step({**self._shown, **changed})
        return len(ids)

    def back(self) -> bool:
        """Take the last change back; False if there is none."""
        if not self._before:
            return False
        self._shown = self._before.pop()
        return True

    def _check(self, label: str) -> None:
        if label not in self.labels:
            raise UsageError(f"nothing is called {label!r}; there are {', '.join(self.labels) or 'no labels yet'}")

    def _step(self, shown: dict[int, Shown]) -> None:
        self._before = [*self._before[-UNDOS + 1 :], self._shown]
        self._shown = shown

"""Whose frame is looked at next: one turn at a time for each stream, to whom had none for longest."""

from __future__ import annotations

__all__ = ["Turns"]


class Turns:
    """Turns at looking, round robin.

    Of those who ask, whoever had no turn for longest is next: so whoever asks waits for at most one turn of each other stream,
    whatever their rates are, and those who always ask get equally many. Plain logic; it starts nothing.

    Args:
        at_once: how many may have a turn at the same time.

    Attributes:
        holding: who has a turn, and since when (the clock's seconds that `deal` was given).
        dealt: turns given so far.
    """

    def __init__(self, at_once: int) -> None:
        self.at_once = max(at_once, 1)
        self.holding: dict[str, float] = {}
        self.dealt = 0
        self._waiting = set[str]()
        self._had: dict[str, int] = {}  # the number of the last turn of each
        self._closed = False

    @property
    def waiting(self) -> list[str]:
        """Who waits, the next first."""
        return sorted(self._waiting, key=lambda who: (self._had.get(who, 0), who))

    def ask(self, who: str) -> None:
        """Somebody has something to look at. Asking twice is asking once."""
        self._waiting.add(who)

    def give_back(self, who: str) -> None:
        """Somebody has looked. Who has no turn gives none back."""
        self.holding.pop(who, None)

    def leave(self, who: str) -> None:
        """Somebody is gone: neither waits nor holds a turn any more, and counts as new when it comes again."""
        self._had.pop(who, None)
        self._waiting.discard(who)
        self.holding.pop(who, None)

    def close(self) -> None:
        """Deal no more turns."""
        self._closed = True

    def deal(self, now: float) -> list[str]:
        """Who gets a turn now; those who hold one wait with their next until they gave it back."""
        free = 0 if self._closed else self.at_once - len(self.holding)
        lucky = [who for who in self.waiting if who not in self.holding][: max(free, 0)]
        for who in lucky:
            self._waiting.remove(who)
            self.dealt += 1
            self.holding[who], self._had[who] = now, self.dealt
        return lucky

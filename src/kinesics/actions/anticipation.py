"""What somebody is likely to do next, from what they did before."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from itertools import pairwise

__all__ = ["NextActions"]

REMEMBERS = 240  # actions
WEIGHT = 1.0  # of what a shorter memory says, in observations of the longer one


class NextActions:
    """A Markov chain of order two over finished actions, each order smoothed by the one below (Witten and Bell 1991).

    Args:
        labels: all that there is.
        known: sequences of labels observed before, for example in training.
    """

    def __init__(self, labels: Iterable[str], known: Iterable[Sequence[str]] = ()) -> None:
        self.labels = tuple(labels)
        self.known = [list(sequence) for sequence in known]
        self._done: deque[str] = deque(maxlen=REMEMBERS)

    def add(self, label: str) -> None:
        """Somebody finished this action."""
        self._done.append(label)

    def after(self, label: str) -> tuple[str, float] | None:
        """The likeliest action after `label`, which goes on now, and its probability; None if nothing is known of it."""
        runs = [*self.known, list(self._done)]
        often = Counter(x for run in runs for x in run)
        pairs = Counter(b for run in runs for a, b in pairwise(run) if a == label)
        if not pairs:
            return None
        last = self._done[-1] if self._done else None
        triples = Counter(c for run in runs for a, b, c in zip(run, run[1:], run[2:], strict=False) if (a, b) == (last, label))
        chances = {x: 1 / len(self.labels) for x in self.labels}
        for seen in (often, pairs, triples):
            total = seen.total() + WEIGHT
            chances = {x: (seen[x] + WEIGHT * chance) / total for x, chance in chances.items()}
        best = max(chances, key=lambda x: chances[x])
        return best, chances[best]

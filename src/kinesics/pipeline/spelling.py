"""Labels that may be one label spelt twice."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence

__all__ = ["alike"]

LEAST = 5  # letters: bow and bowl, cw and ccw, run and fun are words of their own


def alike(labels: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pairs that differ in case, blanks or signs alone, or in one letter of a word (wrong, missing, or two in the wrong order).

    Numbers are no misspelling: `arm_1` and `arm_2` are two labels.
    """
    for one, other in itertools.combinations(labels, 2):
        a, b = _words(one), _words(other)
        if "".join(a) == "".join(b) or _one_word_slipped(a, b):
            yield one, other


def _words(label: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", label).casefold()
    return re.findall(r"[^\W_]+", folded)


def _one_word_slipped(a: list[str], b: list[str]) -> bool:
    if len(a) != len(b):
        return False
    apart = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    if len(apart) != 1:
        return False
    one, other = apart[0]
    same_numbers = re.findall(r"\d+", one) == re.findall(r"\d+", other)
    return same_numbers and min(len(one), len(other)) >= LEAST and _one_slip(one, other)


def _one_slip(a: str, b: str) -> bool:
    """Whether one letter changed, came or went, or two neighbours changed places (Damerau 1964)."""
    if abs(len(a) - len(b)) > 1:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    if len(a) != len(b):
        long, short = (a, b) if len(a) > len(b) else (b, a)
        return long[start + 1 :] == short[start:]
    swapped = a[start : start + 2] == b[start : start + 2][::-1] and a[start + 2 :] == b[start + 2 :]
    return a[start + 1 :] == b[start + 1 :] or swapped

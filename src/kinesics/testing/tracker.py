"""The law of trackers: ids stay with people, whatever the order, place and frame rate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..types import Array, People, skeleton
from .people import walking_people

__all__ = ["check_tracker"]

Film = Sequence[tuple[People, float]]


def check_tracker(make: Callable[[], Any], *, joints: bool = False) -> None:
    """Raise AssertionError, saying which law is broken, unless all of them hold.

    1. Same rows, same order: nothing but the ids changes, and what comes in stays as it was.
    2. An id is in a frame once; ids are whole numbers, -1 for "not yet".
    3. Frames without people are fine, at the start, in between, for any number of people.
    4. Two instances never meet: taking turns changes nothing.
    5. After `reset` it is like new.
    6. Ids that come in are not looked at.
    7. The order of rows does not matter: permuted rows get permuted ids.
    8. Where in the picture people are does not matter: shifted people get the same ids.
    9. At half the frame rate people keep their ids as they do at the full one.
    10. `expected` changes nothing.

    Args:
        make: makes a new tracker.
        joints: feed people with joints, else with boxes only.
    """
    film = [(people.with_ids(np.full(len(people), -1)), at) for people, at in walking_people(6, 4, 20, seed=3, joints=joints)]
    ids = _ids(make(), film)
    _keeps_rows(make(), film)
    _survives_emptiness(make(), film)
    _stands_alone(make, film, ids)
    _starts_anew(make(), film, ids)
    for name, other, expected in _disguised(film, ids):
        _demand(_equal(_ids(make(), other), expected), name)
    _keeps_ids_at_half_rate(make, joints)
    _looks_ahead(make(), film, ids)


def _demand(holds: bool, law: str) -> None:
    if not holds:
        raise AssertionError(f"check_tracker: {law}")


def _ids(tracker: Any, film: Film) -> list[Array]:
    return [tracker.update(people, at).ids for people, at in film]


def _equal(a: Sequence[Array], b: Sequence[Array]) -> bool:
    return len(a) == len(b) and all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def _keeps_rows(tracker: Any, film: Film) -> None:
    for people, at in film:
        before = people.boxes.copy(), people.score.copy(), people.points.copy(), people.ids.copy()
        out = tracker.update(people, at)
        _demand(isinstance(out, People) and out.with_ids(people.ids) == people, "same rows, same order, only ids change")
        after = people.boxes, people.score, people.points, people.ids
        _demand(all(np.array_equal(x, y, equal_nan=True) for x, y in zip(before, after, strict=True)), "input is untouched")
        known = out.ids[out.ids >= 0]
        _demand(len(set(known.tolist())) == len(known), f"an id is in a frame once, got {out.ids.tolist()} at {at:.2f} s")
        _demand(bool((out.ids >= -1).all()), "ids are -1 or whole numbers from 0")


def _survives_emptiness(tracker: Any, film: Film) -> None:
    nobody = People.empty(skeleton(film[0][0].skeleton.name))
    for people, at in film:
        crowd = nobody if int(at * 20) % 3 == 0 else people
        _demand(len(tracker.update(crowd, at).ids) == len(crowd), "frames without people are fine")


def _stands_alone(make: Callable[[], Any], film: Film, ids: Sequence[Array]) -> None:
    one, other = make(), make()
    mine = []
    for (people, at), (guest, _) in zip(film, reversed(film), strict=True):
        mine.append(one.update(people, at).ids)
        other.update(guest, at)
    _demand(_equal(mine, ids), "instances are independent")


def _starts_anew(tracker: Any, film: Film, ids: Sequence[Array]) -> None:
    _ids(tracker, film[::-1][:10])
    tracker.reset()
    _demand(_equal(_ids(tracker, film), ids), "after reset it is like new")


def _disguised(film: Film, ids: Sequence[Array]) -> list[tuple[str, Film, list[Array]]]:
    """The same film in other clothes, and the ids it should get."""
    rng = np.random.default_rng(0)
    named = [(people.with_ids(rng.permutation(len(people))), at) for people, at in film]
    shifted = [(_shifted(people, 256.0, -128.0), at) for people, at in film]
    orders = [rng.permutation(len(people)) for people, _ in film]
    mixed = [(people[order], at) for (people, at), order in zip(film, orders, strict=True)]
    # people who appear in one frame are numbered in the order of rows: only the first frame's order may name them
    names = _renamed(ids, orders)
    return [
        ("ids that come in are not looked at", named, list(ids)),
        ("shifted people get the same ids", shifted, list(ids)),
        ("permuted rows get permuted ids", mixed, names),
    ]


def _renamed(ids: Sequence[Array], orders: Sequence[Array]) -> list[Array]:
    """Ids in the new order of rows, numbered anew in the order in which they appear."""
    values = sorted({int(i) for row in ids for i in row if i >= 0})
    names: dict[int, int] = {-1: -1}
    out = []
    for row, order in zip(ids, orders, strict=True):
        for i in row[order].tolist():
            if i not in names:
                names[i] = values[len(names) - 1]
        out.append(np.array([names[i] for i in row[order].tolist()], np.int64))
    return out


def _shifted(people: People, x: float, y: float) -> People:
    boxes, points = people.boxes + np.array([x, y, x, y]), people.points + np.array([x, y])
    return People(boxes, people.score, points, people.point_scores, people.skeleton, people.ids)


def _keeps_ids_at_half_rate(make: Callable[[], Any], joints: bool) -> None:
    whole = walking_people(6, 6, 20, drop=0, seed=4, joints=joints)
    changes = [_changes(make(), film) for film in (whole, whole[::2])]
    _demand(max(changes) <= 1, f"people keep their ids at half the frame rate; they changed {changes} times")


def _changes(tracker: Any, film: Film) -> int:
    """How often a person's id is not the one before."""
    last: dict[int, int] = {}
    count = 0
    for people, at in film:
        for true, got in zip(people.ids.tolist(), tracker.update(people, at).ids.tolist(), strict=True):
            if got >= 0:
                count += last.get(true, got) != got
                last[true] = got
    return count


def _looks_ahead(tracker: Any, film: Film, ids: Sequence[Array]) -> None:
    out = []
    for people, at in film:
        out.append(tracker.update(people, at).ids)
        for ahead in (0.0, 0.1):
            _demand(isinstance(tracker.expected(at + ahead), People), "expected gives People")
    _demand(_equal(out, ids), "expected changes nothing")

"""What the decoders learn once a forest stands: from bodies that the forest has not seen."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from ..bodies import JOINTS
from ..types import Array
from .anatomy import VOTED, mirror_order
from .cascade import Cascade, fit_cascade, nearby
from .confidence import RADIUS, fit_confidence
from .evidence import gather_evidence
from .joints import PULL_BINS, drawn_to_votes, strength_signs
from .metres import millimetres
from .part_modes import part_proposals
from .voting import vote_worth

if TYPE_CHECKING:
    from ..bodies.views import View, ViewMaker
    from .forest import Forest

_COLUMNS = np.array([JOINTS.index(name) for name in VOTED])
_CHUNK = 100
_HELD_OUT = 0.05
_PARTS_EVERY = 10  # the decoder by parts has little to learn


def vote_bandwidths() -> Array:
    """(23,) metres: how near votes for a joint must lie to support each other."""
    wide = {"head": 0.05, "shoulder_center": 0.05, "spine": 0.06, "hip_center": 0.06}
    return np.array([wide.get(name, 0.05) for name in VOTED])


def person_of(view: View) -> tuple[Array, Array, Array]:
    """A view's only person: millimetres (h, w) uint16, the true joints (23, 3), and which can be seen (23,)."""
    return millimetres(np.where(view.segment, view.depth, 0)), view.joints[0][_COLUMNS], view.visible[0][_COLUMNS]


# ------------------------------------------------------------------------------------------------------- in other processes
_shared: dict[str, Any] = {}


def _share(**things: Any) -> None:
    _shared.update(things)


def _first_look(start: int) -> dict[str, Array]:
    """What the forest says of a chunk of views, and the truth; of some of them also what parts alone say."""
    rows: list[dict[str, Array]] = []
    by_parts: list[dict[str, Array]] = []
    forest, bandwidths = _shared["forest"], _shared["bandwidths"]
    for index in range(start, start + _CHUNK):
        view = _shared["maker"].view(index)
        depth, truth, visible = person_of(view)
        seen = gather_evidence(forest, _shared["worth"], bandwidths, depth, view.camera)
        if seen is None:
            continue
        local = ((truth - seen.centre) @ seen.turn.T).astype(np.float32)
        row = {"features": seen.features(), "truth": truth, "local": local, "modes": seen.modes, "strengths": seen.strengths}
        rows.append({**row, "local_modes": seen.local_modes})
        if index % _PARTS_EVERY == 0:
            modes, strengths = part_proposals(forest, depth, view.camera, bandwidths, np.zeros(len(VOTED))) or (None, None)
            if modes is not None and strengths is not None:
                by_parts.append(
                    {"part_modes": modes, "part_strengths": strengths, "part_truth": truth, "part_visible": visible}
                )
    return {name: np.stack([row[name] for row in group]) for group in (rows, by_parts) if group for name in group[0]}


def _everywhere(work: Callable[[int], Any], on: list[int], workers: int, things: dict[str, Any]) -> Iterator[Any]:
    """The answers in order, whoever worked them out."""
    if workers < 2:
        _share(**things)
        yield from map(work, on)
        return
    context = multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else None)
    with ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(things,)) as pool:
        yield from pool.map(work, on, chunksize=max(1, min(25, len(on) // (4 * workers))))


def _begin(things: dict[str, Any]) -> None:
    _share(**things)


# ------------------------------------------------------------------------------------------------------- what is learned
def fit_decoders(
    forest: Forest,
    maker: ViewMaker,
    *,
    start: int,
    count: int = 200_000,
    workers: int = 2,
    seed: int = 0,
    progress: Callable[[str, float], None] | None = None,
) -> dict[str, dict[str, Array]]:
    """Learn all three decoders.

    Args:
        forest: with votes.
        maker: of views with one person each; those from `start` on must be new to the forest.
        start: first view.
        count: how many; a twentieth is held out for the shares of the way to the votes and for the confidences.
        workers: processes.
        seed: of all chance.
        progress: is told what is done, and which share of it.

    Returns:
        arrays by decoder, as `JointFinder` reads them.
    """
    tell = progress or (lambda what, share: None)
    worth, bandwidths = vote_worth(forest), vote_bandwidths()
    things: dict[str, Any] = {"forest": forest, "maker": maker, "worth": worth, "bandwidths": bandwidths}
    looks: list[dict[str, Array]] = []
    chunks = list(range(start, start + count, _CHUNK))
    for done, look in enumerate(_everywhere(_first_look, chunks, workers, things), 1):
        looks += [look] if look else []
        tell("looking", done / len(chunks))
    seen = {name: np.concatenate([look[name] for look in looks if name in look]) for name in looks[0]}
    held = max(1, int(len(seen["truth"]) * _HELD_OUT))
    train, check = slice(None, -held), slice(-held, None)
    cascade = fit_cascade(
        *(seen[name][train] for name in ("features", "local", "local_modes", "strengths")),
        seed=seed,
        progress=lambda share: tell("bodies", share),
    )
    fit = _fit_learned(cascade, {name: values[check] for name, values in seen.items()})
    parts = _parts_learned(seen["part_modes"], seen["part_strengths"], seen["part_truth"], seen["part_visible"], bandwidths)
    votes = {"bandwidths": bandwidths, "confidence": _trust(seen["modes"], seen["strengths"], seen["truth"])}
    return {"parts": parts, "votes": votes, "fit": fit}


def fit_parts(
    forest: Forest, maker: ViewMaker, *, start: int = 0, count: int = 300, step: Callable[[int], None] = lambda done: None
) -> dict[str, dict[str, Array]]:
    """Learn the decoder by parts alone: all that a forest without votes, from a foreign file, can have.

    Args:
        forest: with the labels of `PARTS`.
        maker: of views with one person each.
        start: first view.
        count: how many.
        step: called with the number of views looked at.

    Returns:
        arrays by decoder, as `JointFinder` reads them; {} when the forest finds no part of anybody.
    """
    bandwidths = vote_bandwidths()
    rows: list[tuple[Array, ...]] = []
    for done, index in enumerate(range(start, start + count), 1):
        view = maker.view(index)
        depth, truth, visible = person_of(view)
        proposed = part_proposals(forest, depth, view.camera, bandwidths, np.zeros(len(VOTED)))
        if proposed is not None:
            rows.append((*proposed, truth, visible))
        step(done)
    if not any((strengths > 0).any() for _, strengths, _, _ in rows):
        return {}
    modes, strengths, truths, visibles = (np.stack(column) for column in zip(*rows, strict=True))
    return {"parts": _parts_learned(modes, strengths, truths, visibles, bandwidths)}


def _trust(modes: Array, strengths: Array, truth: Array) -> Array:
    """Coefficients of the confidence of modes (n, k, m, 3)."""
    right = np.linalg.norm(modes - truth[:, :, None], axis=-1) <= RADIUS  # (n, k, m)
    signs = np.stack([strength_signs(row) for row in strengths])  # (n, k, m, 3)
    n, k, m, f = signs.shape
    return fit_confidence(signs.transpose(0, 2, 1, 3).reshape(n * m, k, f), right.transpose(0, 2, 1).reshape(n * m, k))


def _parts_learned(modes: Array, strengths: Array, truth: Array, visible: Array, bandwidths: Array) -> dict[str, Array]:
    """How far joints lie behind the middle of their parts, and how much to trust them."""
    away = modes[:, :, 0] / np.linalg.norm(modes[:, :, 0], axis=-1, keepdims=True)
    missed = truth - modes[:, :, 0]
    along = np.where(visible & (np.linalg.norm(missed, axis=-1) < 0.25), (missed * away).sum(axis=-1), np.nan)
    found = np.isfinite(along).any(axis=0)
    push = np.zeros(len(VOTED))
    push[found] = np.nanmedian(along[:, found], axis=0)
    push = (push + push[mirror_order()]) / 2
    pushed = modes + modes / np.linalg.norm(modes, axis=-1, keepdims=True) * push[:, None, None]
    return {"bandwidths": bandwidths, "push": push, "confidence": _trust(pushed, strengths, truth)}


def _fit_learned(cascade: Cascade, seen: dict[str, Array]) -> dict[str, Array]:
    """The share of the way to the votes that would have been best, by joint and distance, and the confidence after it."""
    guess = cascade.better(cascade.first(seen["features"]).settled(), seen["local_modes"], seen["strengths"])
    way = nearby(guess.joints, seen["local_modes"], seen["strengths"]).way
    bins = np.searchsorted(PULL_BINS, np.linalg.norm(way, axis=-1) / guess.spread)  # (n, k)
    wish = seen["local"] - guess.joints
    mirror = mirror_order()
    pull = np.zeros((len(VOTED), len(PULL_BINS) + 1))
    for j in range(len(VOTED)):
        for b in range(pull.shape[1]):
            over = under = 0.0
            for k in {j, int(mirror[j])}:  # both sides learn together
                rows = (bins[:, k] == b) & (np.linalg.norm(wish[:, k], axis=1) < 0.4)
                over += float((way[rows, k] * wish[rows, k]).sum())
                under += float((way[rows, k] ** 2).sum())
            pull[j, b] = np.clip(over / under, 0, 1) if under > 1e-6 else 0.0
    drawn, signs = drawn_to_votes(guess, seen["local_modes"], seen["strengths"], pull)
    right = np.linalg.norm(drawn - seen["local"], axis=-1) <= RADIUS
    return {**cascade.arrays(), "pull": pull, "confidence": fit_confidence(signs, right)}

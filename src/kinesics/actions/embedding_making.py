"""From what a trained network says of labelled clips to an embedding: whitening, the cohort, and what scores mean.

Whitening by the covariance within classes makes small whatever differs between people who do the same
(Hatch, Kajarekar and Stolcke, Interspeech 2006). Scores become probabilities by episodes of few-shot learning on kinds of
motion that the network has not seen, half of the questions being of kinds that were not taught.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ..types import Array
from .features import Features
from .fewshot import Calibration, FewShotHead, nearest_of
from .motion_embedding import MotionEmbedding

__all__ = ["calibrated", "class_means", "made_embedding", "whitening"]

FLOOR = 0.01  # of the mean variance: added, so that what hardly ever varies does not drown the rest
COHORT = 300  # kinds of motion
SHOTS, WAYS = (1, 2, 3, 5), (1, 2, 5, 10)


def whitening(rows: Sequence[Array], labels: Sequence[Array]) -> tuple[Array, Array]:
    """(e,) mean and (e, e) matrix over one or several sets of embeddings (n, e) with their classes, each set counting alike."""
    within, means = [], []
    for x, y in zip(rows, labels, strict=True):
        _, place = np.unique(y, return_inverse=True)
        off = x - class_means(x, y)[place]
        within.append(off.T @ off / len(off))
        means.append(x.mean(0))
    cover = np.mean(within, axis=0)
    values, vectors = np.linalg.eigh(cover + FLOOR * np.trace(cover) / len(cover) * np.eye(len(cover)))
    matrix = vectors / np.sqrt(values)
    return np.mean(means, axis=0), np.asarray(matrix * np.sqrt(np.trace(cover) / len(cover)))


def class_means(rows: Array, labels: Array) -> Array:
    """(classes, e), in the order of the sorted classes."""
    _, place = np.unique(labels, return_inverse=True)
    sums = np.zeros((int(place.max()) + 1, rows.shape[1]))
    np.add.at(sums, place, rows)
    return np.asarray(sums / np.bincount(place)[:, None])


def calibrated(rows: Array, labels: Array, cohort: Array, seed: int = 0, episodes: int = 15) -> Calibration:
    """What scores of heads on these embeddings mean, learned from episodes.

    Args:
        rows: (n, e) of length 1.
        labels: (n,) of at least 20 classes that neither the network nor the cohort knows.
        cohort: (m, e).
        seed: of the episodes.
        episodes: for each number of examples and classes.
    """
    rng = np.random.default_rng(seed)
    sharp, sharp_at, strange, none = [], [], [], []
    for shots in SHOTS:
        for ways in WAYS:
            asked: list[tuple[Array, Array]] = []
            for head, known, truth, others in _episodes(rows, labels, cohort, ways, shots, episodes, rng):
                near = [nearest_of(head.strangeness(x)) for x in (known, others)]
                for one, is_none in zip(near, (0, 1), strict=True):
                    strange += [(1.0, s, np.log(shots), np.log(ways)) for s in one]
                    none += [is_none] * len(one)
                asked.append((head.scores(known), truth))
            if ways > 1 and any(len(truth) for _, truth in asked):  # else no class has so many examples
                sharp.append(_sharpest(asked))
                sharp_at.append((1.0, np.log(shots), np.log(ways)))
    a, b, c = np.linalg.lstsq(np.array(sharp_at), np.array(sharp), rcond=None)[0].tolist()
    d, e, f, g = _logistic(np.array(strange), np.array(none, float)).tolist()
    return Calibration((a, b, c), (d, e, f, g))


def _episodes(
    rows: Array, labels: Array, cohort: Array, ways: int, shots: int, episodes: int, rng: np.random.Generator
) -> Iterator[tuple[FewShotHead, Array, Array, Any]]:
    """Heads that were taught; questions of what they know with the classes' places; questions of what they do not know."""
    classes = np.unique(labels)
    for _ in range(episodes):
        order = rng.permutation(classes)
        head, known, truth = FewShotHead(cohort), [], []
        taught = np.sort(order[:ways])
        for place, label in enumerate(taught):
            at = rng.permutation(np.flatnonzero(labels == label))
            for row in rows[at[:shots]]:
                head.add(row, f"{place:03d}")
            known += at[shots : shots + 3].tolist()
            truth += [place] * len(at[shots : shots + 3])
        others = [int(rng.choice(np.flatnonzero(labels == label))) for label in order[ways : ways + 3 * ways][: len(known)]]
        yield head.fit(), rows[np.array(known, int)], np.array(truth, int), rows[others]


def _sharpest(asked: Sequence[tuple[Array, Array]]) -> float:
    """Logarithm of the factor with which scores give the likeliest probabilities (temperature scaling, Guo et al. 2017)."""
    tried = np.linspace(-1, 5, 49)
    losses = []
    for factor in np.exp(tried):
        loss = 0.0
        for scores, truth in asked:
            z = factor * scores
            loss += float((np.log(np.exp(z - z.max(1, keepdims=True)).sum(1)) + z.max(1) - z[np.arange(len(z)), truth]).sum())
        losses.append(loss)
    return float(tried[int(np.argmin(losses))])


def _logistic(x: Array, y: Array, rounds: int = 30) -> Array:
    """Logistic regression by Newton's method, both answers counting alike."""
    weight = np.where(y > 0, 0.5 / max(y.mean(), 1e-6), 0.5 / max(1 - y.mean(), 1e-6))
    w = np.zeros(x.shape[1])
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        slope = x.T @ (weight * (p - y)) + 1e-3 * w
        bend = (x * (weight * p * (1 - p))[:, None]).T @ x + 1e-3 * np.eye(len(w))
        w = w - np.linalg.solve(bend, slope)
    return np.asarray(w)


def made_embedding(
    net: Any,
    features: Features,
    learned: Sequence[tuple[Array, Array]],
    *,
    held: tuple[Array, Array],
    dilations: tuple[int, ...],
    about: Mapping[str, Any],
) -> MotionEmbedding:
    """Put together what belongs to an embedding.

    Args:
        net: a trained `StreamNet`.
        features: its features.
        learned: sets of the network's answers (n, e) and classes (n,) it learned from; whitening and the cohort come from them.
        held: the same of classes that it has not seen; scores get their meaning from them.
        dilations: of the network.
        about: kept with it.
    """
    mean, white = whitening([x for x, _ in learned], [y for _, y in learned])

    def turned(x: Array) -> Array:
        out = (x - mean) @ white
        return np.asarray(out / np.linalg.norm(out, axis=-1, keepdims=True))

    cohort = np.concatenate([class_means(turned(x), y) for x, y in learned])
    cohort = cohort[np.random.default_rng(0).permutation(len(cohort))[:COHORT]]
    cohort /= np.linalg.norm(cohort, axis=-1, keepdims=True)
    arrays = {f"net.{name}": value.numpy() for name, value in net.state_dict().items()}
    arrays |= {"mean": mean, "white": white, "cohort": cohort}
    return MotionEmbedding(features, arrays, calibrated(turned(held[0]), held[1], cohort), dilations=dilations, about=about)

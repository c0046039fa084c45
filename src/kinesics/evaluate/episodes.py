"""Episodes of few-shot learning: teach a few classes from a few examples, ask about other clips, again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ..metrics.auroc import auroc
from ..types import Array

__all__ = ["QUESTIONS", "few_shot_episodes", "unknown_episodes"]

QUESTIONS = 5  # clips of each class that are asked about, at most


def few_shot_episodes(
    rows: Array,
    labels: Sequence[str],
    people: Sequence[str],
    make_head: Callable[[], Any],
    *,
    way: int,
    shot: int,
    episodes: int,
    cross_subject: bool,
    rng: np.random.Generator,
) -> tuple[Array, Array]:
    """Share of right answers in each episode.

    Args:
        rows: (n, e) embeddings of length 1.
        labels: of each.
        people: who it is; with `cross_subject` one person shows all examples and others are asked about.
        make_head: an empty `FewShotHead`.
        way: classes an episode.
        shot: examples a class.
        episodes: how many.
        cross_subject: examples and questions come from different people.
        rng: the source of chance.

    Returns:
        (episodes,) 0 to 1 by the head, and by nearest class mean for comparison.
    """
    right = np.zeros((episodes, 2))
    for number, (taught, asked, truth) in enumerate(_drawn(labels, people, way, shot, episodes, cross_subject, rng)):
        head = _taught(rows, taught, make_head)
        right[number, 0] = (head.scores(rows[asked]).argmax(axis=1) == truth).mean()
        means = np.stack([rows[at].mean(axis=0) for at in taught])
        far = ((rows[asked][:, None] - means[None]) ** 2).sum(-1)
        right[number, 1] = (far.argmin(axis=1) == truth).mean()
    return right[:, 0], right[:, 1]


def unknown_episodes(
    rows: Array,
    labels: Sequence[str],
    people: Sequence[str],
    make_head: Callable[[], Any],
    *,
    way: int,
    shot: int,
    episodes: int,
    cross_subject: bool,
    rng: np.random.Generator,
) -> Array:
    """AUROC of each episode, (episodes,): questions of classes that were not taught should seem stranger than the others.

    Arguments as for `few_shot_episodes`; of the classes that are not taught, all are asked about.
    """
    every = np.array(labels)
    values = []
    for taught, asked, _ in _drawn(labels, people, way, shot, episodes, cross_subject, rng):
        head = _taught(rows, taught, make_head)
        others = np.setdiff1d(np.unique(every), every[[at[0] for at in taught]])
        strange = np.concatenate([rng.permutation(np.flatnonzero(every == label))[:QUESTIONS] for label in others])
        score = np.concatenate([head.unknown(rows[strange]), head.unknown(rows[asked])])
        values.append(auroc(np.arange(len(score)) < len(strange), score))
    return np.array(values)


def _taught(rows: Array, taught: Sequence[Array], make_head: Callable[[], Any]) -> Any:
    head = make_head()
    for place, at in enumerate(taught):
        for row in rows[at]:
            head.add(row, f"{place:04d}")  # sorts as it counts
    return head.fit()


def _drawn(
    labels: Sequence[str], people: Sequence[str], way: int, shot: int, episodes: int, cross: bool, rng: np.random.Generator
) -> Iterator[tuple[list[Array], Array, Array]]:
    """Indices of the examples of each class, of the questions, and the questions' places among the classes."""
    y, who = np.array(labels), np.array(people)
    classes, everyone = np.unique(y), np.unique(who)
    found = tries = 0
    while found < episodes:
        tries += 1
        if tries > 100 * episodes:
            raise ValueError(f"no {way} classes have {shot} examples and a question each")
        teacher = rng.choice(everyone)
        taught, asked, truth = [], [], []
        for place, label in enumerate(rng.permutation(classes)[:way]):
            at = rng.permutation(np.flatnonzero(y == label))
            mine = at[who[at] == teacher] if cross else at
            rest = at[who[at] != teacher] if cross else at[shot:]
            if len(mine) < shot or not len(rest):
                break
            taught.append(mine[:shot])
            asked += rest[:QUESTIONS].tolist()
            truth += [place] * len(rest[:QUESTIONS])
        else:
            found += 1
            yield taught, np.array(asked), np.array(truth)

"""Teaching from few examples, measured: classes that the embedding has not seen, by people it has not seen.

Which classes are held out is a rule, not a choice: all labels, sorted, are shuffled once with seed 0; draw s of S takes ten of
every 27 of them, in a row, from place s / S on and round the end. So every class is held out in one of three draws.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import UsageError
from ..metrics.intervals import mean_interval
from ..types import Array, PoseSequence
from .episodes import few_shot_episodes, unknown_episodes
from .splits import find_splits, parted

__all__ = ["evaluate_fewshot", "few_shot_numbers", "held_out"]

HELD = 10 / 27  # of the classes


def held_out(labels: Sequence[str], draw: int, draws: int, least: int = 2) -> list[str]:
    """The classes that a draw holds out, by the rule above; at least `least`."""
    names = sorted(set(labels))
    order = np.random.default_rng(0).permutation(len(names))
    count = min(max(round(HELD * len(names)), least), len(names))
    first = draw * len(names) // draws
    return sorted(names[order[(first + i) % len(names)]] for i in range(count))


def evaluate_fewshot(
    clips: Sequence[PoseSequence],
    labels: Sequence[str],
    subjects: Sequence[str],
    *,
    splits: Mapping[str, Sequence[str]] | None = None,
    way: int = 5,
    shots: Sequence[int] = (1, 3, 5),
    cross_subject: bool = False,
    embedding: str | Path = "trained",
    episodes: int = 500,
    seeds: int = 3,
    progress: Callable[..., Any] | None = None,
) -> dict[str, Any]:
    """How well classes are told apart, and what was never taught is noticed, after few examples.

    Args:
        clips: labelled clips; questions and examples come from the test people's clips of held-out classes.
        labels: of each.
        subjects: who does it, "" where unknown.
        splits: column -> part of each clip; the first that `find_splits` finds is used.
        way: classes an episode.
        shots: examples a class.
        cross_subject: examples and questions come from different people.
        embedding: "trained" on the other classes' training clips (needs PyTorch), "shipped", "none" (coordinates as they
            are), or the file of an embedding or of a model from `kinesics train`, whatever that has learned from.
        episodes: for each draw of classes.
        seeds: draws of classes; the mean counts.
        progress: told the number of the draw.

    Returns:
        For each number of examples N: `shot_N`, `shot_N_ci` in percent (half the 95 % interval over episodes), `centroid_N`
        (the same by nearest class mean); `unknown_auroc`, `unknown_auroc_ci` at the most examples, `unknown_auroc_N` at each,
        of half the held-out classes (at most `way`) against the rest; `way`, `seeds`, `episodes`, `held_out`.

    Raises:
        UsageError: too few classes, clips or people for what is asked.
    """
    train, test = _parts(labels, subjects, splits or {})
    if cross_subject and len({subjects[i] for i in test}) < 2:
        raise UsageError("cross-subject needs clips of at least 2 test people whose names are known (the column subject)")
    names = set(labels)
    if len(names) < way:
        raise UsageError(f"way: expected at most {len(names)} (there are as many labels), got {way}")
    values: dict[str, list[Array]] = {}
    drawn = []
    for draw in range(seeds):
        novel = held_out(labels, draw, seeds, way)
        drawn.append(novel)
        asked = [i for i in test if labels[i] in novel]
        base = [i for i in train if labels[i] not in novel]
        embed, make_head = _embedding(embedding, clips, labels, base, draw)
        rows = _unit(np.asarray(embed([clips[i] for i in asked]), float))
        with_names = [labels[i] for i in asked], [subjects[i] for i in asked]
        part = _episodes(rows, *with_names, make_head, way, shots, episodes, cross_subject, draw)
        for name, of_each in part.items():
            values.setdefault(name, []).append(of_each)
        if progress is not None:
            progress(draw + 1)
    return {**_numbers(values, shots), "way": way, "seeds": seeds, "episodes": episodes, "held_out": drawn}


def few_shot_numbers(
    rows: Array,
    labels: Sequence[str],
    people: Sequence[str],
    make_head: Callable[[], Any],
    *,
    way: int,
    shots: Sequence[int],
    episodes: int = 500,
    cross_subject: bool = False,
    seed: int = 0,
) -> dict[str, Any]:
    """The same numbers for embeddings (n, e) that are there already, all of whose classes take part."""
    values = _episodes(rows, labels, people, make_head, way, shots, episodes, cross_subject, seed)
    return _numbers({name: [one] for name, one in values.items()}, shots)


def _episodes(
    rows: Array,
    labels: Sequence[str],
    people: Sequence[str],
    make_head: Callable[[], Any],
    way: int,
    shots: Sequence[int],
    episodes: int,
    cross_subject: bool,
    seed: int,
) -> dict[str, Array]:
    values = {}
    half = min(way, len(set(labels)) // 2)
    for shot in shots:
        rng = np.random.default_rng([seed, shot])
        how: dict[str, Any] = {"shot": shot, "episodes": episodes, "cross_subject": cross_subject, "rng": rng}
        try:
            values[f"shot_{shot}"], values[f"centroid_{shot}"] = few_shot_episodes(
                rows, labels, people, make_head, way=way, **how
            )
            if half:
                values[f"unknown_auroc_{shot}"] = unknown_episodes(rows, labels, people, make_head, way=half, **how)
        except ValueError as error:
            raise UsageError(f"{error}; give fewer with --way or --shot, or more clips") from error
    return values


def _numbers(values: Mapping[str, list[Array]], shots: Sequence[int]) -> dict[str, Any]:
    numbers: dict[str, Any] = {}
    for name, parts in values.items():
        every = np.concatenate(parts)
        factor, digits = (1, 4) if name.startswith("unknown") else (100, 2)
        numbers[name] = round(factor * float(every.mean()), digits)
        if not name.startswith("centroid"):
            numbers[f"{name}_ci"] = round(factor * mean_interval(every), digits)
    most = f"unknown_auroc_{max(shots)}"
    if most in numbers:
        numbers["unknown_auroc"], numbers["unknown_auroc_ci"] = numbers[most], numbers[f"{most}_ci"]
    return numbers


def _parts(labels: Sequence[str], subjects: Sequence[str], splits: Mapping[str, Sequence[str]]) -> tuple[list[int], list[int]]:
    """Indices to train on and to test on: of the first split that is found, or made where none is."""
    column, values = next(iter(find_splits(splits, labels, subjects)[0].items()))
    return parted(values, column)


def _embedding(
    embedding: str | Path, clips: Sequence[PoseSequence], labels: Sequence[str], base: Sequence[int], seed: int
) -> tuple[Callable[[Sequence[PoseSequence]], Array], Callable[[], Any]]:
    """What embeds clips, and what makes its empty heads."""
    from ..actions.embeddings import new_head, opened
    from ..actions.fewshot import FewShotHead
    from ..actions.motion_embedding import shipped_embedding
    from ..actions.plain import PlainEmbedding

    if embedding in ("none", "plain"):
        plain = PlainEmbedding(clips[0].skeleton, clips[0].points.shape[3])
        return lambda some: plain.embed(list(some)), FewShotHead
    if embedding == "shipped":
        used = shipped_embedding(clips[0].points.shape[3])
    elif embedding == "trained":
        from ..actions.embedding_fitting import fit_embedding

        if not base:
            raise UsageError("trained: no clip is left to train on once classes and people are held out")
        used = fit_embedding([clips[i] for i in base], [labels[i] for i in base], seed=seed)
    else:
        used = opened(embedding)
    return used.embed, lambda: new_head(used)


def _unit(rows: Array) -> Array:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))

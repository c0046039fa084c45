"""Endless kinds of motion: recipes drawn by chance, with close relatives among them so that small differences count."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..types import Array
from .figures import random_figure
from .gestures import random_gesture, random_trunk
from .recipes import STANCES, HandPath, Move, Recipe, backwards, mirrored
from .steps import gait, random_steps


def recipe_of(number: int, seed: int = 0) -> Recipe:
    """The recipe of a class of `motion_clips`; every third is a relative of the one before: mirrored, or run backwards."""
    if number % 3 != 1:
        return random_recipe(np.random.default_rng([seed, 0, number]))
    other = random_recipe(np.random.default_rng([seed, 0, number - 1]))
    return (mirrored if np.random.default_rng([seed, 0, number]).random() < 0.5 else backwards)(other)


def random_recipe(rng: np.random.Generator) -> Recipe:
    """A kind of motion that nobody has thought of; the same generator state gives the same recipe."""
    kind = str(rng.choice(["arms", "legs", "both", "body"], p=[0.52, 0.12, 0.2, 0.16]))
    stance = str(rng.choice(list(STANCES), p=[0.82, 0.1, 0.04, 0.04]))
    periodic = bool(rng.random() < 0.4)
    seconds = float(rng.uniform(0.45, 1.3) if periodic else rng.uniform(0.8, 2.8))
    moves: tuple[Move, ...] = ()
    paths: tuple[HandPath, ...] = ()
    if kind in ("arms", "both"):
        paths, moves = _hands(rng, periodic), random_trunk(rng, 0.18, periodic)
    if kind in ("legs", "both"):
        moves += random_steps(rng, periodic)
    if kind == "body":
        moves += random_gesture(rng, periodic)
    if kind == "arms" and stance == "stand" and rng.random() < 0.1:
        moves += gait(float(rng.uniform(0.7, 1.3)), float(rng.uniform(0.5, 1.2)), bool(rng.random() < 0.4))
    stays = not periodic and kind != "arms" and bool(rng.random() < 0.3)
    return Recipe(
        "stand" if kind in ("legs", "body") else stance,
        moves,
        paths,
        seconds,
        (2, 5) if periodic else (1, 1),
        starts=stays and any(any(move.values[0]) for move in moves),
        stays=stays,
        travels=bool(rng.random() < 0.5),
    )


def _hands(rng: np.random.Generator, periodic: bool) -> tuple[HandPath, ...]:
    """One hand; or both as mirror images, by turns, side by side as on a bat, or each its own way."""
    how = str(rng.choice(["one", "mirror", "turns", "beside", "own"], p=[0.55, 0.2, 0.08, 0.09, 0.08]))
    side = -1 if rng.random() < 0.7 else 1
    points = random_figure(rng, periodic)
    first = HandPath(side, _rows(points), float(rng.uniform(-5, 70)), flows=bool(rng.random() < 0.7))
    if how == "one":
        return (first,)
    if how in ("mirror", "turns"):
        return (first, replace(first, side=-side, lag=0.5 * (how == "turns")))
    if how == "beside":
        apart = (rng.uniform(-0.1, 0.3), rng.uniform(-0.15, 0.15), 0)
        return (first, replace(first, side=-side, points=_rows(points * (-1, 1, 1) + apart)))
    return (first, replace(first, side=-side, points=_rows(random_figure(rng, periodic)), swivel=float(rng.uniform(-5, 70))))


def _rows(points: Array) -> tuple[tuple[float, float, float], ...]:
    return tuple((float(x), float(y), float(z)) for x, y, z in points)

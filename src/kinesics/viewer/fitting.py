"""Footage to a person: the keyframes worth keeping, cut out so that nothing of their background comes along."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from ..errors import JobError, UsageError
from ..types import Array
from .footage import SIZE, Footage
from .keyframes import pick_keyframes
from .layers import trunk_plate
from .person import Person

__all__ = ["bled", "fit_footage", "sharpness"]

FEWEST, MOST = 1, 256
MARGIN = 2  # pixels around what is seen of the person
SOLID = 250  # alpha from which a pixel is the person's alone
FAINT = 8  # alpha below which nothing is seen
SMALLEST = 400  # pixels of a person; a frame with fewer shows nobody
QUALITY = 90  # of the WebP pictures
HAND_REACH = 6  # pixels around hand points that count as hand


def fit_footage(
    footage: Footage,
    *,
    keyframes: int = 128,
    name: str = "person",
    licence: str = "",
    consent: str = "",
    source: str = "",
    about: dict[str, Any] | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Person:
    """Fit a person: choose keyframes by farthest pose, free them from the background, pack them.

    Args:
        footage: one person's pictures, poses and masks.
        keyframes: how many to keep at most, 1 to 256; fewer are kept where the footage shows fewer poses.
        name: how the person is called.
        licence: under which the person's pictures may be used.
        consent: who agreed to what.
        source: where the footage is from.
        about: more that is to stand in the file; plain JSON values.
        progress: called with keyframes done and in all.

    Returns:
        a person without nets: it is drawn by T0, and can be trained.

    Raises:
        JobError: no picture shows the person.
        UsageError: a number of keyframes that cannot be.
    """
    if not FEWEST <= keyframes <= MOST:
        raise UsageError(f"expected {FEWEST} to {MOST} keyframes, got {keyframes}")
    seen = np.flatnonzero((footage.alpha > 127).sum((1, 2)) >= SMALLEST)
    if not len(seen):
        raise JobError("no picture of the footage shows the person; film closer and in more light")
    chosen = seen[pick_keyframes(footage.points[seen], footage.scores[seen], keyframes, sharpness=sharpness(footage, seen))]
    encoded, boxes = [], []
    for done, index in enumerate(chosen.tolist()):
        data, box = _cut(footage.pictures[index], footage.alpha[index], footage.background)
        encoded.append(data)
        boxes.append(box)
        if progress is not None:
            progress(done + 1, len(chosen))
    told: dict[str, Any] = {"licence": licence, "consent": consent, "source": source, **(about or {})}
    told |= {"frames": len(footage), "clips": len(np.unique(footage.clips))}
    points, scores = footage.points[chosen].astype(np.float32), footage.scores[chosen].astype(np.float32)
    person = Person(name, tuple(encoded), np.array(boxes, np.int32), points, scores, footage.background, about=told)
    return dataclasses.replace(person, **_trunk(person))


def _trunk(person: Person) -> dict[str, Any]:
    """The fields of a person that say what is behind the arms."""
    plate = trunk_plate(person)
    alpha = plate.picture[..., 3:]
    straight = np.where(alpha > 0, plate.picture[..., :3] * 255.0 / np.maximum(alpha, 1), 0)
    rgba = np.dstack([np.clip(straight + 0.5, 0, 255).astype(np.uint8)[..., ::-1], alpha])
    return {"trunk": _webp(rgba), "trunk_key": plate.key}


def sharpness(footage: Footage, which: Array) -> Array:
    """(m,) how sharp each picture is where it matters: edges of hands and face, and of the person as a whole."""
    values = np.zeros(len(which))
    for row, index in enumerate(which.tolist()):
        grey = cv2.cvtColor(footage.pictures[index], cv2.COLOR_RGB2GRAY)
        edges = np.abs(cv2.Laplacian(grey, cv2.CV_16S))
        person = footage.alpha[index] > 127
        values[row] = _mean(edges, person)
        for part in (slice(23, 91), slice(91, 112), slice(112, 133)):
            values[row] += _mean(edges, person & _around(footage.points[index, part], footage.scores[index, part]))
    return values


def _mean(edges: Array, where: Array) -> float:
    number = int(where.sum())
    return float(edges[where].sum(dtype=np.int64) / number) if number else 0.0


def _around(points: Array, scores: Array) -> Array:
    """(512, 512) bool: the box of the points that are seen."""
    where = np.zeros((SIZE, SIZE), bool)
    held = points[(scores > 0) & np.isfinite(points).all(1)]
    if len(held):
        x0, y0 = np.clip(held.min(0) - HAND_REACH, 0, SIZE).astype(int).tolist()
        x1, y1 = np.clip(held.max(0) + HAND_REACH, 0, SIZE).astype(int).tolist()
        where[y0:y1, x0:x1] = True
    return where


def _cut(picture: Array, alpha: Array, background: Array | None) -> tuple[bytes, list[int]]:
    """One keyframe as WebP with straight alpha, and its place on the canvas: x, y, width, height."""
    alpha = np.where(alpha < FAINT, 0, alpha).astype(np.uint8)
    rows, columns = np.flatnonzero(alpha.any(1)), np.flatnonzero(alpha.any(0))
    x0, y0 = max(int(columns[0]) - MARGIN, 0), max(int(rows[0]) - MARGIN, 0)
    x1, y1 = min(int(columns[-1]) + 1 + MARGIN, SIZE), min(int(rows[-1]) + 1 + MARGIN, SIZE)
    part = slice(y0, y1), slice(x0, x1)
    colour = bled(picture[part], alpha[part], None if background is None else background[part])
    rgba = np.dstack([colour[..., ::-1], alpha[part]])
    return _webp(rgba), [x0, y0, x1 - x0, y1 - y0]


def _webp(picture: Array) -> bytes:
    """A picture (h, w, 4) BGRA, packed."""
    done, data = cv2.imencode(".webp", picture, [cv2.IMWRITE_WEBP_QUALITY, QUALITY])
    if not done:
        raise JobError("a picture cannot be encoded as WebP by this OpenCV; install opencv-python-headless again")
    return bytes(data.tobytes())


def bled(picture: Array, alpha: Array, background: Array | None = None) -> Array:
    """The person's own colours, also under the soft edge of the mask and beyond it.

    Where the background is known, what shines through is taken off: colour = (seen - (1 - a) background) / a. That is trusted
    the more, the more of the person there is; the rest comes from the solid pixels nearby, spread outward by a pyramid of
    averages that count solid pixels only.

    Args:
        picture: (h, w, 3) uint8 RGB as seen.
        alpha: (h, w) uint8.
        background: (h, w, 3) uint8 of the same place without the person, or None.

    Returns:
        (h, w, 3) uint8, defined everywhere.
    """
    share = alpha.astype(np.float32)[..., None] / 255
    own = picture.astype(np.float32)
    if background is not None:
        own = np.clip((own - (1 - share) * background) / np.maximum(share, 0.25), 0, 255)
    solid = cv2.erode((alpha >= SOLID).astype(np.float32), np.ones((3, 3), np.uint8))
    if not solid.any():
        solid = (alpha >= alpha.max()).astype(np.float32)
    spread = _spread(picture.astype(np.float32), solid)
    trust = np.clip((share - 0.5) / 0.45, 0, 1) if background is not None else np.clip((share - 0.8) / 0.18, 0, 1)
    return np.asarray(np.clip(own * trust + spread * (1 - trust) + 0.5, 0, 255).astype(np.uint8))


def _spread(colour: Array, solid: Array) -> Array:
    """(h, w, 3) float32: `colour` where `solid` is 1, elsewhere the average of the nearest solid pixels (pull, then push)."""
    levels: list[tuple[Array, ...]] = [(colour * solid[..., None], solid)]
    while min(levels[-1][1].shape) > 1:
        total, weight = levels[-1]
        size = ((weight.shape[1] + 1) // 2, (weight.shape[0] + 1) // 2)
        levels.append(
            (cv2.resize(total, size, interpolation=cv2.INTER_AREA), cv2.resize(weight, size, interpolation=cv2.INTER_AREA))
        )
    total, weight = levels.pop()
    filled = total / np.maximum(weight, 1e-6)[..., None]
    while levels:
        total, weight = levels.pop()
        grown = cv2.resize(filled, (weight.shape[1], weight.shape[0]), interpolation=cv2.INTER_LINEAR).reshape(total.shape)
        there = np.minimum(weight * 4, 1)[..., None]
        filled = total / np.maximum(weight, 1e-6)[..., None] * there + grown * (1 - there)
    return np.asarray(filled)

"""Scenes whose pictures carry a filter on each face."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..faces.artwork import face_filter
from ..faces.overlay import FaceFilter
from ..types import Array, Frame, People, Scene

__all__ = ["filtered"]

HANDS = (slice(91, 112), slice(112, 133))  # of wholebody133


def filtered(
    scenes: Iterable[Scene],
    filter: str | Path | Array | FaceFilter,
    *,
    finder: Any = None,
    away: float = 0.15,
    back: float = 0.3,
) -> Generator[Scene]:
    """Put a filter on the faces of a video.

    It goes within `away` seconds when a face turns too far, is covered or lost, and comes within `back` seconds. With whole
    bodies at hand it is cut where a hand is before the face.

    Args:
        scenes: of `watch`, with their pictures; scenes without one pass as they are.
        filter: "glasses", "sunglasses", "moustache", "beard", "tiger", "butterfly", "crown", "cat-ears" or "clown-nose"; the
            path of a PNG with alpha in the layout of `filter_template`, such a picture (h, w, 4), or a `FaceFilter`.
        finder: finds faces, called as `FaceFinder`; a new one if None.
        away: seconds.
        back: seconds.

    Yields:
        Scenes with changed pictures.

    Raises:
        UsageError: nobody knows a filter of that name.
        SourceError: the filter's picture cannot be read.
        FormatError: it is no picture with alpha.
        WeightsError: the nets that find faces are not installed.
    """
    chosen = face_filter(filter)  # before anything is opened that would have to be closed
    return _filtered(scenes, chosen, finder, away, back)


def _filtered(scenes: Iterable[Scene], chosen: FaceFilter, finder: Any, away: float, back: float) -> Generator[Scene]:
    from ..faces import FaceFinder
    from ..faces.wearing import Wearers

    try:
        finder, wearers, epoch = finder or FaceFinder(), Wearers(chosen, away=away, back=back), None
        for scene in scenes:
            if scene.frame is None or scene.frame.depth is not None:
                yield scene
                continue
            if scene.epoch != epoch:
                wearers.reset()
                finder.reset()
                epoch = scene.epoch
            yield _worn(scene, scene.frame, finder, wearers)
    finally:
        close = getattr(scenes, "close", None)
        if close is not None:
            close()


def _worn(scene: Scene, frame: Frame, finder: Any, wearers: Any) -> Scene:
    image, hands = frame.image, _hands(scene.people)
    faces = finder(image, scene.people, hands=hands, masks=scene.people.masks)
    picture = wearers.update(image, faces, frame.time, people=scene.people, hands=hands)
    if picture is image:
        return scene
    changed = Frame(picture, index=frame.index, time=frame.time, epoch=frame.epoch, corrupt=frame.corrupt)
    return replace(scene, frame=changed)


def _hands(people: People) -> list[Array]:
    """(21, 2) points of the hands that are seen."""
    if people.skeleton.name != "wholebody133":
        return []
    return [
        np.asarray(people.points[row, hand, :2])
        for row in range(len(people))
        for hand in HANDS
        if (people.point_scores[row, hand] > 0).all()
    ]

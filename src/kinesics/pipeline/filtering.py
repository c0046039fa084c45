"""Scenes whose pictures carry a filter on each face."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..faces.artwork import face_filter
from ..faces.overlay import FaceFilter
from ..types import Array, Frame, Scene

__all__ = ["filtered"]


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
    from .raised_hands import RaisedHands

    try:
        finder, wearers, hands = finder or FaceFinder(), Wearers(chosen, away=away, back=back), RaisedHands()
        epoch = None
        for scene in scenes:
            if scene.frame is None or scene.frame.depth is not None:
                yield scene
                continue
            if scene.epoch != epoch:
                for part in (wearers, finder, hands):
                    part.reset()
                epoch = scene.epoch
            yield _worn(scene, scene.frame, finder, wearers, hands)
    finally:
        close = getattr(scenes, "close", None)
        if close is not None:
            close()


def _worn(scene: Scene, frame: Frame, finder: Any, wearers: Any, raised: Any) -> Scene:
    image = frame.image
    hands = raised(image, scene.people)
    faces = finder(image, scene.people, hands=hands, masks=scene.people.masks)
    picture = wearers.update(image, faces, frame.time, people=scene.people, hands=hands)
    if picture is image:
        return scene
    changed = Frame(picture, index=frame.index, time=frame.time, epoch=frame.epoch, corrupt=frame.corrupt)
    return replace(scene, frame=changed)

"""Poses alone to a film: the joints of everybody drawn as lines and points, nobody's picture behind them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..draw import Painter
from ..errors import FormatError, UsageError
from ..formats import Converted, gather, read_scenes, scenes_of
from ..formats.output import refuse_same
from ..pose.adapting import whole_body
from ..types import Array, People, Scene
from ..video import open_writer
from .telling_apart import told_apart

__all__ = ["FILMS", "film_poses", "whole_bodies"]

FILMS = (".mp4", ".webm", ".gif", ".apng", ".png")
GROUND = 24  # grey of 255 behind the lines
SHORTEST, LONGEST = 720, 1280  # pixels of the longer side
LINES = 0.6  # of the usual width: fingers and faces are small
SMALLEST = 16  # pixels; a picture of less is none, its coordinates are metres


def film_poses(
    source: str | Path, path: str | Path, *, read_as: str | None = None, alpha: bool = False, **options: Any
) -> Converted:
    """Draw the poses of a file, at their own times; on an error nothing is left behind.

    Joints are drawn as those of the whole body where they can be (see `whole_body`), else as they are. Pictures have the shape
    that the file gives, 720 to 1280 pixels on the longer side.

    Args:
        source: a file of any format that `read_scenes` reads, or a folder of OpenPose files.
        path: .mp4, .webm, .gif, .apng, or frame_%04d.png.
        read_as: the source's format, where its ending does not say it.
        alpha: nothing behind the lines; not for .mp4.
        options: of the source's reader, such as fps.

    Raises:
        FormatError: the source cannot be read or holds no frames.
        SinkError: the film cannot be written.
        UsageError: an unknown option, or alpha for an .mp4.
    """
    refuse_same(source, path)
    people = 0
    with read_scenes(source, read_as, **options) as reader:
        scenes = _drawable(list(reader), str(source))
        with open_writer(path, alpha=alpha, comment=f"poses of {Path(source).name}") as film:
            try:
                for picture, scene in _drawn(scenes, alpha):
                    film.write(picture, scene.time)
                    people += len(scene.people)
            except BaseException:
                film.discard()
                raise
    return Converted(film.written, people, Path(path).suffix[1:], reader.notes, "ids, scores, depth: it is a picture")


def whole_bodies(scenes: list[Scene], name: str) -> list[Scene]:
    """The same scenes with the 133 joints of the whole body; people without ids are told apart, times that fall left out.

    Raises:
        FormatError: there are no scenes.
        UsageError: the people have no joint that a whole body has.
    """
    if not scenes:
        raise FormatError(f"{name}: no frames in it")
    newest, rising = -1.0, list[Scene]()
    for scene in scenes:
        if scene.time > newest:
            newest = scene.time
            rising.append(scene)
    changed = scenes_of(whole_body(gather(told_apart(rising), name=name)))
    return [dataclasses.replace(new, index=old.index) for new, old in zip(changed, rising, strict=True)]


def _drawable(scenes: list[Scene], name: str) -> list[Scene]:
    """Whole bodies where that can be, else people as they are."""
    try:
        return whole_bodies(scenes, name)
    except UsageError:
        return scenes


def _drawn(scenes: Iterable[Scene], alpha: bool) -> Iterator[tuple[Array, Scene]]:
    dark, light = (Painter(trails=0, tags=False, rgb=True, scale=LINES) for _ in range(2))
    for scene in scenes:
        fitted = _fitted(scene)
        width, height = fitted.size
        if not alpha:
            yield np.asarray(dark.paint(fitted, np.full((height, width, 3), GROUND, np.uint8))), scene
            continue
        on_dark = np.asarray(dark.paint(fitted, np.zeros((height, width, 3), np.uint8)))
        on_light = np.asarray(light.paint(fitted, np.full((height, width, 3), 255, np.uint8)))
        yield _cut_out(on_dark, on_light), scene


def _cut_out(on_dark: Array, on_light: Array) -> Array:
    """Straight RGBA of what was painted over black and over white: what is the same on both is not transparent."""
    cover = 255 - (on_light.astype(np.int16) - on_dark).max(axis=2)
    colour = on_dark * (255 / np.maximum(cover, 1))[:, :, None]
    return np.dstack([np.clip(colour, 0, 255), np.clip(cover, 0, 255)]).astype(np.uint8)


def _fitted(scene: Scene) -> Scene:
    """The scene in pixels, its longer side from `SHORTEST` to `LONGEST`."""
    people, (width, height) = scene.people, scene.size
    if min(width, height) < SMALLEST:
        raise FormatError(f"frame {scene.index}: a picture of {width}x{height} cannot be drawn on; give the size in pixels")
    factor = min(max(max(width, height), SHORTEST), LONGEST) / max(width, height)
    if factor == 1:
        return scene
    other = People(
        people.boxes * factor, people.score, people.points * factor, people.point_scores, people.skeleton, people.ids
    )
    return Scene(scene.index, scene.time, (round(width * factor), round(height * factor)), other)

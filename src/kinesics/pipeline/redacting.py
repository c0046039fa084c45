"""Scenes whose pictures show no faces, no people, no background, or that have no pictures at all.

It fails closed: whatever cannot be decided is covered, and what cannot be looked at is covered wholly.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..errors import UsageError
from ..masks.redaction import COVERS, flat_picture
from ..types import Frame, Scene
from .covering import HIDDEN, cover_for

__all__ = ["HOWS", "WHATS", "redacted", "without_pixels"]

WHATS = HIDDEN
HOWS = (*COVERS, "skeleton")


def redacted(
    scenes: Iterable[Scene],
    what: str = "face",
    how: str = "blur",
    *,
    hold: float = 1.0,
    ahead: float = 0.4,
    finder: Callable[..., Any] | None = None,
    outliner: Callable[..., Any] | None = None,
    memory: int = 128_000_000,
    note: Callable[[str], object] | None = None,
) -> Generator[Scene]:
    """The same Scenes, in the same order, whose pictures are redacted copies.

    Scenes come out later than they went in, by `ahead` seconds (or less where pictures are so large that `memory` holds fewer):
    what is found only later is covered in the pictures before. Nothing that comes out refers to a picture that went in.

    Args:
        scenes: with their frames, from `watch`. A Scene without a frame passes as it is.
        what: "face": whole heads of people, and faces anywhere; "person": people; "background": all but people.
        how: "blur", "pixelate", "solid", or "skeleton": nothing remains but drawn skeletons on a flat ground.
        hold: seconds that somebody who is no longer found stays covered, growing.
        ahead: seconds to look ahead.
        finder: finds faces: `finder(image, people)` gives boxes (n, 4) or records with a `box`; None: `masks.FaceSpots`.
        outliner: outlines people: `outliner(image, people)` gives `Masks`; None: the Scene's own masks, or `masks.PeopleMasks`.
        memory: bytes of pictures that may wait.
        note: called with a line of words when a picture had to be covered wholly, once for each reason.

    Yields:
        Scenes. A picture that is damaged, or at which a stage failed, is covered wholly; so is one of which nothing is known
        for longer than `hold`. When `scenes` fails, those that wait still come out, covered, before its error is raised.

    Raises:
        UsageError: nobody knows `what` or `how`, or a time is below 0.
        WeightsError: a net is not installed.

    Example:
        >>> import kinesics as ks
        >>> from kinesics.pipeline.redacting import redacted
        >>> ks.record(redacted(ks.watch("street.mp4"), "face", "pixelate"), "safe.mp4")  # doctest: +SKIP
    """
    if what not in WHATS:
        raise UsageError(f"nothing is redacted as {what!r}; there are {', '.join(WHATS)}")
    if how not in HOWS:
        raise UsageError(f"nothing is redacted by {how!r}; there are {', '.join(HOWS)}")
    if not (0 <= hold < 3600 and 0 <= ahead < 60 and memory >= 0):
        raise UsageError(f"redacted: expected hold, ahead and memory of 0 or more, got {hold}, {ahead}, {memory}")
    cover = cover_for(what, how, hold, ahead, finder, outliner)
    return _Delay(cover, hold, ahead, memory, note).through(scenes)


@dataclass
class _Held:
    """A Scene that waits, and whether it can only be covered wholly."""

    scene: Scene
    lost: bool


class _Delay:
    """Holds Scenes back for as long as later ones may tell what has to be covered."""

    def __init__(self, cover: Any, hold: float, ahead: float, memory: int, note: Callable[[str], object] | None) -> None:
        self.cover, self.hold, self.ahead, self.memory, self.note = cover, hold, ahead, memory, note
        self.waiting: deque[_Held] = deque()
        self.said: set[str] = set()
        self.known: float | None = None  # when people were last looked for

    def through(self, scenes: Iterable[Scene]) -> Generator[Scene]:
        try:
            try:
                for scene in scenes:
                    if self.waiting and _other(self.waiting[-1].scene, scene):
                        yield from self._rest()
                        self._reset()
                    self._take(scene)
                    while self._full():
                        yield self._give()
            except Exception:  # a camera that dies: what was seen until then is shown, covered
                yield from self._rest()
                raise
            yield from self._rest()
        finally:
            self.waiting.clear()
            close = getattr(scenes, "close", None)
            if close:
                close()

    def _reset(self) -> None:
        self.known = None
        self.cover.reset()

    def _full(self) -> bool:
        if not self.waiting:
            return False
        size = self.waiting[0].scene.size
        most = self.memory // max(3 * size[0] * size[1], 1)
        return len(self.waiting) > most or self.waiting[-1].scene.time - self.waiting[0].scene.time >= self.ahead

    def _rest(self) -> Generator[Scene]:
        while self.waiting:
            yield self._give()

    def _take(self, scene: Scene) -> None:
        """Look for what has to be covered."""
        looked = not ("pose" in scene.skipped and not len(scene.people))
        self.known = scene.time if looked or self.known is None else self.known
        lost = scene.corrupt or (scene.frame is not None and scene.frame.corrupt)
        if lost:
            self._say("damaged", f"frame {scene.index} is damaged and is covered wholly")
        if scene.time - self.known > self.hold:
            lost = True
            self._say("unknown", f"frame {scene.index} is covered wholly: nobody has been looked for since {self.known:.2f} s")
        if scene.frame is not None:
            try:
                self.cover.look(scene, looked and not lost)
            except Exception as error:
                self._failed(scene, error)
                lost = True
        self.waiting.append(_Held(scene, lost))

    def _give(self) -> Scene:
        """The oldest Scene that waits, with its picture covered."""
        held = self.waiting.popleft()
        scene = held.scene
        if scene.frame is None:
            return scene
        try:
            image = self.cover.picture(scene, held.lost)
        except Exception as error:
            self._failed(scene, error)
            image = flat_picture(scene.frame.size)
        frame = Frame(
            image, index=scene.frame.index, time=scene.frame.time, epoch=scene.frame.epoch, corrupt=scene.frame.corrupt
        )
        return replace(scene, frame=frame)

    def _failed(self, scene: Scene, error: Exception) -> None:
        words = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        self._say(words, f"frame {scene.index} is covered wholly, as it could not be looked at ({words})")

    def _say(self, reason: str, words: str) -> None:
        if self.note is not None and reason not in self.said:
            self.said.add(reason)
            self.note(words)


def _other(before: Scene, scene: Scene) -> bool:
    """Whether a Scene begins something new: of one before it nothing can be carried over."""
    return before.epoch != scene.epoch or before.size != scene.size or scene.time < before.time


def without_pixels(scenes: Iterable[Scene], *, outlines: bool = False) -> Generator[Scene]:
    """The same Scenes without anything that is or could be a picture: joints, boxes, ids, actions and measures remain.

    Args:
        scenes: from `watch`.
        outlines: keep people's masks: silhouettes, which are metadata here but pictures of a kind.

    Yields:
        Scenes whose `frame` is None. Of `faces` only numbers, words and lists of them stay.
    """
    try:
        for scene in scenes:
            people = scene.people if outlines else scene.people.with_masks(None)
            yield replace(scene, frame=None, people=people, faces=tuple(_words(face) for face in scene.faces))
    finally:
        close = getattr(scenes, "close", None)
        if close:
            close()


def _words(value: Any) -> Any:
    """A record without values that are bytes or arrays of pixels, however deep."""
    if isinstance(value, Mapping):
        return {name: _words(item) for name, item in value.items() if not _pictorial(item)}
    return [_words(item) for item in value if not _pictorial(item)] if isinstance(value, list | tuple) else value


def _pictorial(value: Any) -> bool:
    return isinstance(value, bytes | bytearray | memoryview) or (isinstance(value, np.ndarray) and value.dtype == np.uint8)

"""What is left of faces after redaction, in the eyes of a detector that had no part in it."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import tee
from typing import Any

import numpy as np

from ..errors import UsageError
from ..masks.heads import head_spots
from ..types import Array, People, Scene
from .face_judges import FalseAlarms, Judge, on_heads, same_places

__all__ = ["eval_redaction"]

Redact = Callable[..., Iterable[Scene]]
LOSSES = ("", "dropped", "dropped_each")  # nothing is lost; all of some frames; each detection by itself


def eval_redaction(
    clips: Iterable[Callable[[], Iterable[Scene]]],
    redact: Redact,
    finder: Callable[[Array, People], Any],
    judge: Judge,
    *,
    hows: tuple[str, ...] = ("blur", "pixelate", "solid"),
    drop: float = 0.2,
    seed: int = 0,
    every: int = 1,
    step: Callable[[int], object] | None = None,
) -> dict[str, Any]:
    """Redact clips in several ways, with all detections and with some of them lost on purpose, and look for faces.

    Args:
        clips: functions that begin a clip anew: Scenes with frames.
        redact: `pipeline.redacting.redacted`: called with scenes, "face", a way to cover, and `finder=`.
        finder: finds faces for covering.
        judge: finds faces (n, 5) in what comes out; it must be another than the one that covers.
        hows: ways to cover.
        drop: share of what is found that is lost on purpose: people and faces together, whole frames and one by one.
        seed: of what is lost.
        every: judge one frame of so many.
        step: called with the number of frames done.

    Returns:
        frames (judged), faces_before (share of them in which the judge finds a face that is one: on a head, or for a second
        net as well), faces_left and faces_left_dropped (share in which it still finds one where such a face or anybody's head
        is, in the worst of the ways), found_left (share in which it finds anything anywhere, with nothing lost), covered_share
        (of the picture), and for each way `faces_left_blur`, `faces_left_blur_dropped`, `faces_left_blur_dropped_each` …

    Raises:
        UsageError: `drop` is no share, or `every` below 1.
    """
    if not 0 <= drop < 1 or every < 1:
        raise UsageError(f"eval redaction: expected drop 0 to 1 and every of 1 or more, got {drop} and {every}")
    tally = _Tally(judge, hows, every)
    for number, clip in enumerate(clips):
        eyes = _Eyes(finder)
        scenes = clip()
        ways = [(how, loss) for how in hows for loss in LOSSES]
        plain, *branches = tee(scenes, 1 + len(ways))
        covered: list[Iterable[Scene]] = []
        for (how, loss), branch in zip(ways, branches, strict=True):
            losing = _Losing(eyes, drop if loss else 0.0, loss == "dropped_each", seed + number)
            covered.append(redact(losing.through(branch), "face", how, finder=losing))
        tally.clip(plain, ways, covered, step)
        if hasattr(scenes, "close"):
            scenes.close()
        if hasattr(finder, "reset"):
            finder.reset()
    return tally.numbers()


class _Tally:
    """Counts of what the judge finds."""

    def __init__(self, judge: Judge, hows: tuple[str, ...], every: int) -> None:
        self.judge, self.hows, self.every = judge, hows, every
        self.alarms = FalseAlarms()
        self.seen, self.frames, self.before, self.share = 0, 0, 0, 0.0
        self.found = dict.fromkeys(hows, 0)
        self.left = {(how, loss): 0 for how in hows for loss in LOSSES}
        self.where: list[tuple[int, str, str, list[float]]] = []

    def clip(self, plain: Iterator[Scene], ways: Any, covered: list[Iterable[Scene]], step: Any) -> None:
        for scene, *others in zip(plain, *covered, strict=True):
            self.seen += 1
            if step is not None:
                step(self.seen)
            if (self.seen - 1) % self.every == 0 and scene.frame is not None:
                self._judge(scene, ways, others)

    def _judge(self, scene: Scene, ways: list[tuple[str, str]], others: list[Scene]) -> None:
        image = scene.frame.image if scene.frame is not None else np.zeros((1, 1, 3), np.uint8)
        before = self.judge(image)
        real = before[~self.alarms(image, scene.people, before)]
        heads = head_spots(scene.people)[0]
        self.frames += 1
        self.before += len(real) > 0
        for way, other in zip(ways, others, strict=True):
            covered = other.frame.image if other.frame is not None else image
            found = self.judge(covered)
            faces = found[same_places(found, real, 0.3) | on_heads(found, heads)]
            self.left[way] += len(faces) > 0
            self.where += [(scene.index, *way, np.round(face, 2).tolist()) for face in faces[:1]]
            if not way[1]:
                self.found[way[0]] += len(found) > 0
                self.share += float((covered != image).any(axis=2).mean()) / len(self.hows)

    def numbers(self) -> dict[str, Any]:
        frames = max(self.frames, 1)
        values = {"_".join(filter(None, ("faces_left", *way))): round(count / frames, 5) for way, count in self.left.items()}
        return {
            "frames": self.frames,
            "faces_before": round(self.before / frames, 4),
            "faces_left": max(values[f"faces_left_{how}"] for how in self.hows),
            "faces_left_dropped": max(values[f"faces_left_{how}_{loss}"] for how in self.hows for loss in LOSSES[1:]),
            "found_left": round(max(self.found.values()) / frames, 5),
            "covered_share": round(self.share / frames, 4),
            **values,
        }


class _Eyes:
    """A finder that looks once at each picture, whoever asks."""

    def __init__(self, finder: Callable[[Array, People], Any]) -> None:
        self.finder = finder
        self.seen: dict[int, tuple[weakref.ref[Array], Any]] = {}  # by identity of the picture

    def __call__(self, image: Array, people: People) -> Any:
        known = self.seen.get(id(image))
        if known is None or known[0]() is not image:
            known = self.seen[id(image)] = weakref.ref(image), self.finder(image, people)
            self.seen = {key: value for key, value in self.seen.items() if value[0]() is not None}
        return known[1]


class _Losing:
    """Scenes and a finder that lose a share of what is found.

    Args:
        eyes: the finder.
        share: how much is lost.
        singly: each detection by itself; else all of a frame or nothing.
        seed: of what is lost.
    """

    def __init__(self, eyes: _Eyes, share: float, singly: bool, seed: int) -> None:
        self.eyes, self.share, self.singly = eyes, share, singly
        self.random = np.random.default_rng(seed)
        self.gone = False
        self.people: People | None = None  # of the Scene that is looked at, before the loss

    def through(self, scenes: Iterable[Scene]) -> Iterator[Scene]:
        for scene in scenes:
            self.people = scene.people
            self.gone = bool(self.random.random() < self.share) and not self.singly
            yield replace(scene, people=scene.people[self._kept(len(scene.people))], faces=())

    def __call__(self, image: Array, people: People) -> Any:
        found = self.eyes(image, people if self.people is None else self.people)
        return [face for face, kept in zip(found, self._kept(len(found)), strict=True) if kept]

    def _kept(self, number: int) -> Array:
        if self.singly:
            return np.asarray(self.random.random(number) >= self.share)
        return np.full(number, not self.gone)

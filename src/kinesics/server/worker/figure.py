"""A fitted person who does what the main person of a stream does, drawn between its frames.

It is drawn in a thread of its own at the tier there is time for: a scene is never held up, and of poses that come faster than
pictures the newest wins. The pictures say in themselves that they were generated, of whom, under which licence.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time as clocks
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import KinesicsError
from ...types import Array, People, Scene, Skeleton
from ...viewer import Person, load_person

if TYPE_CHECKING:
    from ...pipeline.live_driving import LiveDriver

__all__ = ["BUDGET", "Figure", "main_person", "said_of"]

BUDGET = 0.03  # seconds of one core that a picture may take
COSTS = (  # seconds a tier takes, median and 95th percentile, on two cores of 2020: how much slower this machine is is learned
    (0.0054, 0.022, 0.030, 0.040),
    (0.0094, 0.028, 0.038, 0.049),
)
LOW = 360.0  # canvas pixels from the top
QUALITY = 82  # of the JPEG: 14 kB a picture, encoded in under 2 ms
GONE = 0.6  # seconds without the main person after which the figure goes to rest
STILL = 0.3  # canvas pixels: a figure that moves less is not drawn again
PLAIN = (232, 234, 238)  # the calm backdrop where the person has none of their own
SHOULDERS = [5, 6]
Moment = tuple[Array, Array, Skeleton, float] | tuple[None, None, None, float]


class Figure:
    """Draws one fitted person by the main person of one stream's scenes.

    Args:
        person: "default", another that ships, or the path of a file.
        budget: seconds of one core that a picture may take; the tier follows from it.

    Attributes:
        problem: what went wrong, one line; "" if nothing did. A figure with a problem draws nothing more.

    Raises:
        FormatError: no such person, or a damaged file.

    Example:
        >>> figure = Figure("default")  # doctest: +SKIP
        >>> jpeg = figure.draw(scene)  # doctest: +SKIP
        >>> figure.close()  # doctest: +SKIP
    """

    def __init__(self, person: str | Path = "default", budget: float | None = None) -> None:
        self.person = load_person(person)
        self.budget = BUDGET if budget is None else budget
        self.problem = ""
        self._turn = threading.Condition()
        self._moment: Moment | None = None
        self._picture: bytes | None = None
        self._closed = self._fresh = False
        self._identity, self._seen, self._epoch = -1, -np.inf, 0
        self._clock, self._last = 0.0, 0.0
        self._pace = _Pace()
        self._thread = threading.Thread(target=self._work, name="kinesics-figure", daemon=True)
        self._thread.start()

    def draw(self, scene: Scene) -> bytes | None:
        """Take over what the main person does; returns at once.

        Returns:
            the newest finished picture as JPEG, 512 by 512, or None where none was finished since it was last asked for.
        """
        moment = self._read(scene)
        with self._turn:
            if moment is not None:
                self._moment = moment
                self._turn.notify_all()
            picture, self._picture = self._picture, None
        return picture

    def close(self) -> None:
        """Draw no more; the thread ends after the picture it is at."""
        with self._turn:
            self._closed = True
            self._turn.notify_all()
        self._thread.join(5.0)

    def _read(self, scene: Scene) -> Moment | None:
        """The moment to be drawn; None while the main person is gone for no longer than a blink."""
        passed = scene.time - self._last if scene.epoch == self._epoch else 0.0
        self._clock += passed if 0 < passed < 2 else 1 / 15
        self._last, self._epoch = scene.time, scene.epoch
        row = main_person(scene.people, self._identity)
        if row is None:
            return None if self._clock - self._seen < GONE else (None, None, None, self._clock)
        people = scene.people
        if self._identity != int(people.ids[row]):
            self._identity, self._fresh = int(people.ids[row]), True
        self._seen = self._clock
        return people.points[row], people.point_scores[row], people.skeleton, self._clock

    def _work(self) -> None:
        try:
            for picture in self._pictures():
                with self._turn:
                    self._picture = picture
                    if self._closed:
                        break
        except Exception as error:  # a figure that fails must not take the stream with it
            told = str(error) if isinstance(error, KinesicsError) else f"{type(error).__name__}: {error}"
            self.problem = f"the figure {self.person.name} cannot be drawn: {told}".splitlines()[0]

    def _pictures(self) -> Generator[bytes]:
        """Encoded pictures, as they are finished."""
        from ...pipeline.live_driving import LiveDriver
        from ...pipeline.lower_edge import cut_below, prolonged
        from ...viewer import Artist, CostTable, play
        from ...viewer.composing import over

        artist, poses = Artist(self.person), _Recent()
        cut, behind = cut_below(self.person), _behind(self.person)
        source = poses.through(self._poses(LiveDriver(self.person)))
        costs = CostTable(*(table[: len(artist.tiers)] for table in COSTS))
        with contextlib.closing(play(artist, source, live=True, budget=self.budget, workers=0, costs=costs)) as playing:
            for drawn in playing:
                points, scores = poses.at(drawn.time)
                whole = cut and not _hands_low(points, scores)
                picture = prolonged(drawn.picture, points, scores) if whole else drawn.picture
                self._pace.drawn(clocks.monotonic())
                yield _jpeg(over(picture, behind), self._about(artist.tiers, drawn.tier, drawn.took))

    def _poses(self, driver: LiveDriver) -> Iterator[tuple[float, Array, Array]]:
        """Canvas poses of the newest moments, where there is anything new to see."""
        shown: Array | None = None
        while (moment := self._wait()) is not None:
            points, scores, body, time = moment
            if self._fresh:
                self._fresh = False
                driver.reset()
            made = None
            if points is not None and scores is not None and body is not None:
                made = driver.update(points, scores, body, time)
            if made is None and (points is None or shown is None):
                made = driver.still(time)
            if made is not None and (shown is None or _moved(shown, made[0])):
                shown = made[0]
                yield time, *made

    def _wait(self) -> Moment | None:
        with self._turn:
            self._turn.wait_for(lambda: self._closed or self._moment is not None)
            moment, self._moment = self._moment, None
            return None if self._closed else moment

    def _about(self, tiers: tuple[str, ...], tier: int, took: float) -> dict[str, Any]:
        said = {key: str(self.person.about.get(key, ""))[:2000] for key in ("licence", "consent")}
        made = {"generated": True, "person": self.person.name[:200], **said}
        return {**made, "tier": tiers[tier], "tiers": list(tiers), "ms": round(took * 1000, 1), "fps": round(self._pace.fps, 1)}


class _Recent:
    """The last poses by their times: a drawn picture says only when it was."""

    def __init__(self) -> None:
        self._poses: dict[float, tuple[Array, Array]] = {}

    def through(self, poses: Iterator[tuple[float, Array, Array]]) -> Iterator[tuple[float, Array, Array]]:
        for time, points, scores in poses:
            self._poses = {**dict(list(self._poses.items())[-15:]), time: (points, scores)}
            yield time, points, scores

    def at(self, time: float) -> tuple[Array, Array]:
        known = self._poses
        return known.get(time) or next(reversed(known.values()))


class _Pace:
    """Pictures a second, over the last few."""

    def __init__(self) -> None:
        self.fps, self._last = 0.0, 0.0

    def drawn(self, now: float) -> None:
        gap = now - self._last
        if 0 < gap < 1:
            self.fps += 0.15 * (1 / gap - self.fps) if self.fps else 1 / gap
        self._last = now


def main_person(people: People, before: int = -1) -> int | None:
    """The row of who is followed already (`before`, an id), else of the largest whose shoulders are seen; None for nobody."""
    if not len(people) or len(people.skeleton) < 17:
        return None
    there = (people.point_scores[:, SHOULDERS] >= 0.2).all(1) & (people.ids >= 0)
    if not there.any():
        return None
    same = np.flatnonzero(there & (people.ids == before))
    if len(same):
        return int(same[0])
    sizes = (people.boxes[:, 2] - people.boxes[:, 0]) * (people.boxes[:, 3] - people.boxes[:, 1])
    return int(np.where(there, sizes, -np.inf).argmax())


def said_of(picture: bytes) -> dict[str, Any]:
    """What a figure's picture says of itself: generated, person, licence, consent, tier, tiers, ms and fps; {} if nothing."""
    at = 2
    while picture[at : at + 1] == b"\xff" and picture[at + 1] not in (0xDA, 0xD9):
        size = int.from_bytes(picture[at + 2 : at + 4], "big")
        if picture[at + 1] == 0xFE:
            return dict(json.loads(picture[at + 4 : at + 2 + size]))
        at += 2 + size
    return {}


def _hands_low(points: Array, scores: Array) -> bool:
    """Whether a hand is where legs would be drawn on down to the border: it would be, too."""
    return bool(((scores[[9, 10]] > 0) & (points[[9, 10], 1] > LOW)).any())


def _moved(before: Array, after: Array) -> bool:
    far = np.abs(after - before)
    changed = np.isfinite(before) != np.isfinite(after)
    return bool(changed.any() or np.nanmax(far, initial=0.0) > STILL)


def _behind(person: Person) -> Array:
    from ...viewer import SIZE

    return np.full((SIZE, SIZE, 3), PLAIN, np.uint8) if person.background is None else person.background


def _jpeg(picture: Array, about: dict[str, Any]) -> bytes:
    """JPEG with what is said of it in a comment, after its first segment."""
    import cv2

    done, held = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:
        raise KinesicsError("a picture of the figure cannot be encoded as JPEG by this OpenCV")
    data, words = held.tobytes(), json.dumps(about).encode()
    end = 4 + int.from_bytes(data[4:6], "big")
    return bytes(data[:end] + b"\xff\xfe" + (len(words) + 2).to_bytes(2, "big") + words + data[end:])

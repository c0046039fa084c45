"""What is in a picture, as metadata: its people, their joints and their outlines, of pictures of any size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..masks import PeopleMasks
from ..masks.enlarging import enlarged
from ..pose import PoseModel, pose_model
from ..pose.seeking import seek
from ..types import Array, Masks, People
from ..video.scaled import scaled_down
from .big_picture import BigPicture
from .far_people import far_people, worth_looking

__all__ = ["Outliner", "outline_people"]

LONGEST = 1280
DOUBT = 0.5  # in a small picture, where all is looked at as large as the nets like it, half of the score will do
MARGIN = 0.35  # what is cut out round people to find their outlines in, in shares of a person's longer side
TOGETHER = 12  # people who are cut out together at most
AREA = 2_000_000  # pixels of a part that holds more than two of them, at most
ALIKE = (0.7, 0.35)  # least ratio of the scales that two people want who are worked on together; if they touch
FINE = 640.0  # pixels of a person's longer side beyond which a closer look at the edges is not worth its time


class Outliner:
    """Finds the people of pictures and their outlines; for many pictures, one after the other.

    Args:
        pose: name of a tier ("fast", "balanced", "accurate"), of a registered model, or a model.
        longest: longer side, pixels, of the small copy in which people are looked for first.
        close: look closely, part by part, for people who are small in a big picture; None: where it seems worth it.
        fine: outlines by several looks at each person, fitted to the picture's edges; False: by one look, in half the time.
        threads: how many the nets for outlines may use.
        pixel_limit: refuse files with more pixels than this; None: 50 million.

    Raises:
        WeightsError: a net is not installed; the text says how to get it.
    """

    def __init__(
        self,
        *,
        pose: str | PoseModel = "balanced",
        longest: int = LONGEST,
        close: bool | None = None,
        fine: bool = True,
        threads: int = 2,
        pixel_limit: int | None = None,
    ) -> None:
        self.longest, self.close, self.pixel_limit = longest, close, pixel_limit
        self._model = pose_model(pose)
        self._masks = PeopleMasks(threads, fine)

    def __call__(self, picture: Array | str | Path, least: float = 0.3) -> People:
        """See `outline_people`."""
        big = BigPicture(picture, self.longest, self.pixel_limit)
        found = self._model(big.small)
        people, source = scaled(found, big.scale), big.small
        close = big.scale < 1 and hasattr(self._model, "look") and worth_looking(people, big.size)
        if close if self.close is None else self.close:
            source = big.whole()
            people = far_people(self._model, source, people)
        elif big.scale == 1 and self._masks.fine:
            return self._sought(big.small, people, least)
        people = people[people.score >= least]
        people = people[(-people.score).argsort(kind="stable")]
        return people.with_masks(outlines(self._masks, people, source, big.size))

    def _sought(self, image: Array, people: People, least: float) -> People:
        """People of a small picture: who was passed over is sought, and who is doubtful must be borne out by an outline."""
        more = seek(self._model, image, people)
        doubtful = (more.score < DOUBT * least) | (np.arange(len(more)) >= len(people))
        return self._masks.confirm(image, more, doubtful)


def outline_people(
    picture: Array | str | Path,
    *,
    pose: str | PoseModel = "balanced",
    least: float = 0.3,
    longest: int = LONGEST,
    close: bool | None = None,
    pixel_limit: int | None = None,
) -> People:
    """The people of one picture with their outlines, within a bounded memory however large it is.

    A file's header is read first. Of a big JPEG only a small copy is decoded; the whole of it, three bytes a pixel, is there
    only where small people are looked for.

    Args:
        picture: (h, w, 3) uint8 RGB, or a path.
        pose: name of a tier ("fast", "balanced", "accurate"), of a registered model, or a model.
        least: people with a score below this are left out; in a small picture those below half of it, unless their outline
            bears them out.
        longest: longer side, pixels, of the small copy in which people are looked for first; in a picture that is no larger,
            those who were passed over are sought.
        close: look closely, part by part, for people who are small in a big picture; None: where it seems worth it, that is
            where nobody, or mostly small people, were found.
        pixel_limit: refuse files with more pixels than this; None: 50 million.

    Returns:
        n people of `coco17`, best first, in pixels of the whole picture, with `masks` of its size; a pixel belongs to one.

    Raises:
        SourceError: the picture cannot be read, or is too large.
        WeightsError: a net is not installed.

    Example:
        >>> import kinesics as ks
        >>> people = ks.outline_people("team.jpg")  # doctest: +SKIP
        >>> people.masks.rle(0)  # doctest: +SKIP
    """
    return Outliner(pose=pose, longest=longest, close=close, pixel_limit=pixel_limit)(picture, least)


def scaled(people: People, pitch: Array | float, origin: Array | float = 0.0) -> People:
    """People of a picture in a part of it, or the other way round; their outlines are left out.

    Args:
        people: n.
        pitch: pixels of theirs a pixel of the part, of x and y.
        origin: of the part's left upper border in their picture.
    """
    points = people.points.copy()
    points[..., :2] = (points[..., :2] + 0.5 - origin) / pitch - 0.5  # whole numbers are centres of pixels
    boxes = ((people.boxes.reshape(-1, 2, 2) - origin) / pitch).reshape(-1, 4)
    return People(boxes, people.score, points, people.point_scores, people.skeleton, people.ids, people.world)


def outlines(nets: PeopleMasks, people: People, image: Array, size: tuple[int, int]) -> Masks:
    """The outlines of people in a picture of `size` (width, height), looked for in a copy of it of any size.

    Only what is round some neighbours is cut out and worked on at a time.

    Args:
        nets: finds outlines.
        people: in pixels of the picture of `size`.
        image: (h, w, 3) uint8 RGB, that picture or a smaller copy.
        size: of the picture.
    """
    corners, windows = np.zeros((len(people), 2), int), [np.zeros((0, 0), bool)] * len(people)
    scale = np.array([image.shape[1], image.shape[0]]) / size  # pixels of the copy a pixel of the picture
    for rows, box, wanted in batches(people.boxes, size, float(scale.max())):
        low, high = np.floor(box[:2] * scale).astype(int), np.ceil(box[2:] * scale).astype(int)
        part = image[low[1] : high[1], low[0] : high[0]]
        part = scaled_down(part, max(round(max(part.shape[:2]) * wanted / scale.max()), 1))
        origin, pitch = low / scale, (high - low) / scale / (part.shape[1], part.shape[0])  # pixels of the picture
        masks = enlarged(nets(part, scaled(people[rows], pitch, origin)), size, origin, pitch)
        for row, corner, window in zip(rows, masks.corners, masks.windows, strict=True):
            corners[row], windows[row] = corner, window
    return apart(Masks(size, corners, windows))


def batches(boxes: Array, size: tuple[int, int], scale: float) -> Iterator[tuple[list[int], Array, float]]:
    """People to work on together, neighbours above all.

    Args:
        boxes: (n, 4) in a picture of `size` (width, height).
        size: of that picture.
        scale: of the copy that is there, pixels of it a pixel of the picture.

    Yields:
        their rows, the part (4,) x1 y1 x2 y2 of the picture round them in whole pixels, and the scale it should have.
    """
    sides = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, initial=1.0, keepdims=True)
    low = np.clip(np.floor(boxes[:, :2] - MARGIN * sides), 0, np.array(size) - 1).astype(int)
    high = np.clip(np.ceil(boxes[:, 2:] + MARGIN * sides), low + 1, size).astype(int)
    wanted = np.minimum(FINE / sides[:, 0], scale)
    left = np.ones(len(boxes), bool)
    for first in range(len(boxes)):
        if not left[first]:
            continue
        rows, left[first] = [first], False
        gaps = np.maximum(np.maximum(low - high[first], low[first] - high), 0).max(axis=1)
        for row in np.argsort(gaps, kind="stable").tolist():
            more = [*rows, row]
            area = np.prod((high[more].max(axis=0) - low[more].min(axis=0)) * wanted[more].min())
            alike = wanted[more].min() > ALIKE[int(gaps[row] == 0)] * wanted[more].max()
            if left[row] and alike and (area < AREA or len(more) < 3) and len(more) <= TOGETHER:
                rows, left[row] = more, False
        yield rows, np.concatenate([low[rows].min(axis=0), high[rows].max(axis=0)]), float(wanted[rows].min())


def apart(masks: Masks) -> Masks:
    """The same outlines; what two claim belongs to the first."""
    windows = list(masks.windows)
    start = masks.corners
    end = start + np.array([window.shape[::-1] for window in windows], int).reshape(-1, 2)
    meet = ((start[:, None] < end[None]) & (start[None] < end[:, None])).all(axis=2)  # (n, n)
    for first, later in np.argwhere(np.triu(meet, 1)).tolist():
        (x1, y1), (x2, y2) = np.maximum(start[first], start[later]), np.minimum(end[first], end[later])
        ours, theirs = (
            windows[row][y1 - start[row, 1] : y2 - start[row, 1], x1 - start[row, 0] : x2 - start[row, 0]]
            for row in (first, later)
        )
        if (ours & theirs).any():
            windows[later] = windows[later].copy()
            x, y = start[later]
            windows[later][y1 - y : y2 - y, x1 - x : x2 - x] &= ~ours
    return Masks(masks.size, masks.corners, windows)

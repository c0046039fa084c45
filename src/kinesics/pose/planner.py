"""Where to look in this frame of a video: close at the people who are known, and round the picture for those who are not.

The multipose net is at its best where a person is about 110 to 170 pixels tall on its canvas, whatever the canvas; its cost is
the canvas' area. So everyone known gets a small look of the right scale, neighbours share one, and the rest of the effort goes
round a pyramid of tiles, so that nobody new stays unseen for long.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from ..types import Array, People
from .movenet import Look

STEP = 32  # the net's stride: canvases are multiples of it
CALM = 3.0  # seconds without anybody new after which a level of tiles is visited half as often
CROWD = 5  # people to a look; the net returns six at most
EACH = 5_000  # canvas pixels that cost as much as changing the net's shape and reading its answer
BLIND = 2.5  # seconds without any look after which there is one, whatever it costs
COARSE = 14 * STEP * STEP + EACH  # canvas pixels of that look: 128x96, which shows who fills half of the picture


def look_cost(look: Look) -> float:
    """What a look costs, in canvas pixels."""
    return float(look.size[0] * look.size[1] + EACH)


class Plan(NamedTuple):
    """Looks for one frame.

    Attributes:
        looks: what to look at.
        known: rows of the tracks that these looks show.
        left_out: how many tracks no look shows, for want of time.
    """

    looks: list[Look]
    known: Array
    left_out: int


@dataclass
class Planner:
    """Chooses the looks of each frame.

    Args:
        person: canvas pixels along the longer side of a person's box.
        least: the same, when there is little time; below it the net loses people.
        margin: share of the longer side that is added on each side of a box; more where frames are far apart.
        canvas: longer side of the canvas of an exploring tile, pixels.
        intervals: seconds between two visits of a tile, for the whole picture, its quarters, its sixteenths …; the finer
            levels are visited up to three times less often when for long nobody new was of the size that they show best.
        exploring: canvas pixels that one frame may spend on more tiles than one; the first frame sees all of them.
    """

    person: float = 128.0
    least: float = 80.0
    margin: float = 0.12
    canvas: int = 320
    intervals: tuple[float, ...] = (0.4, 0.6, 2.4)
    exploring: float = 70_000.0
    _visited: dict[tuple[int, int], float] = field(default_factory=dict, init=False, repr=False)
    _shown: dict[int, float] = field(default_factory=dict, init=False, repr=False)
    _found: dict[int, float] = field(default_factory=dict, init=False, repr=False)
    _last: float = field(default=-1.0, init=False, repr=False)
    _way: bool = field(default=False, init=False, repr=False)
    _looked: float = field(default=-1.0, init=False, repr=False)

    def reset(self) -> None:
        """Forget which tiles were visited: the next frame sees all of them."""
        self._visited.clear()
        self._shown.clear()
        self._found.clear()
        self._last, self._looked, self._way = -1.0, -1.0, False

    def plan(self, size: tuple[int, int], tracks: People, time: float, pixels: float = float("inf")) -> Plan:
        """Choose the looks of a frame.

        Args:
            size: (width, height) of the picture.
            tracks: people with the boxes where they are expected.
            time: seconds; falls only after `reset`.
            pixels: canvas pixels there is time for.
        """
        sides = (tracks.boxes[:, 2:] - tracks.boxes[:, :2]).max(axis=1, initial=1.0)
        margin = self.margin + min(max(time - self._last, 0.0), 0.15)  # a runner covers one and a half heights a second
        self._last = time
        groups = _merge(_views(tracks.boxes, sides, size, self.person, margin), self.person)
        cost = sum(g.cost for g in groups)
        if cost > pixels:  # smaller first, then fewer, by turns
            person = max(self.least, self.person * float(np.sqrt(pixels / cost)))
            groups = _merge(_views(tracks.boxes, sides, size, person, margin), person)
            groups = _fit(self._by_turns(groups, tracks), pixels)
        tiles = self._explore(size, time, pixels, pixels - sum(g.cost for g in groups))
        if sum(look_cost(tile) for tile in tiles) + sum(g.cost for g in groups) > pixels:  # the known make way this once
            groups = _fit(self._by_turns(groups, tracks), pixels - sum(look_cost(tile) for tile in tiles))
        looks = [*(g.look for g in groups), *tiles]
        shown = np.array(sorted(i for g in groups for i in g.rows), int)
        self._note_new(size, tracks.ids.tolist(), sides, time)
        before = {i: self._shown.get(i, -1.0) for i in tracks.ids.tolist()}
        self._shown = before | dict.fromkeys(tracks.ids[shown].tolist(), time)
        if not looks and pixels < float("inf") and pixels >= STEP * STEP * 4 + EACH:  # better a coarse look than none
            looks = [self._smallest(size, pixels)]
        if not looks and time - self._looked > BLIND:  # what a look costs may have been learned in a slow moment
            looks = [self._smallest(size, COARSE)]
        self._looked = time if looks or self._looked < 0 else self._looked
        looks.sort(key=lambda look: look.size)  # the net changes its shape less often
        return Plan(looks, shown, len(tracks) - len(shown))

    def _note_new(self, size: tuple[int, int], ids: list[int], sides: Array, time: float) -> None:
        """Remember which level of tiles shows the people best who were not there before."""
        for identity, side in zip(ids, sides.tolist(), strict=True):
            if identity not in self._shown:
                on_whole = side * self.canvas / max(size)
                level = int(np.clip(np.ceil(np.log2(self.least / max(on_whole, 1e-3))), 0, len(self.intervals) - 1))
                self._found[level] = time

    def _smallest(self, size: tuple[int, int], pixels: float) -> Look:
        """The whole picture on the largest canvas that fits."""
        scale = min(float(np.sqrt((pixels - EACH) / (size[0] * size[1]))), self.canvas / max(size))
        width, height = (max(STEP, int(v * scale) // STEP * STEP) for v in size)
        return Look((0.0, 0.0, float(size[0]), float(size[1])), (width, height))

    def _by_turns(self, groups: list[_View], tracks: People) -> list[_View]:
        """Those first who were not shown for longest."""
        since = [self._shown.get(identity, -1.0) for identity in tracks.ids.tolist()]
        return sorted(groups, key=lambda g: min(since[i] for i in g.rows))

    def _explore(self, size: tuple[int, int], time: float, pixels: float, spare: float) -> list[Look]:
        """The tiles that wait longest beyond their interval, as far as `spare` allows.

        Where not one fits into what the known leave over, the most overdue takes its turn in every second frame, smaller if
        it must: people who are new are worth a gap of one frame in those who are not.
        """
        first, due = not self._visited, self._due(size, time)
        looks: list[Look] = []
        room, left = spare if first else min(spare, self.exploring), spare
        for _, level, tile in due:
            look = _tile(size, level, tile, self.canvas)
            cost = look_cost(look)
            if cost > (room if looks else left):  # one tile a frame, however large, if there is time at all
                continue
            room -= cost
            left -= cost
            self._visited[level, tile] = time
            looks.append(look)
        self._way = bool(due) and not looks and not self._way
        if self._way:
            _, level, tile = due[0]
            small = int(min(1.0, float(np.sqrt(max(pixels - EACH, 0.0) / self.canvas**2))) * self.canvas) // STEP * STEP
            if small >= 3 * STEP:
                self._visited[level, tile] = time
                looks = [_tile(size, level, tile, small)]
        return looks

    def _due(self, size: tuple[int, int], time: float) -> list[tuple[float, int, int]]:
        """(how long overdue, negative, in intervals; level; tile) of the tiles to visit, the most overdue first."""
        due = []
        for level, interval in enumerate(self.intervals):
            if level and max(size) / 2 ** (level - 1) <= self.canvas:  # the level before already shows every pixel
                break
            calm = time - self._found.setdefault(level, time)
            slower = min(1 + calm / CALM, 3.0) if level else 1.0
            for tile in range(4**level):
                waited = (time - self._visited.get((level, tile), -1e9)) / (interval * slower)
                if waited >= 0.999:
                    due.append((-waited, level, tile))
        return sorted(due)


@dataclass(frozen=True)
class _View:
    """A rectangle of the picture, the scale it is to be seen at, and the tracks it shows."""

    box: tuple[float, float, float, float]
    scale: float
    low: float  # shortest and longest of its people's longer sides
    high: float
    rows: tuple[int, ...]
    size: tuple[int, int]

    @property
    def cost(self) -> float:
        """See `look_cost`."""
        return look_cost(self.look)

    @property
    def look(self) -> Look:
        """The canvas for it: the box grown to multiples of the net's stride, moved back into the picture where it can be."""
        x1, y1, x2, y2 = self.box
        width, height = x2 - x1, y2 - y1
        canvas = [max(2 * STEP, round(side * self.scale / STEP) * STEP) for side in (width, height)]
        scale = min(canvas[0] / width, canvas[1] / height, self.scale)  # rounding down shows everyone a little smaller
        spans = []
        for a, b, side, whole in zip((x1, y1), (x2, y2), canvas, self.size, strict=True):
            length = side / scale
            start = (a + b - length) / 2
            start = max(0.0, min(start, whole - length)) if length <= whole else (whole - length) / 2
            spans.append((start, start + length))
        return Look((spans[0][0], spans[1][0], spans[0][1], spans[1][1]), (canvas[0], canvas[1]))


def _views(boxes: Array, sides: Array, size: tuple[int, int], person: float, margin: float) -> list[_View]:
    views = []
    for row, (box, side) in enumerate(zip(boxes.tolist(), sides.tolist(), strict=True)):
        side = max(side, 8.0)
        grow = margin * side
        x1, y1 = max(0.0, box[0] - grow), max(0.0, box[1] - grow)
        x2, y2 = min(float(size[0]), box[2] + grow), min(float(size[1]), box[3] + grow)
        if x2 - x1 < 2 or y2 - y1 < 2:  # out of the picture
            continue
        views.append(_View((x1, y1, x2, y2), min(person / side, 2.0), side, side, (row,), size))
    return views


def _join(a: _View, b: _View, person: float) -> _View | None:
    """One view for both, if that costs no more and suits the scale of everyone in it."""
    if len(a.rows) + len(b.rows) > CROWD or max(a.high, b.high) > 1.7 * min(a.low, b.low):
        return None
    box = (*np.minimum(a.box[:2], b.box[:2]).tolist(), *np.maximum(a.box[2:], b.box[2:]).tolist())
    low, high = min(a.low, b.low), max(a.high, b.high)
    joined = _View(box, min(person / float(np.sqrt(low * high)), 2.0), low, high, a.rows + b.rows, a.size)
    return joined if joined.cost <= a.cost + b.cost else None


def _merge(views: list[_View], person: float) -> list[_View]:
    """Join neighbours greedily, from left to right."""
    views = sorted(views, key=lambda v: v.box[0])
    done: list[_View] = []
    for view in views:
        for k in range(len(done) - 1, max(-1, len(done) - 9), -1):
            joined = _join(done[k], view, person)
            if joined is not None:
                done[k] = joined
                break
        else:
            done.append(view)
    return done


def _fit(views: list[_View], pixels: float) -> list[_View]:
    """The first of the views, as many as there is time for."""
    kept = []
    for view in views:
        if view.cost <= pixels:
            kept.append(view)
            pixels -= view.cost
    return kept


def _tile(size: tuple[int, int], level: int, tile: int, canvas: int, overlap: float = 0.15) -> Look:
    """Tile number `tile` of the 2^level by 2^level grid, overlapping its neighbours."""
    parts = 2**level
    column, row = tile % parts, tile // parts
    spans = []
    for at, whole in ((column, size[0]), (row, size[1])):
        length = whole / parts * (1 + overlap * (parts > 1))
        start = 0.0 if parts == 1 else at * (whole - length) / (parts - 1)
        spans.append((start, start + length))
    width, height = (b - a for a, b in spans)
    scale = canvas / max(width, height)
    sides = (max(2 * STEP, round(width * scale / STEP) * STEP), max(2 * STEP, round(height * scale / STEP) * STEP))
    return Look((spans[0][0], spans[1][0], spans[0][1], spans[1][1]), sides)

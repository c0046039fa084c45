"""Filling gaps: a joint that is lost for a moment stays with its body, for a bounded time and with a falling score."""

from __future__ import annotations

import itertools

import numpy as np

from ..errors import UsageError
from ..types import Array, People, PoseSequence, Skeleton, skeleton
from .bone_prior import carriers_of, place_by_bones

__all__ = ["GapFiller", "fill_gaps"]


class GapFiller:
    """Keeps lost joints of tracked people for a moment; rows without an id pass unchanged.

    A joint is lost when its score falls below `least`. While it is lost it moves with the joints that are seen (those of hands,
    face and feet of a whole body with wrist, nose and ankle), and its score
    falls in a straight line to 0 over `limit` seconds; then what the model says is passed on as it is.

    Args:
        limit: seconds that a joint is kept, 0 for never.
        least: a score from which a joint counts as seen.
    """

    def __init__(self, limit: float = 0.4, least: float = 0.2) -> None:
        if not (limit >= 0 and 0 <= least <= 1):
            raise UsageError(f"GapFiller: expected limit >= 0 s and least 0 to 1, got {limit} and {least}")
        self.limit, self.least = limit, least
        self.reset()

    def reset(self) -> None:
        """Forget everybody."""
        self._bodies: dict[int, _Held] = {}

    def update(self, people: People, time: float) -> People:
        """The same people, same rows, same order, lost joints filled in.

        Args:
            people: with ids.
            time: seconds, rising.
        """
        points, scores = people.points.copy(), people.point_scores.copy()
        for row, identity in enumerate(people.ids.tolist()):
            if identity < 0:
                continue
            held = self._bodies.setdefault(identity, _Held(points[row].shape, _carriers(people.skeleton)))
            points[row], scores[row] = held.update(points[row], scores[row], time, self.limit, self.least)
        self._bodies = {i: held for i, held in self._bodies.items() if time - held.seen <= self.limit}
        points.flags.writeable = scores.flags.writeable = False
        return people._replace(points=points, point_scores=scores)


class _Held:
    """The last good place of each joint of one person."""

    def __init__(self, shape: tuple[int, ...], carriers: Array) -> None:
        self.carriers, self.free = carriers, carriers < 0
        self.points = np.full(shape, np.nan)
        self.scores = np.zeros(shape[0])
        self.at = np.full(shape[0], -np.inf)
        self.last = np.full(shape, np.nan)
        self.good = np.zeros(shape[0], bool)
        self.seen = -np.inf

    def update(self, points: Array, scores: Array, time: float, limit: float, least: float) -> tuple[Array, Array]:
        good = (scores >= least) & (scores > 0)
        both = good & self.good
        if (both & self.free).sum() >= 3:  # the body moved: what is held moves along
            rows = both & self.free
            moves = np.tile(np.median(points[rows] - self.last[rows], axis=0), (len(points), 1))
            carried = np.flatnonzero(~self.free & both[self.carriers])
            moves[carried] = (points - self.last)[self.carriers[carried]]
            self.points += moves
        left = np.maximum(0, 1 - (time - self.at) / limit) if limit > 0 else np.zeros(len(scores))
        kept = self.scores * left
        fill = ~good & (kept > scores) & (time > self.at)
        self.points[good], self.scores[good], self.at[good] = points[good], scores[good], time
        self.last[good], self.good, self.seen = points[good], good, time
        return np.where(fill[:, None], self.points, points), np.where(fill, kept, scores)


def _carriers(body: Skeleton) -> Array:
    """(k,) the joint that each joint of a hand, the face or a foot goes along with; -1 for all others."""
    rows = np.full(len(body), -1)
    if body == skeleton("wholebody133"):
        for joint, carrier in (carriers_of(body) | dict.fromkeys(range(17, 20), 15) | dict.fromkeys(range(20, 23), 16)).items():
            rows[joint] = carrier
    return rows


def fill_gaps(clip: PoseSequence, limit: float = 0.4, least: float = 0.2, *, bones: float = 0.0) -> PoseSequence:
    """A recorded clip with short gaps filled by straight lines between the moments before and after.

    Hands and face of a whole body go along with wrist and nose where these are seen.

    Args:
        clip: any number of people.
        limit: seconds; longer gaps, and those at the ends of the clip, stay, but for `bones`.
        least: a score from which a joint counts as seen.
        bones: seconds around a sighting in which a joint still missing is placed at the end of its bone, if the next joint
            inwards is seen: the bone has its length and turns from where it was to where it will be. 0 for never.

    Returns:
        a new clip; filled joints get half of the lower of the two scores beside the gap (or keep a higher one of their own),
        those placed by their bones 0.4 of their usual score and less the further away the sighting is. What a person never
        shows stays missing, and so do hands.
    """
    if not (limit >= 0 and 0 <= least <= 1 and bones >= 0):
        raise UsageError(
            f"fill_gaps: expected limit and bones >= 0 s and least 0 to 1, got limit {limit}, bones {bones} and least {least}"
        )
    points, scores = clip.points.astype(float), clip.scores.copy()
    seen = (scores >= least) & (scores > 0)
    carriers = carriers_of(clip.skeleton)
    for person, joint in np.ndindex(scores.shape[1:]):
        at = np.flatnonzero(seen[:, person, joint])
        for a, b in itertools.pairwise(at.tolist()):
            if b == a + 1 or clip.times[b] - clip.times[a] > limit:
                continue
            share = ((clip.times[a + 1 : b] - clip.times[a]) / (clip.times[b] - clip.times[a]))[:, None]
            way = points[a : b + 1, person, carriers.get(joint, joint)]
            way = way if joint in carriers and np.isfinite(way).all() else np.zeros_like(way)
            start, end = points[a, person, joint] - way[0], points[b, person, joint] - way[-1]
            points[a + 1 : b, person, joint] = way[1:-1] + start + (end - start) * share
            half = min(scores[a, person, joint], scores[b, person, joint]) / 2
            scores[a + 1 : b, person, joint] = np.maximum(half, scores[a + 1 : b, person, joint])
    if bones > 0:
        for person in range(points.shape[1]):
            place_by_bones(points[:, person], scores[:, person], seen[:, person], clip.times, clip.skeleton, bones)
    return PoseSequence(points, scores, clip.times, clip.skeleton, clip.ids, clip.size)

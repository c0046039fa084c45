"""The pose model of this package: MoveNet looks at a picture as often as it pays, and one list of people comes out.

Tiers:
    reference   one look at the whole picture, 320 pixels long, as the net gives it: what the others are held against
    fast        the same; a second look only where people are small or the net had no place for more
    balanced    a first look finds the people, a second one, mirrored, has the scale that suits them
    accurate    looks like fast, but sooner and closer; then each person's joints by MoveNet Thunder (optional set "accurate")
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..errors import UsageError
from ..types import Array, Frame, People, skeleton
from .merge import merge
from .movenet import Look, MoveNet, Seen, check_picture
from .policy import Policy, second, third
from .thunder import Thunder, blend, squares
from .view import View

__all__ = ["MultiPose"]

TIERS = {
    "reference": Policy(first=320),
    "fast": Policy(first=320, highest=640, only_below=48, pixels=150_000),
    "balanced": Policy(first=320, highest=576),
    "accurate": Policy(first=320, highest=640, only_below=96, closer=True),
}
KEEP = 0.1
PERSONS = 12  # people of a picture, best first, who get Thunder …
WORTH = 0.2  # … if their score is at least this


class MultiPose:
    """People and their 17 joints (`coco17`) in a picture, by MoveNet.

    Args:
        tier: "fast", "balanced", "accurate" or "reference".
        threads: how many threads the nets may use.

    Raises:
        UsageError: nobody knows the tier.
        WeightsError: a net is not installed; the text says how to get it.

    Example:
        >>> import kinesics as ks
        >>> people = ks.MultiPose("fast")(ks.load_image("team.jpg"))  # doctest: +SKIP
    """

    def __init__(self, tier: str = "balanced", *, threads: int = 2) -> None:
        if tier not in TIERS:
            raise UsageError(f"no tier is called {tier!r}; there are {', '.join(TIERS)}")
        self.tier, self.threads = tier, threads
        self._thunder = Thunder(threads) if tier == "accurate" else None
        self._net = MoveNet(threads)

    def __call__(self, image: Array | Frame, keep: float = KEEP) -> People:
        """Everybody in a picture, best first.

        Args:
            image: (h, w, 3) uint8 RGB, or a video frame; it is not changed.
            keep: people with a score below this are left out.

        Returns:
            n people; all 17 joints have coordinates, hidden ones with low scores.
        """
        view, policy = _view(image), TIERS[self.tier]
        size, least = (view.width, view.height), min(keep, KEEP)
        seen = [self._net.see(view, Look.whole(*size, policy.first), least)]
        seen += self._net.see_all(view, second(policy, seen[0], size), least)
        if policy.closer:
            seen += self._net.see_all(view, third(seen), least)
        return self._finish(view, seen, keep)

    def look(self, image: Array | Frame, looks: Sequence[Look], keep: float = KEEP) -> People:
        """Everybody whom these looks show; looks may overlap, who is in several is one person.

        Args:
            image: (h, w, 3) uint8 RGB, or a video frame, of which only what is seen is converted; it is not changed.
            looks: which parts of the picture to see, and how large; none finds nobody.
            keep: people with a score below this are left out.
        """
        view = _view(image)
        return self._finish(view, self._net.see_all(view, looks, min(keep, KEEP)), keep)

    def _finish(self, view: View, seen: Sequence[Seen], keep: float) -> People:
        if not seen:
            return People.empty(skeleton("coco17"))
        people = merge(seen, (view.width, view.height), keep, raw=self.tier == "reference")
        return people if self._thunder is None or not len(people) else _refine(self._thunder, view, people)


def _refine(thunder: Thunder, view: View, people: People) -> People:
    """The best persons' joints by Thunder and MultiPose together."""
    many = min(PERSONS, int((people.score >= WORTH).sum()))
    best = people[:many]
    if not many:
        return people
    found, scores = thunder.see(view, squares(best.boxes))
    found, scores = blend((found, best.points), (scores, best.point_scores), best.boxes)
    points = np.concatenate([found, people.points[many:]])
    point_scores = np.concatenate([scores, people.point_scores[many:]])
    return People(people.boxes, people.score, points, np.clip(point_scores, 1e-6, 1), people.skeleton, people.ids)


def _view(image: Array | Frame) -> View:
    return View(image if isinstance(image, Frame) else check_picture(image))

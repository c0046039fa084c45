"""The pose model of this package: MoveNet looks at a picture as often as it pays, and one list of people comes out.

Tiers:
    reference   one look at the whole picture, 320 pixels long: what the others are held against
    fast        the same, and a second look only where it found small people or had no place for more
    balanced    the whole picture at two sizes, one of them mirrored
    accurate    the same, then each person's joints once more with MoveNet Thunder (optional set "accurate")
"""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import UsageError
from ..types import Array, Frame, People, skeleton
from .merge import merge
from .movenet import Look, MoveNet, Seen, check_picture
from .thunder import Thunder, squares
from .view import View

__all__ = ["MultiPose"]

TIERS = ("reference", "fast", "balanced", "accurate")
KEEP = 0.1


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

    def __call__(self, image: Array, keep: float = KEEP) -> People:
        """Everybody in a picture, best first.

        Args:
            image: (h, w, 3) uint8 RGB; it is not changed.
            keep: people with a score below this are left out.

        Returns:
            n people; all 17 joints have coordinates, hidden ones with low scores.
        """
        check_picture(image)
        height, width = image.shape[:2]
        if self.tier in ("reference", "fast"):
            return self.look(image, [Look.whole(width, height, 320)], keep)
        return self.look(image, [Look.whole(width, height, n) for n in (256, 512)], keep)

    def look(self, image: Array | Frame, looks: Sequence[Look], keep: float = KEEP) -> People:
        """Everybody whom these looks show; looks may overlap, who is in several is one person.

        Args:
            image: (h, w, 3) uint8 RGB, or a video frame, of which only what is seen is converted; it is not changed.
            looks: which parts of the picture to see, and how large; none finds nobody.
            keep: people with a score below this are left out.
        """
        view = View(image if isinstance(image, Frame) else check_picture(image))
        seen = [self._net.see(view, look, min(keep, KEEP)) for look in looks]
        return self._finish(image, view, seen, keep)

    def _finish(self, image: Array | Frame, view: View, seen: Sequence[Seen], keep: float) -> People:
        people = merge(seen, (view.width, view.height), keep) if seen else People.empty(skeleton("coco17"))
        if self._thunder is None or not len(people):
            return people
        points, scores = self._thunder.see(image.image if isinstance(image, Frame) else image, squares(people.boxes))
        return People(people.boxes, people.score, points, scores, people.skeleton, people.ids)

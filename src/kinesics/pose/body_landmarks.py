"""From 17 joints to 33 in 3D, for each person of a picture."""

from __future__ import annotations

import numpy as np

from ..errors import UsageError
from ..types import Array, Frame, People, skeleton
from .body_reader import Body, BodyReader

__all__ = ["BodyLandmarks"]


class BodyLandmarks:
    """The 33 joints of people whose 17 are known, in the picture and in metres, by BlazePose.

    People with an id are looked for where they were in the picture before; pictures of one video go in in their order, and
    `reset()` stands between videos.

    Args:
        threads: how many threads the net may use.

    Attributes:
        seen: what each row of the last call showed, with its outline; None where nothing was seen.

    Raises:
        WeightsError: the net is not installed; the text says how to get it.

    Example:
        >>> import kinesics as ks
        >>> bodies = ks.BodyLandmarks()  # doctest: +SKIP
        >>> for scene in ks.watch("squats.mp4"):  # doctest: +SKIP
        ...     people = bodies(scene.frame, scene.people)
        ...     print(people.ids, people.world[:, 25])
    """

    def __init__(self, threads: int = 1) -> None:
        self._reader = BodyReader(threads)
        self.reset()

    def reset(self) -> None:
        """Forget what was seen."""
        self._memory: dict[int, Body] = {}
        self.seen: tuple[Body | None, ...] = ()

    def __call__(self, image: Array | Frame, people: People) -> People:
        """The same people, rows and ids with 33 joints.

        Args:
            image: (h, w, 3) uint8 RGB, or a video frame; it is not changed.
            people: of `coco17`.

        Returns:
            people of `blazepose33`: points (n, 33, 2) pixels and `world` (n, 33, 3) metres, x right, y down, z away from the
            camera, origin between the hips. Joints beyond the picture that are not seen are missing, and so are all of a person
            in whom the net sees nobody.

        Raises:
            UsageError: people of another skeleton.
        """
        if people.skeleton.name != "coco17":
            raise UsageError(f"33 joints are looked for by those of coco17, these people are of {people.skeleton.name}")
        picture = image.image if isinstance(image, Frame) else image
        places = np.where((people.point_scores > 0)[..., None], people.points[..., :2], np.nan).astype(float)
        rows = range(len(people))
        self.seen = tuple(
            self._reader.read(
                picture,
                places[row],
                people.point_scores[row].astype(float),
                self._memory.get(int(people.ids[row])),
                [places[other] for other in rows if other != row],
            )
            for row in rows
        )
        seen = zip(people.ids.tolist(), self.seen, strict=True)
        self._memory = {who: body for who, body in seen if who >= 0 and body is not None}
        return _people(people, self.seen)


def _people(people: People, seen: tuple[Body | None, ...]) -> People:
    kind = skeleton("blazepose33")
    points, world = np.full((len(people), len(kind), 2), np.nan), np.full((len(people), len(kind), 3), np.nan)
    scores = np.zeros((len(people), len(kind)))
    for row, body in enumerate(seen):
        if body is not None:
            points[row], scores[row] = body.sight.points[:, :2], body.scores
            world[row] = np.where((body.scores > 0)[:, None], body.sight.world, np.nan)
    return People(people.boxes, people.score, points, scores, kind, people.ids, world, people.masks)

"""One picture to faces."""

from __future__ import annotations

from pathlib import Path

from ..faces import Face, FaceFinder
from ..types import Array, People

FINEST = 140.0  # pixels: the smallest squares in which faces are looked for have one to two times this side


def find_faces(image: Array | str | Path, *, people: People | None = None) -> list[Face]:
    """Find the faces in one picture, which way they look and how much of them is covered.

    Args:
        image: (h, w, 3) uint8 RGB, or the path of a picture.
        people: who is known to be there (`find_people`), to find small faces where their heads are and to know whose they are.

    Returns:
        each face once, those of `people` first. A face without a mesh is too small, or seen too much from the side, for more
        than a box and rough angles.

    Raises:
        SourceError: the picture cannot be read.
        ShapeError: it is no picture.
        WeightsError: a net is not installed; the text says how to get it.

    Example:
        >>> import kinesics as ks
        >>> faces = ks.find_faces(ks.load_image("team.jpg"))  # doctest: +SKIP
    """
    if isinstance(image, str | Path):
        from ..video import load_image

        image = load_image(image)
    finest = 1.0
    while min(image.shape[:2]) / finest > 2 * FINEST and finest < 8:
        finest *= 2
    return FaceFinder(finest=max(finest, 2.0))(image, people)

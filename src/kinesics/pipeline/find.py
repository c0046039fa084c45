"""One picture to people."""

from __future__ import annotations

from pathlib import Path

from ..pose import PoseModel, pose_model
from ..types import Array, People


def find_people(image: Array | str | Path, *, pose: str | PoseModel = "balanced", least: float = 0.3) -> People:
    """Find the people in one picture.

    Args:
        image: (h, w, 3) uint8 RGB, or the path of a picture.
        pose: name of a tier ("fast", "balanced", "accurate"), of a registered model, or a model.
        least: people with a score below this are left out.

    Returns:
        n people with 17 joints each (`coco17`), best first, pixels.

    Raises:
        SourceError: the picture cannot be read.
        WeightsError: the tier's nets are not installed.

    Example:
        >>> import kinesics as ks
        >>> people = ks.find_people(ks.load_image("team.jpg"))  # doctest: +SKIP
    """
    if isinstance(image, str | Path):
        from ..video import load_image

        image = load_image(image)
    people = pose_model(pose)(image)
    people = people[people.score >= least]
    return people[(-people.score).argsort(kind="stable")]

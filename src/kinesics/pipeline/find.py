"""One picture to people."""

from __future__ import annotations

from pathlib import Path

from ..pose import PoseModel, pose_model
from ..types import Array, People


def find_people(
    image: Array | str | Path,
    *,
    pose: str | PoseModel = "balanced",
    least: float = 0.3,
    whole_body: bool = False,
) -> People:
    """Find the people in one picture.

    Args:
        image: (h, w, 3) uint8 RGB, or the path of a picture.
        pose: name of a tier ("fast", "balanced", "accurate"), of a registered model, or a model.
        least: people with a score below this are left out.
        whole_body: read hands, face and three dimensions too.

    Returns:
        n people with 17 joints each (`coco17`), best first, pixels; with `whole_body` 133 joints (`wholebody133`) and `world`.

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
    people = people[(-people.score).argsort(kind="stable")]
    if whole_body:
        from ..pose import WholeBody

        people = WholeBody()(image, people)
    return people

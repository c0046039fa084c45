"""One picture, or one clip, to scenes: nets stay warm from one question to the next."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from ...errors import UsageError

if TYPE_CHECKING:
    from ...types import Array, People, Scene
    from .nets import Nets

__all__ = ["Options", "PictureReading", "clip_scenes", "is_cut_off", "options_of", "read_picture"]

PIXELS = 50_000_000  # of a picture
THREADS = 2  # one picture is looked at at a time, and somebody waits for it
LEAST = 0.3  # score of a person worth telling


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is read of a picture or clip, see `kinesics.watch`."""

    pose: str = "balanced"
    whole_body: bool = False
    masks: bool = False
    faces: bool = False

    @property
    def second(self) -> bool:
        """Whether more is read than the 17 joints."""
        return self.whole_body or self.masks or self.faces


def options_of(given: dict[str, Any]) -> Options:
    """Options by their names.

    Raises:
        UsageError: an unknown name or a value of another kind.
    """
    try:
        return msgspec.convert(given, Options, strict=False)
    except msgspec.ValidationError as error:
        raise UsageError(f"options of a picture: {error}") from None


def read_picture(data: bytes, *, pixels: int = PIXELS, longest: int | None = None) -> tuple[Array, tuple[int, int]]:
    """A picture from the bytes of its file, the right way up.

    Args:
        data: a JPEG, PNG, WebP, BMP or TIFF.
        pixels: more than so many in its header are refused before anything is decoded.
        longest: of the longer side, see `load_scaled`; None for all there is.

    Returns:
        (h, w, 3) uint8 RGB, and (width, height) of the whole picture.

    Raises:
        SourceError: no such picture, damaged, or too large.
    """
    from ...video.pictures import decode, stored_in
    from ...video.scaled import decode_scaled

    stored = stored_in(data, "the picture", pixels)
    if longest is not None:
        return decode_scaled(stored, longest)
    image = decode(stored)
    return image, (image.shape[1], image.shape[0])


def is_cut_off(data: bytes) -> bool:
    """Whether a JPEG ends before its picture does: decoders fill what is missing with grey and say nothing."""
    return data[:2] == b"\xff\xd8" and data.rfind(b"\xff\xd9") < data.rfind(b"\xff\xda")


class PictureReading:
    """Reads one picture after the other.

    Args:
        nets: pose models that stay.
    """

    def __init__(self, nets: Nets) -> None:
        self._nets = nets
        self._second: dict[Options, Any] = {}

    def warm(self) -> None:
        """Look at nothing, so that the first picture takes no longer than the others."""
        import numpy as np

        self._nets.pose(Options().pose, THREADS)(np.zeros((360, 640, 3), np.uint8))

    def read(self, data: bytes, options: Options) -> Scene:
        """Who is in a picture, with the times it took to `decode` and to `look` in `timing`; `corrupt` when it is cut off.

        Raises:
            SourceError: it cannot be read.
            UsageError: nobody knows the pose model.
            WeightsError: a net is not installed.
        """
        from ...types import Scene

        began = time.perf_counter()
        image, size = read_picture(data, longest=_finest(options))
        decoded = time.perf_counter()
        people = self._nets.pose(options.pose, THREADS)(image)
        people = people[people.score >= LEAST]
        people = people[(-people.score).argsort(kind="stable")]
        faces: tuple[Any, ...] = ()
        if options.second:
            people, faces = self._more(image, people, options)
        elif size != (image.shape[1], image.shape[0]):
            people = _enlarged(people, size[0] / image.shape[1], size[1] / image.shape[0])
        timing = {"decode": decoded - began, "look": time.perf_counter() - decoded}
        timing["total"] = time.perf_counter() - began
        return Scene(0, 0.0, size, people, faces=faces, timing=timing, corrupt=is_cut_off(data))

    def _more(self, image: Array, people: People, options: Options) -> tuple[People, tuple[Any, ...]]:
        from ...budget import Budget
        from ...pipeline.second_pass import SecondPass
        from ...types import Frame

        if options not in self._second:
            asked = {"whole_body": options.whole_body, "masks": options.masks, "faces": options.faces}
            self._second[options] = SecondPass(**asked, fine=options.masks)
        second = self._second[options]
        second.reset()
        read = second.update(Frame(image), people, Budget())
        return read.people, read.faces


def _finest(options: Options) -> int | None:
    """Pixels of a picture's longer side beyond which nobody looks; None for no such bound."""
    from ...pose.multipose import TIERS

    tier = TIERS.get("balanced" if options.pose == "default" else options.pose)
    if options.second or tier is None or tier.closer:
        return None
    return max(tier.first, tier.highest)


def _enlarged(people: People, across: float, down: float) -> People:
    """People of a picture that was made smaller, where they are in the whole one."""
    import numpy as np

    from ...types import People

    scale = np.array([across, down])
    boxes = (people.boxes.reshape(-1, 2, 2) * scale).reshape(-1, 4)
    points = (people.points + 0.5) * scale - 0.5
    return People(boxes, people.score, points, people.point_scores, people.skeleton, people.ids)


def clip_scenes(path: str, options: Options, nets: Nets, note: Callable[[list[str], str], None]) -> Iterator[Scene]:
    """The scenes of a file; `note` is told the source's remarks and status at the end.

    Raises:
        SourceError: it cannot be read.
        UsageError: nobody knows the pose model.
        WeightsError: a net is not installed.
    """
    from ...pipeline.watching import watch
    from ...video import open_source

    asked: dict[str, Any] = {"whole_body": options.whole_body, "masks": options.masks, "faces": options.faces}
    with open_source(path) as source:
        yield from watch(source, pose=nets.pose(options.pose), **asked)
        note(list(source.notes), source.status)

"""The camera of depth pictures: what a `camera.json` beside them says, and what is assumed where nothing says it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ShapeError, SourceError
from ..types import Array
from ..types.camera import Camera

__all__ = [
    "CAMERA_FILE", "META_FILE", "VIEWS_FILE", "camera_from", "fitted", "read_camera", "read_meta", "read_views", "usual_camera",
    "written",
]  # fmt: skip

CAMERA_FILE = "camera.json"
VIEWS_FILE = "views.jsonl"  # of sets that `kinesics depth synth` writes
META_FILE = "meta.json"  # of training sets of glimpse
KINECT_FOCAL, KINECT_WIDTH = 285.63, 320  # of the depth pictures of a Kinect v1


def usual_camera(width: int, height: int) -> Camera:
    """A Kinect v1 (focal length 285.63 at 320x240) scaled to the longer side, its axis through the middle of the picture."""
    focal = KINECT_FOCAL * max(width, height) / KINECT_WIDTH
    return Camera(width, height, focal, focal, (width - 1) / 2, (height - 1) / 2)


def fitted(camera: Camera | None, width: int, height: int, note: Callable[[str], None]) -> Camera:
    """The camera for pictures of this size; where it had to be assumed or scaled, `note` is told."""
    if camera is None:
        usual = usual_camera(width, height)
        note(f"no camera is given: taken for a Kinect v1, focal length {usual.fx:.1f} at {width}x{height}")
        return usual
    if (camera.width, camera.height) == (width, height):
        return camera
    note(f"the camera is for {camera.width}x{camera.height}, the pictures are {width}x{height}: scaled")
    return camera.resized(width, height)


def camera_from(values: Any, width: int, height: int) -> Camera:
    """A camera of numbers: (width, height, fx, fy, cx, cy), (fx, fy, cx, cy), or a 3 x 3 matrix.

    Raises:
        ShapeError: it is none of these, or they make no camera.
    """
    try:
        numbers = np.asarray(values, float)
    except (TypeError, ValueError) as error:
        raise ShapeError("camera: expected numbers") from error
    if numbers.shape == (3, 3):
        numbers = numbers[[0, 1, 0, 1], [0, 1, 2, 2]]
    if numbers.shape == (4,):
        numbers = np.concatenate([[width, height], numbers])
    if numbers.shape != (6,) or not np.isfinite(numbers).all():
        raise ShapeError(f"camera: expected width, height, fx, fy, cx, cy, or a 3 x 3 matrix, got shape {numbers.shape}")
    return Camera(int(numbers[0]), int(numbers[1]), *(float(number) for number in numbers[2:]))


def numbers_of(camera: Camera) -> Array:
    """(6,) width, height, fx, fy, cx, cy."""
    return np.array([camera.width, camera.height, camera.fx, camera.fy, camera.cx, camera.cy], float)


def read_camera(path: Path) -> tuple[Camera, list[float] | None]:
    """A `camera.json`: keys width, height, fx, fy, cx, cy, and `times` in seconds where pictures have them.

    Raises:
        SourceError: it cannot be read or says something else.
    """
    with _told(path):
        said = json.loads(path.read_text("utf-8"))
        times = said.get("times")
        return _of_keys(said), None if times is None else [float(time) for time in times]


def read_views(path: Path) -> list[Camera]:
    """The cameras of a made set, one a line.

    Raises:
        SourceError: it cannot be read or says something else.
    """
    with _told(path):
        return [_of_keys(json.loads(line)["camera"]) for line in path.read_text("utf-8").splitlines() if line]


def read_meta(path: Path) -> Camera:
    """The camera of a training set of glimpse: width, height and vertical field of view in degrees.

    Raises:
        SourceError: it cannot be read or says something else.
    """
    with _told(path):
        said = json.loads(path.read_text("utf-8"))["camera"]
        return Camera.of_view(int(said["width"]), int(said["height"]), float(said["vertical_fov"]))


def _of_keys(said: Any) -> Camera:
    return camera_from([said[key] for key in ("width", "height", "fx", "fy", "cx", "cy")], 0, 0)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror or error})") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise SourceError(
            f"{path}: expected the numbers of a camera (width, height, fx, fy, cx, cy); mend it or remove it"
        ) from None


def written(camera: Camera, times: list[float]) -> str:
    """What a `camera.json` holds."""
    said: dict[str, Any] = {
        "width": camera.width, "height": camera.height, "fx": camera.fx, "fy": camera.fy, "cx": camera.cx, "cy": camera.cy,
        "times": [round(time, 6) for time in times],
    }  # fmt: skip
    return json.dumps(said, indent=1) + "\n"

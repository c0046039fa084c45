"""Pictures that cameras of the benchmark show: the bundled clip, and two people side by side."""

from __future__ import annotations

import functools
import itertools
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

import kinesics as ks
from kinesics import weights
from kinesics.video import open_source

Array = npt.NDArray[Any]


def jpeg(image: Array, quality: int = 80) -> bytes:
    """An RGB picture as JPEG."""
    return bytes(cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes())


@functools.cache
def walk(count: int = 95, size: tuple[int, int] = (640, 480)) -> list[bytes]:
    """The bundled clip from where somebody is in view, as JPEGs of a web camera's size; there and back, for looping."""
    with open_source(weights.find("demo_clip")) as source:
        there = [jpeg(cv2.resize(frame.image, size)) for frame in itertools.islice(source, 40, 40 + 2 * count, 2)]
    return there + there[::-1]


def empty(size: tuple[int, int] = (640, 480)) -> bytes:
    """A picture without anybody."""
    return jpeg(np.full((size[1], size[0], 3), 120, np.uint8))


def two_people() -> bytes:
    """1280x720, the person of the bundled clip twice."""
    with open_source(weights.find("demo_clip")) as source:
        image = next(itertools.islice(source, 60, None)).image
    image = cv2.resize(image, (1280, 720))
    box = ks.find_people(image)[0].boxes[0]
    middle = int((box[0] + box[2]) / 2)
    half = np.roll(image, 320 - middle, axis=1)[:, :640]  # with the person in its middle
    return jpeg(np.concatenate([half, half[:, ::-1]], axis=1), 90)

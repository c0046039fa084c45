"""Outlines of people, the whole chain, against labelled ones."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import FormatError
from ..metrics.masks import MaskTruth, mask_numbers
from ..types import Array, Masks, People
from .pose import read_coco

__all__ = ["eval_masks", "polygons_mask", "read_coco_masks"]

FINE = 8  # polygons are drawn on a grid so many times finer; a pixel belongs to one that covers half of it


def eval_masks(
    folder: str | PathLike[str],
    outline: Callable[[Array], People],
    *,
    step: Callable[[int], None] = lambda done: None,
) -> dict[str, float]:
    """People found and outlined in the pictures of a COCO set.

    Args:
        folder: holds `person_keypoints*.json` with polygons and, somewhere below it, the pictures.
        outline: a picture (h, w, 3) uint8 RGB to people with masks, such as `outline_people`.
        step: called with the number of pictures done.

    Returns:
        What `mask_numbers` says, and images, seconds_per_image, cpu_seconds_per_image (both of the whole chain).

    Raises:
        FormatError: the labels are missing or damaged.
        SourceError: a picture is missing or damaged.
        WeightsError: a net is not installed.
    """
    from ..video import load_image

    pairs = read_coco_masks(folder)
    found: list[Masks] = []
    seconds, cpu = 0.0, 0.0
    for number, (path, _) in enumerate(pairs):
        image = load_image(path)
        if number == 0:
            outline(image)  # buffers are made on the first call
        wall, busy = time.perf_counter(), time.process_time()
        people = outline(image)
        seconds, cpu = seconds + time.perf_counter() - wall, cpu + time.process_time() - busy
        found.append(people.masks if people.masks is not None else Masks((image.shape[1], image.shape[0]), [], []))
        step(number + 1)
    numbers = mask_numbers([truth for _, truth in pairs], found)
    each = len(pairs)
    return numbers | {"images": each, "seconds_per_image": seconds / each, "cpu_seconds_per_image": cpu / each}


def read_coco_masks(folder: str | PathLike[str]) -> list[tuple[Path, MaskTruth]]:
    """Pictures and outlines of the labelled people of a COCO set, by name of the pictures, those without people too.

    Raises:
        FormatError: no such file, more than one, or not what it should be.
    """
    paths = {path.name: path for path, _ in read_coco(folder)}
    file = next(iter(sorted(Path(folder).rglob("person_keypoints*.json"))))
    labels = json.loads(file.read_text("utf-8"))
    rows: dict[int, list[dict[str, Any]]] = {image["id"]: [] for image in labels["images"]}
    for row in labels["annotations"]:
        rows[row["image_id"]].append(row)
    try:
        truth = [(paths[Path(image["file_name"]).name], _truth(rows[image["id"]], image)) for image in labels["images"]]
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError(f"{file}: its people have no outlines as COCO has them ({type(error).__name__}: {error})") from error
    return sorted(truth, key=lambda pair: pair[0].name)


def _truth(rows: list[dict[str, Any]], image: dict[str, Any]) -> MaskTruth:
    size = (int(image["width"]), int(image["height"]))
    ignore = np.zeros((size[1], size[0]), bool)
    for row in rows:
        if row.get("iscrowd", 0):
            ignore |= _segmented(row["segmentation"], size)
    people = [row for row in rows if not row.get("iscrowd", 0)]
    masks = Masks.dense(np.array([_segmented(row["segmentation"], size) for row in people]).reshape(-1, size[1], size[0]))
    areas = np.array([row["area"] for row in people], float)
    return MaskTruth(masks, areas, np.array([row["num_keypoints"] for row in people], int), ignore)


def _segmented(segmentation: Any, size: tuple[int, int]) -> Array:
    """(h, w) bool of polygons, or of run lengths down the columns."""
    if isinstance(segmentation, list):
        return polygons_mask([np.array(polygon, float).reshape(-1, 2) for polygon in segmentation], size)
    runs = np.asarray(segmentation["counts"], np.int64)
    if runs.sum() != size[0] * size[1]:
        raise FormatError(f"the runs of a crowd sum to {int(runs.sum())}, not to the picture's {size[0]}x{size[1]} pixels")
    return (np.repeat(np.arange(len(runs)) % 2 == 1, runs)).reshape(size).T


def polygons_mask(polygons: list[Array], size: tuple[int, int]) -> Array:
    """(h, w) bool of a picture of `size` (width, height): pixels half covered by one of the polygons.

    Args:
        polygons: (k, 2) each; 0 is the left or upper border of the first pixel, as COCO has it.
        size: (width, height).
    """
    import cv2

    full = np.zeros((size[1], size[0]), bool)
    for polygon in polygons:
        if len(polygon) < 3:
            continue
        low = np.clip(np.floor(polygon.min(axis=0)).astype(int), 0, size)
        high = np.clip(np.ceil(polygon.max(axis=0)).astype(int), 0, size)
        wide, tall = (high - low).tolist()
        if not wide or not tall:
            continue
        drawn = np.zeros((tall * FINE, wide * FINE), np.uint8)
        corners = np.round(((polygon - low) * FINE - 0.5) * 16).astype(np.int32)
        cv2.fillPoly(drawn, [corners], 1, cv2.LINE_8, 4)
        share = drawn.reshape(tall, FINE, wide, FINE).mean(axis=(1, 3))
        full[low[1] : high[1], low[0] : high[0]] |= share > 0.5
    return full

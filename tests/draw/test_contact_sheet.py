from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from kinesics.draw import ContactSheetRecorder, contact_sheet
from kinesics.types import Array, Frame, People, Scene

Standing = Callable[..., People]
PlanesOf = Callable[[Array], tuple[Array, Array, Array]]


def scene_of(
    standing: Standing, time: float, picture: Array, middles: list[tuple[float, float]], height: float, ids: list[int]
) -> Scene:
    return Scene(0, time, (picture.shape[1], picture.shape[0]), standing(middles, height, ids), frame=Frame(picture))


def test_the_largest_view_wins(standing: Standing) -> None:
    recorder = ContactSheetRecorder()
    for i, (height, shade) in enumerate([(60, 40), (280, 200), (90, 90)]):
        recorder.add(scene_of(standing, float(i), np.full((360, 640, 3), shade, np.uint8), [(320, 180)], height, [5]))
    image = recorder.image()
    assert (image[100:180, 40:150] == 200).mean() > 0.9


def test_views_are_bounded_and_the_best_stay(standing: Standing, ground: Array) -> None:
    recorder = ContactSheetRecorder(people=4)
    for i in range(30):
        recorder.add(scene_of(standing, float(i), ground, [(320, 180)], 40 + (i * 37) % 200, [i]))
    assert len(recorder._views) == 4
    best = sorted(range(30), key=lambda i: -((i * 37) % 200))[:4]
    assert set(recorder._views) == set(best)


def test_planes_give_the_same_sheet_as_rgb(standing: Standing, ground: Array, planes_of: PlanesOf) -> None:
    planes, sheets = planes_of(ground), []
    frames = Frame(ground), Frame(lambda: ground[:0], size=(640, 360), planes=lambda: planes)
    for frame in frames:
        recorder = ContactSheetRecorder()
        recorder.add(Scene(0, 0.0, (640, 360), standing([(100, 180), (630, 350)], 300, [1, 2]), frame=frame))
        sheets.append(recorder.image().astype(int))
    assert np.abs(sheets[0] - sheets[1]).max() <= 6


def test_strangers_and_scenes_without_pictures_are_fine(standing: Standing, ground: Array, tmp_path: Path) -> None:
    people = standing([(100, 100), (-500, 100)], 90, [-1, 4])
    scenes = [Scene(0, 0.0, (640, 360), people), Scene(1, 0.4, (640, 360), people, frame=Frame(ground))]
    image = contact_sheet(scenes, tmp_path / "s.jpg", title="two")
    assert image.shape[1] == 1200 and (tmp_path / "s.jpg").stat().st_size > 1000
    assert contact_sheet([]).shape[1] == 1200

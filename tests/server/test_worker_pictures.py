from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
import pytest
from worker_driving import DrivenWorker, as_jpeg, scene_of, walk

from kinesics import find_people
from kinesics.errors import SourceError, UsageError
from kinesics.server.messages import encode
from kinesics.server.worker.nets import Nets
from kinesics.server.worker.picture_reading import Options, PictureReading, is_cut_off, options_of, read_picture
from kinesics.testing import pixels_in
from kinesics.types import Array
from kinesics.video import open_source
from kinesics.weights import find


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return walk(tmp_path_factory.mktemp("film"), frames=40)


@pytest.fixture(scope="module")
def frames(film: Path) -> list[Array]:
    with open_source(film) as source:
        return [frame.image for frame in source]


@pytest.fixture(scope="module")
def street() -> Array:
    """A frame of the bundled clip, 1768x994, with somebody in it."""
    with open_source(find("demo_clip")) as source:
        return next(itertools.islice(source, 60, None)).image


@pytest.fixture
def worker() -> Iterator[DrivenWorker]:
    one = DrivenWorker()
    try:
        yield one
    finally:
        one.end()


@pytest.fixture(scope="module")
def reading() -> PictureReading:
    return PictureReading(Nets())


def everything(worker: DrivenWorker) -> bytes:
    """All that the worker said, as it came over the line."""
    return b"".join(encode(one.do, *one.bodies, ticket=one.ticket, **one.args) for one in worker.heard)


def watched(worker: DrivenWorker, film: Path, **settings: Any) -> list[Any]:
    """A dozen scenes while somebody wants pictures."""
    worker.open(film, live=True, loop=True, budget=0.02, **settings)
    worker.tell("watchers", pictures=True, figure=False)
    worker.until("scene", lambda message: len(worker.said("scene")) >= 12)
    return worker.said("scene")


def test_no_pixel_leaves_a_stream_that_may_not_be_shown(worker: DrivenWorker, film: Path, frames: list[Array]) -> None:
    scenes = watched(worker, film, faces=True, masks=True)
    assert all(one.args["parts"] == [] and len(one.bodies) == 1 for one in scenes)
    assert any("mask" in person for one in scenes for person in scene_of(one)["people"])
    assert not pixels_in(everything(worker), frames[::8])


def test_nothing_is_encoded_while_nobody_looks(worker: DrivenWorker, film: Path, frames: list[Array]) -> None:
    worker.open(film, live=True, loop=True, pixels=True, budget=0.02)
    worker.until("scene", lambda message: len(worker.said("scene")) >= 5)
    assert all(one.args["parts"] == [] for one in worker.said("scene"))
    assert not pixels_in(everything(worker), frames[::8])
    worker.tell("watchers", pictures=True, figure=False)
    shown = worker.until("scene", lambda message: message.args["parts"] == ["picture"])
    picture, _ = read_picture(shown.bodies[1])
    assert picture.shape == (480, 640, 3)
    nearest = min(float(np.abs(picture.astype(int) - frame).mean()) for frame in frames)
    assert nearest < 6  # it is one of the frames
    assert pixels_in(everything(worker), [])  # and the search would have found it
    worker.tell("watchers", pictures=False, figure=False)
    worker.until("scene", lambda message: message.args["parts"] == [])


def test_pictures_are_small_and_redacted_and_leave_can_be_withdrawn(
    worker: DrivenWorker, film: Path, frames: list[Array]
) -> None:
    scenes = watched(worker, film, pixels=True, redact="person")
    shown = [one for one in scenes if one.args["parts"]]
    assert shown
    for one in shown[2:]:
        picture, _ = read_picture(one.bodies[1])
        for person in scene_of(one)["people"]:
            x1, y1, x2, y2 = (max(int(v), 0) for v in person["box"])
            inside = picture[y1:y2, x1:x2]
            nearest = min(float(np.abs(inside.astype(int) - frame[y1:y2, x1:x2]).mean()) for frame in frames)
            assert nearest > 4, "a person is shown as they are"
    worker.tell("change", settings={"source": str(film), "live": True, "loop": True, "pixels": False}, paths={})
    worker.until("scene", lambda message: message.args["parts"] == [])


def test_a_redaction_that_fails_covers_everything(street: Array) -> None:
    from dataclasses import replace

    from kinesics.server.settings import StreamSettings
    from kinesics.server.worker.showing import Showing
    from kinesics.types import Frame, People, Scene, skeleton

    said: list[str] = []
    showing = Showing(said.append)
    showing.pictures = True
    settings = StreamSettings("browser", pixels=True, redact="face")
    nobody = People.empty(skeleton("coco17"))
    scene = Scene(0, 0.0, (street.shape[1], street.shape[0]), nobody, frame=Frame(street), faces=({"box": [np.nan] * 4},))
    picture, _ = read_picture(showing.parts(scene, settings, None)["picture"])
    assert max(picture.shape) == 960
    assert picture.std(axis=(0, 1)).max() < 2 and "covered wholly" in said[0]
    later = replace(scene, index=1, time=0.1, faces=(), frame=Frame(street, index=1, time=0.1))
    assert read_picture(showing.parts(later, settings, None)["picture"])[0].std() > 20


def test_a_picture_is_read_as_the_library_reads_it(worker: DrivenWorker, street: Array) -> None:
    data = as_jpeg(street)
    answer = worker.ask("picture", data, options={})
    scene = scene_of(answer)
    whole = find_people(read_picture(data)[0])
    assert scene["size"] == [1768, 994] == list(answer.args["size"])
    assert len(scene["people"]) == len(whole) >= 1
    assert scene["people"][0]["box"] == pytest.approx(whole.boxes[0].tolist(), abs=12)
    assert set(scene["timing"]) == {"decode", "look", "total"}
    assert worker.ask("picture", options={}).args["kind"] == "UsageError"
    assert worker.ask("picture", b"GIF89a but not really", options={}).args["kind"] == "SourceError"
    assert worker.ask("picture", data, options={"pose": "eagle"}).args["kind"] == "UsageError"
    assert worker.ask("picture", data, options={"speed": 3}).args["kind"] == "UsageError"
    assert worker.ask("library", do="models").args["kind"] == "UsageError"  # no folder was told
    assert len(scene_of(worker.ask("picture", data, options={"pose": "fast"}))["people"]) >= 1


def test_a_picture_made_smaller_gives_the_same_joints(reading: PictureReading, street: Array) -> None:
    data = as_jpeg(street, 95)
    quick = reading.read(data, Options())
    whole = find_people(read_picture(data)[0])
    seen = (whole.point_scores[0] > 0.4) & (quick.people.point_scores[0] > 0.4)
    far = np.linalg.norm(quick.people.points[0] - whole.points[0], axis=1)[seen]
    tall = float(whole.boxes[0, 3] - whole.boxes[0, 1])
    assert seen.sum() >= 8 and np.median(far) < 0.015 * tall


def test_whole_bodies_outlines_and_faces_are_read_of_a_picture(reading: PictureReading, street: Array) -> None:
    small = cv2.resize(street, (884, 497), interpolation=cv2.INTER_AREA)
    scene = reading.read(as_jpeg(small), Options(whole_body=True, masks=True, faces=True))
    assert scene.people.skeleton.name == "wholebody133" and scene.people.masks is not None
    assert scene.people.masks.size == (884, 497)


def test_a_picture_lies_the_way_its_header_says(reading: PictureReading, street: Array) -> None:
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    data = as_jpeg(street.swapaxes(0, 1)[::-1])  # on its side; 6: to be turned by a quarter to the right
    turned = data[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + data[2:]
    scene = reading.read(turned, Options())
    assert scene.size == (1768, 994)
    assert scene.people.boxes[0] == pytest.approx(find_people(street).boxes[0], abs=14)


def test_too_many_pixels_are_refused_from_the_header() -> None:
    head = cv2.imencode(".png", np.zeros((8, 8, 3), np.uint8))[1].tobytes()
    huge = head[:16] + (20_000).to_bytes(4, "big") * 2 + head[24:]
    with pytest.raises(SourceError, match="million pixels"):
        read_picture(huge)
    with pytest.raises(UsageError, match="options"):
        options_of({"pose": 3.5, "more": 1})


def test_a_clip_is_told_scene_by_scene(worker: DrivenWorker, film: Path, tmp_path: Path) -> None:
    worker.tell("clip", ticket=5, path=str(film), options={"pose": "fast"})
    end = worker.until("answer", lambda message: bool(message.args.get("done")))
    told = [one for one in worker.said("answer") if one.args.get("more")]
    assert len(told) == 40 == end.args["frames"] and end.args["status"] == "ok"
    assert [msgspec.json.decode(one.bodies[0])["frame"] for one in told] == list(range(40))
    assert worker.ask("clip", path=str(tmp_path / "none.mp4"), options={}).args["kind"] == "SourceError"


def test_nothing_is_left_on_the_line_after_a_picture(worker: DrivenWorker, street: Array) -> None:
    data = as_jpeg(street)
    worker.ask("picture", data, options={})
    assert not pixels_in(everything(worker), [street])


def test_a_picture_that_is_cut_off_says_so(street: Array) -> None:
    data = as_jpeg(street)
    assert [is_cut_off(data[:size]) for size in (len(data), len(data) // 2, len(data) // 8)] == [False, True, True]
    assert not is_cut_off(data + b"something behind it") and not is_cut_off(b"")

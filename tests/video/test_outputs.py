"""Every output of pictures: what is written reads back at its times, with its alpha and its marks, or there is nothing."""

from __future__ import annotations

import csv
import itertools
import os
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from kinesics.errors import ShapeError, SinkError, SourceError, UsageError
from kinesics.testing.video import counter_picture, make_video, read_counter
from kinesics.types import Array
from kinesics.video import open_source, open_writer, read_marks

ENDINGS = ["a.mp4", "a.webm", "a.gif", "a.apng", "a.png", "folder", "p/frame_%04d.png"]
ALPHA = ["a.webm", "a.gif", "a.apng", "folder"]
TIMES = [0.0, 0.04, 0.08, 0.5, 0.541, 3.3333, 3.37]


def place(tmp_path: Path, name: str) -> Path:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    return tmp_path / name


def source_of(path: Path) -> Path:
    return path.parent if "%" in path.name else path


def write(path: Path, pictures: list[Array], times: list[float], **options: Any) -> None:
    with open_writer(path, **options) as writer:
        for picture, moment in zip(pictures, times, strict=True):
            writer.write(picture, moment)
    assert writer.written == len(pictures)


def read(path: Path) -> list[Any]:
    with open_source(source_of(path)) as source:
        frames = list(source)
        assert source.status == "ok", source.notes
    return frames


def person(index: int, size: tuple[int, int] = (64, 48)) -> Array:
    """A red disc that walks, half seen at its rim, on nothing: straight RGBA."""
    y, x = np.mgrid[: size[1], : size[0]]
    far = np.hypot(x - 20 - 2 * index, y - 24)
    alpha = np.clip((18 - far) * 64, 0, 255)
    picture = np.zeros((size[1], size[0], 4), np.uint8)
    picture[alpha > 0, :3] = (220, 40, 40)
    picture[..., 3] = alpha
    return picture


def read_rgba(path: Path) -> list[Array]:
    """All pictures with their alpha, as a player with alpha shows them."""
    if path.is_dir():
        import cv2

        return [cv2.cvtColor(cv2.imread(str(p), cv2.IMREAD_UNCHANGED), cv2.COLOR_BGRA2RGBA) for p in sorted(path.glob("*.png"))]
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        if path.suffix != ".webm":
            return [frame.to_ndarray(format="rgba") for frame in file.decode(stream)]
        decoder: Any = av.CodecContext.create("libvpx-vp9", "r")
        frames = [frame for packet in file.demux(stream) for frame in decoder.decode(packet)]
        assert {frame.format.name for frame in frames} == {"yuva420p"}
        return [frame.to_ndarray(format="rgba") for frame in frames]


@pytest.mark.parametrize("name", ENDINGS)
def test_pictures_come_back_in_order_at_their_own_times(tmp_path: Path, name: str) -> None:
    path = place(tmp_path, name)
    write(path, [counter_picture(i) for i in range(7)], [100 + t for t in TIMES])
    frames = read(path)
    assert [read_counter(frame.image) for frame in frames] == list(range(7))
    tolerance = {".mp4": 1e-5, ".webm": 6e-4, ".gif": 5.1e-3}.get(path.suffix, 6e-5)
    np.testing.assert_allclose([frame.time for frame in frames], TIMES, atol=tolerance)


@pytest.mark.parametrize("name", ["a.apng", "folder"])
def test_exact_outputs_lose_no_colour(tmp_path: Path, name: str) -> None:
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 255, (13, 7, 3)).astype(np.uint8) for _ in range(3)]
    pictures.insert(2, pictures[1])  # nothing changes
    write(place(tmp_path, name), pictures, [0.0, 0.1, 0.2, 0.3])
    for frame, picture in zip(read(tmp_path / name), pictures, strict=True):
        np.testing.assert_array_equal(frame.image, picture)


def test_gif_times_do_not_drift_and_quick_pictures_replace_each_other(tmp_path: Path) -> None:
    for fps, count in ((30, 300), (60, 300)):
        path = tmp_path / f"{fps}.gif"
        with open_writer(path) as writer:
            for index in range(count):
                writer.write(np.full((8, 8, 3), index % 250, np.uint8), index / fps)
        with av.open(str(path)) as file:
            ticks = [frame.pts for frame in file.decode(video=0)]
        steps = np.diff(ticks)
        assert steps.min() >= 2 and abs(ticks[-1] - 100 * (count - 1) / fps) <= 2
        if fps == 30:
            assert ticks == [round(100 * index / 30) for index in range(count)]


def test_gif_of_a_gradient_is_close_to_it(tmp_path: Path) -> None:
    picture = counter_picture(3)
    write(tmp_path / "a.gif", [picture, counter_picture(4)], [0, 0.1])
    error = np.abs(read(tmp_path / "a.gif")[0].image.astype(int) - picture)
    assert error.mean() < 3


@pytest.mark.parametrize("name", ALPHA)
def test_alpha_survives(tmp_path: Path, name: str) -> None:
    pictures = [person(index) for index in range(5)]
    write(tmp_path / name, pictures, [index / 25 for index in range(5)], alpha=True)
    back = read_rgba(tmp_path / name)
    assert len(back) == 5
    for one, picture in zip(back, pictures, strict=True):
        wanted = np.where(picture[..., 3] >= 128, 255, 0) if name == "a.gif" else picture[..., 3].astype(int)
        assert np.abs(one[..., 3].astype(int) - wanted).mean() < 2
        solid = picture[..., 3] == 255
        assert np.abs(one[solid][:, :3].astype(int) - picture[solid][:, :3]).mean() < (25 if name == "a.webm" else 3)


def test_edges_of_a_transparent_webm_are_not_dark(tmp_path: Path) -> None:
    write(tmp_path / "a.webm", [person(0)] * 3, [0, 0.1, 0.2], alpha=True)
    back, picture = read_rgba(tmp_path / "a.webm")[2], person(0)
    rim = (picture[..., 3] > 60) & (picture[..., 3] < 255)
    assert rim.sum() > 5 and np.abs(back[rim][:, 0].astype(int) - 220).mean() < 15


@pytest.mark.parametrize("name", ALPHA)
def test_opaque_pictures_among_transparent_ones_are_seen_everywhere(tmp_path: Path, name: str) -> None:
    pictures = [person(0), np.full((48, 64, 3), 90, np.uint8), np.full((24, 64, 3), 90, np.uint8)]
    write(tmp_path / name, pictures, [0, 0.1, 0.2], alpha=True)
    _, whole, bars = read_rgba(tmp_path / name)
    assert whole.reshape(-1, 4)[1:, 3].min() > 250
    assert bars[14:34, :, 3].min() > 240 and bars[:9, :, 3].max() < 10


@pytest.mark.parametrize("name", ENDINGS)
@pytest.mark.parametrize("alpha", [False, True])
def test_generated_pictures_say_so(tmp_path: Path, name: str, alpha: bool) -> None:
    if alpha and name == "a.mp4":
        return
    words = "driven by hello.pose, " + "für " * 100
    for generated, comment in ((True, words), (True, ""), (False, "plain"), (False, "")):
        path = place(tmp_path, f"{generated}{len(comment)}{name}" if "/" not in name else f"{len(comment)}{generated}/p_%d.png")
        write(path, [person(0) if alpha else counter_picture(0)], [0.0], alpha=alpha, generated=generated, comment=comment)
        marks = read_marks(source_of(path))
        assert (marks.generated, marks.comment) == (generated, comment.strip())
        assert len(read(path)) == 1


def test_a_file_that_says_nothing_has_no_marks(tmp_path: Path) -> None:
    marks = read_marks(make_video(tmp_path / "a.mp4", frames=2))
    assert not marks.generated and marks.comment == ""
    (tmp_path / "b.mp4").write_text("not a video")
    for name in ("b.mp4", "none.gif"):
        with pytest.raises(SourceError, match=name):
            read_marks(tmp_path / name)


@pytest.mark.parametrize("name", ["a.gif", "a.apng", "folder"])
@pytest.mark.parametrize("size", [(321, 241), (1, 1), (3, 2)])
def test_odd_sizes_stay_as_they_are(tmp_path: Path, name: str, size: tuple[int, int]) -> None:
    write(tmp_path / name, [np.full((size[1], size[0], 3), 90 + i, np.uint8) for i in range(3)], [0, 0.1, 0.2])
    assert [frame.size for frame in read(tmp_path / name)] == [size] * 3


def test_odd_sizes_with_alpha_are_made_even_in_webm(tmp_path: Path) -> None:
    write(tmp_path / "a.webm", [person(i, (63, 47)) for i in range(3)], [0, 0.1, 0.2], alpha=True)
    assert read_rgba(tmp_path / "a.webm")[0].shape == (48, 64, 4)


@pytest.mark.parametrize("name", ENDINGS)
def test_nothing_written_or_discarded_leaves_nothing(tmp_path: Path, name: str) -> None:
    open_writer(place(tmp_path, name)).close()
    before = sorted(tmp_path.rglob("*"))
    for count in (0, 1, 3):
        writer = open_writer(tmp_path / name)
        for index in range(count):
            writer.write(counter_picture(index), index / 25)
        writer.discard()
        writer.close()
        assert sorted(tmp_path.rglob("*")) == before
        with pytest.raises(SinkError, match="closed"):
            writer.write(counter_picture(0), 9.0)


@pytest.mark.parametrize("name", ["a.gif", "a.apng", "folder"])
def test_an_error_leaves_nothing_and_an_older_file_stays(tmp_path: Path, name: str) -> None:
    for index in range(2):
        with pytest.raises(KeyError), open_writer(tmp_path / name) as writer:
            writer.write(counter_picture(0), 0)
            writer.write(counter_picture(1), 1)
            raise KeyError
        assert list(tmp_path.iterdir()) == [] if not index else read(tmp_path / name)
        if name == "folder":
            break
        write(tmp_path / name, [counter_picture(7)] * 2, [0, 1])
    if name != "folder":
        assert read_counter(read(tmp_path / name)[0].image) == 7


@pytest.mark.parametrize("name", ["a.gif", "a.apng", "folder"])
def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    import resource

    rng = np.random.default_rng(0)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (11_000 if name == "folder" else 100_000, hard))
    try:
        with pytest.raises(SinkError, match="cannot be written") as caught, open_writer(tmp_path / name) as writer:
            writer.write(np.zeros((64, 64, 3), np.uint8), 0)
            for index in range(1, 200):
                writer.write(rng.integers(0, 255, (64, 64, 3)).astype(np.uint8), index / 25)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "\n" not in str(caught.value) and "too large" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_folder_has_a_table_of_times_and_replaces_an_earlier_run(tmp_path: Path) -> None:
    write(tmp_path / "p", [counter_picture(i) for i in range(5)], [5.0, 5.04, 5.08, 5.08, 6.0])
    with (tmp_path / "p" / "times.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["file"] for row in rows] == [f"{i:06d}.png" for i in range(5)]
    times = [float(row["time"]) for row in rows]
    assert all(a < b for a, b in itertools.pairwise(times)) and times[0] == 0 and times[-1] == 1
    write(tmp_path / "p", [counter_picture(9)] * 2, [0, 1])
    assert sorted(p.name for p in (tmp_path / "p").iterdir()) == ["000000.png", "000001.png", "times.csv"]


def test_folder_of_somebody_elses_pictures_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "a.png", [counter_picture(0)], [0])
    os.rename(tmp_path / "a.png", tmp_path / "000003.png")
    with pytest.raises(SinkError, match=r"000003\.png is there already"):
        open_writer(tmp_path)
    open_writer(tmp_path / "other_%d.png").close()
    with pytest.raises(SinkError, match="is the folder that is read"):
        open_writer(tmp_path / "other_%d.png", source=tmp_path)


@pytest.mark.parametrize(
    ("name", "options", "error", "words"),
    [
        ("a.avi", {}, UsageError, "ending says nothing"),
        ("a.mp4", {"alpha": True}, UsageError, "no transparency"),
        ("a_%s.png", {}, UsageError, "one number"),
        ("a_%d_%d.png", {}, UsageError, "one number"),
        ("none/a.gif", {}, SinkError, "no folder"),
        ("none/a.apng", {}, SinkError, "no folder"),
        ("none/sub/a_%d.png", {}, SinkError, "no folder"),
        ("none/sub/", {}, SinkError, "no folder"),
        ("in.gif/", {}, SinkError, "folder"),
        ("in.gif", {"source": "in.gif"}, SinkError, "is the file that is read"),
        ("a.gif", {"fps_hint": 0.0}, UsageError, "fps_hint"),
        ("x" * 300 + ".gif", {}, SinkError, "too long|longer"),
    ],
)
def test_places_that_cannot_be_written_are_refused_at_once(
    tmp_path: Path, name: str, options: dict[str, Any], error: type[Exception], words: str
) -> None:
    (tmp_path / "in.gif").write_bytes(b"GIF")
    if "source" in options:
        options = {"source": tmp_path / options["source"]}
    with pytest.raises(error, match=words) as caught:
        open_writer(f"{tmp_path}/{name}", **options)
    assert "\n" not in str(caught.value) and sorted(p.name for p in tmp_path.iterdir()) == ["in.gif"]


@pytest.mark.parametrize("name", ENDINGS)
@pytest.mark.parametrize("alpha", [False, True])
def test_what_is_no_picture_or_no_time_is_refused(tmp_path: Path, name: str, alpha: bool) -> None:
    if alpha and name == "a.mp4":
        return
    wrong: list[Any] = [
        np.zeros((4, 4)),
        np.zeros((4, 4, 3)),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((4, 4, 2), np.uint8),
        None,
    ]
    if not alpha:
        wrong.append(np.zeros((4, 4, 4), np.uint8))
    for picture in wrong:
        with pytest.raises(ShapeError, match="expected"), open_writer(place(tmp_path, name), alpha=alpha) as writer:
            writer.write(picture, 0)
    for moment in (float("nan"), float("inf")):
        with pytest.raises(UsageError, match="time"), open_writer(place(tmp_path, name), alpha=alpha) as writer:
            writer.write(counter_picture(0), moment)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []

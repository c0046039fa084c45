"""Someone's movement done by a fitted person."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from kinesics.errors import SinkError, SourceError, UsageError, WeightsError
from kinesics.pipeline import footage_of, transfer
from kinesics.video.marks import read_marks
from kinesics.viewer import Person, fit_footage


@pytest.fixture(scope="module")
def person(data: Path) -> Person:
    """The signer of one clip."""
    try:
        return fit_footage(footage_of(data / "video" / "asl" / "eat.mkv", pose="fast", most=10, longest=1.0), name="signer")
    except WeightsError as error:
        pytest.skip(str(error))


def pictures(path: Path) -> np.ndarray:
    with av.open(str(path)) as file:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)])


def test_the_person_takes_the_place_of_somebody_else(person: Person, data: Path, tmp_path: Path) -> None:
    source = data / "video" / "asl" / "book.mkv"  # somebody in orange
    done = transfer(source, person, tmp_path / "out.mp4", side_by_side=True, pose="fast", seconds=0.4, workers=0)
    seen = pictures(tmp_path / "out.mp4").astype(int)
    before, after = seen[:, :, :640], seen[:, :, 640:]
    orange = [(part[..., 0] > 180) & (part[..., 2] < 90) for part in (before, after)]
    assert done["people"] == 1 and done["pictures"] == len(seen) and seen.shape[1:3] == (480, 1280)
    assert orange[0].mean() > 0.02 and orange[1].mean() < 0.2 * orange[0].mean()
    border = np.abs(before - after)[:, :, :90]  # the room stays as it is
    assert border.mean() < 3
    assert read_marks(tmp_path / "out.mp4").generated


def test_a_colour_behind_and_times_as_in_the_source(person: Person, data: Path, tmp_path: Path) -> None:
    source = data / "video" / "tfjs" / "pose_squats.mp4"
    transfer(source, person, tmp_path / "out.mp4", background="#0000ff", pose="fast", seconds=0.7, workers=0)
    seen = pictures(tmp_path / "out.mp4")
    assert (np.abs(seen[0, :100, :100].astype(int) - (0, 0, 255)).max(2) < 30).all()
    with av.open(str(tmp_path / "out.mp4")) as file:
        times = [float(frame.time or 0) for frame in file.decode(video=0)]
    assert np.allclose(np.diff(times), 0.2, atol=0.01)


def test_what_cannot_be_is_said_before_the_work_and_leaves_nothing(person: Person, data: Path, tmp_path: Path) -> None:
    source = data / "video" / "asl" / "book.mkv"
    for options, words in (
        ({"background": "transparent"}, "transparency"),
        ({"background": "transparent", "side_by_side": True}, "side by side"),
        ({"background": "blue"}, "background"),
    ):
        with pytest.raises(UsageError, match=words):
            transfer(source, person, tmp_path / "out.mp4", **options)
    with pytest.raises(SinkError):
        transfer(source, person, tmp_path / "nowhere" / "out.mp4")
    with pytest.raises(SourceError):
        transfer(tmp_path / "none.mp4", person, tmp_path / "out.mp4")
    assert not list(tmp_path.iterdir())


def test_an_interrupt_while_drawing_leaves_nothing(person: Person, data: Path, tmp_path: Path) -> None:
    def stop(words: str, share: float) -> None:
        if words == "drawing" and share > 0.4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        transfer(
            data / "video" / "asl" / "book.mkv",
            person,
            tmp_path / "out.mp4",
            background="#ffffff",
            pose="fast",
            seconds=0.3,
            progress=stop,
        )
    assert not list(tmp_path.iterdir())

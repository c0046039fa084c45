from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinesics.errors import UsageError
from kinesics.testing.source import check_source
from kinesics.testing.video import counter_picture, damage, make_video, read_counter
from kinesics.types import Frame
from kinesics.video import Source


@pytest.mark.parametrize("size", [(320, 240), (64, 48), (1920, 1080), (48, 200)])
def test_counter_is_read_back_and_only_upright(size: tuple[int, int]) -> None:
    for number in (0, 1, 77, 2048, 4095):
        picture = counter_picture(number, size)
        assert read_counter(picture) == number == read_counter(picture[..., 0])
        for turned in (picture[::-1], picture[:, ::-1], np.rot90(picture), np.rot90(picture, 2), np.rot90(picture, 3)):
            assert read_counter(turned) == -1


def test_counter_survives_noise_and_blur() -> None:
    import cv2

    noisy = counter_picture(1234).astype(float) + np.random.default_rng(0).normal(0, 25, (240, 320, 3))
    assert read_counter(cv2.blur(np.clip(noisy, 0, 255).astype(np.uint8), (5, 5))) == 1234


def test_picture_without_counter_gives_minus_one() -> None:
    assert read_counter(np.zeros((240, 320, 3), np.uint8)) == -1
    assert read_counter(np.full((2, 2, 3), 128, np.uint8)) == -1
    assert read_counter(np.random.default_rng(0).integers(0, 255, (240, 320, 3)).astype(np.uint8)) == -1


def test_made_video_wants_one_time_a_frame(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="as many times"):
        make_video(tmp_path / "a.mp4", frames=3, times=[0.0, 1.0])


def test_damage_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(1000))
    hurt = [damage(tmp_path / "a", tmp_path / "b", flips=9, keep=0.5, skip=100, seed=s).read_bytes() for s in (1, 1, 2)]
    assert hurt[0] == hurt[1] != hurt[2]
    assert len(hurt[0]) == 500 and not any(hurt[0][:100]) and sum(b.bit_count() for b in hurt[0]) in (7, 9)


GREY = np.zeros((4, 6, 3), np.uint8)


def source_of(*frames: Frame) -> Callable[[], Source]:
    def feed(source: Source) -> Any:
        yield from frames
        source.status = "ok"

    return lambda: Source("made", feed)


def test_good_source_passes() -> None:
    check_source(source_of(Frame(GREY), Frame(GREY, index=1, time=0.1), Frame(GREY[:2], index=5, time=0.1, epoch=1)))


@pytest.mark.parametrize(
    ("frames", "law"),
    [
        ((), "has a frame"),
        ((Frame(GREY, time=-1.0),), "starts at 0"),
        ((Frame(GREY, time=1.0), Frame(GREY, index=1, time=0.5)), "time never falls"),
        ((Frame(GREY), Frame(GREY, time=0.5)), "index rises"),
        ((Frame(GREY, epoch=1), Frame(GREY, index=1, time=1.0)), "epoch never falls"),
        ((Frame(GREY), Frame(GREY[:2], index=1, time=1.0)), "new size"),
        ((Frame(lambda: GREY, size=(9, 9)),), "has an image"),
        ((Frame(GREY, planes=lambda: (GREY[..., 0],) * 3),), "planes fit"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_broken_law_is_named(frames: tuple[Frame, ...], law: str) -> None:
    with pytest.raises(AssertionError, match=law):
        check_source(source_of(*frames))


def test_source_that_reads_on_after_close_is_found() -> None:
    class Endless:
        live, status = False, "ok"

        def __enter__(self) -> Endless:
            self.left = 2
            return self

        def __exit__(self, *_: object) -> None:
            self.left = 9

        def __iter__(self) -> Endless:
            return self

        def __next__(self) -> Frame:
            if not self.left:
                raise StopIteration
            self.left -= 1
            return Frame(GREY, index=2 - self.left, time=2.0 - self.left)

        def close(self) -> None:
            pass

    with pytest.raises(AssertionError, match="after close"):
        check_source(Endless)

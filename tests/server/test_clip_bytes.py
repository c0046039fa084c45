"""Clips to bytes and back: what goes in comes out, and bytes from elsewhere cost no more than a line of words."""

from __future__ import annotations

import io
import random
import resource
import zipfile
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kinesics.errors import FormatError
from kinesics.server.library.clip_bytes import LARGEST, MOMENTS, pack_clip, unpack_clip
from kinesics.testing import made_clips
from kinesics.types import PoseSequence, Skeleton, skeleton


def clip(joints: str = "coco17") -> PoseSequence:
    return made_clips(1, ("wave_left",), joints=joints, dims=2)[0][0]


def arrays(**changes: Any) -> bytes:
    """The bytes of a clip in which some arrays are others."""
    with np.load(io.BytesIO(pack_clip(clip())), allow_pickle=False) as held:
        parts = {name: held[name] for name in held.files} | changes
    out = io.BytesIO()
    np.savez(out, **{name: part for name, part in parts.items() if part is not None})
    return out.getvalue()


def test_what_is_packed_comes_back() -> None:
    film = clip()
    scores = film.scores.copy()
    scores[5:9, :, 3] = 0
    held = PoseSequence(film.points, scores, film.times, film.skeleton, np.array([42]), (640, 480))
    again = unpack_clip(pack_clip(held))
    assert again == held
    assert again.size == (640, 480) and again.ids.tolist() == [42] and again.skeleton is skeleton("coco17")


def test_a_skeleton_of_ones_own_is_refused_before_it_is_sent() -> None:
    film = clip()
    body = Skeleton("coco17", tuple(f"{name}?" for name in film.skeleton.joints))
    with pytest.raises(FormatError, match="built-in"):
        pack_clip(replace(film, skeleton=body))


def test_a_clip_of_hours_is_refused_on_both_sides() -> None:
    count = MOMENTS + 1
    long = PoseSequence(np.zeros((count, 1, 17, 2)), np.ones((count, 1, 17)), np.arange(count) / 30, skeleton("coco17"))
    with pytest.raises(FormatError, match="too long"):
        pack_clip(long)
    with pytest.raises(FormatError, match=f"at most {MOMENTS}"):
        unpack_clip(arrays(points=long.points, scores=long.scores, times=long.times))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        pack_clip(clip())[:-30],
        arrays(skeleton=np.array("nosuch")),
        arrays(skeleton=None),
        arrays(more=np.zeros(3)),
        arrays(times=np.zeros(3)),
        arrays(times=np.array(3.0)),
        arrays(points=np.array([object()])),
        arrays(points=np.array(["a", "b"])),
        arrays(size=np.zeros(0)),
        bytes(LARGEST + 1),
    ],
    ids=[
        "empty",
        "words",
        "cut",
        "no such body",
        "no body",
        "too many",
        "too few times",
        "one time",
        "objects",
        "letters",
        "no size",
        "large",
    ],
)
def test_bytes_that_are_no_clip_are_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(FormatError) as raised:
        unpack_clip(data)
    assert "\n" not in str(raised.value)


def test_an_array_that_promises_gigabytes_is_refused_without_making_room() -> None:
    honest = io.BytesIO()
    np.lib.format.write_array_header_1_0(honest, {"descr": "<f8", "fortran_order": False, "shape": (1 << 33,)})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as box:
        box.writestr("points.npy", honest.getvalue() + bytes(80))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(FormatError, match="promises"):
        unpack_clip(out.getvalue())
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr("points.npy", bytes(LARGEST + 1))
    with pytest.raises(FormatError, match="more than"):
        unpack_clip(bomb.getvalue())
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 << 10  # kB


def test_damaged_bytes_give_a_clip_or_one_line() -> None:
    chance, whole = random.Random(7), pack_clip(clip())
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            unpack_clip(bytes(data))
        except FormatError as error:
            assert "\n" not in str(error)

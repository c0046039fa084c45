"""EXR pictures: ours against the package, every usual packing, and damage anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinesics.depth.exr import exr_bytes, read_exr
from kinesics.errors import ShapeError, SourceError
from kinesics.types import Array

OpenEXR = pytest.importorskip("OpenEXR")


def scene(height: int, width: int, seed: int = 0) -> Array:
    """(h, w) float32 metres: half background of 1000, half something."""
    rng = np.random.default_rng(seed)
    return np.where(rng.random((height, width)) < 0.5, 1000.0, np.round(rng.random((height, width)) * 4, 2)).astype(np.float32)


@settings(max_examples=25, deadline=None)
@given(height=st.integers(1, 40), width=st.integers(1, 40), half=st.booleans(), channel=st.sampled_from(["Y", "Z", "depth"]))
def test_what_is_written_reads_back(height: int, width: int, half: bool, channel: str, tmp_path_factory: Any) -> None:
    path = tmp_path_factory.getbasetemp() / "a.exr"
    wanted = scene(height, width).astype(np.float16 if half else np.float32)
    path.write_bytes(exr_bytes(scene(height, width), half=half, channel=channel))
    assert np.array_equal(read_exr(path), wanted)
    with OpenEXR.File(str(path)) as file:
        assert np.array_equal(file.channels()[channel].pixels, wanted)


@pytest.mark.parametrize("packing", ["NO", "RLE", "ZIPS", "ZIP", "PIZ"])
@pytest.mark.parametrize("kind", [np.float16, np.float32])
def test_what_the_package_writes_we_read(packing: str, kind: Any, tmp_path: Path) -> None:
    picture = scene(37, 53).astype(kind)
    head = {"compression": getattr(OpenEXR, f"{packing}_COMPRESSION"), "type": OpenEXR.scanlineimage}
    OpenEXR.File(head, {"A": picture * 2, "Y": picture, "Z": picture + 1}).write(str(tmp_path / "a.exr"))
    assert np.array_equal(read_exr(tmp_path / "a.exr"), (picture + 1).astype(kind))  # Z goes before Y


def test_channels_that_are_no_depth_are_refused(tmp_path: Path) -> None:
    OpenEXR.File({"type": OpenEXR.scanlineimage}, {"G": scene(4, 4), "B": scene(4, 4)}).write(str(tmp_path / "a.exr"))
    with pytest.raises(SourceError, match="expected depth in Z or Y"):
        read_exr(tmp_path / "a.exr")


@pytest.mark.parametrize("packing", ["NO", "RLE", "ZIP", "PIZ"])
def test_a_file_cut_anywhere_is_one_line_and_no_noise(packing: str, tmp_path: Path, capfd: Any) -> None:
    path = tmp_path / "a.exr"
    head = {"compression": getattr(OpenEXR, f"{packing}_COMPRESSION"), "type": OpenEXR.scanlineimage}
    OpenEXR.File(head, {"Y": scene(40, 16)}).write(str(path))
    whole = path.read_bytes()
    for end in [*range(0, len(whole) - 1, 13), len(whole) - 1]:
        path.write_bytes(whole[:end])
        with pytest.raises(SourceError) as caught:
            read_exr(path)
        assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("packing", ["RLE", "ZIP"])
def test_a_spoilt_byte_is_a_picture_or_one_line(packing: str, tmp_path: Path) -> None:
    path = tmp_path / "a.exr"
    head = {"compression": getattr(OpenEXR, f"{packing}_COMPRESSION"), "type": OpenEXR.scanlineimage}
    OpenEXR.File(head, {"Y": scene(20, 16)}).write(str(path))
    whole, rng = path.read_bytes(), np.random.default_rng(1)
    for at in range(0, len(whole), 3):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ int(rng.integers(1, 256))]) + whole[at + 1 :])
        try:
            read_exr(path)
        except SourceError as error:
            assert "\n" not in str(error)


def test_only_pictures_are_written() -> None:
    with pytest.raises(ShapeError):
        exr_bytes(np.zeros((2, 2, 3)))

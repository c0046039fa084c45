from __future__ import annotations

import base64
import gzip
import io
import json
import os
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest

from kinesics.errors import WeightsError
from kinesics.testing import assert_no_pixels, make_video, pixels_in
from kinesics.types import Array
from kinesics.video import open_source
from kinesics.weights import find


def picture(seed: int = 0, high: int = 90, wide: int = 160) -> Array:
    """Smooth as a photograph is, with some noise."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 255, (6, 8, 3)).astype(np.uint8)
    smooth = cv2.resize(coarse, (wide, high), interpolation=cv2.INTER_CUBIC).astype(int)
    return np.clip(smooth + random.integers(-4, 5, smooth.shape), 0, 255).astype(np.uint8)


def zipped(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("words.txt", "nothing here")
        file.writestr("thing.bin", data)
    return out.getvalue()


def encoded(suffix: str) -> Callable[[Array], bytes]:
    return lambda image: cv2.imencode(suffix, image[..., ::-1])[1].tobytes()


SMUGGLED: dict[str, Callable[[Array], bytes]] = {
    "jpeg": encoded(".jpg"),
    "png": encoded(".png"),
    "webp": encoded(".webp"),
    "bmp": encoded(".bmp"),
    "jpeg behind words": lambda image: b'{"index": 3}\n' + encoded(".jpg")(image),
    "jpeg in base64": lambda image: json.dumps({"picture": base64.b64encode(encoded(".jpg")(image)).decode()}).encode(),
    "png in url-safe base64": lambda image: base64.urlsafe_b64encode(encoded(".png")(image)),
    "jpeg in base64 behind letters": lambda image: b"abcde" + base64.b64encode(encoded(".jpg")(image)),
    "rgb": lambda image: b"head" + image.tobytes(),
    "bgr": lambda image: image[..., ::-1].tobytes(),
    "grey": lambda image: cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).tobytes(),
    "rgba": lambda image: np.dstack([image, np.full(image.shape[:2], 255, np.uint8)]).tobytes(),
    "one row": lambda image: b"x" * 1001 + image[48, 20:80].tobytes(),
    "a part of a row": lambda image: b"x" * 77 + image[48].tobytes()[101:199],
    "list of numbers": lambda image: json.dumps({"crop": image[42:46].tolist()}).encode(),
    "flat list of numbers": lambda image: json.dumps(image[42].ravel().tolist()).encode(),
    "zlib": lambda image: zlib.compress(image.tobytes()),
    "gzip": lambda image: gzip.compress(image.tobytes()),
    "zlib of numbers of its size": lambda image: b"abc" + zlib.compress((image // 3).tobytes()),
    "zip": lambda image: zipped(image.tobytes()),
    "hexadecimal": lambda image: image[48].tobytes().hex().encode(),
    "zlib in base64": lambda image: base64.b64encode(zlib.compress(image.tobytes())),
}


@pytest.mark.parametrize("way", SMUGGLED)
def test_a_smuggled_picture_is_found(way: str, tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "out.dat").write_bytes(SMUGGLED[way](picture()))
    with pytest.raises(AssertionError, match=r"out\.dat"):
        assert_no_pixels(tmp_path, [picture(1), picture()])
    with pytest.raises(AssertionError, match="text 1"):
        assert_no_pixels(tmp_path / "below" / "none", [picture()], "fine", SMUGGLED[way](picture()))


def test_what_is_no_picture_is_let_through(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    (tmp_path / "noise.bin").write_bytes(random.bytes(200_000))
    (tmp_path / "words.json.gz").write_bytes(gzip.compress(json.dumps(random.random(5000).round(4).tolist()).encode()))
    (tmp_path / "integers.json").write_text(json.dumps(random.integers(0, 255, 20000).tolist()))
    (tmp_path / "flat.bin").write_bytes(bytes(100_000))
    assert_no_pixels(tmp_path, [picture(), np.zeros((64, 64, 3), np.uint8)], "a word", json.dumps({"rows": 3}))
    assert pixels_in(b"", [picture()]) == []


def test_a_film_is_found(tmp_path: Path) -> None:
    film = make_video(tmp_path / "film.mp4", frames=3)
    with pytest.raises(AssertionError, match="MP4"):
        assert_no_pixels(tmp_path, [picture()])
    assert film


@pytest.fixture(scope="module")
def clip() -> Path:
    try:
        return find("demo_clip")
    except WeightsError:
        pytest.skip("the demo clip is not installed")


def kinesics(*words: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "kinesics", *words], capture_output=True, text=True, env=environment(), timeout=300, check=False
    )
    return done.returncode, done.stdout, done.stderr


def environment() -> dict[str, str]:
    return {**os.environ, "KINESICS_DEBUG": "1"}


def test_no_pixel_leaves_a_run_without_pixels(clip: Path, tmp_path: Path) -> None:
    with open_source(clip) as source:
        frames = [frame.image for frame in islice(source, 0, 9, 4)]
    kinds = "jsonl,parquet,csv,coco,openpose,mot,pose"
    words = ("run", str(clip), "--no-pixels", "--seconds", "0.3", "--save", kinds, "-o", str(tmp_path), "--json")
    code, out, said = kinesics(*words, "--progress", "json")
    assert code == 0, said
    assert len(list(tmp_path.iterdir())) == 7
    assert_no_pixels(tmp_path, frames, out, said)


def test_pictures_are_refused_and_errors_show_none(clip: Path, tmp_path: Path) -> None:
    code, out, said = kinesics("run", str(clip), "--no-pixels", "--save", "mp4,jsonl", "-o", str(tmp_path / "a"))
    assert code and "mp4" in said
    assert not (tmp_path / "a").exists()
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(clip.read_bytes()[:30_000])
    code, out, said = kinesics("run", str(broken), "--no-pixels", "-o", str(tmp_path / "b"))
    with open_source(clip) as source:
        frames = [next(iter(source)).image]
    assert_no_pixels(tmp_path / "b", frames, out, said)

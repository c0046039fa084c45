"""Parts of a picture, cut from RGB or from a video frame's planes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinesics.pose.view import View
from kinesics.testing.video import make_video
from kinesics.video import open_source


@pytest.mark.parametrize("size", [(320, 240), (1280, 720)], ids=["bt601", "bt709"])
def test_part_of_planes_equals_part_of_rgb(tmp_path: Path, size: tuple[int, int]) -> None:
    film = tmp_path / "film.mp4"
    make_video(film, size=size, frames=3)
    with open_source(film) as source:
        frame = next(iter(source))
    assert frame.planes is not None
    box = (size[0] // 4, size[1] // 4, size[0] * 3 // 4, size[1] * 3 // 4)
    for target in ((64, 48), (size[0] // 2, size[1] // 2)):
        a, b = View(frame).part(box, target), View(frame.image).part(box, target)
        assert a.shape == b.shape == (target[1], target[0], 3)
        assert np.abs(a.astype(int) - b).mean() < 4

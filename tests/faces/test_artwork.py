from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from kinesics.errors import FormatError, SourceError, UsageError
from kinesics.faces.artwork import FILTERS, face_filter, filter_of_picture
from kinesics.faces.brushes import Paper, bulge, curve, mirrored, strand
from kinesics.faces.layout import EYES, LIPS, SIZE, face_layout, filter_template


@pytest.mark.parametrize("name", sorted(FILTERS))
def test_each_filter_is_drawn_with_soft_edges(name: str) -> None:
    made = face_filter(name)
    assert made.name == name and face_filter(made) is made and face_filter(name) is made
    main = made.layers[-1].picture
    alpha = main[..., 3]
    assert (alpha > 100).mean() > 0.02 and ((alpha > 20) & (alpha < 235)).any()
    edge = np.concatenate([alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]])
    assert (edge > 128).mean() < 0.4  # only a crown ends at the edge of its sheet


def test_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"nobody knows the filter 'galsses'; there are beard, .*sunglasses, tiger"):
        face_filter("galsses")


def write(path: Path, picture: np.ndarray) -> Path:
    cv2.imwrite(str(path), picture)
    return path


def test_a_picture_of_ones_own(tmp_path: Path) -> None:
    picture = np.zeros((256, 256, 4), np.uint8)
    picture[100:120, 100:150] = (10, 20, 200, 255)
    made = face_filter(write(tmp_path / "mine.png", picture))
    assert made.name == "mine" and (made.layers[0].picture[110, 120] == (200, 20, 10, 255)).all()
    assert face_filter(str(tmp_path / "mine.png")).layers[0].picture.shape == (256, 256, 4)
    assert face_filter(picture).layers[0].picture.shape == (256, 256, 4)
    deep = write(tmp_path / "deep.png", picture.astype(np.uint16) * 257)
    assert (face_filter(deep).layers[0].picture == made.layers[0].picture).all()
    large = filter_of_picture(cv2.resize(picture, (3000, 3000), interpolation=cv2.INTER_NEAREST))
    assert large.layers[0].picture.shape == (2 * SIZE, 2 * SIZE, 4)


def test_pictures_that_are_no_filters_are_refused_in_one_line(tmp_path: Path) -> None:
    opaque = write(tmp_path / "opaque.png", np.full((64, 64, 3), 9, np.uint8))
    wide = write(tmp_path / "wide.png", np.full((64, 256, 4), 9, np.uint8))
    clear = write(tmp_path / "clear.png", np.zeros((64, 64, 4), np.uint8))
    whole = write(tmp_path / "whole.png", np.random.default_rng(0).integers(0, 255, (64, 64, 4), np.uint8)).read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "words.png").write_text("no picture")
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0 and so on")
    head = b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4, "big") + b"IHDR" + (20000).to_bytes(4, "big") * 2
    (tmp_path / "huge.png").write_bytes(head)
    cases = [
        (opaque, FormatError, "has none"),
        (wide, FormatError, "square"),
        (clear, FormatError, "clear"),
        (tmp_path / "cut.png", SourceError, "damaged"),
        (tmp_path / "words.png", FormatError, "PNG with alpha"),
        (tmp_path / "photo.jpg", FormatError, "PNG with alpha"),
        (tmp_path / "huge.png", FormatError, "20000x20000 is too large"),
        (tmp_path / "missing.png", SourceError, "cannot be read"),
        (tmp_path, SourceError, "cannot be read"),
    ]
    for path, kind, words in cases:
        with pytest.raises(kind, match=words) as caught:
            face_filter(path)
        assert "\n" not in str(caught.value)


def test_the_layout_is_symmetric_and_whole() -> None:
    layout = face_layout()
    mesh = layout.mesh
    assert mesh.shape == (468, 3) and np.abs(mesh[layout.mirror] * [-1, 1, 1] + [SIZE, 0, 0] - mesh).max() < 0.01
    assert np.ptp(mesh[:, 0]) == pytest.approx(190, abs=0.5)
    rows = np.concatenate([layout.skin, layout.openings])
    a, b, c = (mesh[rows[:, i], :2] for i in range(3))
    area = ((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]) / 2
    assert (area > 0).all()  # all the same way round
    hull = cv2.contourArea(cv2.convexHull(mesh[:, :2].astype(np.float32)))
    assert area.sum() == pytest.approx(hull, rel=0.01)  # no holes, no overlaps
    for ring in (*EYES, LIPS):
        assert any(np.isin(row, ring).all() for row in layout.openings)


def test_the_template_shows_a_face_and_is_clear_elsewhere() -> None:
    template = filter_template()
    assert template.shape == (SIZE, SIZE, 4) and template.dtype == np.uint8
    assert (template[:150, :, 3] == 0).all() and 0.02 < (template[..., 3] > 0).mean() < 0.3
    assert filter_of_picture(template).layers[0].picture.shape == (SIZE, SIZE, 4)


def test_brushes() -> None:
    paper = Paper((20, 10), 4, (5, 5))
    mask = paper.shape(np.array([(10.0, 7), (20, 7), (20, 13), (10, 13)]))
    assert mask.sum() == pytest.approx(60 * 16, rel=0.02) and mask[0, 0] == 0
    paper.lay(mask, (200, 100, 50))
    assert (paper.picture()[20, 40] == (200, 100, 50, 255)).all() and paper.picture()[2, 2, 3] == 0
    light = bulge(mask, 6, (0, -1))
    assert light[:16].max() > 0.3 and light[-16:].min() < -0.3  # lit from above
    ring = curve([(0, 0), (10, 0), (10, 10), (0, 10)])
    assert np.abs(ring[0]).max() < 1e-9 and len(ring) == 64
    assert (mirrored(mirrored(ring)) == ring).all()
    stroke = strand(np.array([(0.0, 0), (5, 0), (10, 0)]), [2, 4])
    assert np.ptp(stroke[[0, -1], 1]) == pytest.approx(2) and np.ptp(stroke[[2, 3], 1]) == pytest.approx(4)

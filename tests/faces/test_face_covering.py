from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kinesics.faces import FaceFinder
from kinesics.faces.covering import COVERINGS, Canvas, Stuff, cover_face
from kinesics.faces.covers import CELLS, CoverNet
from kinesics.faces.disturbing import disturbed
from kinesics.faces.made_heads import made_hand
from kinesics.sights.face import face_square


@pytest.fixture(scope="module")
def canvas(head_of: Callable[..., tuple[np.ndarray, object]]) -> Canvas:
    picture = head_of()[0]
    mesh = np.asarray(FaceFinder(gated=False)(picture)[0].mesh, float)
    nothing = np.zeros(picture.shape[:2], np.float32)
    return Canvas(picture, mesh, nothing, nothing)


@pytest.fixture(scope="module")
def stuff(portrait: object) -> Stuff:
    rng = np.random.default_rng(0)
    hands = np.stack([made_hand(portrait, rng, 96) for _ in range(2)])  # type: ignore[arg-type]
    return Stuff(hands, [rng.integers(0, 255, (60, 90, 3), dtype=np.uint8)])


@pytest.mark.parametrize("kind", list(COVERINGS))
def test_a_cover_is_where_it_says_and_nowhere_else(kind: str, canvas: Canvas, stuff: Stuff) -> None:
    covered = cover_face(canvas, stuff, np.random.default_rng(3), kind)
    assert (covered.picture[covered.cover == 0] == canvas.picture[covered.cover == 0]).all()
    assert covered.cover.max() > 0.5 and (covered.hand <= covered.cover + 1e-6).all()
    assert (covered.hand.max() > 0) == (kind in ("hand", "blob"))
    again = cover_face(canvas, stuff, np.random.default_rng(3), kind)
    assert (again.picture == covered.picture).all()


def test_what_disturbs_covers_nothing(canvas: Canvas) -> None:
    for seed in range(6):
        other = disturbed(canvas, np.random.default_rng(seed))
        assert other.cover.max() == 0 and other.picture.shape == canvas.picture.shape
        assert (other.picture != canvas.picture).any()


def test_the_net_sees_a_wall_where_it_is(canvas: Canvas) -> None:
    net, square = CoverNet(), face_square(canvas.mesh)
    free_map, free = net.look(canvas.picture, canvas.mesh, square)
    hidden = canvas.picture.copy()
    hidden[:, int(square.x) :] = (40, 90, 160)
    maps, share = net.look(hidden, canvas.mesh, square)
    assert maps.shape == (2, CELLS, CELLS) and 0 <= free <= 1
    assert free < 0.15 and share > 0.3
    middle = slice(CELLS // 4, -CELLS // 4)
    assert maps[0, middle, 9:12].mean() > 0.5 > 0.3 > maps[0, middle, 4:7].mean()
    assert free_map[0, middle, middle].mean() < 0.15

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kinesics.errors import ShapeError
from kinesics.masks import PersonMask
from kinesics.masks.person_mask import _whole
from kinesics.masks.plate import against
from kinesics.pose import MultiPose
from kinesics.types import Array, People
from kinesics.video import open_source
from kinesics.weights import find


@pytest.fixture(scope="module")
def masker() -> PersonMask:
    return PersonMask()


@pytest.fixture(scope="module")
def walker() -> tuple[Array, People]:
    """Half a frame of the demo clip, and who walks there."""
    with open_source(str(find("demo_clip"))) as source:
        for scene in source:
            if scene.index == 120:
                picture = cv2.resize(scene.image, (884, 497), interpolation=cv2.INTER_AREA)
                people = MultiPose("fast")(picture)
                return picture, people[[int(np.argmax(people.points[:, :, 1].max(axis=1)))]]
    raise AssertionError("too short a clip")


def test_a_person_is_cut_out_with_all_joints_inside(masker: PersonMask, walker: tuple[Array, People]) -> None:
    picture, people = walker
    before = picture.copy()
    mask = masker.mask(picture, people.boxes[0])
    np.testing.assert_array_equal(picture, before)
    assert mask.shape == picture.shape[:2] and mask.dtype == np.float32 and mask.min() >= 0 and mask.max() <= 1
    sure = people.points[0][people.point_scores[0] > 0.5].round().astype(int)
    assert (mask[sure[:, 1], sure[:, 0]] > 0.5).mean() > 0.9
    x1, y1, x2, y2 = people.boxes[0]
    area = (x2 - x1) * (y2 - y1)
    assert 0.2 * area < mask.sum() < 0.9 * area
    grown = 0.16 * max(x2 - x1, y2 - y1) + 1
    assert mask[:, : int(x1 - grown)].max() == 0 and mask[int(y2 + grown) :].max(initial=0) == 0


def test_the_mask_of_a_mirrored_picture_is_mirrored(masker: PersonMask, walker: tuple[Array, People]) -> None:
    picture, people = walker
    width = picture.shape[1]
    x1, y1, x2, y2 = people.boxes[0]
    mask = masker.mask(picture, people.boxes[0])
    mirrored = masker.mask(np.ascontiguousarray(picture[:, ::-1]), np.array([width - x2, y1, width - x1, y2]))[:, ::-1]
    both, either = np.minimum(mask, mirrored).sum(), np.maximum(mask, mirrored).sum()
    assert both / either > 0.85


def test_an_empty_picture_has_no_person(masker: PersonMask) -> None:
    assert masker.mask(np.full((120, 160, 3), 128, np.uint8)).max() == 0


@pytest.mark.parametrize("box", [[500, 500, 600, 700], [-50, -50, -20, -10], [np.nan, 0, 10, 10], [60, 50, 60, 50]])
def test_a_box_beyond_the_picture_is_fine(masker: PersonMask, box: list[float]) -> None:
    mask = masker.mask(np.full((120, 160, 3), 128, np.uint8), np.array(box))
    assert mask.shape == (120, 160) and mask.max() < 0.5


def test_what_is_no_picture_is_refused(masker: PersonMask) -> None:
    with pytest.raises(ShapeError, match="picture"):
        masker.mask(np.zeros((10, 10), np.uint8))
    with pytest.raises(ShapeError, match="background"):
        masker.mask(np.zeros((10, 10, 3), np.uint8), None, np.zeros((11, 10, 3), np.uint8))


def test_a_known_background_sharpens_a_mask_and_unknown_parts_of_it_say_nothing() -> None:
    room = np.full((90, 90, 3), (200, 210, 205), np.uint8)
    picture = room.copy()
    picture[20:70, 30:60] = (180, 60, 50)
    truth = np.zeros((90, 90), bool)
    truth[20:70, 30:60] = True
    blurred = cv2.GaussianBlur(truth.astype(np.float32), (0, 0), 4)
    sharp = against(picture, blurred, room, 2.0)
    assert np.abs(sharp - truth).mean() < 0.5 * np.abs(blurred - truth).mean()
    unknown = np.concatenate([room, np.zeros((90, 90, 1), np.uint8)], axis=2)
    np.testing.assert_allclose(against(picture, blurred, unknown, 2.0), np.clip(blurred, 0.02, 0.98), atol=1e-4)


def test_crumbs_go_and_small_holes_close_but_an_arm_akimbo_stays_open() -> None:
    mask = np.zeros((200, 200), np.float32)
    mask[40:160, 40:160] = 1
    mask[90:93, 90:93] = 0  # a button
    mask[60:90, 110:140] = 0  # between arm and body
    mask[5:9, 5:9] = 1
    whole = _whole(mask)
    assert whole[91, 91] == 1 and whole[75, 125] == 0 and whole[7, 7] < 0.5

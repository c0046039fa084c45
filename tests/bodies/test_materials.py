"""What faces of an actor are made of."""

from __future__ import annotations

import numpy as np
import pytest

from kinesics.bodies import MATERIALS, PARTS, make_actor
from kinesics.errors import UsageError


def shares(actor):
    a, b, c = (actor.rest[actor.faces[:, i]].astype(float) for i in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
    return dict(zip(MATERIALS, np.bincount(actor.materials, area, len(MATERIALS)), strict=True))


def test_bare_body_is_skin_with_a_face():
    area = shares(make_actor(np.random.default_rng(0), detail="fine", dressed=False))
    assert 0.85 < area["skin"] / sum(area.values()) < 0.99
    assert 0.0004 < area["lips"] < 0.004 and 0.01 < area["scalp"] < 0.12 and 0.0003 < area["nail"] < 0.01
    assert area["pupil"] < area["iris"] < area["eye_white"] and area["teeth"] > 0 and area["brow"] > 0 and area["lash"] > 0
    assert area["top"] == area["bottom"] == area["shoe"] == area["skirt"] == 0


@pytest.mark.parametrize("detail", ("full", "fine"))
def test_clothes_lie_where_they_are_worn(detail):
    seen = set()
    for seed in range(12):
        actor = make_actor(np.random.default_rng(seed), detail=detail)
        assert actor.materials.shape == actor.face_parts.shape and actor.materials.dtype == np.uint8
        seen.update(MATERIALS[k] for k in np.unique(actor.materials))
        names = np.array(PARTS)[actor.face_parts]
        hands = np.char.endswith(names, "hand")
        assert not np.isin(actor.materials[hands], [MATERIALS.index(n) for n in ("bottom", "shoe", "skirt")]).any()
        assert (actor.materials[np.char.endswith(names, "waist")] != MATERIALS.index("shoe")).all()
        if actor.worn["shoes"]:
            feet = np.char.endswith(names, "foot")
            assert np.isin(actor.materials[feet], [MATERIALS.index(n) for n in ("shoe", "sole")]).mean() > 0.5
        if actor.worn["top"] in ("jumper", "jacket", "hood"):
            arms = np.char.endswith(names, "upper_arm")
            assert (actor.materials[arms] == MATERIALS.index("top")).mean() > 0.9
    assert {"skin", "lips", "top", "bottom", "shoe", "sole", "scalp", "hair", "skirt"} <= seen


def test_both_sides_wear_the_same():
    actor = make_actor(np.random.default_rng(5), dressed=False)
    middle = actor.rest[actor.faces].mean(axis=1)[:, 0]
    left, right = (np.bincount(actor.materials[side], minlength=len(MATERIALS)) for side in (middle > 0, middle < 0))
    np.testing.assert_array_equal(left, right)


def test_light_actors_say_that_they_have_no_materials():
    with pytest.raises(UsageError, match="light"):
        _ = make_actor(np.random.default_rng(0), detail="light").materials

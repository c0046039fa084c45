"""The nets: exported as they were trained, drawn as they were trained, and kept only where they help."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from paper_doll import doll_footage

from kinesics.errors import FormatError, JobError
from kinesics.viewer import Artist, Footage, Person, fit_footage
from kinesics.viewer.generic import generic_nets
from kinesics.viewer.inputs import FEATURES, FINE, INPUTS, raised
from kinesics.viewer.stages import Stage

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

from kinesics.viewer.apprentice import Apprentice  # noqa: E402
from kinesics.viewer.export import export, restore  # noqa: E402
from kinesics.viewer.lessons import Lessons, kept_apart  # noqa: E402
from kinesics.viewer.network import Core, Head, Refiner  # noqa: E402
from kinesics.viewer.training import held_out, train_person  # noqa: E402

NETS = {
    "core": (Core, {"x": (INPUTS, 64, 64)}, ["answer"]),
    "refiner": (Refiner, {"picture": (16, 128, 128), "features": (FEATURES, 64, 64)}, ["residual", "fine"]),
    "head": (Head, {"picture": (64, 128, 128), "fine": (FINE, 128, 128)}, ["residual"]),
}


@pytest.fixture(scope="module")
def footage() -> Footage:
    return doll_footage(40)


@pytest.fixture(scope="module")
def doll(footage: Footage) -> Person:
    return fit_footage(footage, keyframes=24)


@pytest.mark.parametrize("name", NETS)
def test_an_exported_net_answers_as_the_trained_one(name: str) -> None:
    kind, inputs, outputs = NETS[name]
    torch.manual_seed(1)
    net = kind()
    for parameter in net.parameters():
        torch.nn.init.normal_(parameter, std=0.05)
    graph = export(net, inputs, outputs)
    given = [np.random.default_rng(i).random((1, *shape), np.float32) for i, shape in enumerate(inputs.values())]
    with torch.no_grad():
        wanted = net(*[torch.from_numpy(x) for x in given])
    for made, real in zip(Stage(graph).run(*given), wanted if isinstance(wanted, tuple) else (wanted,), strict=True):
        assert np.abs(made - real.numpy()).max() < 0.03 * np.abs(real.numpy()).max()
    other = kind()
    restore(other, graph)
    assert export(other, inputs, outputs) == graph
    with pytest.raises(FormatError, match="start from has no"):
        restore(Head() if name != "head" else Core(), graph)


def test_a_residual_of_twos_is_shuffled_as_in_training() -> None:
    residual = np.random.default_rng(0).normal(0, 0.1, (16, 128, 128)).astype(np.float32)
    shuffled = torch.nn.functional.pixel_shuffle(torch.from_numpy(residual)[None], 2)
    wanted = torch.nn.functional.interpolate(shuffled, scale_factor=2.0, mode="bilinear")[0].permute(1, 2, 0).numpy() * 255
    assert np.abs(raised(residual) - wanted).max() <= 1.01


def test_untrained_nets_change_nothing(doll: Person) -> None:
    nets = Apprentice(start={}, rate=1e-3).nets()
    plain, whole = Artist(doll), Artist(dataclasses.replace(doll, nets=nets))
    assert whole.tiers == ("t0", "t1", "t2")
    brief = whole.begin(doll.points[2], doll.scores[2])
    for tier in (1, 2):
        assert np.abs(whole.draw(brief, tier).astype(int) - plain.draw(brief)).max() <= 1


def test_the_nets_that_ship_are_of_this_version() -> None:
    nets = generic_nets()
    assert {"core", "refiner", "head"} <= set(nets)
    Apprentice(start=nets, rate=1e-3)
    assert sum(len(graph) for graph in nets.values()) < 1 << 20


def test_frames_are_not_learned_from_keyframes_of_their_own_moment(doll: Person, footage: Footage) -> None:
    allowed = kept_apart(doll, footage)
    own = np.nan_to_num(footage.points).reshape(len(footage), -1)
    for key, pose in enumerate(np.nan_to_num(doll.points).reshape(len(doll), -1)):
        at = int(np.abs(own - pose).sum(1).argmin())
        near = np.abs(footage.times - footage.times[at]) < 1
        assert (~allowed[near, key]).all() and allowed[~near, key].all()
    many = dataclasses.replace(footage, clips=(np.arange(40) // 8).astype(np.int32))
    assert (kept_apart(doll, many).sum(1) > 0).all()


@pytest.mark.parametrize("clips", [1, 2, 5])
def test_a_part_is_held_out(clips: int) -> None:
    away = held_out(doll_footage(40, clips))
    assert 4 <= away.sum() <= 10


def test_lessons_are_the_same_for_the_same_seed(doll: Person, footage: Footage) -> None:
    allowed = kept_apart(doll, footage)
    first, second = (Lessons(doll, footage, allowed, seed=4).draw() for _ in range(2))
    assert first.frame == second.frame and (first.told == second.told).all() and first.window == second.window


def test_training_keeps_what_helps_and_goes_on_where_it_was(doll: Person, footage: Footage, tmp_path: Path) -> None:
    file, sheets = tmp_path / "so-far.kin", []
    half = train_person(doll, footage, steps=4, start={}, checkpoint=file, sheet=lambda person, step: sheets.append(step))
    assert file.exists() and sheets == [4] and half.about["training"]["steps"] == 4
    assert set(half.nets) <= {"core", "refiner", "head", "crops"}
    more = train_person(doll, footage, steps=6, start={}, checkpoint=file)
    assert more.about["training"]["steps"] == 6 and [row["step"] for row in more.about["training"]["learned"]] == [6]
    gate = more.about["training"]["gate"]
    assert "core" not in more.nets or max(gate[t]["person"] for t in ("t1", "t2")) > gate["t0"]["person"]


def test_too_few_frames_are_said(footage: Footage) -> None:
    few = footage[np.arange(4)]
    with pytest.raises(JobError, match="training needs"):
        train_person(fit_footage(few), few, steps=2, start={})

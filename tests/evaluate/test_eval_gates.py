from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinesics.errors import SourceError, UsageError
from kinesics.evaluate.covers import COVERS, Held, covered_by
from kinesics.evaluate.gates import BAND, TURNS, _Tally, eval_gates
from kinesics.faces import Face, Gates

NONE = {"hand": 0.0, "person": 0.0, "edge": 0.0, "other": 0.0}


def face(apply: float) -> Face:
    return Face(np.zeros(4), 1.0, mesh=np.zeros((468, 3)), gates=Gates(0.0, 0.2, NONE, apply))


def test_what_is_between_is_left_out_and_a_lost_face_counts_as_not_applied() -> None:
    tally = _Tally()
    tally.add(face(0.9), 0.0, 0.0, "free")
    tally.add(face(0.5), sum(BAND) / 2, 0.0, "covered")
    tally.add(face(0.5), 0.0, sum(TURNS) / 2, "turned")
    tally.add(None, 0.6, 0.0, "covered")
    assert tally.wanted == [True, False] and tally.apply == [0.9, 0.0]
    assert tally.area() == tally.area("covered") == 1.0 and np.isnan(tally.area("turned"))
    assert tally.share_errors == pytest.approx([0.2, 0.025, 0.2])


def test_made_heads_are_told_apart() -> None:
    numbers = eval_gates(synth=True, people=1)
    assert numbers["gate_auroc"] > 0.85 and numbers["yaw_error"] < 8 and numbers["cover_share_error"] < 0.15
    assert numbers["frames"] == 0 and numbers["faces"] > 20


@pytest.mark.parametrize("kind", list(COVERS))
def test_a_cover_hides_what_it_says(kind: str) -> None:
    angle = np.linspace(0, 2 * np.pi, 468)
    mesh = np.column_stack([100 + 50 * np.cos(angle), 100 + 60 * np.sin(angle), np.zeros(468)])
    picture = np.full((200, 200, 3), 128, np.uint8)
    hand = np.zeros((64, 64, 4), np.uint8)
    hand[20:40, 10:60] = (200, 150, 120, 255)
    inside = ((np.mgrid[:200, :200] - 100) ** 2 / np.array([60.0, 50.0])[:, None, None] ** 2).sum(axis=0) < 1
    shares = []
    for seed in range(8):
        spare = np.random.default_rng(1).integers(0, 90, (50, 60, 3), dtype=np.uint8)
        covered, share = covered_by(kind, picture, mesh, Held([hand], spare), np.random.default_rng(seed))
        changed = float((np.abs(covered[inside].astype(int) - 128).max(axis=1) > 3).mean())
        assert share * 0.6 - 0.05 <= changed <= 1.5 * share + 0.12
        shares.append(share)
    assert max(shares) > 0.1 and (picture == 128).all()


def test_nothing_to_measure_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--synth"):
        eval_gates()
    with pytest.raises(SourceError, match="no clips"):
        eval_gates([tmp_path])

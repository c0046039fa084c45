from __future__ import annotations

import json
import math

import numpy as np
import pytest

from kinesics.errors import ShapeError
from kinesics.faces import Face, Gates

FREE = {"hand": 0.0, "person": 0.0, "edge": 0.0, "other": 0.0}


def test_record_is_json_and_says_what_is_not_known() -> None:
    gates = Gates(0.25, 0.1, {**FREE, "hand": 0.1}, 0.7)
    face = Face(np.array([1, 2, 3, 4]), 0.9, yaw=3.0, gates=gates, measures={"blink_left": 0.5})
    record = json.loads(json.dumps(face.record(), allow_nan=False))
    assert record["box"] == [1, 2, 3, 4] and record["yaw"] == 3.0 and record["pitch"] is None
    assert record["gates"] == {"turned": 0.25, "covered": 0.1, "by": {**FREE, "hand": 0.1}, "apply": 0.7}
    assert record["measures"] == {"blink_left": 0.5} and record["person"] == -1 and record["name"] is None


def test_no_picture_and_no_points_are_in_the_record() -> None:
    face = Face(np.zeros(4), 0.5, mesh=np.ones((468, 3)))
    assert "mesh" not in face.record() and "square" not in face.record()


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda: Face(np.zeros(3), 0.5), "Face.box"),
        (lambda: Face(np.full(4, math.nan), 0.5), "Face.box"),
        (lambda: Face(np.zeros(4), 1.5), "Face.score"),
        (lambda: Face(np.zeros(4), 0.5, mesh=np.zeros((5, 3))), "Face.mesh"),
        (lambda: Gates(2.0, 0.0, FREE, 0.0), "Gates.turned"),
        (lambda: Gates(0.0, 0.0, {"hat": 1.0}, 0.0), "Gates.by"),
    ],
)
def test_what_cannot_be_is_refused_with_its_name(make: object, what: str) -> None:
    with pytest.raises(ShapeError, match=what):
        make()  # type: ignore[operator]

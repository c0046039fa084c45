from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinesics.errors import ShapeError, UsageError, WeightsError
from kinesics.pose import OnnxPose
from kinesics.testing import check_pose_model
from kinesics.types import Array, People, skeleton

onnx = pytest.importorskip("onnx")
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

COCO = skeleton("coco17")
PICTURE = np.full((90, 120, 3), 128, np.uint8)


def save(path: Path, size: tuple[int, int], outputs: dict[str, Array], shape: tuple[object, ...] | None = None) -> Path:
    """A net that gives these arrays, whatever it sees: each is added to zero times the sum of the input."""
    nodes = [
        helper.make_node("ReduceSum", ["picture"], ["sum"], keepdims=0),
        helper.make_node("Mul", ["sum", "zero"], ["nothing"]),
        *(helper.make_node("Add", [f"{name}_", "nothing"], [name]) for name in outputs),
    ]
    constants = [numpy_helper.from_array(value.astype(np.float32), f"{name}_") for name, value in outputs.items()]
    constants.append(numpy_helper.from_array(np.float32(0), "zero"))
    graph = helper.make_graph(
        nodes,
        "made",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, shape or (1, 3, size[1], size[0]))],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, value.shape) for name, value in outputs.items()],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return path


def simcc(place: Array, size: tuple[int, int], bins: int = 2, score: float = 0.8) -> dict[str, Array]:
    """Outputs of an RTMPose head for joints at `place` (k, 2), input pixels."""
    maps = [np.zeros((1, len(place), side * bins)) for side in size]
    for axis in (0, 1):
        maps[axis][0, np.arange(len(place)), (place[:, axis] * bins).astype(int)] = score
    return {"simcc_x": maps[0], "simcc_y": maps[1]}


def rows(people: list[tuple[Array, float, Array]]) -> Array:
    """Output of a YOLO pose head: (1, 56, n) for boxes (centre, size), scores and joints in input pixels."""
    table = np.zeros((1, 56, len(people)))
    for i, (box, score, place) in enumerate(people):
        table[0, :4, i], table[0, 4, i] = box, score
        table[0, 5:, i] = np.column_stack([place, np.full(17, 0.9)]).ravel()
    return table


@pytest.fixture
def place() -> Array:
    return np.floor(np.random.default_rng(2).uniform(10, 50, (17, 2)))


def test_simcc_sees_the_whole_picture_without_a_detector(tmp_path: Path, place: Array) -> None:
    model = OnnxPose(save(tmp_path / "rtm.onnx", (48, 64), simcc(np.minimum(place, 47), (48, 64))))
    people = model(PICTURE)
    assert model.layout == "simcc" and len(people) == 1
    # 120 x 90 pixels in the proportions 3:4: 120 x 160, centred, so 35 rows begin above the picture
    assert people.points[0] == pytest.approx(np.minimum(place, 47) * 2.5 + [0, -35])
    assert people.point_scores[0] == pytest.approx(0.8)


def test_simcc_sees_each_person_of_a_detector(tmp_path: Path, place: Array) -> None:
    def two(image: Array) -> People:
        return People([[10, 10, 40, 70], [60, 5, 110, 85]], [0.9, 0.5], np.zeros((2, 17, 2)), np.ones((2, 17)), COCO)

    model = OnnxPose(save(tmp_path / "rtm.onnx", (48, 64), simcc(np.minimum(place, 47), (48, 64))), detector=two)
    people = model(PICTURE)
    assert people.boxes.tolist() == [[10, 10, 40, 70], [60, 5, 110, 85]]
    assert people.score == pytest.approx([0.72, 0.4])
    scale = 75 / 64  # 60 pixels high, a quarter more
    corner = np.array([round(25 - 75 * 0.75 / 2), round(40 - 75 / 2)])
    assert people.points[0] == pytest.approx(np.minimum(place, 47) * scale + corner, abs=0.6)
    assert len(OnnxPose(tmp_path / "rtm.onnx", detector=lambda image: two(image)[:0])(PICTURE)) == 0


@pytest.mark.parametrize("turned", [False, True], ids=["56 x n", "n x 56"])
def test_yolo_rows_become_distinct_people(tmp_path: Path, place: Array, turned: bool) -> None:
    table = rows(
        [
            (np.array([20, 20, 20, 30]), 0.6, place),
            (np.array([21, 20, 20, 30]), 0.9, place + 1),  # the same person, better
            (np.array([50, 30, 16, 30]), 0.4, place),
            (np.array([30, 30, 16, 30]), 0.1, place),  # too weak
        ]
    )
    path = save(tmp_path / "yolo.onnx", (64, 64), {"out": table.transpose(0, 2, 1) if turned else table})
    people = OnnxPose(path)(PICTURE)
    assert people.score == pytest.approx([0.9, 0.4])
    scale = 64 / 120
    assert people.points[0] == pytest.approx((place + 1) / scale - 0.5, abs=1e-3)
    assert people.boxes[0] == pytest.approx(np.array([11, 5, 31, 35]) / scale, abs=1e-3)


def test_adapted_models_keep_the_law(tmp_path: Path, place: Array) -> None:
    path = save(tmp_path / "yolo.onnx", (64, 64), {"out": rows([(np.array([20, 20, 20, 30]), 0.6, place)])})
    check_pose_model(lambda: OnnxPose(path))
    path = save(tmp_path / "rtm.onnx", (48, 64), simcc(np.minimum(place, 47), (48, 64)))
    check_pose_model(lambda: OnnxPose(path))


def test_files_that_fit_no_layout_are_refused(tmp_path: Path, place: Array) -> None:
    heat = save(tmp_path / "heat.onnx", (48, 64), {"heat": np.zeros((1, 17, 16, 12))})
    with pytest.raises(ShapeError, match=r"heat.onnx: expected outputs"):
        OnnxPose(heat)
    other = save(tmp_path / "other.onnx", (48, 64), simcc(np.minimum(place, 47)[:5], (48, 64)))
    with pytest.raises(ShapeError, match="5 joints, coco17 has 17"):
        OnnxPose(other)(PICTURE)
    narrow = save(tmp_path / "narrow.onnx", (64, 64), {"out": np.ones((1, 20, 3))})
    with pytest.raises(ShapeError, match="expected 56 values"):
        OnnxPose(narrow)(PICTURE)
    free = save(tmp_path / "free.onnx", (48, 64), simcc(np.minimum(place, 47), (48, 64)), (1, 3, "h", "w"))
    with pytest.raises(UsageError, match=r"size=\(width, height\)"):
        OnnxPose(free)
    assert len(OnnxPose(free, size=(48, 64))(PICTURE)) == 1
    with pytest.raises(WeightsError, match="no such file"):
        OnnxPose(tmp_path / "none.onnx")

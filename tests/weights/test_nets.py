from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from kinesics.errors import ShapeError, WeightsError
from kinesics.weights import find, load


@pytest.fixture
def sums(tmp_path: Path) -> Path:
    """A graph of two inputs: total = a + b, product = a * b, of any length."""
    floats = {name: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n"]) for name in ("a", "b", "total", "product")}
    nodes = [helper.make_node("Add", ["a", "b"], ["total"]), helper.make_node("Mul", ["a", "b"], ["product"])]
    graph = helper.make_graph(nodes, "sums", [floats["a"], floats["b"]], [floats["total"], floats["product"]])
    path = tmp_path / "sums.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def test_an_onnx_file_by_path_runs_in_the_order_of_its_ports(sums: Path) -> None:
    net = load(sums)
    assert [port.name for port in net.inputs] == ["a", "b"] and net.inputs[0].shape == (-1,)
    total, product = net.run(np.array([1, 2], np.float32), np.array([3, 4], np.float32))
    assert total.tolist() == [4, 6] and product.tolist() == [3, 8]


def test_a_litert_net_takes_any_size_it_allows() -> None:
    net = load("movenet_multipose", threads=1)
    assert net.inputs[0].shape == (1, -1, -1, 3) and net.inputs[0].dtype == "uint8"
    picture = np.random.default_rng(0).integers(0, 256, (1, 64, 96, 3), dtype=np.uint8)
    (first,) = net.run(picture)
    (other,) = net.run(picture[:, :, :64])
    (again,) = net.run(picture)
    assert first.shape == (1, 6, 56)
    assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_what_run_gives_stays_when_it_runs_again() -> None:
    net = load("movenet_multipose", threads=1)
    (first,) = net.run(np.zeros((1, 64, 64, 3), np.uint8))
    kept = first.copy()
    net.run(np.full((1, 64, 64, 3), 255, np.uint8))
    assert np.array_equal(first, kept)


def test_threads_share_a_net_without_mixing_answers() -> None:
    net = load("face_detection_short_range", threads=1)
    pictures = [np.full((1, 128, 128, 3), value, np.float32) for value in np.linspace(-1, 1, 4)]
    alone = [net.run(picture)[0] for picture in pictures]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda picture: net.run(picture)[0], pictures * 3))
    assert all(np.array_equal(a, b) for a, b in zip(alone * 3, together, strict=True))


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros((1, 256, 256), np.float32), r"expected input_1 \(1, 256, 256, 3\) float32, got \(1, 256, 256\)"),
        (np.zeros((1, 256, 256, 3)), "got .* float64"),
        (np.zeros((1, 128, 128, 3), np.float32), r"got \(1, 128, 128, 3\)"),
    ],
    ids=["dimensions", "dtype", "size"],
)
def test_a_wrong_input_says_what_was_expected(array: np.ndarray, words: str) -> None:
    with pytest.raises(ShapeError, match=words):
        load("selfie_segmentation").run(array)


def test_too_few_inputs_are_counted(sums: Path) -> None:
    with pytest.raises(ShapeError, match="expected 2 inputs, got 1"):
        load(sums).run(np.zeros(1, np.float32))


@pytest.mark.parametrize("suffix", [".onnx", ".tflite"])
@pytest.mark.parametrize("content", [b"", b"noise" * 1000], ids=["empty", "noise"])
def test_a_file_that_is_no_net_is_one_line(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"bad{suffix}"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=rf"bad\{suffix} is no net that can be run: [^\n]*$"):
        load(path)


def test_a_path_that_is_not_there_is_named() -> None:
    with pytest.raises(WeightsError, match=r"nowhere.onnx: no such file; expected a net"):
        load("nowhere.onnx")


def test_the_asset_is_there_and_no_net() -> None:
    assert find("demo_clip").suffix == ".mp4"
    with pytest.raises(WeightsError, match="no net"):
        load("demo_clip")


def test_the_runtimes_greeting_stays_off_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    load("face_detection_short_range").run(np.zeros((1, 128, 128, 3), np.float32))
    assert capfd.readouterr().err == ""

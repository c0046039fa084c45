from __future__ import annotations

import base64
import importlib.util
import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from kinesics.errors import FormatError, MissingExtra, WeightsError
from kinesics.weights import find
from kinesics.weights.tfjs import convert

onnx = pytest.importorskip("onnx", reason="the extra 'accurate' is not installed")

Array = npt.NDArray[Any]
GOLDEN = Path(__file__).parents[1] / "golden"


# ------------------------------------------------------------------------------------------------------- small graphs, made
def attribute(value: Any) -> dict[str, Any]:
    """A plain value in the JSON form of a GraphDef; types begin with DT_."""
    if isinstance(value, bool):
        return {"b": value}
    if isinstance(value, int):
        return {"i": str(value)}
    if isinstance(value, float):
        return {"f": value}
    if isinstance(value, str):
        return {"type": value} if value.startswith("DT_") else {"s": base64.b64encode(value.encode()).decode()}
    if isinstance(value, tuple):
        return {"shape": {"dim": [{"size": str(size)} for size in value]}}
    lists = [attribute(one) for one in value]
    return {"list": {next(iter(lists[0])): [next(iter(one.values())) for one in lists]} if lists else {}}


class Small:
    """A TensorFlow.js graph model of a few nodes, written as its authors' tool writes it."""

    def __init__(self) -> None:
        self.nodes: list[dict[str, Any]] = []
        self.weights: list[dict[str, Any]] = []
        self.data = b""

    def add(self, op: str, *inputs: str, name: str = "", **attributes: Any) -> str:
        name = name or f"block/{op}{len(self.nodes)}"
        attr = {key: attribute(value) for key, value in attributes.items()}
        self.nodes.append({"name": name, "op": op, "input": list(inputs), "attr": attr})
        return name

    def input(self, *shape: int, kind: str = "DT_FLOAT", name: str = "x") -> str:
        return self.add("Placeholder", name=name, dtype=kind, shape=shape)

    def const(self, values: Any, *, stored: str = "", kind: str = "") -> str:
        array = np.asarray(values)
        array = array.astype(np.float32) if array.dtype == float else array
        entry: dict[str, Any] = {"shape": list(array.shape), "dtype": "float32" if array.dtype.kind == "f" else "int32"}
        raw = array.astype(entry["dtype"])
        if stored == "float16":
            entry["quantization"], raw = {"dtype": stored, "original_dtype": "float32"}, raw.astype(np.float16)
        elif stored:
            low, scale = float(raw.min()), float(np.ptp(raw)) / np.iinfo(stored).max or 1.0
            entry["quantization"] = {"dtype": stored, "min": low, "scale": scale, "original_dtype": "float32"}
            raw = np.rint((raw - low) / scale).astype(stored)
        name = self.add("Const", dtype=kind or ("DT_FLOAT" if array.dtype.kind == "f" else "DT_INT32"))
        self.weights.append({"name": name, **entry})
        self.data += raw.tobytes()
        return name

    def write(self, folder: Path, *outputs: str) -> Path:
        half = len(self.data) // 2  # in two files, as large models come
        (folder / "part1of2.bin").write_bytes(self.data[:half])
        (folder / "part2of2.bin").write_bytes(self.data[half:])
        model = {
            "format": "graph-model",
            "modelTopology": {"node": self.nodes, "library": {}, "versions": {}},
            "weightsManifest": [{"paths": ["part1of2.bin", "part2of2.bin"], "weights": self.weights}],
        }
        if outputs:
            names = {name: {"name": name if ":" in name else f"{name}:0"} for name in outputs}
            model["signature"] = {"inputs": {}, "outputs": names}
        (folder / "model.json").write_text(json.dumps(model))
        return folder / "model.json"

    def run(self, folder: Path, *arrays: Array, outputs: tuple[str, ...] = ()) -> list[Array]:
        """Convert, run in ONNX Runtime, give the outputs."""
        convert(self.write(folder, *outputs), folder / "model.onnx")
        return run(folder / "model.onnx", *arrays)


def run(model: Path, *arrays: Array) -> list[Array]:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    names = [port.name for port in session.get_inputs()]
    return list(session.run(None, dict(zip(names, arrays, strict=True))))


def count(model: Path, op: str) -> int:
    return sum(node.op_type == op for node in onnx.load(model).graph.node)


def random(*shape: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


# ------------------------------------------------------------------------------------------- what the operations should give
def windows(x: Array, kernel: tuple[int, int], stride: int, padding: str, dilation: int = 1) -> Array:
    """(n, h, w, c) -> (n, oh, ow, kh, kw, c), with TensorFlow's rule: of an odd number of zeros, the last side gets more."""
    if padding == "SAME":
        around = []
        for size, k in zip(x.shape[1:3], kernel, strict=True):
            total = max((math.ceil(size / stride) - 1) * stride + (k - 1) * dilation + 1 - size, 0)
            around.append((total // 2, total - total // 2))
        x = np.pad(x, ((0, 0), *around, (0, 0)))
    span = [(k - 1) * dilation + 1 for k in kernel]
    view = np.lib.stride_tricks.sliding_window_view(x, span, (1, 2))[:, ::stride, ::stride, :, ::dilation, ::dilation]
    return view.transpose(0, 1, 2, 4, 5, 3)


def conv(x: Array, weights: Array, stride: int = 1, padding: str = "SAME", dilation: int = 1) -> Array:
    return np.einsum("nyxijc,ijco->nyxo", windows(x, weights.shape[:2], stride, padding, dilation), weights)


def depthwise(x: Array, weights: Array, stride: int = 1, padding: str = "SAME") -> Array:
    out = np.einsum("nyxijc,ijcm->nyxcm", windows(x, weights.shape[:2], stride, padding), weights)
    return out.reshape(*out.shape[:3], -1)


def bilinear(x: Array, height: int, width: int) -> Array:
    """Half-pixel centres, one axis after the other."""
    for axis, size in ((1, height), (2, width)):
        at = np.clip((np.arange(size) + 0.5) * x.shape[axis] / size - 0.5, 0, x.shape[axis] - 1)
        low = np.floor(at).astype(int)
        share = (at - low).reshape([-1 if a == axis else 1 for a in range(4)])
        x = x.take(low, axis) * (1 - share) + x.take(np.minimum(low + 1, x.shape[axis] - 1), axis) * share
    return x


def window(stride: int = 1, padding: str = "SAME", dilation: int = 1) -> dict[str, Any]:
    strides, dilations = [1, stride, stride, 1], [1, dilation, dilation, 1]
    return {"strides": strides, "padding": padding, "dilations": dilations, "data_format": "NHWC", "T": "DT_FLOAT"}


# -------------------------------------------------------------------------------------------------------------------- tests
@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding", "dilation"),
    [(8, 3, 1, "SAME", 1), (8, 3, 2, "SAME", 1), (9, 3, 2, "SAME", 1), (9, 3, 2, "VALID", 1), (9, 1, 1, "VALID", 1)]
    + [(7, 2, 1, "SAME", 1), (12, 3, 1, "SAME", 2), (12, 5, 3, "VALID", 1)],
)
def test_convolution_equals_numpy(tmp_path: Path, size: int, kernel: int, stride: int, padding: str, dilation: int) -> None:
    x, weights = random(2, size, size + 2, 5), random(kernel, kernel, 5, 6, seed=1)
    small = Small()
    small.add("Conv2D", small.input(1, size, size + 2, 5), small.const(weights), **window(stride, padding, dilation))
    got = small.run(tmp_path, x)[0]
    np.testing.assert_allclose(got, conv(x, weights, stride, padding, dilation), atol=1e-4)


@pytest.mark.parametrize(("times", "stride", "padding"), [(1, 1, "SAME"), (1, 2, "SAME"), (3, 1, "VALID")])
def test_depthwise_convolution_equals_numpy(tmp_path: Path, times: int, stride: int, padding: str) -> None:
    x, weights = random(2, 8, 8, 4), random(3, 3, 4, times, seed=1)
    small = Small()
    small.add("DepthwiseConv2dNative", small.input(1, 8, 8, 4), small.const(weights), **window(stride, padding))
    np.testing.assert_allclose(small.run(tmp_path, x)[0], depthwise(x, weights, stride, padding), atol=1e-4)


ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "Relu": lambda x: np.maximum(x, 0),
    "Relu6": lambda x: np.clip(x, 0, 6),
    "LeakyRelu": lambda x: np.where(x < 0, x * 0.3, x),
    "Elu": lambda x: np.where(x < 0, np.expm1(x), x),
    "Sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "Tanh": np.tanh,
}


@pytest.mark.parametrize("activation", [*ACTIVATIONS, "Prelu", ""])
@pytest.mark.parametrize("op", ["_FusedConv2D", "FusedDepthwiseConv2dNative", "_FusedMatMul"])
def test_fused_node_equals_its_parts(tmp_path: Path, op: str, activation: str) -> None:
    plain, slope, bias = op == "_FusedMatMul", random(5, seed=3), random(5, seed=2)
    x = random(1, 5) * 3 if plain else random(1, 6, 6, 5) * 3
    weights = random(5, 5, seed=1) if plain else random(3, 3, 5, 1 if "Depth" in op else 5, seed=1)
    small = Small()
    more = [small.const(slope)] if activation == "Prelu" else []
    how: dict[str, Any] = {"transpose_a": False, "transpose_b": False} if plain else window()
    how |= {"fused_ops": ["BiasAdd", *([activation] if activation else [])], "num_args": 1 + len(more), "leakyrelu_alpha": 0.3}
    small.add(op, small.input(*x.shape), small.const(weights), small.const(bias), *more, **how)
    want = (x @ weights if plain else depthwise(x, weights) if "Depth" in op else conv(x, weights)) + bias
    if activation == "Prelu":
        want = np.where(want < 0, want * slope, want)
    elif activation:
        want = ACTIVATIONS[activation](want)
    np.testing.assert_allclose(small.run(tmp_path, x)[0], want, atol=1e-4)


def test_matmul_transposed_equals_numpy(tmp_path: Path) -> None:
    x, weights = random(1, 4), random(7, 4, seed=1)
    small = Small()
    small.add("_FusedMatMul", small.input(1, 4), small.const(weights), transpose_b=True, fused_ops=[])
    np.testing.assert_allclose(small.run(tmp_path, x)[0], x @ weights.T, atol=1e-5)


@pytest.mark.parametrize("op", ["Abs", "Exp", "Floor", "Identity", "LeakyRelu", "Neg", "Relu", "Relu6", "Sigmoid", "Tanh"])
def test_elementwise_equals_numpy(tmp_path: Path, op: str) -> None:
    reference = {"Abs": np.abs, "Exp": np.exp, "Floor": np.floor, "Identity": np.array, "Neg": np.negative, **ACTIVATIONS}
    x = random(1, 3, 4, 2) * 4
    small = Small()
    small.add(op, small.input(*x.shape), **({"alpha": 0.3} if op == "LeakyRelu" else {}))
    np.testing.assert_allclose(small.run(tmp_path, x)[0], reference[op](x), atol=1e-5)


@pytest.mark.parametrize("op", ["Log", "Sqrt"])
def test_root_and_logarithm_equal_numpy(tmp_path: Path, op: str) -> None:
    x = np.abs(random(1, 6)) + 0.1
    small = Small()
    small.add(op, small.input(1, 6))
    np.testing.assert_allclose(small.run(tmp_path, x)[0], {"Log": np.log, "Sqrt": np.sqrt}[op](x), atol=1e-5)


@pytest.mark.parametrize(
    "op", ["Add", "AddV2", "BiasAdd", "FloorDiv", "Maximum", "Minimum", "Mul", "RealDiv", "SquaredDifference", "Sub"]
)
@pytest.mark.parametrize("shape", [(), (3,), (1, 1, 3), (4, 1), (1, 4, 5, 3)], ids=str)
def test_arithmetic_with_a_constant_after_a_convolution_equals_numpy(tmp_path: Path, op: str, shape: tuple[int, ...]) -> None:
    reference = {"Add": np.add, "AddV2": np.add, "BiasAdd": np.add, "Maximum": np.maximum, "Minimum": np.minimum}
    reference |= {"FloorDiv": np.floor_divide, "Mul": np.multiply, "RealDiv": np.divide, "Sub": np.subtract}
    reference |= {"SquaredDifference": lambda a, b: (a - b) ** 2}
    x, weights, other = (
        random(2, 5 if shape == (4, 1) else 4, 4 if shape == (4, 1) else 5, 3),
        random(1, 1, 3, 3, seed=1),
        random(*shape),
    )
    small = Small()
    middle = small.add("Conv2D", small.input(1, *x.shape[1:]), small.const(weights), **window())
    small.add(op, middle, small.const(other), T="DT_FLOAT")
    want = reference[op](conv(x, weights), other)
    np.testing.assert_allclose(small.run(tmp_path, x)[0], want, atol=2e-4, rtol=1e-4)
    assert count(tmp_path / "model.onnx", "Transpose") == 2  # in and out: the constant was turned, not the picture


def test_integer_floor_division_rounds_down(tmp_path: Path) -> None:
    x = np.array([[-7, -6, -1, 0, 1, 6, 7]], np.int32)
    small = Small()
    by3 = small.add("FloorDiv", small.input(1, 7, kind="DT_INT32"), small.const(3), T="DT_INT32")
    by_less = small.add("FloorDiv", "x", small.const(-3), T="DT_INT32")
    got = small.run(tmp_path, x, outputs=(by3, by_less))
    assert got[0].tolist() == (x // 3).tolist()
    assert got[1].tolist() == (x // -3).tolist()
    assert got[0].dtype == np.int32


@pytest.mark.parametrize(
    ("op", "padding"), [("MaxPool", "VALID"), ("MaxPool", "SAME"), ("AvgPool", "VALID"), ("AvgPool", "SAME")]
)
def test_pool_equals_numpy(tmp_path: Path, op: str, padding: str) -> None:
    x = np.abs(random(2, 8, 9, 3))
    small = Small()
    small.add(op, small.input(1, 8, 9, 3), ksize=[1, 3, 3, 1], **window(2, padding))
    seen = windows(x, (3, 3), 2, padding)
    held = windows(np.ones_like(x), (3, 3), 2, padding)  # a mean is over what lies inside
    want = seen.max((3, 4)) if op == "MaxPool" else seen.sum((3, 4)) / held.sum((3, 4))
    np.testing.assert_allclose(small.run(tmp_path, x)[0], want, atol=1e-5)


@pytest.mark.parametrize(("height", "width"), [(8, 12), (3, 5), (2, 3)])
def test_bilinear_resize_with_half_pixel_centres_equals_numpy(tmp_path: Path, height: int, width: int) -> None:
    x = random(2, 4, 6, 3)
    small = Small()
    size = small.const([height, width])
    small.add("ResizeBilinear", small.input(1, 4, 6, 3), size, half_pixel_centers=True, align_corners=False)
    np.testing.assert_allclose(small.run(tmp_path, x)[0], bilinear(x, height, width), atol=1e-5)


def test_nearest_resize_repeats_pixels(tmp_path: Path) -> None:
    x = random(2, 4, 6, 3)
    small = Small()
    small.add("ResizeNearestNeighbor", small.input(1, 4, 6, 3), small.const([8, 12]), half_pixel_centers=True)
    np.testing.assert_array_equal(small.run(tmp_path, x)[0], x.repeat(2, 1).repeat(2, 2))


@pytest.mark.parametrize("fill", [0.0, -1.5])
def test_pad_before_a_transposed_convolution_chain_equals_numpy(tmp_path: Path, fill: float) -> None:
    """The shape that nets converted from channels-second frameworks have: pad, transpose, convolve, transpose, again."""
    x, first, second = random(2, 3, 6, 7), random(3, 3, 3, 4, seed=1), random(1, 3, 4, 2, seed=2)
    small = Small()
    widths, last, back = small.const([[0, 0], [0, 0], [1, 1], [1, 2]]), small.const([0, 2, 3, 1]), small.const([0, 3, 1, 2])
    held = small.add("PadV2", small.input(1, 3, 6, 7), widths, small.const(fill)) if fill else small.add("Pad", "x", widths)
    if not fill:
        small.input(1, 3, 6, 7)
        small.nodes.insert(0, small.nodes.pop())
    held = small.add("Conv2D", small.add("Transpose", held, last), small.const(first), **window(2, "VALID"))
    held = small.add("LeakyRelu", small.add("Transpose", held, back), alpha=0.1)
    held = small.add("Conv2D", small.add("Transpose", held, last), small.const(second), **window(1, "VALID"))
    small.add("Transpose", held, back)
    want = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 2)), constant_values=fill).transpose(0, 2, 3, 1)
    want = conv(want, first, 2, "VALID")
    want = conv(np.where(want < 0, want * 0.1, want), second, 1, "VALID").transpose(0, 3, 1, 2)
    np.testing.assert_allclose(small.run(tmp_path, x)[0], want, atol=1e-4)
    assert count(tmp_path / "model.onnx", "Transpose") == 0
    assert count(tmp_path / "model.onnx", "Pad") == (1 if fill else 0)


def test_concat_and_split_of_channels_stay_with_the_pictures(tmp_path: Path) -> None:
    x, weights = random(2, 4, 4, 3), random(1, 1, 3, 4, seed=1)
    small = Small()
    one = small.add("Conv2D", small.input(1, 4, 4, 3), small.const(weights), **window())
    both = small.add("ConcatV2", one, small.add("Relu", one), small.const(3), N=2)
    parts = small.add("SplitV", both, small.const([3, 5]), small.const(3), num_split=2)
    got = small.run(tmp_path, x, outputs=(parts, f"{parts}:1"))
    want = np.concatenate([conv(x, weights), np.maximum(conv(x, weights), 0)], -1)
    np.testing.assert_allclose(got[0], want[..., :3], atol=1e-5)
    np.testing.assert_allclose(got[1], want[..., 3:], atol=1e-5)


def test_what_constants_decide_is_computed_once(tmp_path: Path) -> None:
    x = random(1, 2, 3, 4)
    small = Small()
    nothing = [small.const(np.zeros((0, 1), np.int32), kind="DT_INT64"), small.const([3], kind="DT_INT64")]
    nothing += [small.const(np.zeros(0, np.int32), kind="DT_INT64"), small.const(0, kind="DT_INT64")]
    shape = small.add("AddV2", small.const([1, 6, -1], kind="DT_INT64"), small.add("SparseToDense", *nothing), T="DT_INT64")
    small.add("Reshape", small.input(1, 2, 3, 4), shape)
    np.testing.assert_array_equal(small.run(tmp_path, x)[0], x.reshape(1, 6, 4))
    assert [node.op_type for node in onnx.load(tmp_path / "model.onnx").graph.node] == ["Reshape", "Identity"]


def test_what_mixes_a_picture_with_itself_runs_for_each_picture(tmp_path: Path) -> None:
    """Find the brightest pixel by index and look another map up there: only meant for one picture, given three."""
    x = random(3, 4, 5, 2)
    small = Small()
    first = small.add("Unpack", small.input(1, 4, 5, 2), num=1, axis=0)
    again = small.add("ExpandDims", first, small.const(0))
    maps = small.add("Conv2D", again, small.const(np.eye(2, dtype=np.float32)[None, None]), **window())
    halves = small.add("SplitV", maps, small.const([1, 1]), small.const(3), num_split=2)
    best = small.add("ArgMax", small.add("Reshape", halves, small.const([1, -1])), small.const(1), output_type="DT_INT32")
    row = small.add("FloorDiv", best, small.const(5), T="DT_INT32")
    column = small.add("Sub", best, small.add("Mul", row, small.const(5), T="DT_INT32"), T="DT_INT32")
    flat = [small.add("Reshape", part, small.const([-1])) for part in (row, column)]
    at = small.add("Pack", small.const([0]), *flat, axis=1, N=3)
    value = small.add("GatherNd", f"{halves}:1", at)
    other = small.add("GatherNd", small.add("Squeeze", halves, squeeze_dims=[0]), small.add("Pack", *flat, axis=1, N=2))
    give = small.add("ExpandDims", small.add("AddV2", value, other, T="DT_FLOAT"), small.const(0), name="out")
    got = small.run(tmp_path, x, outputs=(give,))[0]
    want = [[[x[i, ..., 0].max() + x[i, ..., 1].reshape(-1)[x[i, ..., 0].argmax()]]] for i in range(3)]
    np.testing.assert_allclose(got, want, atol=1e-6)
    assert count(tmp_path / "model.onnx", "Scan") == 1


def test_a_fixed_first_axis_stays_fixed(tmp_path: Path) -> None:
    x = random(3, 4)
    small = Small()
    small.add("ArgMax", small.input(3, 4), small.const(0), output_type="DT_INT32")
    assert small.run(tmp_path, x)[0].tolist() == x.argmax(0).tolist()


@pytest.mark.parametrize(("stored", "tolerance"), [("float16", 0.0), ("uint8", 6e-3), ("uint16", 3e-5)])
def test_stored_weights_are_restored(tmp_path: Path, stored: str, tolerance: float) -> None:
    weights = np.clip(random(1, 1, 8, 16), -1.4, 1.4).astype(np.float16).astype(np.float32)
    small = Small()
    small.add("Conv2D", small.input(1, 1, 8, 8), small.const(weights, stored=stored), **window())
    got = small.run(tmp_path, np.eye(8, dtype=np.float32)[None, None])[0]
    np.testing.assert_allclose(got[0, 0], weights[0, 0], atol=tolerance, rtol=0)


def test_float16_weights_stay_float16_in_the_file(tmp_path: Path) -> None:
    small = Small()
    small.add("Conv2D", small.input(1, 4, 4, 8), small.const(random(3, 3, 8, 64), stored="float16"), **window())
    convert(small.write(tmp_path), tmp_path / "model.onnx")
    assert (tmp_path / "model.onnx").stat().st_size < 3 * 3 * 8 * 64 * 2 + 1500
    kinds = {stored.data_type for stored in onnx.load(tmp_path / "model.onnx").graph.initializer if len(stored.dims) == 4}
    assert kinds == {onnx.TensorProto.FLOAT16}


def test_the_same_model_gives_the_same_bytes(tmp_path: Path) -> None:
    small = Small()
    small.add("Conv2D", small.input(1, 4, 4, 2), small.const(random(3, 3, 2, 2)), **window())
    model = small.write(tmp_path)
    convert(model, tmp_path / "a.onnx")
    convert(model, tmp_path / "b.onnx")
    assert (tmp_path / "a.onnx").read_bytes() == (tmp_path / "b.onnx").read_bytes()


def tiny() -> Small:
    small = Small()
    small.add("AddV2", small.input(1, 4), small.const([1.0, 2.0, 3.0, 4.0]), T="DT_FLOAT")
    return small


def test_unknown_operation_is_named(tmp_path: Path) -> None:
    small = tiny()
    small.add("NonMaxSuppressionV5", "block/AddV22", name="select")
    with pytest.raises(FormatError, match=r"select \(NonMaxSuppressionV5\)"):
        convert(small.write(tmp_path), tmp_path / "model.onnx")
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".bin", ".bin", ".json"]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda folder, small: small.add("Relu", "nowhere"), "refers to nowhere:0"),
        (lambda folder, small: small.add("Conv2D", "x", "x", **window()), "must be a constant"),
        (lambda folder, small: small.add("Cast", "x", DstT="DT_STRING"), "DT_STRING"),
        (lambda folder, small: small.nodes.append({"name": "c", "op": "Const", "attr": {}}), "no such constant"),
        (lambda folder, small: small.weights[0].update(dtype="complex64"), "complex64"),
        (lambda folder, small: small.weights[0].update(shape=[5]), "should hold 20 bytes, not 16"),
        (lambda folder, small: small.nodes.append({"name": "c"}), "expected a TensorFlow.js graph model"),
        (
            lambda folder, small: small.add(
                "_FusedConv2D", "x", small.const(random(1, 1, 4, 4)), fused_ops=["Gelu"], **window()
            ),
            "Gelu",
        ),
        (lambda folder, small: small.add("Transpose", "x"), "inputs or attributes"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_damaged_model_is_one_clear_line(tmp_path: Path, spoil: Callable[[Path, Small], Any], says: str) -> None:
    small = tiny()
    spoil(tmp_path, small)
    with pytest.raises(FormatError, match=says) as caught:
        convert(small.write(tmp_path), tmp_path / "model.onnx")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "layers-model", "modelTopology": {}}', "null"])
def test_what_is_no_graph_model_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "model.json").write_text(text)
    with pytest.raises(FormatError, match=r"model\.json"):
        convert(tmp_path / "model.json", tmp_path / "model.onnx")


def test_missing_weights_file_is_named(tmp_path: Path) -> None:
    model = tiny().write(tmp_path)
    (tmp_path / "part2of2.bin").unlink()
    with pytest.raises(FormatError, match=r"part2of2\.bin"):
        convert(model, tmp_path / "model.onnx")


def test_weights_outside_the_folder_are_refused(tmp_path: Path) -> None:
    model = tiny().write(tmp_path)
    model.write_text(model.read_text().replace("part2of2.bin", "../part2of2.bin"))
    with pytest.raises(FormatError, match="must lie beside it"):
        convert(model, tmp_path / "model.onnx")


def test_without_onnx_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny().write(tmp_path)
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(MissingExtra, match=r"kinesics\[accurate\]"):
        convert(model, tmp_path / "model.onnx")
    assert not (tmp_path / "model.onnx").exists()


# ------------------------------------------------------------------------------------------------- the two nets, as installed
def net(name: str) -> Path:
    try:
        return find(name)
    except WeightsError as error:
        pytest.skip(str(error))


def recipe() -> Any:
    spec = importlib.util.spec_from_file_location("tfjs_recipe", GOLDEN / "tfjs_recipe.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_thunder_equals_tensorflow_for_one_and_for_many() -> None:
    pictures = recipe().pictures(256).astype(np.int32)
    want = np.array(json.loads((GOLDEN / "tfjs.json").read_text())["movenet_thunder"])
    together = run(net("movenet_thunder"), pictures)[0]
    alone = np.concatenate([run(net("movenet_thunder"), picture[None])[0] for picture in pictures])
    np.testing.assert_allclose(together[:, 0], want, atol=1e-3)
    np.testing.assert_allclose(alone, together, atol=1e-5)
    assert want[0, :, 2].mean() > 0.5 > 0.1 > want[1:, :, 2].max()  # the golden holds a person, and two without


def test_nanodet_equals_tensorflow() -> None:
    made = recipe()
    golden = json.loads((GOLDEN / "tfjs.json").read_text())["nanodet"]
    outputs = run(net("nanodet"), made.nanodet_input(made.pictures(416)))
    assert [output.shape for output in outputs] == [(3, cells, wide) for wide in (80, 44) for cells in (2704, 676, 169)]
    for picture, want in enumerate(golden):
        for output, numbers in zip(outputs, want, strict=True):
            np.testing.assert_allclose(made.digest(output[picture]), numbers, atol=1e-3)


def test_thunder_keeps_channels_second_throughout(tmp_path: Path) -> None:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(tmp_path / "best.onnx")
    options.log_severity_level = 3  # it warns that such a file is for this machine only
    onnxruntime.InferenceSession(str(net("movenet_thunder")), options, providers=["CPUExecutionProvider"])
    assert count(tmp_path / "best.onnx", "Transpose") <= 5
    assert count(tmp_path / "best.onnx", "Cast") <= 5  # those of the weights are gone

"""dlib's face recognition net turned into ONNX: its weights are published without a graph, the graph is written here.

The net (Davis King, dlib's `dnn_face_recognition_ex`, 2017; dedicated to the public domain) is a residual net of 29 layers
after He et al., Deep residual learning for image recognition (2016), with half the filters: one convolution 7x7, then four
groups of residual units of 32, 64, 128 and 256 filters, each unit two convolutions 3x3, the mean over the picture, and 128
sums. Each convolution is followed by an affine map per filter, here folded into it. A unit that halves the picture adds the
means over 2x2 instead of what came in, and whichever of both sides is smaller is filled up with zeros.

The weights come as a list in the manner of TensorFlow.js (most of them 8 bits with a scale and an
offset per array); they stay so in the file and are widened when it is opened.

    in   `input` (n, 150, 150, 3) float32, RGB 0 to 255, a face whose eyes and nose lie where dlib's mean face has them
    out  `descriptor` (n, 128) float32; of one person within about 0.6 of each other
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import FormatError
from .tfjs_graph import Array, Graph
from .tfjs_model import read_weights

__all__ = ["convert"]

SIDE = 150
MEAN = (122.782, 117.001, 104.298)  # of the pictures it learned from, RGB; dlib divides by 256
GROUPS = (
    ("conv32_1", "conv32_2", "conv32_3"),
    ("conv64_down", "conv64_1", "conv64_2", "conv64_3"),
    ("conv128_down", "conv128_1", "conv128_2"),
    ("conv256_down", "conv256_1", "conv256_2", "conv256_down_out"),
)


def convert(manifest_json: Path, out: Path) -> None:
    """Write the net as an ONNX file.

    Args:
        manifest_json: the list of weights; the `.bin` file it names lies beside it.
        out: the `.onnx` file; nothing is left there when the work fails.

    Raises:
        FormatError: it is not that list, or a weight is missing or of another shape.
        MissingExtra: the package `onnx` is not installed.
    """
    try:
        manifest = json.loads(manifest_json.read_text("utf-8"))
        weights = read_weights(manifest_json, manifest)
        stored = {row["name"]: row.get("quantization") for group in manifest for row in group["weights"]}
        model = _Builder(weights, stored).run()
    except OSError as error:
        raise FormatError(f"{error.filename or manifest_json}: cannot be read ({error.strerror or error})") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, FormatError):
            raise
        what = f"{type(error).__name__}: {error}"
        raise FormatError(f"{manifest_json}: expected the weights of dlib's face net ({what})") from error
    part = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        part.write_bytes(model.SerializeToString(deterministic=True))
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


class _Builder:
    """The graph on its way, with the side and the filters of what was computed last."""

    def __init__(self, weights: dict[str, Array], stored: dict[str, Any]) -> None:
        self.weights, self.stored, self.graph = weights, stored, Graph()
        self.side, self.filters = SIDE, 3

    def run(self) -> Any:
        graph, helper = self.graph, self.graph.onnx.helper
        kind = graph.onnx.TensorProto.FLOAT
        mean = graph.constant(np.array(MEAN, np.float32))
        x = graph.one("Div", graph.one("Sub", "input", mean), graph.constant(np.array(256, np.float32)))
        x = self._convolution(graph.one("Transpose", x, perm=[0, 3, 1, 2]), "conv32_down", stride=2)
        x = graph.one("MaxPool", graph.one("Relu", x), kernel_shape=[3, 3], strides=[2, 2])
        self.side = (self.side - 3) // 2 + 1
        for name in (name for group in GROUPS for name in group):
            x = self._unit(x, name)
        x = graph.one("ReduceMean", x, graph.integers(2, 3), keepdims=0)
        graph.nodes.append(helper.make_node("MatMul", [x, self._widened("fc", None)], ["descriptor"], name="descriptor"))
        inputs = [helper.make_tensor_value_info("input", kind, ["n", SIDE, SIDE, 3])]
        outputs = [helper.make_tensor_value_info("descriptor", kind, ["n", 128])]
        return graph.model(graph.proto("kinesics", inputs, outputs))

    def _unit(self, x: str, name: str) -> str:
        graph, down = self.graph, "down" in name
        before = self.side, self.filters
        y = graph.one("Relu", self._convolution(x, f"{name}/conv1", stride=2 if down else 1))
        y = self._convolution(y, f"{name}/conv2")
        if down:
            x = graph.one("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])
            before = before[0] // 2, before[1]
        side, filters = max(self.side, before[0]), max(self.filters, before[1])
        x = self._filled(x, before, (side, filters))
        y = self._filled(y, (self.side, self.filters), (side, filters))
        self.side, self.filters = side, filters
        return graph.one("Relu", graph.one("Add", x, y))

    def _filled(self, x: str, now: tuple[int, int], then: tuple[int, int]) -> str:
        """(n, filters, side, side) with zeros behind, to the right and below."""
        more, wide = then[1] - now[1], then[0] - now[0]
        return x if not (more or wide) else self.graph.one("Pad", x, self.graph.integers(0, 0, 0, 0, 0, more, wide, wide))

    def _convolution(self, x: str, name: str, stride: int = 1) -> str:
        """A convolution and its affine map: without a border where it halves, as dlib does."""
        scale, shift = self.weights[f"{name}/scale/weights"], self.weights[f"{name}/scale/biases"]
        filters = self._widened(f"{name}/conv/filters", scale)
        bias = self.graph.constant((self.weights[f"{name}/conv/bias"] * scale + shift).astype(np.float32))
        high = self.weights[f"{name}/conv/filters"].shape[0]
        edge = high // 2 if stride == 1 else 0
        self.side = (self.side + 2 * edge - high) // stride + 1
        self.filters = len(scale)
        return self.graph.one("Conv", x, filters, bias, strides=[stride] * 2, pads=[edge] * 4, kernel_shape=[high] * 2)

    def _widened(self, name: str, scale: Array | None) -> str:
        """Weights times `scale` per filter, filters first: 8 bits and what makes numbers of them, where they are stored so."""
        how, array, graph = self.stored[name], self.weights[name], self.graph
        scale = np.ones((), np.float32) if scale is None else scale.reshape(-1, 1, 1, 1)
        array = array.transpose(3, 2, 0, 1) if array.ndim == 4 else array
        if how is None:
            return graph.constant((array * scale).astype(np.float32))
        raw = np.rint((array - how["min"]) / how["scale"]).astype(np.uint8)
        wide = graph.one("Cast", graph.constant(raw), to=graph.onnx.TensorProto.FLOAT)
        wide = graph.one("Mul", wide, graph.constant((how["scale"] * scale).astype(np.float32)))
        return graph.one("Add", wide, graph.constant((how["min"] * scale).astype(np.float32)))

"""The human pose viewer of 2022, rebuilt untrained to be timed against: what one picture of it costs.

A pix2pix U-Net (Isola et al., "Image-to-image translation with conditional adversarial networks", CVPR 2017) from a drawn
skeleton at 256 to a picture at 256, with a recurrent layer at its narrowest place, then a network that triples the size by
rearranging channels (Shi et al., "Real-time single image and video super-resolution", CVPR 2016): 56.6 million parameters,
10.5 thousand million multiplications a picture. Batch normalisation is folded into the convolutions, which is in its favour.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ..errors import need
from ..types import Array, skeleton

__all__ = ["OUT", "SIDE", "Unet2022", "session", "write_unet"]

SIDE, OUT = 256, 768
"""Pixels of its input and of its output."""
_OPSET = 17
_DOWN = (64, 128, 256, 512, 512, 512, 512, 512)
_UP = (512, 512, 512, 512, 256, 128, 64)
_UPSCALER = ((5, 64), (3, 64), (3, 32), (3, 27))


def write_unet(path: Path, *, seed: int = 0) -> dict[str, int]:
    """Write the net with random weights.

    Args:
        path: the `.onnx` file, 226 MB.
        seed: of the weights.

    Returns:
        parameters, and multiplications (macs) of a picture.

    Raises:
        MissingExtra: the package `onnx` is not installed.
    """
    graph = _Graph(need("onnx", "accurate"), np.random.default_rng(seed))
    x, side, channels, skips = "pose", SIDE, 3, []
    for wide in _DOWN:
        x = graph.conv("Conv", x, channels, wide, 4, side // 2, "LeakyRelu", strides=[2, 2], pads=[1] * 4)
        skips.append((x, wide))
        side, channels = side // 2, wide
    x = graph.memory(x, channels)
    for wide, (skip, more) in zip((*_UP, 3), [*skips[-2::-1], ("", 0)], strict=True):
        last = wide == 3
        x = graph.conv("ConvTranspose", x, channels, wide, 4, side, "Tanh" if last else "Relu", strides=[2, 2], pads=[1] * 4)
        x = x if last else graph.node("Concat", [x, skip], axis=1)
        side, channels = side * 2, wide + more
    for kernel, wide in _UPSCALER:
        pad = [kernel // 2] * 4
        x = graph.conv("Conv", x, channels, wide, kernel, side, "" if wide == 27 else "Relu", pads=pad)
        channels = wide
    x = graph.node("DepthToSpace", [x], blocksize=OUT // SIDE, mode="CRD")
    graph.write(x, path)
    return {"parameters": graph.parameters, "macs": graph.macs}


def session(graph: str | bytes, threads: int = 1) -> Any:
    """A graph, by path or bytes, ready to run on so many threads of the processor."""
    runtime = need("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 3
    return runtime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


class _Graph:
    """Nodes one after the other, with random weights."""

    def __init__(self, onnx: Any, rng: np.random.Generator) -> None:
        self.onnx, self.rng = onnx, rng
        self.nodes: list[Any] = []
        self.weights: list[Any] = []
        self.parameters = self.macs = 0

    def node(self, op: str, inputs: list[str], outputs: int = 1, **attributes: Any) -> str:
        names = [f"x{len(self.nodes)}" + ("" if i == 0 else f"_{i}") for i in range(outputs)]
        self.nodes.append(self.onnx.helper.make_node(op, inputs, names, **attributes))
        return names[0]

    def weight(self, *shape: int) -> str:
        values = (self.rng.random(shape, np.float32) - np.float32(0.5)) * np.float32(0.07)  # as wide as a normal one of 0.02
        self.weights.append(self.onnx.numpy_helper.from_array(values, f"w{len(self.weights)}"))
        self.parameters += values.size
        return str(self.weights[-1].name)

    def conv(self, op: str, x: str, many: int, wide: int, kernel: int, side: int, then: str, **attributes: Any) -> str:
        """A convolution (`side` of its smaller end) and what bends it."""
        shape = (many, wide) if op == "ConvTranspose" else (wide, many)
        self.macs += side * side * many * wide * kernel * kernel
        x = self.node(op, [x, self.weight(*shape, kernel, kernel), self.weight(wide)], **attributes)
        if then == "LeakyRelu":
            return self.node(then, [x], alpha=0.2)
        return self.node(then, [x]) if then else x

    def memory(self, x: str, wide: int) -> str:
        """A recurrent layer over the pictures, here one picture at a time: (1, wide, 1, 1) to the same."""
        fixed = self.onnx.numpy_helper.from_array
        self.weights += [fixed(np.array(s, np.int64), n) for n, s in (("row", [1, 1, wide]), ("square", [1, wide, 1, 1]))]
        gates = [self.weight(1, 4 * wide, wide), self.weight(1, 4 * wide, wide), self.weight(1, 8 * wide)]
        self.macs += 8 * wide * wide
        x = self.node("Reshape", [x, "row"])
        x = self.node("LSTM", [x, *gates, "", "hidden", "cell"], 3, hidden_size=wide)
        self.state = f"{x}_1", f"{x}_2", wide
        return self.node("Reshape", [x, "square"])

    def write(self, x: str, path: Path) -> None:
        onnx = self.onnx
        make, real = onnx.helper.make_tensor_value_info, onnx.TensorProto.FLOAT
        hidden, cell, wide = self.state
        ins = [make("pose", real, [1, 3, SIDE, SIDE]), *(make(n, real, [1, 1, wide]) for n in ("hidden", "cell"))]
        outs = [make(x, real, [1, 3, OUT, OUT]), *(make(n, real, [1, 1, wide]) for n in (hidden, cell))]
        graph = onnx.helper.make_graph(self.nodes, "unet2022", ins, outs, self.weights)
        opset = [onnx.helper.make_opsetid("", _OPSET)]
        onnx.save(onnx.helper.make_model(graph, opset_imports=opset, ir_version=8), str(path))


class Unet2022:
    """The whole of its work on a picture: draw the skeleton, run the net, read the pixels back.

    Args:
        path: what `write_unet` wrote.
        threads: of one run.
    """

    def __init__(self, path: Path, threads: int = 1) -> None:
        self._session = session(str(path), threads)
        self._state = {name: np.zeros((1, 1, _DOWN[-1]), np.float32) for name in ("hidden", "cell")}
        bones = skeleton("wholebody133").bones
        colours = np.random.default_rng(0).integers(60, 255, (len(bones), 3)).tolist()
        self._bones = list(zip(bones, colours, strict=True))

    def run(self, pose: Array) -> Array:
        """The net alone: (1, 3, 256, 256) float32 in -1 to 1, to (1, 3, 768, 768)."""
        made: Array = self._session.run(None, {"pose": pose, **self._state})[0]
        return made

    def draw(self, points: Array, scores: Array) -> Array:
        """From a pose (133, 2) of the canvas of 512 to (768, 768, 3) uint8."""
        answer = self.run(self.input(points, scores))[0]
        picture: Array = cv2.convertScaleAbs(np.ascontiguousarray(answer.transpose(1, 2, 0)), alpha=127.5, beta=127.5)
        return picture

    def input(self, points: Array, scores: Array) -> Array:
        """The skeleton in colours, (1, 3, 256, 256) float32 in -1 to 1."""
        picture = np.zeros((SIDE, SIDE, 3), np.uint8)
        seen = (scores > 0) & np.isfinite(points).all(-1)
        places = np.where(seen[:, None], points / 2, 0).astype(int).tolist()
        for (a, b), colour in self._bones:
            if seen[a] and seen[b]:
                cv2.line(picture, places[a], places[b], colour, 2, cv2.LINE_AA)
        return np.ascontiguousarray(picture.transpose(2, 0, 1)[None], np.float32) / np.float32(127.5) - 1

    def timed(self, poses: list[tuple[Array, Array]], workers: int) -> list[float]:
        """Draw poses with so many workers; seconds of each."""

        def one(pose: tuple[Array, Array]) -> float:
            start = time.perf_counter()
            self.draw(*pose)
            return time.perf_counter() - start

        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(one, poses))

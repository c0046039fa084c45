"""The trained network to ONNX: normalisation folded into the convolutions, and what they remember handed in and out."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import need
from .net import STEEPEST, StreamNet
from .network import NetHead

__all__ = ["export_head", "export_net"]

OPSET = 17


def export_net(net: StreamNet) -> bytes:
    """Bytes of an ONNX graph: x (1, t, c) and memories (1, channels, past) to z (1, t, f), weight (1, t, g), new memories."""
    onnx: Any = need("onnx", "train")
    make, keep, nodes = onnx.helper, onnx.numpy_helper, []
    constants: dict[str, Any] = {}

    def constant(name: str, value: Any) -> str:
        constants[name] = np.ascontiguousarray(value)
        return name

    def node(kind: str, inputs: list[str], output: str, **given: Any) -> str:
        nodes.append(make.make_node(kind, inputs, [output], name=output, **given))
        return output

    channels, groups = net.groups * net.width, net.groups
    node("Transpose", ["x"], "features", perm=[0, 2, 1])
    factor, offset = _affine(net.stem_norm)
    axis, parts = constant("axis", np.array([2], np.int64)), []
    one = constant("one", np.array([1], np.int64))
    for i, (stem, (start, end)) in enumerate(zip(net.stems, net.spans, strict=True)):
        rows = slice(i * net.width, (i + 1) * net.width)
        weight = constant(f"stem{i}_weight", _array(stem.weight) * factor[rows, None, None])
        bias = constant(f"stem{i}_bias", _array(stem.bias) * factor[rows] + offset[rows])
        cut = [constant(f"stem{i}_{n}", np.array([v], np.int64)) for n, v in (("from", start), ("to", end))]
        part = node("Slice", ["features", *cut, one], f"part{i}")
        parts.append(node("Conv", [part, weight, bias], f"stem{i}", kernel_shape=[1]))
    h = node("Relu", [node("Concat", parts, "stems", axis=1)], "h0")
    memories, far = [], constant("far", np.array([np.iinfo(np.int64).max], np.int64))
    for i, (convolution, norm, dilation) in enumerate(zip(net.convolutions, net.norms, net.dilations, strict=True)):
        factor, offset = _affine(norm)
        weight = constant(f"conv{i}_weight", _array(convolution.weight) * factor[:, None, None])
        past = dilation * (net.kernel - 1)
        memories.append((f"memory{i}", past))
        whole = node("Concat", [f"memory{i}", h], f"whole{i}", axis=2)
        node("Slice", [whole, constant(f"past{i}", np.array([-past], np.int64)), far, axis], f"next{i}")
        step = node(
            "Conv",
            [whole, weight, constant(f"conv{i}_bias", offset)],
            f"conv{i}",
            group=groups,
            dilations=[dilation],
            kernel_shape=[net.kernel],
        )
        h = node("Add", [h, node("Relu", [step], f"step{i}")], f"h{i + 1}")
    attention = [
        constant("attention_weight", _array(net.attention.weight)),
        constant("attention_bias", _array(net.attention.bias)),
    ]
    score = node("Conv", [h, *attention], "score", group=groups, kernel_shape=[1])
    bounds = [constant(n, np.array(v, np.float32)) for n, v in (("least", -STEEPEST), ("most", STEEPEST))]
    each = node("Exp", [node("Clip", [score, *bounds], "clipped")], "each")
    node("Transpose", [each], "weight", perm=[0, 2, 1])
    apart = node("Reshape", [h, constant("apart", np.array([1, groups, net.width, -1], np.int64))], "apart_h")
    weighed = node("Mul", [apart, node("Unsqueeze", [each, axis], "each_channel")], "weighed")
    together = node("Reshape", [weighed, constant("together", np.array([1, channels, -1], np.int64))], "together_h")
    node("Transpose", [together], "z", perm=[0, 2, 1])
    real = onnx.TensorProto.FLOAT
    inputs = [make.make_tensor_value_info("x", real, [1, "t", max(end for _, end in net.spans)])]
    inputs += [make.make_tensor_value_info(name, real, [1, channels, past]) for name, past in memories]
    outputs = [make.make_tensor_value_info(n, real, [1, "t", w]) for n, w in (("z", channels), ("weight", groups))]
    outputs += [make.make_tensor_value_info(f"next{i}", real, [1, channels, past]) for i, (_, past) in enumerate(memories)]
    held = [keep.from_array(value, name) for name, value in constants.items()]
    graph = make.make_graph(nodes, "actions", inputs, outputs, held)
    model = make.make_model(graph, opset_imports=[make.make_opsetid("", OPSET)], ir_version=8, producer_name="kinesics")
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def export_head(net: StreamNet, until: float) -> NetHead:
    """The last layers as plain arrays; `until`: seconds for which the early one answers."""

    def plain(layer: Any) -> tuple[Any, Any]:
        weight = _array(layer.weight).reshape(net.groups, net.classes, net.width).transpose(0, 2, 1)
        return np.ascontiguousarray(weight), _array(layer.bias).reshape(net.groups, net.classes)

    return NetHead(*plain(net.head), *plain(net.early), until)


def _affine(norm: Any) -> tuple[Any, Any]:
    factor, offset = norm.affine()
    return _array(factor), _array(offset)


def _array(value: Any) -> Any:
    return value.detach().numpy().astype(np.float32)

"""A trained net as an ONNX graph and back: weights as bytes with a scale for each output, a quarter of the size.

Weights are unpacked once, when the graph is loaded; the arithmetic stays in floating point.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import fx, nn

from ..errors import FormatError, need

__all__ = ["export", "restore"]

OPSET = 17


def export(net: nn.Module, inputs: dict[str, tuple[int, ...]], outputs: list[str]) -> bytes:
    """Bytes of the net's ONNX graph.

    Args:
        net: of convolutions, relu, sums and nearest interpolation.
        inputs: name -> (channels, height, width), in the order of `forward`.
        outputs: names in the order of what `forward` returns.
    """
    onnx: Any = need("onnx", "train")
    make = onnx.helper
    graph = _Graph(onnx)
    names: dict[fx.Node, str] = {}
    given = iter(inputs)
    for step in fx.symbolic_trace(net).graph.nodes:
        if step.op == "placeholder":
            names[step] = next(given)
        elif step.op == "call_module":
            names[step] = graph.convolution(f"at_{step.name}", names[step.args[0]], step.target, net.get_submodule(step.target))
        elif step.op == "call_function":
            names[step] = graph.function(step, [names.get(a, a) for a in step.args])
        elif step.op == "output":
            results = step.args[0] if isinstance(step.args[0], tuple) else (step.args[0],)
            for node, name in zip(results, outputs, strict=True):
                graph.node("Identity", [names[node]], name)
    real = onnx.TensorProto.FLOAT
    ins = [make.make_tensor_value_info(name, real, ["n", *shape]) for name, shape in inputs.items()]
    outs = [make.make_tensor_value_info(name, real, None) for name in outputs]
    whole = make.make_graph(graph.nodes, type(net).__name__.lower(), ins, outs, graph.constants)
    model = make.make_model(whole, opset_imports=[make.make_opsetid("", OPSET)], ir_version=8, producer_name="kinesics")
    return bytes(model.SerializeToString())


class _Graph:
    def __init__(self, onnx: Any) -> None:
        self.onnx = onnx
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def node(self, kind: str, inputs: list[str], name: str, **given: Any) -> str:
        self.nodes.append(self.onnx.helper.make_node(kind, inputs, [name], name=name, **given))
        return name

    def constant(self, name: str, value: Any) -> str:
        self.constants.append(self.onnx.numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def convolution(self, name: str, x: str, target: str, layer: nn.Module) -> str:
        if not isinstance(layer, nn.Conv2d):
            raise TypeError(f"only convolutions are exported, {target} is {type(layer).__name__}")
        weight = layer.weight.detach().numpy()
        scale = np.maximum(np.abs(weight).max(axis=(1, 2, 3), keepdims=True), 1e-12) / 127
        whole = np.clip(np.rint(weight / scale), -127, 127).astype(np.int8)
        packed = self.constant(f"{target}.weight", whole)
        real = self.node("Cast", [packed], f"{name}_real", to=self.onnx.TensorProto.FLOAT)
        ready = self.node("Mul", [real, self.constant(f"{target}.scale", scale.astype(np.float32))], f"{name}_weight")
        assert layer.bias is not None
        bias = self.constant(f"{target}.bias", layer.bias.detach().numpy())
        pad = [int(p) for p in layer.padding]
        return self.node(
            "Conv",
            [x, ready, bias],
            name,
            kernel_shape=list(layer.kernel_size),
            strides=list(layer.stride),
            pads=[*pad, *pad],
            group=layer.groups,
        )

    def function(self, step: fx.Node, args: list[Any]) -> str:
        called = getattr(step.target, "__name__", "")
        if called == "relu":
            return self.node("Relu", args[:1], f"at_{step.name}")
        if called == "add":
            return self.node("Add", args, f"at_{step.name}")
        if called == "interpolate":
            scales = self.constant(f"{step.name}_scales", np.array([1, 1, 2, 2], np.float32))
            how = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
            return self.node("Resize", [args[0], "", scales], f"at_{step.name}", **how)
        raise TypeError(f"{called} is not exported")


def restore(net: nn.Module, graph: bytes) -> None:
    """Fill a net with the weights of a graph that `export` made.

    Raises:
        FormatError: the graph is of another net.
    """
    onnx: Any = need("onnx", "train")
    held = {c.name: onnx.numpy_helper.to_array(c) for c in onnx.load_from_string(graph).graph.initializer}
    state = {}
    for name, value in net.state_dict().items():
        if name not in held or held[name].shape != tuple(value.shape):
            raise FormatError(
                f"the net to start from has no {name} of shape {tuple(value.shape)}; start from one of this version"
            )
        scale = held.get(name.removesuffix("weight") + "scale", np.float32(1))
        state[name] = torch.from_numpy((held[name] * scale).astype(np.float32))
    net.load_state_dict(state)

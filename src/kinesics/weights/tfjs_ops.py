"""What each TensorFlow operation becomes in ONNX: one function an operation, and the table that names them.

A function gets the graph to write into, the node and its inputs as `Value`s, and gives back the outputs. The second entry of
the table says whether the operation treats each picture of a batch by itself, so that it may be written for any number of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..errors import FormatError
from .tfjs_graph import Array, Graph, Value, exact, inverse

CHANNELS_SECOND = (0, 2, 3, 1)
"""The order in which pictures are held: TensorFlow's (n, h, w, c) stands as (n, c, h, w)."""

UNARY = {
    "Abs": "Abs",
    "Elu": "Elu",
    "Exp": "Exp",
    "Floor": "Floor",
    "Identity": "Identity",
    "Log": "Log",
    "Neg": "Neg",
    "Relu": "Relu",
    "Sigmoid": "Sigmoid",
    "Sqrt": "Sqrt",
    "Tanh": "Tanh",
}
BINARY = {
    "Add": "Add",
    "AddV2": "Add",
    "BiasAdd": "Add",
    "Maximum": "Max",
    "Minimum": "Min",
    "Mul": "Mul",
    "RealDiv": "Div",
    "Sub": "Sub",
}
TYPES = {"DT_FLOAT": 1, "DT_INT32": 6, "DT_INT64": 7, "DT_BOOL": 9}
"""TensorFlow's names of types and ONNX's numbers for them."""


@dataclass(frozen=True)
class Node:
    """One node of the TensorFlow graph: name, operation, inputs as (node, output number), attributes as plain values."""

    name: str
    op: str
    inputs: tuple[tuple[str, int], ...]
    attributes: dict[str, Any]

    def fail(self, what: str) -> FormatError:
        """The error for something in this node that the converter cannot do."""
        return FormatError(f"TensorFlow.js node {self.name} ({self.op}): {what}")

    def get(self, key: str, default: Any = None) -> Any:
        """An attribute, or the default where the file leaves it out."""
        return self.attributes.get(key, default)


Outputs = list[Value]


def _known(node: Node, value: Value) -> Array:
    if value.array is None:
        raise node.fail("an input that decides shapes or weights must be a constant of the file, and is computed")
    return value.array


def _axis(node: Node, value: Value) -> int:
    return int(_known(node, value).reshape(-1)[0])


def _numbers(node: Node, value: Value) -> list[int]:
    return [int(n) for n in _known(node, value).reshape(-1)]


def _unary(graph: Graph, node: Node, x: Value) -> Outputs:
    if node.op == "Identity":
        return [x]
    return [x.like(graph.one(UNARY[node.op], graph.held(x, x.order)))]


def _clip(graph: Graph, node: Node, x: Value) -> Outputs:
    low, high = (graph.constant(np.array(limit, np.float32)) for limit in (0.0, 6.0))
    return [x.like(graph.one("Clip", graph.held(x, x.order), low, high))]


def _leaky(graph: Graph, node: Node, x: Value) -> Outputs:
    alpha = float(node.get("alpha", node.get("leakyrelu_alpha", 0.2)))
    return [x.like(graph.one("LeakyRelu", graph.held(x, x.order), alpha=alpha))]


def _prelu(graph: Graph, node: Node, x: Value, slope: Value) -> Outputs:
    return [x.like(graph.one("PRelu", graph.held(x, x.order), graph.held(slope, x.order)))]


def _cast(graph: Graph, node: Node, x: Value) -> Outputs:
    if node.get("DstT") not in TYPES:
        raise node.fail(f"type {node.get('DstT')} is not one of {', '.join(TYPES)}")
    return [x.like(graph.one("Cast", graph.held(x, x.order), to=TYPES[node.get("DstT")]))]


def _binary(graph: Graph, node: Node, a: Value, b: Value) -> Outputs:
    shape = a if a.array is None and (b.array is not None or (a.rank or 0) >= (b.rank or 0)) else b
    order = shape.order
    if order is not None and any(v.array is None and v.rank != len(order) for v in (a, b)):
        order = None
    left, right = graph.held(a, order), graph.held(b, order)
    ranks = None if a.rank is None or b.rank is None else max(a.rank, b.rank)
    out = Value(_arithmetic(graph, node.op, left, right, floating=node.get("T") == "DT_FLOAT"), ranks, order)
    return [replace(out, rows=a.rows or b.rows)]


def _arithmetic(graph: Graph, op: str, a: str, b: str, *, floating: bool) -> str:
    if op == "SquaredDifference":
        difference = graph.one("Sub", a, b)
        return graph.one("Mul", difference, difference)
    if op == "FloorDiv" and floating:
        return graph.one("Floor", graph.one("Div", a, b))
    if op == "FloorDiv":  # ONNX divides integers towards zero; its Mod has the sign of the divisor, as TensorFlow's
        return graph.one("Div", graph.one("Sub", a, graph.one("Mod", a, b)), b)
    return graph.one(BINARY[op], a, b)


def _window(node: Node, size: tuple[int, ...], pads: tuple[tuple[int, int], ...]) -> dict[str, Any]:
    """The attributes that say how a window of this size moves; zeros that were pending around the input go in here."""
    if node.get("data_format", "NHWC") != "NHWC":
        raise node.fail(f"data format {node.get('data_format')} is not read, only NHWC")
    if node.get("padding") not in ("SAME", "VALID"):
        raise node.fail(f"padding {node.get('padding')} is not read, only SAME and VALID")
    strides, dilations = node.get("strides", [1, 1, 1, 1])[1:3], node.get("dilations", [1, 1, 1, 1])[1:3]
    window = {"strides": strides, "dilations": dilations}
    if node.get("padding") == "SAME" and strides != [1, 1]:  # how many zeros depends on the size of the picture
        if dilations != [1, 1]:
            raise node.fail("strides and dilations together are not read")
        return window | {"auto_pad": "SAME_UPPER"}
    around = list(pads[2:])
    if node.get("padding") == "SAME":
        zeros = [(k - 1) * wide for k, wide in zip(size, dilations, strict=True)]
        around = [(zero // 2, zero - zero // 2) for zero in zeros]
    return window | {"pads": [before for before, _ in around] + [after for _, after in around]}


NO_PADS = ((0, 0), (0, 0), (0, 0), (0, 0))


def _picture(graph: Graph, node: Node, x: Value) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A picture with channels second, and the zeros around it that the window takes in itself, as (n, c, h, w)."""
    if x.pads is None or node.get("padding") != "VALID":
        return graph.held(x, CHANNELS_SECOND), NO_PADS
    n, h, w, c = (x.pads[axis] for axis in x.order or range(4))
    if any(n + c):
        return graph.held(x, CHANNELS_SECOND), NO_PADS
    return graph.held(x, CHANNELS_SECOND, padded=False), (n, c, h, w)


def _convolution(graph: Graph, node: Node, x: Value, weights: Value, *more: Value) -> Outputs:
    kernel = _known(node, weights)  # (kh, kw, in, out), or (kh, kw, in, times) when each channel is by itself
    if "Depthwise" in node.op:
        height, width, group, times = kernel.shape
        kernel = kernel.transpose(2, 3, 0, 1).reshape(group * times, 1, height, width)
    else:
        group, kernel = 1, kernel.transpose(3, 2, 0, 1)
    name, pads = _picture(graph, node, x)
    inputs = [name, graph.constant(kernel)]
    fused = list(node.get("fused_ops", []))
    if fused[:1] == ["BiasAdd"]:
        inputs.append(graph.constant(_known(node, more[0]).reshape(-1)))
        fused, more = fused[1:], more[1:]
    out = graph.one("Conv", *inputs, group=group, **_window(node, kernel.shape[2:], pads))
    return _activate(graph, node, Value(out, 4, CHANNELS_SECOND, rows=x.rows), fused, more)


def _activate(graph: Graph, node: Node, x: Value, fused: list[str], more: tuple[Value, ...]) -> Outputs:
    """What a fused node does after its product: a bias and an activation, written out again."""
    extra = list(more)
    for op in fused:
        if op not in FUSED:
            raise node.fail(f"fused operation {op} is not one of {', '.join(FUSED)}")
        x = FUSED[op](graph, replace(node, op=op), x, *([extra.pop(0)] if op in ("BiasAdd", "Prelu") else []))[0]
    return [x]


def _matmul(graph: Graph, node: Node, a: Value, b: Value, *more: Value) -> Outputs:
    left, right = graph.plain(a), graph.plain(b)
    if node.get("transpose_a", False):
        left = graph.one("Transpose", left, perm=(1, 0))
    if node.get("transpose_b", False):
        right = graph.one("Transpose", right, perm=(1, 0))
    out = Value(graph.one("MatMul", left, right), 2, rows=a.rows)
    return _activate(graph, node, out, list(node.get("fused_ops", [])), more)


def _pool(graph: Graph, node: Node, x: Value) -> Outputs:
    name = graph.held(x, CHANNELS_SECOND)
    size = node.get("ksize")[1:3]
    window = {key: value for key, value in _window(node, size, NO_PADS).items() if key != "dilations"}
    kind = {"MaxPool": "MaxPool", "AvgPool": "AveragePool"}[node.op]
    return [Value(graph.one(kind, name, kernel_shape=size, **window), 4, CHANNELS_SECOND, rows=x.rows)]


def _resize(graph: Graph, node: Node, x: Value, size: Value) -> Outputs:
    linear, corners, half = node.op == "ResizeBilinear", node.get("align_corners", False), node.get("half_pixel_centers", False)
    place = "align_corners" if corners else "half_pixel" if half else "asymmetric"
    if linear:
        how = {"mode": "linear"}
    else:
        how = {"mode": "nearest", "nearest_mode": "round_prefer_ceil" if corners or half else "floor"}
    name = graph.held(x, CHANNELS_SECOND)
    sizes = graph.one("Concat", graph.one("Shape", name, start=0, end=2), graph.integers(*_numbers(node, size)), axis=0)
    out = graph.one("Resize", name, "", "", sizes, coordinate_transformation_mode=place, **how)
    return [Value(out, 4, CHANNELS_SECOND, rows=x.rows)]


def _pad(graph: Graph, node: Node, x: Value, widths: Value, *fill: Value) -> Outputs:
    around = [(before, after) for before, after in np.asarray(_known(node, widths)).reshape(-1, 2).tolist()]
    pads = tuple(around[axis] for axis in inverse(x.order)) if x.order else tuple(around)
    number = float(_known(node, fill[0])) if fill else 0.0
    if number == 0 and x.pads is None:
        return [replace(x, pads=pads)]
    ends = graph.integers(*(p[0] for p in pads), *(p[1] for p in pads))
    out = graph.one("Pad", graph.held(x, x.order), ends, graph.held(fill[0], None) if fill else "")
    return [x.like(out)]


def _transpose(graph: Graph, node: Node, x: Value, perm: Value) -> Outputs:
    turn = _numbers(node, perm)
    now = x.order or tuple(range(len(turn)))
    order = tuple(now[axis] for axis in turn)
    return [replace(x, order=None if order == tuple(range(len(order))) else order, rank=len(turn))]


def _reshape(graph: Graph, node: Node, x: Value, shape: Value) -> Outputs:
    wanted = _numbers(node, shape)
    if x.rows:
        wanted[0] = 0  # the number of pictures stays what it is
    return [Value(graph.one("Reshape", graph.plain(x), graph.integers(*wanted)), len(wanted), rows=x.rows)]


def _argmax(graph: Graph, node: Node, x: Value, axis: Value) -> Outputs:
    out = graph.one("ArgMax", graph.plain(x), axis=_axis(node, axis), keepdims=0)
    out = graph.one("Cast", out, to=TYPES[node.get("output_type", "DT_INT64")])
    return [Value(out, None if x.rank is None else x.rank - 1, rows=x.rows)]


def _gather_nd(graph: Graph, node: Node, x: Value, indices: Value) -> Outputs:
    return [Value(graph.one("GatherND", graph.plain(x), graph.one("Cast", graph.plain(indices), to=TYPES["DT_INT64"])))]


def _expand(graph: Graph, node: Node, x: Value, axis: Value) -> Outputs:
    at = _axis(node, axis)
    if x.bare and at == 0:
        return [replace(x, bare=False, rank=(x.rank or 0) + 1)]
    return [
        Value(graph.one("Unsqueeze", graph.plain(x), graph.integers(at)), None if x.rank is None else x.rank + 1, rows=x.rows)
    ]


def _squeeze(graph: Graph, node: Node, x: Value) -> Outputs:
    axes = node.get("squeeze_dims", [])
    if x.rows:
        return [replace(x, bare=True, rank=(x.rank or 1) - 1)]
    return [Value(graph.one("Squeeze", graph.plain(x), *([graph.integers(*axes)] if axes else [])))]


def _unpack(graph: Graph, node: Node, x: Value) -> Outputs:
    count, axis = int(node.get("num")), int(node.get("axis", 0))
    if x.rows:
        return [replace(x, bare=True, rank=(x.rank or 1) - 1)]
    parts = [graph.plain(x)] if count == 1 else graph.emit("Split", graph.plain(x), outputs=count, axis=axis, num_outputs=count)
    return [Value(graph.one("Squeeze", part, graph.integers(axis))) for part in parts]


def _pack(graph: Graph, node: Node, *parts: Value) -> Outputs:
    axis = int(node.get("axis", 0))
    return [
        Value(graph.one("Concat", *(graph.one("Unsqueeze", graph.plain(p), graph.integers(axis)) for p in parts), axis=axis))
    ]


def _concat(graph: Graph, node: Node, *values: Value) -> Outputs:
    parts, axis = values[:-1], _axis(node, values[-1])
    first = next((part for part in parts if part.array is None), parts[0])
    order = first.order if all(part.rank == first.rank for part in parts) else None
    at = axis if order is None else order[axis]
    return [Value(graph.one("Concat", *(graph.held(p, order) for p in parts), axis=at), first.rank, order, rows=first.rows)]


def _split(graph: Graph, node: Node, x: Value, sizes: Value, axis: Value) -> Outputs:
    at = _axis(node, axis)
    at = at if x.order is None else x.order[at]
    lengths = _numbers(node, sizes)
    names = graph.emit("Split", graph.held(x, x.order), graph.integers(*lengths), outputs=len(lengths), axis=at)
    return [x.like(name) for name in names]


def _sparse(graph: Graph, node: Node, indices: Value, shape: Value, values: Value, default: Value) -> Outputs:
    dense = np.full(_numbers(node, shape), exact(_known(node, default)).reshape(-1)[0])
    where = _known(node, indices)
    dense[tuple(where.reshape(-1, dense.ndim).T)] = exact(_known(node, values)).reshape(-1)
    return [Value(rank=dense.ndim, array=dense)]


def _first_axis_free(*axes: int) -> bool:
    """Whether an operation over these axes leaves the pictures alone (a negative one is counted as touching them)."""
    return all(axis > 0 for axis in axes)


def _always(node: Node, *values: Value) -> bool:
    return True


def _never(node: Node, *values: Value) -> bool:
    return False


def _row_elements(node: Node, a: Value, b: Value) -> bool:
    """Elementwise: a constant must not have a first axis of its own, and two tensors must agree on theirs."""
    rows, other = (a, b) if a.rows else (b, a)
    if rows.rank is None:
        return False
    if other.array is not None:
        return other.array.ndim < rows.rank or (other.array.ndim == rows.rank and other.array.shape[0] == 1)
    return other.rows and other.rank == rows.rank


def _row_concat(node: Node, *values: Value) -> bool:
    return all(part.rows for part in values[:-1]) and _first_axis_free(_axis(node, values[-1]))


Handler = Callable[..., Outputs]

OPERATIONS: dict[str, tuple[Handler, Callable[..., bool]]] = {
    **{op: (_unary, _always) for op in UNARY},
    **{op: (_binary, _row_elements) for op in (*BINARY, "SquaredDifference", "FloorDiv")},
    "ArgMax": (_argmax, lambda node, x, axis: _first_axis_free(_axis(node, axis))),
    "AvgPool": (_pool, _always),
    "Cast": (_cast, _always),
    "ConcatV2": (_concat, _row_concat),
    "Conv2D": (_convolution, _always),
    "DepthwiseConv2dNative": (_convolution, _always),
    "ExpandDims": (_expand, lambda node, x, axis: x.bare and _axis(node, axis) == 0),
    "FusedDepthwiseConv2dNative": (_convolution, _always),
    "GatherNd": (_gather_nd, _never),
    "LeakyRelu": (_leaky, _always),
    "MatMul": (_matmul, lambda node, a, b, *more: b.array is not None and not node.get("transpose_a", False)),
    "MaxPool": (_pool, _always),
    "Pack": (_pack, _never),
    "Pad": (_pad, lambda node, x, widths: not _known(node, widths)[0].any()),
    "PadV2": (_pad, lambda node, x, widths, fill: not _known(node, widths)[0].any()),
    "Prelu": (_prelu, _row_elements),
    "Relu6": (_clip, _always),
    "Reshape": (_reshape, lambda node, x, shape: x.rank is not None and _numbers(node, shape)[:1] == [1]),
    "ResizeBilinear": (_resize, _always),
    "ResizeNearestNeighbor": (_resize, _always),
    "SparseToDense": (_sparse, _never),
    "SplitV": (_split, lambda node, x, sizes, axis: _first_axis_free(_axis(node, axis))),
    "Squeeze": (_squeeze, lambda node, x: node.get("squeeze_dims") == [0]),
    "Transpose": (_transpose, lambda node, x, perm: _numbers(node, perm)[0] == 0),
    "Unpack": (_unpack, lambda node, x: node.get("num") == 1 and node.get("axis", 0) == 0),
    "_FusedConv2D": (_convolution, _always),
    "_FusedMatMul": (_matmul, lambda node, a, b, *more: b.array is not None and not node.get("transpose_a", False)),
}

FUSED: dict[str, Handler] = {
    "BiasAdd": _binary,
    "Elu": _unary,
    "LeakyRelu": _leaky,
    "Prelu": _prelu,
    "Relu": _unary,
    "Relu6": _clip,
    "Sigmoid": _unary,
    "Tanh": _unary,
}
"""What may stand in `fused_ops`."""

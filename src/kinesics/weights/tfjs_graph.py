"""The ONNX graph under construction, and what a TensorFlow tensor is while it is being translated.

TensorFlow keeps channels last, ONNX Runtime is fast with channels second. Instead of transposing around each convolution and
cancelling the pairs afterwards, a `Value` remembers how the tensor that is really held differs from the one TensorFlow means: a
pending order of axes and pending zeros around it. They are written into the graph only where an operation cannot do without.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import need

Array = npt.NDArray[Any]

OPSET = 18
IR_VERSION = 8


@dataclass(frozen=True, eq=False)
class Value:
    """One TensorFlow tensor: the ONNX tensor that stands for it and how the two differ.

    Attributes:
        name: the ONNX tensor; empty for a constant.
        rank: number of TensorFlow axes, where known.
        order: TensorFlow's axis i is held axis `order[i]`; None when they are the same.
        pads: zeros still to be put (before, after) each held axis; None for none.
        rows: the first axis counts pictures, each of them computed without a look at the others.
        bare: held with that first axis, though TensorFlow has dropped it.
        array: what a constant holds, in TensorFlow's order; float16 means "float32 that was stored as float16".
    """

    name: str = ""
    rank: int | None = None
    order: tuple[int, ...] | None = None
    pads: tuple[tuple[int, int], ...] | None = None
    rows: bool = False
    bare: bool = False
    array: Array | None = None

    def like(self, name: str, **changes: Any) -> Value:
        """The result of an operation that keeps shape and order."""
        return replace(self, name=name, array=None, pads=None, **changes)


def inverse(order: tuple[int, ...]) -> tuple[int, ...]:
    """The order that undoes `order`."""
    return tuple(int(axis) for axis in np.argsort(order))


def exact(array: Array) -> Array:
    """The numbers of a constant in the type TensorFlow computes with."""
    return array.astype(np.float32) if array.dtype == np.float16 else array


class Graph:
    """Nodes and constants of one ONNX graph (or of the body of a loop), in the order they are written.

    Args:
        prefix: begins each name that is made up, so that a body never hides a name outside it.
    """

    def __init__(self, prefix: str = "") -> None:
        self.onnx = need("onnx", "accurate")
        self.nodes: list[Any] = []
        self.stored: list[Any] = []
        self._prefix = prefix
        self._seen: dict[Any, str] = {}

    def emit(self, op: str, *inputs: str, outputs: int = 1, **attributes: Any) -> list[str]:
        """Add a node; an operation with the same inputs and attributes is written once."""
        key = (op, inputs, outputs, repr(sorted(attributes.items())))
        if key not in self._seen:
            self._seen[key] = f"{self._prefix}{op}_{len(self.nodes)}"
            names = self._names(key, outputs)
            self.nodes.append(self.onnx.helper.make_node(op, list(inputs), names, name=self._seen[key], **attributes))
        return self._names(key, outputs)

    def one(self, op: str, *inputs: str, **attributes: Any) -> str:
        """`emit` for the usual operation with one output."""
        return self.emit(op, *inputs, **attributes)[0]

    def _names(self, key: Any, outputs: int) -> list[str]:
        return [self._seen[key]] if outputs == 1 else [f"{self._seen[key]}_{i}" for i in range(outputs)]

    def constant(self, array: Array) -> str:
        """The name of a stored array; float16 is stored as it is and widened by a `Cast`, which ONNX Runtime does at load."""
        array = np.ascontiguousarray(array)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._seen:
            self._seen[key] = f"{self._prefix}constant_{len(self.stored)}"
            self.stored.append(self.onnx.numpy_helper.from_array(array, self._seen[key]))
        name = self._seen[key]
        return self.one("Cast", name, to=self.onnx.TensorProto.FLOAT) if array.dtype == np.float16 else name

    def integers(self, *numbers: int) -> str:
        """A stored int64 vector: what ONNX takes for shapes, axes and pads."""
        return self.constant(np.array(numbers, np.int64))

    def held(self, value: Value, order: tuple[int, ...] | None, *, padded: bool = True) -> str:
        """The name of an ONNX tensor that stands for `value` in this order of axes, with its zeros around it.

        Args:
            value: what is wanted.
            order: as `Value.order`; a constant of fewer axes is given leading axes of length 1 first.
            padded: False leaves pending zeros to the caller, who reads them with `pads`.
        """
        if value.array is not None:
            return self._held_constant(value.array, order)
        name = value.name
        if value.bare:
            whole = self.held(replace(value, bare=False), None)
            name, value = self.one("Squeeze", whole, self.integers(0)), Value()
        if padded and value.pads is not None:
            name = self.one("Pad", name, self.integers(*(p[0] for p in value.pads), *(p[1] for p in value.pads)))
        if order == value.order:
            return name
        rank = len(order or value.order or ())
        now, then = value.order or tuple(range(rank)), inverse(order or tuple(range(rank)))
        move = tuple(now[axis] for axis in then)
        return name if move == tuple(range(rank)) else self.one("Transpose", name, perm=move)

    def _held_constant(self, array: Array, order: tuple[int, ...] | None) -> str:
        if order is not None and array.ndim:
            array = array.reshape((1,) * (len(order) - array.ndim) + array.shape).transpose(inverse(order))
        return self.constant(array)

    def plain(self, value: Value) -> str:
        """`held` in TensorFlow's own order."""
        return self.held(value, None)

    def proto(self, name: str, inputs: list[Any], outputs: list[Any]) -> Any:
        """The finished `GraphProto`."""
        return self.onnx.helper.make_graph(self.nodes, name, inputs, outputs, self.stored)

    def model(self, graph: Any) -> Any:
        """A checked `ModelProto` around a finished graph."""
        helper = self.onnx.helper
        opset = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(graph, opset_imports=opset, ir_version=IR_VERSION, producer_name="kinesics")
        model = self.onnx.shape_inference.infer_shapes(model)  # the types and shapes of the outputs
        del model.graph.value_info[:]
        self.onnx.checker.check_model(model)
        return model

    def evaluate(self, values: list[Value]) -> list[Value]:
        """The same values as constants: for results that depend on constants alone."""
        if all(value.array is not None for value in values):
            return values
        names = [self.plain(value) for value in values]
        outputs = [self.onnx.helper.make_empty_tensor_value_info(name) for name in names]
        model = self.onnx.helper.make_model(
            self.proto("constants", [], outputs),
            opset_imports=[self.onnx.helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
        )
        arrays = need("onnx.reference", "accurate").ReferenceEvaluator(model).run(names, {})
        return [Value(rank=np.ndim(array), array=np.asarray(array)) for array in arrays]

"""TensorFlow.js graph models turned into ONNX, with neither TensorFlow nor a converter package.

A graph model is a `model.json` (the graph, in the JSON form of TensorFlow's GraphDef, and a list of weights) beside `.bin`
files (the weights, one after the other). `convert` reads both and writes one `.onnx` file: fused nodes are taken apart,
channels move to the second place once at the input and back once at the output, weights stored as float16 stay float16.

Two nets of the optional set "accurate" are made with it:

`movenet_thunder`, one person in a square crop:
    in   `input` (n, 256, 256, 3) int32, RGB 0 to 255
    out  `Identity` (n, 1, 17, 3) float32: y, x as shares of the crop's height and width, score 0 to 1; joints as `coco17`
`nanodet`, objects of the 80 COCO classes (class 0 is a person), for strides s = 8, 16, 32 with (416 / s)^2 cells, row by row:
    in   `input_1` (n, 3, 416, 416) float32, RGB, (value - mean) / deviation with the published BGR numbers applied in this
         order: mean 103.53, 116.28, 123.675, deviation 57.375, 57.12, 58.395
    out  `Identity`, `Identity_1`, `Identity_2` (n, cells, 80): scores 0 to 1 for s = 8, 16, 32
         `Identity_3`, `Identity_4`, `Identity_5` (n, cells, 44): for the left, top, right and bottom side 11 logits each; the
         distance from the cell's centre ((column + .5) s, (row + .5) s) is s times their softmax's mean over 0 to 10

A graph for one picture is turned into one for any number of pictures. What treats pictures one by one anyway is left as it
is; what does not (thunder picks its person with indices) becomes the body of a loop over pictures.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import FormatError
from .tfjs_graph import Graph, Value, exact
from .tfjs_model import Model, read
from .tfjs_ops import OPERATIONS, TYPES, Node


def convert(model_json: Path, out: Path) -> None:
    """Turn a TensorFlow.js graph model into an ONNX file.

    Args:
        model_json: the `.json` file; the `.bin` files it names lie beside it.
        out: the `.onnx` file to write; nothing is left there when the work fails.

    Raises:
        FormatError: it is not a graph model, a weight file is missing or has the wrong length, or the graph holds an
            operation that is not known (the text names it).
        MissingExtra: the package `onnx` is not installed.
    """
    model = translate(read(model_json))
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        part.write_bytes(model.SerializeToString(deterministic=True))
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def translate(model: Model) -> Any:
    """The ONNX `ModelProto` of a graph model."""
    return _Translation(model).run()


@contextlib.contextmanager
def _blamed_on(node: Node) -> Iterator[None]:
    """Say which node it was, when inputs are missing or attributes are not what an operation needs."""
    try:
        yield
    except FormatError:
        raise
    except (TypeError, ValueError, IndexError, KeyError) as error:
        raise node.fail(f"its inputs or attributes are not what they should be ({error})") from error


def _apply(graph: Graph, node: Node, values: list[Value]) -> list[Value]:
    """Write one node into a graph, or compute it now when it depends on constants alone."""
    handler = OPERATIONS[node.op][0]
    if any(value.array is None for value in values):
        return handler(graph, node, *values)
    sums = Graph()
    known = [Value(rank=value.rank, array=exact(value.array)) for value in values if value.array is not None]
    return sums.evaluate(handler(sums, node, *known))


class _Translation:
    """One graph on its way: what each node's outputs are held as, and which nodes must run picture by picture."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.graph = Graph()
        self.inputs: list[Any] = []
        self.values: dict[str, list[Value]] = {name: [Value(rank=a.ndim, array=a)] for name, a in model.constants.items()}
        self.later: list[Node] = []  # needs more than its own picture: the loop's body

    def run(self) -> Any:
        for node in self.model.nodes:
            if node.op == "Placeholder":
                self.values[node.name] = [self._placeholder(node)]
            elif node.op == "Const" and node.name not in self.values:
                raise node.fail("the list of weights has no such constant")
            elif node.op not in ("Const", "NoOp"):
                self._step(node)
        outputs = self._loop() if self.later else {}
        for output in self.model.outputs:
            if output not in outputs:
                outputs[output] = self.graph.plain(self._value(output))
        return self._finish([(output, outputs[output]) for output in self.model.outputs])

    def _value(self, reference: tuple[str, int]) -> Value:
        try:
            return self.values[reference[0]][reference[1]]
        except (KeyError, IndexError):
            raise FormatError(
                f"the TensorFlow.js graph refers to {reference[0]}:{reference[1]}, which it does not have"
            ) from None

    def _placeholder(self, node: Node) -> Value:
        shape, kind = list(node.get("shape", [])), node.get("dtype")
        if kind not in TYPES:
            raise node.fail(f"type {kind} is not one of {', '.join(TYPES)}")
        rows = shape[:1] in ([1], [-1])
        names = ["n" if rows and axis == 0 else f"{node.name}_{axis}" if size < 0 else size for axis, size in enumerate(shape)]
        self.inputs.append(self.graph.onnx.helper.make_tensor_value_info(node.name, TYPES[kind], names))
        return Value(node.name, len(shape), rows=rows)

    def _step(self, node: Node) -> None:
        if node.op not in OPERATIONS:
            raise node.fail(f"this operation is not known; known are {', '.join(sorted(OPERATIONS))}")
        waiting = {later.name for later in self.later}
        if any(name in waiting for name, _ in node.inputs):
            self.later.append(node)
            return
        values = [self._value(reference) for reference in node.inputs]
        with _blamed_on(node):
            if self._by_row(node, values):
                self.values[node.name] = _apply(self.graph, node, values)
            else:
                self.later.append(node)

    @staticmethod
    def _by_row(node: Node, values: list[Value]) -> bool:
        """Whether this can be computed for all pictures at once."""
        if not any(value.rows for value in values):
            return True
        bare = any(value.bare for value in values) and node.op != "ExpandDims"
        return not bare and OPERATIONS[node.op][1](node, *values)

    def _loop(self) -> dict[tuple[str, int], str]:
        """Run the nodes of `later` for each picture; gives the names of the promised outputs among theirs."""
        body, onnx = Graph("each_"), self.graph.onnx
        own = {node.name for node in self.later}
        wanted = dict.fromkeys(reference for node in self.later for reference in node.inputs if reference[0] not in own)
        inner = dict(self.values)
        outer: list[str] = []
        slices: list[str] = []
        for reference in wanted:
            value = self._value(reference)
            if not value.rows:
                continue
            whole = Value(value.name, value.rank, value.order, value.pads)
            outer.append(self.graph.plain(whole))
            slices.append(f"each_{len(slices)}")
            name = slices[-1] if value.bare else body.one("Unsqueeze", slices[-1], body.integers(0))
            inner[reference[0]] = list(inner[reference[0]])
            inner[reference[0]][reference[1]] = Value(name, value.rank)
        for node in self.later:
            with _blamed_on(node):
                inner[node.name] = _apply(body, node, [inner[name][number] for name, number in node.inputs])
        promised = [output for output in self.model.outputs if output[0] in own]
        results = [body.one("Squeeze", body.plain(inner[name][number]), body.integers(0)) for name, number in promised]
        info = onnx.helper.make_empty_tensor_value_info
        inside = body.proto("each", [info(name) for name in slices], [info(name) for name in results])
        names = self.graph.emit("Scan", *outer, outputs=len(results), body=inside, num_scan_inputs=len(outer))
        return dict(zip(promised, names, strict=True))

    def _finish(self, outputs: list[tuple[tuple[str, int], str]]) -> Any:
        """Give the outputs their TensorFlow names and shapes as far as they are known."""
        onnx, infos = self.graph.onnx, []
        for (name, number), held in outputs:
            public = name if number == 0 else f"{name}_{number}"
            self.graph.nodes.append(onnx.helper.make_node("Identity", [held], [public], name=f"give_{public}"))
            infos.append(onnx.helper.make_empty_tensor_value_info(public))
        model = self.graph.model(self.graph.proto("kinesics", self.inputs, infos))
        for output in model.graph.output:
            for axis in output.type.tensor_type.shape.dim[:1]:
                if not axis.dim_value:
                    axis.dim_param = "n"
        return model

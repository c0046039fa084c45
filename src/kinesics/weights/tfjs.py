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

import base64
import json
import math
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import FormatError
from .tfjs_graph import Array, Graph, Value, exact
from .tfjs_ops import OPERATIONS, TYPES, Node

STORED = {"float32": 4, "int32": 4, "float16": 2, "uint8": 1, "uint16": 2, "bool": 1}
NUMPY = {"DT_FLOAT": np.float32, "DT_INT32": np.int32, "DT_INT64": np.int64, "DT_BOOL": np.bool_}


@dataclass(frozen=True)
class Model:
    """A graph model as read: nodes in the order they are computed, constants by node name, the promised outputs."""

    nodes: list[Node]
    constants: dict[str, Array]
    outputs: list[tuple[str, int]]


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


def read(model_json: Path) -> Model:
    """Read a graph model from its `.json` and `.bin` files."""
    try:
        model = json.loads(model_json.read_text(encoding="utf-8"))
        topology, manifest = model["modelTopology"]["node"], model["weightsManifest"]
        weights = _weights(model_json, manifest)
        nodes = [_node(entry) for entry in topology]
        signature = (model.get("signature") or {}).get("outputs") or {}
    except OSError as error:
        raise FormatError(f"{model_json}: cannot be read ({error.strerror or error})") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError(f"{model_json}: expected a TensorFlow.js graph model ({type(error).__name__}: {error})") from error
    constants = {node.name: _typed(weights[node.name], node) for node in nodes if node.op == "Const" and node.name in weights}
    return Model(nodes, constants, _outputs(nodes, [entry.get("name", key) for key, entry in signature.items()]))


def _weights(model_json: Path, manifest: list[Any]) -> dict[str, Array]:
    """Every weight of the manifest; those stored as float16 stay float16, 8 and 16 bit ones are scaled to float32."""
    arrays: dict[str, Array] = {}
    for group in manifest:
        data = b"".join(_file(model_json, name).read_bytes() for name in group["paths"])
        want = sum(_stored(entry)[1] * math.prod(entry["shape"]) for entry in group["weights"])
        if want != len(data):
            raise FormatError(
                f"{model_json}: {', '.join(group['paths'])} should hold {want} bytes, not {len(data)}; get the files again"
            )
        start = 0
        for entry in group["weights"]:
            kind, size = _stored(entry)
            count = math.prod(entry["shape"])
            array = np.frombuffer(data, np.dtype(kind).newbyteorder("<"), count, start).reshape(entry["shape"])
            arrays[entry["name"]] = _restored(array, entry)
            start += count * size
    return arrays


def _file(model_json: Path, name: str) -> Path:
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise FormatError(f"{model_json}: a weight file must lie beside it, and {name!r} does not")
    return model_json.parent / name


def _stored(entry: dict[str, Any]) -> tuple[str, int]:
    kind = str((entry.get("quantization") or entry)["dtype"])
    if kind not in STORED:
        raise FormatError(f"weight {entry['name']}: type {kind} is not one of {', '.join(STORED)}")
    return kind, STORED[kind]


def _restored(array: Array, entry: dict[str, Any]) -> Array:
    quantised = entry.get("quantization") or {}
    if "scale" in quantised:
        array = array * float(quantised["scale"]) + float(quantised["min"])
        return (np.rint(array) if entry["dtype"] == "int32" else array).astype(entry["dtype"])
    return array


def _typed(array: Array, node: Node) -> Array:
    """A constant in the type its node promises (the files have no int64, the graphs do)."""
    kind = node.get("dtype")
    if kind is None or array.dtype == np.float16:
        return array
    if kind not in NUMPY:
        raise node.fail(f"type {kind} is not one of {', '.join(NUMPY)}")
    return array.astype(NUMPY[kind])


def _node(entry: dict[str, Any]) -> Node:
    inputs = []
    for name in entry.get("input", []):
        if not name.startswith("^"):
            base, _, number = name.partition(":")
            inputs.append((base, int(number or 0)))
    attributes = {key: _attribute(value) for key, value in entry.get("attr", {}).items()}
    return Node(entry["name"], entry["op"], tuple(inputs), attributes)


def _attribute(value: dict[str, Any]) -> Any:
    """The JSON form of a GraphDef attribute as a plain value: integers are written as text, text as base64."""
    kind: str = next(iter(value), "")
    content: Any = value.get(kind)
    if kind == "list":
        return [_attribute({item: one}) for item, many in content.items() for one in many]
    if kind == "shape":
        return [int(axis.get("size", -1)) for axis in content.get("shape", content).get("dim", [])]
    if kind == "s":
        return base64.b64decode(content).decode()
    return int(content) if kind == "i" else float(content) if kind == "f" else content


def _outputs(nodes: list[Node], promised: list[str]) -> list[tuple[str, int]]:
    """Which outputs the graph gives, in the natural order of their names."""
    if not promised:
        used = {name for node in nodes for name, _ in node.inputs}
        promised = [node.name for node in nodes if node.name not in used and node.op not in ("Const", "NoOp")]
    promised.sort(key=lambda name: [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)])
    return [(name.partition(":")[0], int(name.partition(":")[2] or 0)) for name in promised]


def translate(model: Model) -> Any:
    """The ONNX `ModelProto` of a graph model."""
    return _Translation(model).run()


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
        by_row = OPERATIONS[node.op][1]
        bare = any(value.bare for value in values) and node.op != "ExpandDims"
        if any(value.rows for value in values) and (bare or not by_row(node, *values)):
            self.later.append(node)
        else:
            self.values[node.name] = self._apply(self.graph, node, values)

    def _apply(self, graph: Graph, node: Node, values: list[Value]) -> list[Value]:
        handler = OPERATIONS[node.op][0]
        try:
            if all(value.array is not None for value in values):
                sums = Graph()
                return sums.evaluate(
                    handler(sums, node, *(Value(rank=v.rank, array=exact(v.array)) for v in values if v.array is not None))
                )
            return handler(graph, node, *values)
        except (TypeError, ValueError, IndexError) as error:
            if isinstance(error, FormatError):
                raise
            raise node.fail(f"its inputs or attributes are not what they should be ({error})") from error

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
            inner[node.name] = self._apply(body, node, [inner[name][number] for name, number in node.inputs])
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
        return self.graph.model(self.graph.proto("kinesics", self.inputs, infos))

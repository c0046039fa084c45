"""Reading a TensorFlow.js graph model: the graph of `model.json` and the weights of the `.bin` files it names."""

from __future__ import annotations

import base64
import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import FormatError
from .tfjs_graph import Array
from .tfjs_ops import Node

STORED = {"float32": 4, "int32": 4, "float16": 2, "uint8": 1, "uint16": 2, "bool": 1}
NUMPY = {"DT_FLOAT": np.float32, "DT_INT32": np.int32, "DT_INT64": np.int64, "DT_BOOL": np.bool_}


@dataclass(frozen=True)
class Model:
    """A graph model as read: nodes in the order they are computed, constants by node name, the promised outputs."""

    nodes: list[Node]
    constants: dict[str, Array]
    outputs: list[tuple[str, int]]


def read(model_json: Path) -> Model:
    """Read a graph model from its `.json` and `.bin` files."""
    try:
        model = json.loads(model_json.read_text(encoding="utf-8"))
        topology, manifest = model["modelTopology"]["node"], model["weightsManifest"]
        weights = read_weights(model_json, manifest)
        nodes = [_node(entry) for entry in topology]
        signature = (model.get("signature") or {}).get("outputs") or {}
    except OSError as error:
        raise FormatError(f"{error.filename or model_json}: cannot be read ({error.strerror or error})") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError(f"{model_json}: expected a TensorFlow.js graph model ({type(error).__name__}: {error})") from error
    constants = {node.name: _typed(weights[node.name], node) for node in nodes if node.op == "Const" and node.name in weights}
    return Model(nodes, constants, _outputs(nodes, [entry.get("name", key) for key, entry in signature.items()]))


def read_weights(model_json: Path, manifest: list[Any]) -> dict[str, Array]:
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

"""Makes tfjs.json: what TensorFlow itself computes for MoveNet thunder and NanoDet on three made pictures.

python tests/golden/tfjs_recipe.py FOLDER  (the published movenet-thunder and nanodet .json and .bin files lie in FOLDER)

It needs tensorflow-cpu 2.21.0, which the tests do not. The graphs are built by hand from the JSON, with each fused node
taken apart into the plain ones, and run as they are; nothing of `kinesics` is used.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

LIMBS = (
    ((128, 62), (128, 62), 20),
    ((128, 92), (128, 150), 26),
    ((106, 92), (76, 128), 9),
    ((76, 128), (84, 166), 8),
    ((150, 92), (182, 124), 9),
    ((182, 124), (190, 80), 8),
    ((116, 158), (104, 200), 12),
    ((104, 200), (98, 244), 9),
    ((140, 158), (158, 198), 12),
    ((158, 198), (150, 242), 9),
)
"""A figure in a 256 x 256 square: from (x, y) to (x, y), half width."""
PLAIN = {"_FusedConv2D": "Conv2D", "FusedDepthwiseConv2dNative": "DepthwiseConv2dNative", "_FusedMatMul": "MatMul"}
STEP = 1511
"""Of NanoDet's outputs each 1511th number is kept, with the largest and the mean."""


def pictures(size: int) -> Array:
    """(3, size, size, 3) uint8: a figure of thick strokes, a gradient, noise; the same on every machine."""
    y, x = np.mgrid[:size, :size] * 256 // size
    figure = np.stack([90 + x // 4, 120 + y // 8, 140 - x // 8], -1)
    for part, ((x1, y1), (x2, y2), wide) in enumerate(LIMBS):
        along = np.clip((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1), 0, (x2 - x1) ** 2 + (y2 - y1) ** 2)
        share = along / max((x2 - x1) ** 2 + (y2 - y1) ** 2, 1)
        inside = (x - x1 - share * (x2 - x1)) ** 2 + (y - y1 - share * (y2 - y1)) ** 2 <= wide**2
        figure[inside] = (214, 170, 140) if part in (0, 3, 5) else (40, 60, 150) if part < 5 else (60, 50, 45)
    gradient = np.stack([x, y, (x + y) // 2], -1)
    noise = np.random.default_rng(7).integers(0, 256, (size, size, 3))
    return np.stack([figure, gradient, noise]).astype(np.uint8)


def nanodet_input(images: Array) -> Array:
    """(n, 416, 416, 3) uint8 as the net takes it: (n, 3, 416, 416) float32, BGR's numbers on RGB."""
    mean, deviation = (103.53, 116.28, 123.675), (57.375, 57.12, 58.395)
    scaled = (images.astype(np.float32) - np.float32(mean)) / np.float32(deviation)
    return np.ascontiguousarray(scaled.transpose(0, 3, 1, 2))


def digest(output: Array) -> list[float]:
    """A few numbers that stand for one large output."""
    flat = output.reshape(-1)
    return [float(number) for number in (*flat[::STEP], flat.max(), flat.mean())]


def graph(model: Path) -> Any:
    """The TensorFlow GraphDef of a TensorFlow.js graph model whose weights are float16 or int32."""
    import tensorflow as tf
    from google.protobuf import json_format

    content = json.loads(model.read_text())
    data, start, weights = model.with_suffix(".bin").read_bytes(), 0, {}
    for entry in (entry for group in content["weightsManifest"] for entry in group["weights"]):
        stored = np.dtype(entry.get("quantization", entry)["dtype"])
        count = int(np.prod(entry["shape"]))
        weights[entry["name"]] = np.frombuffer(data, stored, count, start).reshape(entry["shape"])
        start += count * stored.itemsize
    parsed = json_format.ParseDict({"node": content["modelTopology"]["node"]}, tf.compat.v1.GraphDef())
    out = tf.compat.v1.GraphDef()
    out.versions.producer = 1482
    for node in parsed.node:
        if node.op in PLAIN:
            _take_apart(node, out)
            continue
        copy = out.node.add()
        copy.CopyFrom(node)
        if node.op == "Const":
            kind = tf.dtypes.as_dtype(node.attr["dtype"].type)
            array = weights[node.name].astype(kind.as_numpy_dtype)
            copy.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(array, kind))
    return out


def _take_apart(node: Any, out: Any) -> None:
    steps = [step.decode() for step in node.attr["fused_ops"].list.s]
    names = [f"{node.name}/step{i}" for i in range(len(steps))] + [node.name]
    first = out.node.add()
    first.CopyFrom(node)
    first.op, first.name = PLAIN[node.op], names[0]
    del first.input[2:]
    for key in ("fused_ops", "num_args", "epsilon"):
        if key in first.attr:
            del first.attr[key]
    more = list(node.input)[2:]
    for step, before, name in zip(steps, names, names[1:], strict=False):
        after = out.node.add(op=step, name=name, input=[before, *([more.pop(0)] if step in ("BiasAdd", "Prelu") else [])])
        after.attr["T"].type = 1


def run(model: Path, name: str, inputs: Array, outputs: list[str]) -> list[list[Array]]:
    """Each picture by itself through TensorFlow: picture, output."""
    import tensorflow as tf

    with tf.Graph().as_default() as made:
        tf.import_graph_def(graph(model), name="")
    with tf.compat.v1.Session(graph=made) as session:
        return [session.run(outputs, {name: one[None]}) for one in inputs]


def main(folder: Path) -> None:
    """Write tfjs.json."""
    thunder = run(folder / "movenet-thunder.json", "input:0", pictures(256).astype(np.int32), ["Identity:0"])
    names = ["Identity:0", *(f"Identity_{i}:0" for i in range(1, 6))]
    nanodet = run(folder / "nanodet.json", "input_1:0", nanodet_input(pictures(416)), names)
    golden = {
        "recipe": "tests/golden/tfjs_recipe.py with tensorflow-cpu 2.21.0: figure, gradient, noise",
        "movenet_thunder": [outputs[0][0, 0].astype(float).round(6).tolist() for outputs in thunder],
        "nanodet": [[np.round(digest(output), 5).tolist() for output in outputs] for outputs in nanodet],
    }
    Path(__file__).with_name("tfjs.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from kinesics.errors import FormatError, WeightsError
from kinesics.types import Array
from kinesics.weights import load
from kinesics.weights.face_resnet import GROUPS, MEAN, convert

pytest.importorskip("onnx", reason="the extra 'accurate' is not installed")

GOLDEN = Path(__file__).parents[1] / "golden" / "dlib_face.json"


# ------------------------------------------------------------------------------------------------- a net of made-up weights
def shapes() -> dict[str, tuple[int, ...]]:
    """Name and shape of each array that is published."""
    out: dict[str, tuple[int, ...]] = {}

    def layer(name: str, size: int, before: int, after: int) -> None:
        out[f"{name}/conv/filters"] = (size, size, before, after)
        out.update({f"{name}/{part}": (after,) for part in ("conv/bias", "scale/weights", "scale/biases")})

    layer("conv32_down", 7, 3, 32)
    before = 32
    for name in (name for group in GROUPS for name in group):
        after = int(name.split("_")[0].removeprefix("conv"))
        layer(f"{name}/conv1", 3, before, after)
        layer(f"{name}/conv2", 3, after, after)
        before = after
    return {**out, "fc": (256, 128)}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Array]]:
    """Published files of random weights, and the weights as numbers; 8 bits but for the group of 64 filters."""
    random, folder = np.random.default_rng(3), tmp_path_factory.mktemp("net")
    rows, data, numbers = [], b"", {}
    for name, shape in shapes().items():
        row: dict[str, object] = {"name": name, "shape": list(shape), "dtype": "float32"}
        if name.startswith("conv64") and name.endswith("filters"):
            numbers[name] = random.normal(0, 0.04, shape).astype(np.float32)
            data += numbers[name].tobytes()
        else:
            raw = random.integers(0, 256, shape, dtype=np.uint8)
            scale, low = (0.004, 0.5) if name.endswith("scale/weights") else (0.0005, -0.064)
            row["quantization"] = {"dtype": "uint8", "scale": scale, "min": low}
            numbers[name] = (raw * scale + low).astype(np.float32)
            data += raw.tobytes()
        rows.append(row)
    (folder / "net.bin").write_bytes(data)
    (folder / "net.json").write_text(json.dumps([{"paths": ["net.bin"], "weights": rows}]))
    return folder / "net.json", numbers


def reference(picture: Array, weights: dict[str, Array]) -> Array:
    """The net as dlib's example describes it, channels last, one picture, in plain numpy."""

    def layer(x: Array, name: str, stride: int = 1) -> Array:
        kernel = weights[f"{name}/conv/filters"]
        if stride == 1:
            edge = kernel.shape[0] // 2
            x = np.pad(x, ((edge, edge), (edge, edge), (0, 0)))
        parts = sliding_window_view(x, kernel.shape[:2], axis=(0, 1))[::stride, ::stride]  # h, w, channels, kh, kw
        y = np.tensordot(parts, kernel, axes=((3, 4, 2), (0, 1, 2))) + weights[f"{name}/conv/bias"]
        return np.asarray(y * weights[f"{name}/scale/weights"] + weights[f"{name}/scale/biases"])

    def joined(a: Array, b: Array) -> Array:
        size = np.maximum(a.shape, b.shape)
        return np.asarray(sum(np.pad(x, [(0, int(n - m)) for n, m in zip(size, x.shape, strict=True)]) for x in (a, b)))

    x = np.maximum(layer((picture.astype(np.float32) - np.array(MEAN, np.float32)) / 256, "conv32_down", 2), 0)
    x = sliding_window_view(x, (3, 3), axis=(0, 1))[::2, ::2].max(axis=(3, 4))
    for name in (name for group in GROUPS for name in group):
        down = "down" in name
        y = np.maximum(layer(x, f"{name}/conv1", 2 if down else 1), 0)
        y = layer(y, f"{name}/conv2")
        x = sliding_window_view(x, (2, 2), axis=(0, 1))[::2, ::2].mean(axis=(3, 4)) if down else x
        x = np.maximum(joined(x, y), 0)
    return np.asarray(x.mean(axis=(0, 1)) @ weights["fc"])


def test_the_converted_net_computes_what_dlib_describes(made: tuple[Path, dict[str, Array]], tmp_path: Path) -> None:
    files, weights = made
    convert(files, tmp_path / "net.onnx")
    pictures = np.random.default_rng(4).integers(0, 256, (2, 150, 150, 3)).astype(np.float32)
    (out,) = load(tmp_path / "net.onnx", threads=1).run(pictures)
    wanted = np.stack([reference(picture, weights) for picture in pictures])
    np.testing.assert_allclose(out, wanted, rtol=1e-3, atol=1e-3 * np.abs(wanted).max())
    assert (tmp_path / "net.onnx").stat().st_size < 7.5e6  # 8 bits stay 8 bits


def test_converting_twice_gives_the_same_bytes(made: tuple[Path, dict[str, Array]], tmp_path: Path) -> None:
    for name in ("a.onnx", "b.onnx"):
        convert(made[0], tmp_path / name)
    assert (tmp_path / "a.onnx").read_bytes() == (tmp_path / "b.onnx").read_bytes()


@pytest.mark.parametrize(
    ("text", "words"),
    [("{}", "expected the weights"), ("[1]", "expected the weights"), ("nonsense", "expected the weights")],
    ids=["object", "numbers", "no JSON"],
)
def test_what_is_no_list_of_weights_is_one_line(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "net.json").write_text(text)
    with pytest.raises(FormatError, match=words):
        convert(tmp_path / "net.json", tmp_path / "net.onnx")
    assert [path.name for path in tmp_path.iterdir()] == ["net.json"]


def test_a_missing_weight_is_named(made: tuple[Path, dict[str, Array]], tmp_path: Path) -> None:
    table = json.loads(made[0].read_text())
    size = 256 * 128
    table[0]["weights"].pop()  # fc is the last
    (tmp_path / "net.json").write_text(json.dumps(table))
    (tmp_path / "net.bin").write_bytes((made[0].parent / "net.bin").read_bytes()[:-size])
    with pytest.raises(FormatError, match="fc"):
        convert(tmp_path / "net.json", tmp_path / "net.onnx")


# ------------------------------------------------------------------------------------------------------------- the real one
def test_the_real_net_agrees_with_dlib() -> None:
    try:
        net = load("face_resnet", threads=1)
    except WeightsError as error:
        pytest.skip(str(error))
    random = np.random.default_rng(7)
    coarse = [random.integers(0, 256, (6, 6, 3), dtype=np.uint8) for _ in range(2)]
    pictures = np.stack([np.kron(squares, np.ones((25, 25, 1), np.uint8)) for squares in coarse]).astype(np.float32)
    (out,) = net.run(pictures)
    wanted = np.array(json.loads(GOLDEN.read_text())["descriptors"])
    assert np.linalg.norm(out - wanted, axis=1).max() < 0.06  # 8 bits against dlib's 32; 0.6 parts people

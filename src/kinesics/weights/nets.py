"""One way to run a net, whichever runtime it needs: LiteRT for `.tflite`, ONNX Runtime for `.onnx`."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ..errors import ShapeError, WeightsError, need
from .store import find

__all__ = ["Net", "Port", "load"]

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Port:
    """An input or output of a net; -1 in the shape fits any length."""

    name: str
    shape: tuple[int, ...]
    dtype: str


class Net(Protocol):
    """A net that is ready to run.

    Attributes:
        name: of the manifest, or the file's name.
        inputs, outputs: what goes in and comes out, in order.
    """

    name: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]

    def run(self, *arrays: Array) -> list[Array]:
        """Outputs for these inputs, in the order of `inputs` and `outputs`; safe to call from several threads."""
        ...


def load(name_or_path: str | Path, *, threads: int = 2) -> Net:
    """Open a net of the manifest by name, or any `.tflite` or `.onnx` file by path.

    Args:
        name_or_path: "movenet_multipose", or "my/model.onnx".
        threads: how many a single run may use.

    Raises:
        WeightsError: the file is missing, damaged, or no net.
    """
    text = str(name_or_path)
    is_path = Path(text).suffix in (".onnx", ".tflite")
    path = Path(text) if is_path else find(text)
    if not path.is_file():
        raise WeightsError(f"{path}: no such file; expected a net (.onnx or .tflite)")
    kind = OnnxNet if path.suffix == ".onnx" else LiteNet
    try:
        return kind(path.name if is_path else text, path, threads)
    except (ImportError, MemoryError):
        raise
    except Exception as error:  # each runtime raises its own kinds for a file it cannot read
        raise WeightsError(f"{path} is no net that can be run: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _check(name: str, ports: tuple[Port, ...], arrays: tuple[Array, ...]) -> None:
    if len(arrays) != len(ports):
        raise ShapeError(f"{name}: expected {len(ports)} inputs, got {len(arrays)}")
    for port, array in zip(ports, arrays, strict=True):
        fits = len(port.shape) == array.ndim and all(
            want in (-1, got) for want, got in zip(port.shape, array.shape, strict=True)
        )
        if not fits or array.dtype != port.dtype:
            raise ShapeError(f"{name}: expected {port.name} {port.shape} {port.dtype}, got {array.shape} {array.dtype}")


class LiteNet:
    """A `.tflite` file on one interpreter, resized when another shape comes.

    An interpreter per shape would pack all weights anew for each: 40 MB and 100 ms for MoveNet, where a resize takes 1 ms.
    """

    def __init__(self, name: str, path: Path, threads: int) -> None:
        self.name = name
        self._interpreter = need("ai_edge_litert.interpreter").Interpreter(model_path=str(path), num_threads=threads)
        self._lock = threading.Lock()
        self._shapes: tuple[tuple[int, ...], ...] = ()
        self._greeted = False
        self.inputs = tuple(_lite_port(detail) for detail in self._interpreter.get_input_details())
        self.outputs = tuple(_lite_port(detail) for detail in self._interpreter.get_output_details())
        self._places = [detail["index"] for detail in self._interpreter.get_input_details()]
        self._results = [detail["index"] for detail in self._interpreter.get_output_details()]

    def run(self, *arrays: Array) -> list[Array]:
        """See `Net.run`."""
        _check(self.name, self.inputs, arrays)
        with self._lock:
            self._resize(tuple(array.shape for array in arrays))
            for place, array in zip(self._places, arrays, strict=True):
                self._interpreter.set_tensor(place, array)
            self._interpreter.invoke()
            return [self._interpreter.get_tensor(place) for place in self._results]

    def _resize(self, shapes: tuple[tuple[int, ...], ...]) -> None:
        if shapes == self._shapes:
            return
        self._shapes = ()  # if this fails, the next run begins anew
        for place, shape in zip(self._places, shapes, strict=True):
            self._interpreter.resize_tensor_input(place, shape)
        with nullcontext() if self._greeted else _hushed():
            self._interpreter.allocate_tensors()
        self._shapes, self._greeted = shapes, True


_HUSH = threading.Lock()


@contextmanager
def _hushed() -> Iterator[None]:
    """Keep LiteRT's greeting, written past Python, off stderr; whatever else is said meanwhile is passed on."""
    with _HUSH, tempfile.TemporaryFile() as kept:
        try:
            stderr = os.dup(2)
        except OSError:  # there is none
            yield
            return
        os.dup2(kept.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            kept.seek(0)
            for line in kept:
                if not line.startswith(b"INFO: "):
                    os.write(2, line)


def _lite_port(detail: dict[str, Any]) -> Port:
    shape = detail["shape_signature"] if len(detail["shape_signature"]) else detail["shape"]
    return Port(detail["name"], tuple(int(n) for n in shape), np.dtype(detail["dtype"]).name)


class OnnxNet:
    """An `.onnx` file on the CPU. Its threads do not spin while they wait: beside LiteRT that costs a third of the speed."""

    def __init__(self, name: str, path: Path, threads: int) -> None:
        runtime = need("onnxruntime")
        options = runtime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self.name = name
        self._session = runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.inputs = tuple(_onnx_port(value) for value in self._session.get_inputs())
        self.outputs = tuple(_onnx_port(value) for value in self._session.get_outputs())

    def run(self, *arrays: Array) -> list[Array]:
        """See `Net.run`."""
        _check(self.name, self.inputs, arrays)
        feed = {port.name: array for port, array in zip(self.inputs, arrays, strict=True)}
        return [np.asarray(value) for value in self._session.run(None, feed)]


def _onnx_port(value: Any) -> Port:
    dtype = {"float": "float32", "double": "float64"}.get(kind := value.type.removeprefix("tensor(").removesuffix(")"), kind)
    return Port(value.name, tuple(n if isinstance(n, int) else -1 for n in value.shape), dtype)

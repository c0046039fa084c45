"""A net of a person, loaded and ready: ONNX Runtime on the bytes of the bundle."""

from __future__ import annotations

from typing import Any

from ..types import Array

__all__ = ["STAGES", "Stage"]

STAGES = ("core", "refiner", "head", "crops")
"""Names of the nets in a person's bundle: the first two make T1, the third T2, the last T3."""


class Stage:
    """One graph; safe to run from several threads.

    Args:
        graph: bytes of the ONNX file.
        threads: how many one run may use.
    """

    def __init__(self, graph: bytes, threads: int = 1) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session: Any = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._inputs = [port.name for port in self._session.get_inputs()]

    def run(self, *arrays: Array) -> list[Array]:
        """Outputs for inputs in their order, each with a leading axis of pictures."""
        outputs: list[Array] = self._session.run(None, dict(zip(self._inputs, arrays, strict=True)))
        return outputs

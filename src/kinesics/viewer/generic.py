"""Nets that have learned to draw made people: what the training of any person begins with."""

from __future__ import annotations

from pathlib import Path

from ..weights.bundle import read_bundle, write_bundle

__all__ = ["FILE", "generic_nets", "save_generic"]

FILE = Path(__file__).with_name("generic.kin")
_KIND = "viewer-nets"


def generic_nets(path: Path = FILE) -> dict[str, bytes]:
    """Graphs by the name of their stage; none where the file is absent.

    Raises:
        FormatError: the file is damaged.
    """
    if not path.exists():
        return {}
    parts = read_bundle(path, _KIND)[1]
    return {name.removesuffix(".onnx"): graph for name, graph in parts.items()}


def save_generic(nets: dict[str, bytes], about: dict[str, object], path: Path = FILE) -> None:
    """Write them; `about` says what they were trained on."""
    write_bundle(path, {"kind": _KIND, **about}, {f"{name}.onnx": graph for name, graph in nets.items()})

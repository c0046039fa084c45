"""The depth model that ships, and the one door to a model by name, file or as it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import WeightsError

if TYPE_CHECKING:
    from .model_file import DepthModel

FILE = Path(__file__).with_name("default.kin")


def open_depth_model(model: str | Path | DepthModel | None = None) -> DepthModel:
    """A depth model.

    Args:
        model: a file (.kin), a model as it is, or None for the one that ships.

    Raises:
        WeightsError: this installation lacks the one that ships.
        FormatError: the file is no depth model.
    """
    from .model_file import load_model

    if model is None:
        if not FILE.is_file():
            raise WeightsError(f"{FILE}: the model that ships is missing; install again or run: kinesics depth train")
        model = FILE
    return load_model(model) if isinstance(model, str | Path) else model

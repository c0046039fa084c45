"""The models that name what people do in a stream, by its settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..settings import StreamSettings

__all__ = ["action_model"]


def action_model(name: str, settings: StreamSettings, paths: dict[str, str]) -> Any | None:
    """The live action model "postures", "taught" or "coach" of a stream, None if it has none.

    Args:
        name: which of them.
        settings: `postures`, `model` and `coach` say whether there is one.
        paths: of the `model`'s and the exercise's (`coach`) files; an exercise without one is a built-in one. A model whose
            file is not there yet names nothing.

    Raises:
        FormatError: a file is no model.
        UsageError: nobody knows the exercise.
    """
    if name == "postures" and settings.postures:
        from ...actions.postures import Postures

        return Postures()
    if name == "coach" and settings.coach:
        from ...actions.coach import Coach

        return Coach(paths.get("coach") or settings.coach)
    path = paths.get("model") if name == "taught" and settings.model else None
    return taught(path) if path else None


def taught(path: str) -> Any | None:
    """The live action model in a file; None while there is no file.

    Raises:
        FormatError: it is no model.
    """
    from ...actions.selection import live_actions, load_model

    return live_actions(load_model(path)) if Path(path).is_file() else None

"""Every error the library raises on purpose.

    KinesicsError
    ├── ShapeError      (ValueError)    an array of a record has the wrong shape, type or range
    ├── UsageError      (ValueError)    an option or argument has a value that nobody knows
    ├── NotFittedError  (ValueError)    a model is asked before it has learned
    ├── SourceError     (OSError)       a video, picture, camera or stream cannot be read
    ├── FormatError     (ValueError)    a file of poses, boxes or labels is not what it should be
    ├── SinkError       (OSError)       a result cannot be written
    ├── WeightsError    (OSError)       a pretrained file is missing or damaged
    ├── MissingExtra    (ImportError)   an optional package is not installed
    └── JobError        (RuntimeError)  the input was fine and the work failed all the same

Each says what was expected, what came, and what to do, on one line. The command line prints that line and exits with 2;
for `JobError` with 1.
"""

from __future__ import annotations

import importlib
from types import ModuleType


class KinesicsError(Exception):
    """The root: catch this to catch whatever the library reports."""


class ShapeError(KinesicsError, ValueError):
    """An array of a record has the wrong shape, type or range."""


class UsageError(KinesicsError, ValueError):
    """An option or argument has a value that nobody knows."""


class NotFittedError(KinesicsError, ValueError):
    """A model is asked before it has learned."""


class SourceError(KinesicsError, OSError):
    """A video, picture, camera or stream cannot be read."""


class FormatError(KinesicsError, ValueError):
    """A file of poses, boxes or labels is not what it should be."""


class SinkError(KinesicsError, OSError):
    """A result cannot be written."""


class WeightsError(KinesicsError, OSError):
    """A pretrained file is missing or damaged."""


class MissingExtra(KinesicsError, ImportError):
    """An optional package is not installed."""


class JobError(KinesicsError, RuntimeError):
    """The input was fine and the work failed all the same."""


def need(module: str, extra: str | None = None) -> ModuleType:
    """Import `module`, or raise `MissingExtra` with the one command that mends it.

    Args:
        module: dotted name, as in an import statement.
        extra: the extra of this package that brings it; None when a plain install should have.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = "kinesics" if extra is None else f"'kinesics[{extra}]'"
        raise MissingExtra(f"{module} is needed for this and is not installed; run: pip install {package}") from error

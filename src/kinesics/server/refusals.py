"""Errors that only a service has, and how an error that a worker tells becomes one here."""

from __future__ import annotations

from .. import errors

__all__ = ["Absent", "Busy", "Taken", "as_error"]


class Absent(errors.UsageError):
    """What is asked for is not there."""


class Taken(errors.UsageError):
    """There is one of that name already."""


class Busy(errors.JobError):
    """It cannot be done now; later it can."""


def as_error(kind: str, words: str) -> errors.KinesicsError:
    """The error that a worker told of, by the name of its class; those nobody knows are a `JobError`."""
    made = {"Absent": Absent, "Busy": Busy, "Taken": Taken}.get(kind) or getattr(errors, kind, None)
    if isinstance(made, type) and issubclass(made, errors.KinesicsError):
        return made(words)
    return errors.JobError(words)

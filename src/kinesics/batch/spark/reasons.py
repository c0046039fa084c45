"""What Spark and Java say when they fail, in one line."""

from __future__ import annotations

__all__ = ["reason", "troubles"]

LONGEST = 300  # characters


def troubles() -> tuple[type[Exception], ...]:
    """What Spark raises, and what is raised when Java is gone."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    return PySparkException, Py4JError, OSError


def reason(words: str) -> str:
    """The line of a log or of a stack trace that says most: the first one that names an error."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    telling = [line for line in lines if "Exception:" in line or "Error:" in line]
    return (telling or lines or ["it does not say why"])[0][:LONGEST]

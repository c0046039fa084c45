"""What one clip may cost: wall clock and memory."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import UsageError

__all__ = ["Limits"]

PATIENCE = 600.0  # seconds any clip may take
PER_MEGABYTE = 60.0  # seconds more for each megabyte of it: an hour of video at 50 kbit/s may take six hours


@dataclass(frozen=True)
class Limits:
    """What one clip may cost before its worker is ended and the clip is marked; the others go on.

    Attributes:
        timeout: seconds of wall clock. None goes by the file's size: ten minutes, and a minute more for each megabyte; so what
            is small and unpacks to something endless is ended soon, and a long film is not.
        memory: megabytes that a worker may occupy.

    Raises:
        UsageError: not above 0.
    """

    timeout: float | None = None
    memory: float = 3000.0

    def __post_init__(self) -> None:
        for name, value in (("timeout", self.timeout), ("memory", self.memory)):
            if value is not None and not 0 < value < float("inf"):
                raise UsageError(f"{name}: expected a number above 0, got {value}")

    def seconds(self, size: int) -> float:
        """What a clip of so many bytes may take."""
        return self.timeout if self.timeout is not None else PATIENCE + PER_MEGABYTE * size / 1e6

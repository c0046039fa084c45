"""Scenes as JSON lines: a header, then one object a frame. Loses nothing; see `docs/scene.md`.

Each scene is one write, so that a writer that is killed leaves whole lines. Files can be joined with `cat`: a header further
down starts anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..errors import FormatError
from ..types import Scene, Skeleton
from .decode import decode_header, decode_scene
from .encode import encode_header, encode_scene
from .input import lines
from .output import Output

__all__ = ["JsonlWriter", "read_jsonl"]

_HEADER = b'{"kinesics"'


class JsonlWriter:
    """Writes scenes as JSON lines.

    Args:
        path: the file.
        source: what the header names as where the scenes came from.
    """

    def __init__(self, path: str | Path, *, source: str | None = None) -> None:
        self._output, self._source = Output(path, grows=True), source
        self._body: Skeleton | None = None
        self._begun = False

    def write(self, scene: Scene) -> None:
        """Append one line."""
        if not self._begun:
            self._begin(scene.people.skeleton)
        self._output.write(encode_scene(scene, self._body) + b"\n")

    def _begin(self, body: Skeleton | None) -> None:
        self._output.write(encode_header(body, self._source) + b"\n")
        self._begun, self._body = True, body

    def close(self) -> None:
        """Finish the file; a stream without scenes leaves a header."""
        if not self._begun and not self._output.failed:
            self._begin(None)
        self._output.finish()

    def discard(self) -> None:
        """Remove what was written."""
        self._output.discard()


def read_jsonl(path: Path, notes: list[str]) -> Iterator[Scene]:
    """Scenes of a file, one at a time. A last line that was cut off is noted and left out; any other fault is a FormatError."""
    body: Skeleton | None = None
    number = 0
    for number, line in lines(path):
        if not line.strip():
            continue
        try:
            if number == 1 or line.startswith(_HEADER):
                body, _ = decode_header(line)
                continue
            scene = decode_scene(line, body)
        except FormatError as error:
            if number > 1 and not line.endswith(b"\n"):
                notes.append(f"{path}:{number}: the last line was cut off and is left out")
                return
            raise FormatError(f"{path}:{number}: {error}") from None
        yield scene
    if not number:
        raise FormatError(f"{path}: the file is empty; expected a header line and a line for each frame")

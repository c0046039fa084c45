"""A model of taught actions that somebody brings: what is not ours, or too much, is refused; nothing is kept as it came."""

from __future__ import annotations

import io
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import FormatError

if TYPE_CHECKING:
    from ...actions import ActionTeacher

__all__ = ["checked_model"]

LARGEST = 64 << 20  # bytes of the file, and of its parts
UNPACKED = 128 << 20  # bytes of all arrays
ENTRIES, RATIO = 8, 100  # parts; how much smaller than itself a part may be packed
MOMENTS = 200_000  # of all examples: what is computed of each takes some time


def checked_model(data: bytes, *, examples: int) -> ActionTeacher:
    """The teacher in a file's bytes; what only its maker kept in it (`about`) is left out.

    Args:
        data: of a .kin file.
        examples: at most so many.

    Raises:
        FormatError: anything else.
    """
    from ...actions import ActionTeacher
    from ...actions.teacher_file import load_teacher

    _check_sizes(data)
    with tempfile.TemporaryDirectory(prefix="kinesics-") as folder:
        path = Path(folder) / "model.kin"
        path.write_bytes(data)
        try:
            saved = load_teacher(path)
            if len(saved.examples) > examples or sum(len(example.clip) for example in saved.examples) > MOMENTS:
                raise FormatError(f"expected at most {examples} examples, and {MOMENTS} moments of all of them")
            if saved.embedding not in (None, "plain"):  # never open what a stranger's file names
                raise FormatError("it was taught with an embedding of its own, which is not in the file; teach it anew here")
            if any(not len(example.clip) or not (example.clip.scores > 0).any() for example in saved.examples):
                raise FormatError("it has an example in which nobody is seen")
            teacher = ActionTeacher.load(path)
        except FormatError as error:
            raise FormatError(str(error).replace(str(path), "the file")) from None
        except (ValueError, IndexError, TypeError, ArithmeticError) as error:
            raise FormatError(f"the file: what was taught does not fit together ({str(error)[:200]})") from None
    teacher.about = {}
    return teacher


def _check_sizes(data: bytes) -> None:
    if len(data) > LARGEST:
        raise FormatError(f"a model of {len(data) >> 20} MB; expected at most {LARGEST >> 20}")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as box:
            parts = box.infolist()
            whole = sum(part.file_size for part in parts)
            if len(parts) > ENTRIES or whole > LARGEST or whole > RATIO * max(len(data), 1000):
                raise FormatError("the file unpacks to more than a model of taught actions has")
            with zipfile.ZipFile(io.BytesIO(box.read("examples.npz"))) as arrays:
                if sum(part.file_size for part in arrays.infolist()) > UNPACKED:
                    raise FormatError("the file unpacks to more than a model of taught actions has")
    except (zipfile.BadZipFile, zlib.error, KeyError, RuntimeError, EOFError, OSError, ValueError) as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError(
            "the file is no model of taught actions; expected a .kin file from kinesics teach or this page"
        ) from None

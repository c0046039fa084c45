"""How long it takes until something happens: the import, and the help of the command line."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

__all__ = ["start"]

_IMPORT = "import time; t = time.perf_counter(); import kinesics; print(time.perf_counter() - t)"


def start(runs: int = 7) -> dict[str, float]:
    """Medians over `runs` fresh interpreters.

    Returns:
        `import_seconds` of the statement `import kinesics`; `help_seconds` of the whole process of `kinesics --help`,
        and `python_seconds` of an interpreter that does nothing, which is part of it.
    """
    imports, helps, idle = [], [], []
    for _ in range(runs):
        imports.append(float(_run("-c", _IMPORT)[1]))
        helps.append(_run("-m", "kinesics", "--help")[0])
        idle.append(_run("-c", "pass")[0])
    medians = (statistics.median(times) for times in (imports, helps, idle))
    return dict(zip(("import_seconds", "help_seconds", "python_seconds"), medians, strict=True))


def _run(*arguments: str) -> tuple[float, str]:
    begin = time.perf_counter()
    run = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)
    return time.perf_counter() - begin, run.stdout

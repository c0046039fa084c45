"""The front of a benchmark with several parts: which are wanted, one line a part as it is done, one JSON object in the end."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kinesics.bench.provenance import provenance

Measure = Callable[[], dict[str, Any]]


def measure(words: str, full: Mapping[str, Measure], quick: Mapping[str, Measure], *, weights: Sequence[str]) -> int:
    """Measure what the command line asks for; the last line of stdout is one JSON object with --json.

    Args:
        words: what it is about; the first line goes into its help.
        full: the parts by name, in order.
        quick: those of --quick.
        weights: nets whose hashes the result names.

    Returns:
        1 if a part failed, which then stands in the result, else 0.
    """
    parser = argparse.ArgumentParser(description=words.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    parser.add_argument("--quick", action="store_true", help="less of everything, under a minute")
    parser.add_argument("--only", default="", help=f"of {','.join(full)}")
    given = parser.parse_args()
    parts = quick if given.quick else full
    wanted = [name for name in given.only.split(",") if name] or list(parts)
    unknown = [name for name in wanted if name not in parts]
    if unknown:
        parser.error(f"--only {','.join(unknown)}: expected some of {','.join(parts)}")
    values: dict[str, Any] = {}
    failed = 0
    for name in wanted:
        began = time.monotonic()
        try:
            found = parts[name]()
        except Exception as error:  # one measurement that fails must not lose the others
            found, failed = {f"{name}_error": f"{type(error).__name__}: {error}"}, failed + 1
        values |= found
        print(f"{name} ({time.monotonic() - began:.0f} s): {json.dumps(found)}", file=sys.stderr, flush=True)
    if given.json:
        print(json.dumps({**values, **provenance(list(weights))}))
    return 1 if failed else 0

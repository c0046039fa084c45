"""What the resident service holds, survives and costs, measured from outside: real processes, sources, clients and a browser.

python benchmarks/service.py [--json] [--quick] [--only start,picture,label,streams,teach,return,kill,soak,bad]

Everything stays on this machine's loopback. The browser is Debian's chromium with a made camera, driven by playwright; the
source that is killed is an RTSP server of GStreamer, or a web camera where that is missing. `--quick` takes less than a minute
and says less: fewer turns of each, no soak. All of it takes about an hour, of which 20 minutes are the soak.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from serving.killing import measure_kills
from serving.label import measure_label
from serving.readiness import measure_picture, measure_start
from serving.returning import measure_return
from serving.soaking import measure_soak
from serving.streams import measure_socket, measure_streams
from serving.teaching import measure_teaching
from serving.trashing import measure_bad

from kinesics.bench.provenance import provenance

Measure = Callable[[], dict[str, Any]]
FULL: dict[str, Measure] = {
    "start": measure_start,
    "picture": measure_picture,
    "label": lambda: {**measure_label(), **measure_socket()},
    "streams": measure_streams,
    "teach": measure_teaching,
    "return": measure_return,
    "kill": measure_kills,
    "soak": measure_soak,
    "bad": measure_bad,
}
QUICK: dict[str, Measure] = {
    "start": lambda: measure_start(1),
    "picture": lambda: measure_picture(8),
    "label": lambda: measure_label(3.0),
    "streams": lambda: measure_streams(4.0, counts=(4,)),
    "teach": lambda: measure_teaching(2),
    "return": lambda: measure_return(1),
    "kill": lambda: measure_kills(1),
    "bad": lambda: measure_bad(inputs=1, requests=20),
}


def main() -> int:
    """Measure what is asked for; the last line of stdout is one JSON object with --json."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    parser.add_argument("--quick", action="store_true", help="less of everything, under a minute")
    parser.add_argument("--only", default="", help=f"of {','.join(FULL)}")
    given = parser.parse_args()
    measures = QUICK if given.quick else FULL
    wanted = [name for name in given.only.split(",") if name] or list(measures)
    unknown = [name for name in wanted if name not in measures]
    if unknown:
        parser.error(f"--only {','.join(unknown)}: expected some of {','.join(measures)}")
    values: dict[str, Any] = {}
    failed = 0
    for name in wanted:
        began = time.monotonic()
        try:
            found = measures[name]()
        except Exception as error:  # one measurement that fails must not lose the others
            found, failed = {f"{name}_error": f"{type(error).__name__}: {error}"}, failed + 1
        values |= found
        print(f"{name} ({time.monotonic() - began:.0f} s): {json.dumps(found)}", file=sys.stderr, flush=True)
    if given.json:
        print(json.dumps({**values, **provenance(["movenet_multipose"])}))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""What the resident service holds, survives and costs, measured from outside: real processes, sources, clients and a browser.

python benchmarks/service.py [--json] [--quick] [--only start,picture,label,streams,teach,return,kill,soak,bad]

Everything stays on this machine's loopback. The browser is Debian's chromium with a made camera, driven by playwright; the
source that is killed is an RTSP server of GStreamer, or a web camera where that is missing. `--quick` takes less than a minute
and says less: fewer turns of each, no soak. All of it takes 40 minutes to an hour, of which 20 minutes are the soak.
"""

from __future__ import annotations

import sys

from measuring import Measure, measure
from serving.killing import measure_kills
from serving.label import measure_label
from serving.readiness import measure_picture, measure_start
from serving.returning import measure_return
from serving.soaking import measure_soak
from serving.streams import measure_socket, measure_streams
from serving.teaching import measure_teaching
from serving.trashing import measure_bad

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
    "picture": lambda: measure_picture(5),
    "label": lambda: measure_label(2.0, 0.5),
    "streams": lambda: measure_streams(3.0, (4,), 1.0),
    "teach": lambda: measure_teaching(2),
    "return": lambda: measure_return(1),
    "kill": lambda: measure_kills(1),
    "bad": lambda: measure_bad(1, 20),
}

if __name__ == "__main__":
    sys.exit(measure(__doc__ or "", FULL, QUICK, weights=["movenet_multipose"]))

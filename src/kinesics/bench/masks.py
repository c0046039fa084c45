"""One big picture to its people's outlines: seconds and memory, beside the same nets used without care for either."""

from __future__ import annotations

import functools
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ..types import Array, Masks, People
from ..weights import find

SIZE = (4000, 3000)
MOMENTS = (0.5, 1.2, 1.9, 2.6, 3.1, 3.5)  # seconds of the bundled clip
ROUNDS = 2  # fresh processes of each kind, in turns

_WORK = """
import json, sys, time
from kinesics.bench.masks import KINDS
from kinesics.memory import peak_mb
kind, picture, repeats = sys.argv[1], sys.argv[2], int(sys.argv[3])
start = time.perf_counter()
tag = KINDS[kind]()
record = tag(picture)
first = time.perf_counter() - start
seconds, processor = [], []
for _ in range(repeats):
    start, busy = time.perf_counter(), time.process_time()
    record = tag(picture)
    seconds.append(time.perf_counter() - start)
    processor.append(time.process_time() - busy)
found = {"first": first, "seconds": seconds, "processor": processor}
print(json.dumps({**found, "peak": peak_mb(), "people": len(record["annotations"])}))
"""


def bench_masks(picture: str | Path | None = None, *, repeats: int = 9, peer: bool = True) -> dict[str, Any]:
    """From a picture's file to what `outline_record` says of it, in fresh processes.

    Args:
        picture: a file; None: 4000x3000 made from the bundled clip.
        repeats: how often each process does it again after the first time.
        peer: measure beside it what is usually written for one picture: all of it decoded, one look 512 pixels long, the
            whole-body net on each box, a mask of the picture's size for each person.

    Returns:
        seconds_per_image (median, warm), processor_seconds (of both cores, median), seconds_first (with loading the nets),
        peak_rss_mb and people; the same with `quick_` before for outlines by one look at each person, and with `peer_`;
        ratio_seconds and ratio_memory (the peer's by ours), width, height, megabytes of the file.

    Raises:
        SourceError: the picture cannot be read.
    """
    from ..video import load_scaled

    with tempfile.TemporaryDirectory() as folder:
        path = made_picture(Path(folder) / "made.jpg") if picture is None else Path(picture)
        _, size = load_scaled(path, 256)  # what is wrong with it is said here
        kinds = ["ours", "quick", "peer"] if peer else ["ours", "quick"]
        runs: dict[str, list[dict[str, Any]]] = {kind: [] for kind in kinds}
        for _ in range(ROUNDS):
            for kind in kinds:
                command = [sys.executable, "-c", _WORK, kind, str(path), str(repeats)]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                runs[kind].append(json.loads(done.stdout.splitlines()[-1]))
        found = _numbers(runs["ours"])
        for kind in kinds[1:]:
            found |= {f"{kind}_{name}": value for name, value in _numbers(runs[kind]).items()}
        if peer:
            theirs = _numbers(runs["peer"])
            found["ratio_seconds"] = theirs["seconds_per_image"] / found["seconds_per_image"]
            found["ratio_memory"] = theirs["peak_rss_mb"] / found["peak_rss_mb"]
        return found | {"width": size[0], "height": size[1], "file_mb": path.stat().st_size / 1e6}


def _numbers(runs: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "seconds_per_image": min(statistics.median(run["seconds"]) for run in runs),  # the round that was disturbed less
        "processor_seconds": min(statistics.median(run["processor"]) for run in runs),
        "seconds_first": min(run["first"] for run in runs),
        "peak_rss_mb": max(run["peak"] for run in runs),
        "people": runs[0]["people"],
    }


def made_picture(path: Path) -> Path:
    """A JPEG of 4000x3000: moments of the bundled clip, three times as large, side by side: six people."""
    from ..video import open_source, save_image

    canvas = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    wide, done = SIZE[0] // len(MOMENTS), 0
    with open_source(find("demo_clip")) as source:
        for frame in source:
            if done < len(MOMENTS) and frame.time >= MOMENTS[done]:
                canvas[:, done * wide : (done + 1) * wide] = _round_person(frame.image, SIZE[1], wide)
                done += 1
    save_image(path, canvas)
    return path


def _round_person(image: Array, high: int, wide: int) -> Array:
    """The part of a picture round its person, with the proportions that are wanted, enlarged."""
    import cv2

    from ..pipeline import find_people

    people = find_people(image, pose="fast")
    height, width = image.shape[:2]
    middle = width / 2 if not len(people) else float(people.boxes[0, [0, 2]].mean())
    across = round(height * wide / high)
    left = min(max(round(middle - across / 2), 0), width - across)
    return np.asarray(cv2.resize(image[:, left : left + across], (wide, high), interpolation=cv2.INTER_CUBIC))


class _Ours:
    """`kinesics.Outliner`."""

    def __init__(self, fine: bool = True) -> None:
        from ..pipeline import Outliner

        self.outliner = Outliner(fine=fine)

    def __call__(self, path: str) -> dict[str, Any]:
        from ..formats import outline_record

        people = self.outliner(path)
        assert people.masks is not None
        return outline_record(people, people.masks.size)


class _Peer:
    """The same nets as one would use them for one picture of ordinary size."""

    def __init__(self) -> None:
        from ..pose.movenet import MoveNet
        from ..sights import BodyNet

        self.finder, self.body = MoveNet(2), BodyNet(2)

    def __call__(self, path: str) -> dict[str, Any]:
        from ..formats import outline_record
        from ..pose import Look
        from ..pose.view import View
        from ..types import skeleton
        from ..video import load_image

        image = load_image(path)
        size = (image.shape[1], image.shape[0])
        seen = self.finder.see(View(image), Look.whole(*size, 512), 0.3)
        masks = Masks.dense(np.array([self._mask(image, box) for box in seen.boxes]).reshape(-1, *image.shape[:2]))
        body = skeleton("coco17")
        return outline_record(People(seen.boxes, seen.score, seen.points, seen.point_scores, body, masks=masks), size)

    def _mask(self, image: Array, box: Array) -> Array:
        """(h, w) bool: what the whole-body net says of 1.25 times a box, warped back."""
        import cv2

        from ..sights import Turned

        side = 1.25 * float((box[2:] - box[:2]).max())
        square = Turned(float(box[0] + box[2]) / 2, float(box[1] + box[3]) / 2, side, 0.0)
        cells = self.body.look(image, square).mask
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return np.asarray(cv2.warpAffine(cells, square.matrix(len(cells)), image.shape[1::-1], flags=flags)) > 0.5


KINDS: dict[str, Callable[[], Any]] = {"ours": _Ours, "quick": functools.partial(_Ours, fine=False), "peer": _Peer}

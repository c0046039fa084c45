"""The straight script: what a good programmer writes in an afternoon for a film of people, annotated.

Decode, convert to RGB, resize and run MoveNet multipose, draw, encode: one thread a stage, bounded queues between, the net on
two threads. It follows nobody from frame to frame, smooths nothing and writes no data. It is the reference that
`benchmarks/peers.py` holds our whole chain against, and imports nothing of ours.

python benchmarks/straight.py CLIP OUT.mp4 --net movenet_multipose.tflite [--size 320]  (prints one JSON object)
"""

from __future__ import annotations

import argparse
import json
import queue
import threading
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt
from ai_edge_litert.interpreter import Interpreter

Array = npt.NDArray[Any]
BONES = [
    (5, 7),
    (7, 9),
    (6, 8),
    (8, 10),
    (5, 6),
    (5, 11),
    (6, 12),
    (11, 12),
    (11, 13),
    (13, 15),
    (12, 14),
    (14, 16),
    (0, 5),
    (0, 6),
]
LEAST = 0.2
END = None


class Stages:
    """Threads in a row, each with a function from item to item, and the seconds each one worked."""

    def __init__(self, depth: int = 6) -> None:
        self.depth, self.threads, self.seconds = depth, list[threading.Thread](), dict[str, float]()
        self.failed: list[BaseException] = []

    def stage(self, name: str, work: Callable[[Any], Any], source: queue.Queue[Any]) -> queue.Queue[Any]:
        """Start a thread that takes from `source` and hands on."""
        out: queue.Queue[Any] = queue.Queue(self.depth)

        def loop() -> None:
            spent = 0.0
            while (item := source.get()) is not END:
                start = time.perf_counter()
                try:
                    item = work(item)
                except BaseException as error:  # kept for the main thread
                    self.failed.append(error)
                    item = END
                spent += time.perf_counter() - start
                out.put(item)
            self.seconds[name] = spent
            out.put(END)

        self._start(loop)
        return out

    def first(self, name: str, items: Iterator[Any]) -> queue.Queue[Any]:
        """Start the thread that makes the items."""
        out: queue.Queue[Any] = queue.Queue(self.depth)

        def loop() -> None:
            spent, start = 0.0, time.perf_counter()
            for item in items:
                spent += time.perf_counter() - start
                out.put(item)
                start = time.perf_counter()
            self.seconds[name] = spent
            out.put(END)

        self._start(loop)
        return out

    def _start(self, loop: Callable[[], None]) -> None:
        self.threads.append(threading.Thread(target=loop, daemon=True))
        self.threads[-1].start()


class Net:
    """MoveNet multipose with the long side of the picture at `size` pixels."""

    def __init__(self, path: str, size: int, threads: int = 2) -> None:
        self.net, self.size, self.canvas = Interpreter(path, num_threads=threads), size, np.zeros((0, 0, 3), np.uint8)

    def __call__(self, item: tuple[float, Array]) -> tuple[float, Array, Array]:
        """(time, picture, joints (6, 17, 3) in pixels of the picture: x, y, score)."""
        at, image = item
        height, width = image.shape[:2]
        scale = self.size / max(height, width)
        small = cv2.resize(image, (round(width * scale), round(height * scale)))
        if not self.canvas.size:
            rows, columns = (-(-side // 32) * 32 for side in small.shape[:2])
            self.canvas = np.zeros((rows, columns, 3), np.uint8)
            self.net.resize_tensor_input(self.net.get_input_details()[0]["index"], [1, rows, columns, 3], strict=True)
            self.net.allocate_tensors()
        self.canvas[: small.shape[0], : small.shape[1]] = small
        details = self.net.get_input_details()[0]
        self.net.set_tensor(details["index"], self.canvas[None].astype(details["dtype"]))
        self.net.invoke()
        people = self.net.get_tensor(self.net.get_output_details()[0]["index"])[0]
        joints = people[people[:, 55] > LEAST, :51].reshape(-1, 17, 3)[..., [1, 0, 2]]
        return at, image, joints * [self.canvas.shape[1] / scale, self.canvas.shape[0] / scale, 1]


def decoded(clip: str) -> Iterator[Any]:
    """Frames as the decoder gives them."""
    with av.open(clip) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        yield from container.decode(stream)


def drawn(item: tuple[float, Array, Array]) -> tuple[float, Array]:
    """Bones and joints on the picture."""
    at, image, people = item
    for joints in people:
        places = [(round(x), round(y)) for x, y in joints[:, :2]]
        for a, b in BONES:
            if min(joints[a, 2], joints[b, 2]) > LEAST:
                cv2.line(image, places[a], places[b], (255, 160, 0), 3, cv2.LINE_AA)
        for place, score in zip(places, joints[:, 2], strict=True):
            if score > LEAST:
                cv2.circle(image, place, 5, (0, 200, 255), -1, cv2.LINE_AA)
    return at, image


class Film:
    """libx264 ultrafast."""

    def __init__(self, path: str) -> None:
        self.file, self.stream = av.open(path, "w"), None
        self.frames = 0

    def __call__(self, item: tuple[float, Array]) -> int:
        """Encode one picture."""
        at, image = item
        if self.stream is None:
            self.stream = self.file.add_stream("libx264", rate=30, options={"preset": "ultrafast"})
            self.stream.width, self.stream.height, self.stream.pix_fmt = image.shape[1] & ~1, image.shape[0] & ~1, "yuv420p"
            self.stream.codec_context.time_base = Fraction(1, 90_000)
        frame = av.VideoFrame.from_ndarray(image[: self.stream.height, : self.stream.width], "rgb24")
        frame.pts, frame.time_base = round(at * 90_000), Fraction(1, 90_000)
        self.file.mux(self.stream.encode(frame))
        self.frames += 1
        return self.frames

    def close(self) -> None:
        """Write what the encoder still holds."""
        if self.stream is not None:
            self.file.mux(self.stream.encode(None))
        self.file.close()


def straight(clip: str, out: str, net: str, size: int = 320, threads: int = 2) -> dict[str, Any]:
    """Run the chain; frames per second from loading the net to the closed film, and ms per frame of each stage."""
    start = time.perf_counter()
    film, model, stages = Film(out), Net(net, size, threads), Stages()
    items = stages.first("decode", decoded(clip))
    items = stages.stage("rgb", lambda frame: (float(frame.time), frame.to_ndarray(format="rgb24")), items)
    items = stages.stage("net", model, items)
    items = stages.stage("draw", drawn, items)
    items = stages.stage("encode", film, items)
    while items.get() is not END:
        pass
    film.close()
    spent = time.perf_counter() - start
    if stages.failed:
        raise stages.failed[0]
    stage_ms = {f"{name}_ms": round(seconds / film.frames * 1000, 2) for name, seconds in stages.seconds.items()}
    return {"fps": film.frames / spent, "frames": film.frames, "size": size, **stage_ms}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clip")
    parser.add_argument("out")
    parser.add_argument("--net", required=True, help="movenet_multipose.tflite")
    parser.add_argument("--size", type=int, default=320, help="pixels of the picture's long side for the net")
    parser.add_argument("--threads", type=int, default=2, help="of the net")
    given = parser.parse_args()
    print(json.dumps(straight(given.clip, given.out, given.net, given.size, given.threads)))


if __name__ == "__main__":
    main()

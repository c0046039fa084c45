"""The law of sinks: what is written reads back, whatever happens to the writer."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from ..types import Action, People, Scene, Skeleton, skeleton

__all__ = ["check_sink", "sample_scenes"]

Make = Callable[[Path], Any]
Read = Callable[[Path], Iterable[Scene]]
Expect = Callable[[Scene], Scene | None]


def check_sink(
    make: Make,
    read: Read,
    *,
    suffix: str = "",
    expect: Expect = lambda scene: scene,
    body: str = "coco17",
    kill: bool = True,
) -> None:
    """Raise AssertionError, saying which law is broken, unless all of them hold.

    1. What is written reads back equal, in order: missing joints, actions, timing, ids, a change of size and epoch.
    2. A stream without scenes leaves a file that reads as nothing.
    3. Closing twice is fine; a closed sink refuses to write.
    4. A name of 255 bytes, of letters beyond ASCII, is a name.
    5. An existing file stays as it was until the new one is closed.
    6. A writer that is killed leaves a readable file: some of what was written, from the start, in order.

    Args:
        make: path to a sink with `write`, `close` and `with`. For law 6 it is pickled to a new process, so it should be a
            function of a module or a `functools.partial` of one.
        read: path to scenes.
        suffix: what names should end in.
        expect: what should come back for a scene that is written, for formats with documented losses; None for nothing.
        body: skeleton of the people that are written.
        kill: whether to hold law 6.
    """
    scenes = sample_scenes(skeleton(body))
    wanted = [kept for scene in scenes if (kept := expect(scene)) is not None]
    with tempfile.TemporaryDirectory() as folder:
        _reads_back(make, read, Path(folder) / f"plain{suffix}", scenes, wanted)
        _empty_is_valid(make, read, Path(folder) / f"empty{suffix}")
        _closes_twice(make, Path(folder) / f"twice{suffix}", scenes)
        _reads_back(make, read, Path(folder) / (_long_name(255 - len(suffix)) + suffix), scenes, wanted)
        _replaces_whole(make, read, Path(folder) / f"plain{suffix}", scenes, wanted)
        if kill:
            _survives_kill(make, read, Path(folder) / f"killed{suffix}", body, wanted)


def sample_scenes(body: Skeleton, count: int = 40, seed: int = 0) -> list[Scene]:
    """Made scenes with all that a Scene can hold but faces, world coordinates and masks; numbers are exact in float32."""
    rng = np.random.default_rng(seed)
    return [_scene(i, body, rng) for i in range(count)]


def _scene(i: int, body: Skeleton, rng: np.random.Generator) -> Scene:
    n = (2, 1, 0, 3)[i % 4]
    late = i >= 25  # the camera came back with another size
    corners = rng.integers(0, 200, (n, 2)) / 4
    boxes = np.concatenate([corners, corners + rng.integers(1, 200, (n, 2)) / 4], axis=1)
    scores = rng.integers(0, 9, (n, len(body))) / 8  # one in nine is missing
    points = rng.integers(1, 400, (n, len(body), 2)) / 4
    people = People(boxes, rng.integers(1, 9, n) / 8, points, scores, body, np.array([7, -1, 4])[:n])
    doing = (Action(7, "größer – 跳", 0.75, i / 25, i / 25 + 0.5, 0.25, {"knee": 91.5, "side": "left"}),) if n else ()
    return Scene(
        3 * i,
        i / 25 + i * i * 1e-3,
        (320, 240) if late else (640, 480),
        people,
        doing,
        timing={"pose": 0.0123, "tracks": 1e-4},
        chosen={"size": 256, "tier": "fast"},
        skipped=("faces",) if i % 3 else (),
        epoch=int(late),
        corrupt=i == 11,
    )


def _long_name(length: int) -> str:
    name = "ü"
    while len((name + "é").encode()) <= length:
        name += "é"
    return name + "x" * (length - len(name.encode()))


def _write(make: Make, path: Path, scenes: Iterable[Scene]) -> None:
    with make(path) as sink:
        for scene in scenes:
            sink.write(scene)


def _same(got: list[Scene], wanted: list[Scene], law: str) -> None:
    for one, other in zip(got, wanted, strict=False):
        if one != other:
            raise AssertionError(f"{law}: frame {other.index} came back changed: wrote {other!r}, read {one!r}")
    if len(got) != len(wanted):
        raise AssertionError(f"{law}: {len(wanted)} scenes should come back, got {len(got)}")


def _reads_back(make: Make, read: Read, path: Path, scenes: list[Scene], wanted: list[Scene]) -> None:
    _write(make, path, scenes)
    if not path.exists():
        raise AssertionError(f"closing leaves {path.name}: it is not there")
    _same(list(read(path)), wanted, "what is written reads back equal")


def _empty_is_valid(make: Make, read: Read, path: Path) -> None:
    _write(make, path, [])
    _same(list(read(path)), [], "an empty stream is a valid file")


def _closes_twice(make: Make, path: Path, scenes: list[Scene]) -> None:
    sink = make(path)
    sink.write(scenes[0])
    sink.close()
    sink.close()
    try:
        sink.write(scenes[1])
    except (OSError, ValueError):
        return
    raise AssertionError("a closed sink refuses to write: it took a scene")


def _replaces_whole(make: Make, read: Read, path: Path, scenes: list[Scene], wanted: list[Scene]) -> None:
    sink = make(path)
    for scene in scenes[:5]:
        sink.write(scene)
    _same(list(read(path)), wanted, "an existing file stays until the new one is closed")
    sink.close()
    kept = len(list(read(path)))
    if kept >= len(wanted):
        raise AssertionError("closing replaces the older file: the older one is still there")


def _survives_kill(make: Make, read: Read, path: Path, body: str, wanted: list[Scene]) -> None:
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    writer = spawn.Process(target=_write_and_wait, args=(make, path, body, there), daemon=True)
    writer.start()
    there.close()
    try:
        here.recv()
    except EOFError:
        raise AssertionError("the writer to be killed ended by itself; can `make` be pickled?") from None
    finally:
        writer.kill()
        writer.join()
        here.close()
    got = list(read(path))
    _same(got, wanted[: len(got)], "a killed writer leaves what it wrote, in order")
    if len(got) < len(wanted) // 2:
        raise AssertionError(f"a killed writer leaves a readable file: of {len(wanted)} scenes {len(got)} can be read")


def _write_and_wait(make: Make, path: Path, body: str, there: Connection) -> None:
    sink = make(path)
    for scene in sample_scenes(skeleton(body)):
        sink.write(scene)
    there.send("written")
    there.recv()  # never comes: killed here

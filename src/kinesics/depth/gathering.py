"""Many people for a forest: made by several processes, put one behind the other without ever holding all of them twice."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from ..bodies import PARTS
from ..types import Array
from .anatomy import VOTED
from .samples import SampleSet

if TYPE_CHECKING:
    from ..bodies.views import ViewMaker

CHUNK = 256  # views that one process makes at a time: several of each person, who takes long to make


def make_samples(
    maker: ViewMaker, start: int, count: int, *, workers: int = 2, progress: Callable[[int], object] | None = None
) -> SampleSet:
    """Views start to start + count of a maker as samples, the same for any number of workers.

    Args:
        maker: makes the view of an index.
        start: first index.
        count: how many views.
        workers: processes; 1 makes them in this one.
        progress: called with how many are made.

    Returns:
        one sample for each person in the views.
    """
    whole, made = Gathering(), 0
    with _pieces(maker, start, count, workers) as pieces:
        for size, piece in pieces:
            whole.add(piece)
            made += size
            if progress is not None:
                progress(made)
    return whole.whole()


def _piece(maker: ViewMaker, first: int, size: int) -> SampleSet:
    return SampleSet.from_views(maker.view(index) for index in range(first, first + size))


def _deaf() -> None:
    """Ctrl-C is for the process that started this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _pieces(maker: ViewMaker, start: int, count: int, workers: int) -> Iterator[Iterator[tuple[int, SampleSet]]]:
    jobs = [(first, min(CHUNK, start + count - first)) for first in range(start, start + count, CHUNK)]
    if workers < 2 or len(jobs) < 2:
        yield ((size, _piece(maker, first, size)) for first, size in jobs)
        return
    context = multiprocessing.get_context("spawn")  # threads of a parent do not survive a fork
    with ProcessPoolExecutor(min(workers, len(jobs)), mp_context=context, initializer=_deaf) as pool:
        try:
            yield _in_order(pool, maker, jobs, ahead=2 * workers)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _in_order(
    pool: ProcessPoolExecutor, maker: ViewMaker, jobs: list[tuple[int, int]], ahead: int
) -> Iterator[tuple[int, SampleSet]]:
    waiting: list[tuple[int, Future[SampleSet]]] = []
    coming = iter(jobs)
    while True:
        for first, size in islice(coming, ahead - len(waiting)):
            waiting.append((size, pool.submit(_piece, maker, first, size)))
        if not waiting:
            return
        size, job = waiting.pop(0)
        yield size, job.result()


class Gathering:
    """Sets put one behind the other, without ever holding all of it twice: flat arrays grow in place."""

    def __init__(self) -> None:
        self._depth, self._parts = np.zeros(0, np.uint16), np.zeros(0, np.uint8)
        self._depth_end = self._parts_end = 0
        self._small: list[tuple[Array, ...]] = []
        self._names: tuple[tuple[str, ...], tuple[str, ...]] = PARTS, VOTED

    def add(self, piece: SampleSet) -> None:
        """Put a set behind what is there."""
        offsets = self._depth_end, self._parts_end
        self._depth_end = _append(self._depth, self._depth_end, piece.depth)
        self._parts_end = _append(self._parts, self._parts_end, piece.parts)
        ends = piece.starts[1:] + offsets[0], piece.part_starts[1:] + offsets[1]
        self._small.append((*ends, piece.widths, piece.optics, piece.joints))
        self._names = piece.labels, piece.joint_names

    def whole(self) -> SampleSet:
        """All of it; nothing can be added afterwards."""
        labels, joint_names = self._names
        if not self._small:
            return SampleSet.of_pictures((), (), (), labels=labels, joint_names=joint_names)
        starts, part_starts, widths, optics, joints = (np.concatenate(values) for values in zip(*self._small, strict=True))
        first = np.zeros(1, np.int64)
        self._depth.resize(self._depth_end, refcheck=False)
        self._parts.resize(self._parts_end, refcheck=False)
        return SampleSet(
            self._depth, np.concatenate([first, starts]), widths, optics,
            self._parts, np.concatenate([first, part_starts]), joints, labels=labels, joint_names=joint_names,
        )  # fmt: skip


def _append(flat: Array, end: int, values: Array) -> int:
    if end + len(values) > len(flat):  # a third more room each time; the system moves pages, not bytes
        flat.resize(max(end + len(values), len(flat) * 4 // 3), refcheck=False)
    flat[end : end + len(values)] = values
    return end + len(values)

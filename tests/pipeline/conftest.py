"""Made people before a made camera, and a model that sees exactly those."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinesics.testing import walking_people
from kinesics.types import Frame, People, skeleton

SIZE = (1280, 720)


class Stage:
    """A film of walking people: its frames, and a pose model that finds those whom a look shows.

    With a `clock` each canvas pixel takes `slowness` seconds of it.
    """

    def __init__(self, people: int = 3, seconds: float = 4.0, fps: float = 30.0, slowness: float = 0.0) -> None:
        self.film = walking_people(people, seconds, fps, size=SIZE, joints=True, drop=0.0, seed=3)
        self.now, self.slowness, self.asked = 0.0, slowness, 0

    def clock(self) -> float:
        return self.now

    def frames(self, epochs: Sequence[int] = (0,)) -> Iterator[Frame]:
        blank = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
        share = len(self.film) / len(epochs)
        for index, (_, time) in enumerate(self.film):
            yield Frame(blank, index=index, time=time, epoch=epochs[int(index / share)])

    def __call__(self, image: Any) -> People:
        raise AssertionError("a model that can look is told where")

    def look(self, frame: Any, looks: Sequence[Any]) -> People:
        self.asked += 1
        self.now += self.slowness * sum(look.size[0] * look.size[1] for look in looks)
        if not isinstance(frame, Frame):  # the probe before the first frame
            return People.empty(skeleton("coco17"))
        people = self.film[frame.index][0]
        middle = (people.boxes[:, :2] + people.boxes[:, 2:]) / 2
        shown = np.zeros(len(people), bool)
        for look in looks:
            x1, y1, x2, y2 = look.box
            shown |= (middle >= (x1, y1)).all(1) & (middle <= (x2, y2)).all(1)
        return people[shown].with_ids(np.full(shown.sum(), -1))


@pytest.fixture
def stage() -> type[Stage]:
    return Stage


@pytest.fixture(scope="session")
def short_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first third of a second of the bundled clip: real people, and little to compute."""
    import av

    from kinesics.weights import find

    path = tmp_path_factory.mktemp("video") / "short.mp4"
    with av.open(str(find("demo_clip"))) as clip, av.open(str(path), "w") as short:
        stream = clip.streams.video[0]
        copy = short.add_stream_from_template(stream)
        for packet in clip.demux(stream):
            if packet.dts is None or float(packet.dts * packet.time_base) > 0.33:
                break
            packet.stream = copy
            short.mux(packet)
    return path

"""A real service on a free port, with its own folder, ended and checked after each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kinesics.testing.service import RunningService as Service

if TYPE_CHECKING:
    from page_driving import Chromiums


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """Starts services: `serve("--demo")`; all have ended after the test."""
    running: list[Service] = []

    def start(*options: str, folder: Path | None = None, **environment: str) -> Service:
        running.append(Service(folder or tmp_path / "data", *options, **environment))
        return running[-1]

    yield start
    for service in running:
        service.stop()


@pytest.fixture
def service(serve: Callable[..., Service]) -> Service:
    """One service that has no streams yet."""
    return serve()


@pytest.fixture(scope="module")
def resident(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service with the demo, for all tests of a file that leave it as it is."""
    with Service(tmp_path_factory.mktemp("resident"), "--demo") as service:
        yield service


@pytest.fixture(scope="session")
def people_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first half second of the bundled clip."""
    import av

    from kinesics.weights import find

    path = tmp_path_factory.mktemp("clips") / "people.mp4"
    with av.open(str(find("demo_clip"))) as clip, av.open(str(path), "w") as short:
        stream = clip.streams.video[0]
        copy = short.add_stream_from_template(stream)
        for packet in clip.demux(stream):
            if packet.dts is None or float(packet.dts * packet.time_base) > 0.5:
                break
            packet.stream = copy
            short.mux(packet)
    return path


@pytest.fixture(scope="session")
def people_jpeg(people_clip: Path) -> bytes:
    """Its first picture, as the bytes of a JPEG."""
    import kinesics

    with kinesics.open_source(str(people_clip)) as source:
        frame = next(iter(source))
    path = people_clip.with_name("people.jpg")
    kinesics.save_image(path, frame.image)
    return path.read_bytes()


@pytest.fixture(scope="session")
def camera_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the made webcam of Chromium shows: five seconds of the bundled clip, 640x480."""
    from page_driving import write_camera

    from kinesics.weights import find

    return write_camera(tmp_path_factory.mktemp("webcam") / "camera.mjpeg", find("demo_clip"))


@pytest.fixture(scope="module")
def chromiums(camera_film: Path) -> Iterator[Chromiums]:
    """`with chromiums.open(service.url) as driven:` opens the page, see `page_driving`; what goes wrong fails the test."""
    playwright = pytest.importorskip("playwright.sync_api")
    if shutil.which("chromium") is None:
        pytest.skip("Debian's chromium is not installed")
    from page_driving import Chromiums

    with playwright.sync_playwright() as started:
        browsers = Chromiums(started, camera_film)
        yield browsers
        browsers.close()

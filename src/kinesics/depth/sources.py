"""The one door to all that holds depth pictures: files, folders, recordings, live cameras, and what others register."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from ..errors import SourceError, UsageError
from ..types import Frame
from ..types.camera import Camera
from .glimpse_recording import RECORDING, open_recording
from .npz_clip import open_npy, open_npz
from .png_folder import READERS, open_pictures, pictures_in
from .settling import Settler
from .shots import Reel
from .source import DepthSource

__all__ = ["DEPTH_SOURCES", "open_depth", "register_depth_source"]

DEPTH_SOURCES: dict[str, Callable[..., DepthSource]] = {}
"""Sources that others add: the word before `://` -> a function with the arguments of `open_depth`."""


def register_depth_source(scheme: str, build: Callable[..., DepthSource]) -> None:
    """Make `open_depth("scheme://…")` call `build(src, camera=…, fps=…, units=…, mirrored=…)`.

    A camera needs only `read()`, which returns the next (h, w) depth picture. With librealsense, say:

        class RealSense:
            def __init__(self):
                self.pipe = pyrealsense2.pipeline()
                lens = self.pipe.start().get_stream(pyrealsense2.stream.depth).as_video_stream_profile().intrinsics
                self.camera = Camera(lens.width, lens.height, lens.fx, lens.fy, lens.ppx, lens.ppy)
            def read(self):
                return np.asarray(self.pipe.wait_for_frames().get_depth_frame().get_data())  # uint16 millimetres
            def close(self):
                self.pipe.stop()

        register_depth_source("realsense", lambda src, **options: open_live(RealSense, name=src, **options))

    Others find it without this call through an entry point of the group `kinesics.depth_sources`.
    """
    DEPTH_SOURCES[scheme] = build


def open_depth(
    src: str | Path | Any,
    *,
    camera: Camera | None = None,
    fps: float | None = None,
    units: str | float | None = None,
    mirrored: bool = False,
) -> DepthSource:
    """Open whatever holds depth pictures: a source of frames whose `depth` is (h, w) float32 metres.

    Args:
        src: a folder of grey 16-bit PNG (millimetres) or of EXR pictures, with a `camera.json` (width, height, fx, fy, cx, cy)
            in it where there is one; one such picture; an `.npz` with the key `depth` (t, h, w) and perhaps `camera` and
            `times`; an `.npy`; a recording of glimpse (folder or its `glimpse_recording.json`); `scheme://…` of a source that
            was registered; or a live camera: an object whose `read()` returns the next picture (None at its end), or a
            function that opens one and is called again when it fails (see `kinesics.depth.open_live`).
        camera: what took the pictures; goes before what the files say. Where nobody says, a Kinect v1 is assumed (focal length
            285.63 at 320x240, scaled to the longer side) and a note says so.
        fps: pictures a second of what has no times. None: 30.
        units: "mm", "m" or metres a step. None: whole numbers are millimetres, fractions metres. Either way the first picture
            with something in it is held against it: millimetres read as metres, and the reverse, are put right and noted.
        mirrored: the pictures are mirror images, as Kinect v1 gives them unless told otherwise: they, camera and gravity are
            turned round, so that left is left. The camera is meant as the file has it, before that.

    Raises:
        SourceError: it cannot be read; one line says why and what to do. The first picture has been read when this returns.
        UsageError: an option has a value that makes no sense.
    """
    if fps is not None and not 0 < fps < 10_000:
        raise UsageError(f"fps {fps}: expected pictures a second, above 0")
    options: dict[str, Any] = {"camera": camera, "fps": fps, "units": units, "mirrored": mirrored}
    if not isinstance(src, str | Path):
        from .live_depth import open_live

        return open_live(src, **options)
    scheme = str(src).partition("://")[0] if "://" in str(src) else ""
    if scheme:
        return _registered(scheme)(str(src), **options)
    settler = Settler(camera, fps or 30.0, units, mirrored)
    return _started(str(src), _reel(Path(src)), settler)


def _registered(scheme: str) -> Callable[..., DepthSource]:
    if scheme in DEPTH_SOURCES:
        return DEPTH_SOURCES[scheme]
    offered = [point for point in metadata.entry_points(group="kinesics.depth_sources") if point.name == scheme]
    if not offered:
        known = ", ".join(sorted(DEPTH_SOURCES)) or "none"
        raise SourceError(f"{scheme}://: no source of depth of that name is registered ({known}); see register_depth_source")
    build: Callable[..., DepthSource] = offered[0].load()
    return build


def _reel(path: Path) -> Reel:
    try:
        there, folder = path.exists(), path.is_dir()
    except (OSError, ValueError):
        there = folder = False
    if not there:
        raise SourceError(f"{path}: there is no such file or folder")
    suffix = path.suffix.lower()
    if folder:
        return _folder(path)
    if path.name == RECORDING:
        return open_recording(path.parent)
    if suffix not in (".npz", ".npy", *READERS):
        raise SourceError(f"{path}: expected a folder of pictures, .npz, .npy, .png, .exr or a recording of glimpse")
    if not path.is_file():
        raise SourceError(f"{path}: expected a regular file")
    if suffix in READERS:
        return open_pictures([path], path.parent)
    try:
        return open_npz(path) if suffix == ".npz" else open_npy(path)
    except OSError as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError(f"{path}: cannot be read ({error.strerror or error})") from None


def _folder(path: Path) -> Reel:
    if (path / RECORDING).is_file():
        return open_recording(path)
    for place in (path / "depth", path):
        found = pictures_in(place) if place.is_dir() else []
        if found:
            return open_pictures(found, place)
    clips = sum(1 for file in path.iterdir() if file.suffix.lower() in (".npz", ".npy"))
    more = f"; it holds {clips} clips (.npz): open them one by one" if clips else ""
    raise SourceError(f"{path}: no depth pictures in this folder (looked for .png, .exr and {RECORDING}){more}")


def _started(name: str, reel: Reel, settler: Settler) -> DepthSource:
    """A source whose first picture has been read."""
    pairs = settler.frames(reel)
    try:
        first = next(pairs, None)
    except BaseException:
        reel.release()
        raise
    if first is None:
        reel.release()
        more = f" (and {len(reel.problems) - 1} more)" if len(reel.problems) > 1 else ""
        words = reel.problems[-1] if reel.problems else "no depth picture in it"
        raise SourceError((words if words.startswith(name) else f"{name}: {words}") + more)
    begin = first

    def feed(source: DepthSource) -> Iterator[Frame]:
        pair: tuple[Frame, Camera] | None = begin
        while pair is not None:
            frame, source.camera = pair
            source.gravity = settler.gravity
            settler.tell(source.note)
            yield frame
            pair = next(pairs, None)
        settler.tell(source.note)
        source.status = "damaged" if reel.problems else "ok"
        reel.release()

    source = DepthSource(name, feed, camera=first[1], fps=settler.fps, frames=reel.frames, release=reel.release)
    source.gravity = settler.gravity
    settler.tell(source.note)
    return source

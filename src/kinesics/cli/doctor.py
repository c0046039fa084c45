"""`kinesics doctor`: what is installed, whether it works, and one line for each thing that does not."""

from __future__ import annotations

import base64
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from ..errors import JobError, KinesicsError, WeightsError
from .output import Json, Output

# y = x + x as an ONNX graph: enough to see the runtime run.
DOUBLE = "CAgSADo3Cg4KAXgKAXgSAXkiA0FkZBIBZ1oQCgF4EgsKCQgBEgUKAxIBbmIQCgF5EgsKCQgBEgUKAxIBbkIECgAQEQ=="


@dataclass(frozen=True)
class Check:
    """One finding: `state` is "ok", "note" (works without) or "fails"; `fix` is the one thing to do."""

    name: str
    state: str
    found: str
    fix: str = ""


def command(as_json: Json = False) -> None:
    """What is installed, and whether it works. In Python: kinesics.cli.doctor.examine()."""
    from ..bench.provenance import provenance

    checks = list(examine())
    failed = [check.name for check in checks if check.state == "fails"]
    values = {"ok": not failed, "checks": [asdict(check) for check in checks], **provenance()}
    Output(as_json).result(values, "\n".join(_line(check) for check in checks))
    if failed:
        raise JobError(f"{len(failed)} of {len(checks)} checks failed: {', '.join(failed)}")


def _line(check: Check) -> str:
    return f"{check.state:6}{check.name:18}{check.found}" + (f"\n{'':24}-> {check.fix}" if check.fix else "")


def examine() -> Iterator[Check]:
    """All checks, in an order in which the first failure explains the later ones."""
    yield Check("python", "ok", f"{sys.version.split()[0]} in {sys.prefix}")
    for name, check, fix in CHECKS:
        try:
            yield check()
        except KinesicsError as error:
            yield Check(name, "fails", str(error), "" if "run: " in str(error) else fix)
        except Exception as error:  # whatever a broken package throws is what we are looking for
            yield Check(name, "fails", f"{type(error).__name__}: {' '.join(str(error).split())}", fix)
    yield from _extras()


def _weights() -> Check:
    from ..weights import verify

    report = verify("default")
    bad = {name: row["state"] for name, row in report.items() if row["state"] != "ok"}
    if bad:
        raise WeightsError(f"{', '.join(f'{name} {state}' for name, state in bad.items())}; run: kinesics weights pull")
    return Check("weights", "ok", f"{len(report)} files in {Path(next(iter(report.values()))['path']).parent}")


def _accurate() -> Check:
    from ..weights import verify

    bad = {row["state"] for row in verify("accurate").values()} - {"ok"}
    if not bad:
        return Check("weights accurate", "ok", "movenet_thunder, nanodet")
    return Check(
        "weights accurate", "note", f"{', '.join(sorted(bad))}: --pose accurate needs it", "kinesics weights pull accurate"
    )


def _faces() -> Check:
    from ..weights import verify

    bad = {row["state"] for row in verify("faces").values()} - {"ok"}
    if not bad:
        return Check("weights faces", "ok", "face_resnet")
    return Check("weights faces", "note", f"{', '.join(sorted(bad))}: --known needs it", "kinesics weights pull faces")


def _litert() -> Check:
    import numpy as np

    from ..weights import load

    picture = (np.arange(256 * 256 * 3) % 251).astype(np.uint8).reshape(1, 256, 256, 3)
    (people,) = load("movenet_multipose").run(picture)
    if people.shape != (1, 6, 56) or not np.isfinite(people).all():
        raise JobError(f"movenet_multipose gave {people.shape} with {np.isnan(people).sum()} NaN, expected (1, 6, 56)")
    return Check("litert", "ok", f"{metadata.version('ai-edge-litert')}, movenet_multipose runs")


def _onnxruntime() -> Check:
    import numpy as np

    from ..weights import load

    with tempfile.TemporaryDirectory() as folder:
        graph = Path(folder, "double.onnx")
        graph.write_bytes(base64.b64decode(DOUBLE))
        (twice,) = load(graph).run(np.array([1, 2], np.float32))
    if twice.tolist() != [2, 4]:
        raise JobError(f"1 + 1, 2 + 2 gave {twice.tolist()}")
    return Check("onnxruntime", "ok", f"{metadata.version('onnxruntime')}, a graph runs")


def _pictures() -> Check:
    import cv2
    import numpy as np

    small = cv2.resize(np.full((8, 8, 3), 7, np.uint8), (4, 4))
    if small.shape != (4, 4, 3) or (small != 7).any():
        raise JobError(f"resizing gave {small.shape}")
    return Check("opencv", "ok", cv2.__version__)


def _video() -> Check:
    import av
    import av.codec

    wanted = {("h264", "r"), ("vp9", "r"), ("libx264", "w"), ("libvpx-vp9", "w")}
    missing = [f"{name} ({'decode' if mode == 'r' else 'encode'})" for name, mode in wanted if not _codec(av.codec, name, mode)]
    missing += [name for name in ("mp4", "webm") if name not in av.formats_available]
    if missing:
        raise JobError(f"PyAV {av.__version__} lacks {', '.join(sorted(missing))}")
    return Check("video", "ok", f"PyAV {av.__version__}: h264, vp9, mp4, webm")


def _codec(codecs: object, name: str, mode: str) -> bool:
    try:
        codecs.Codec(name, mode)  # type: ignore[attr-defined]
    except ValueError:  # PyAV's UnknownCodecError is one
        return False
    return True


def _cameras() -> Check:
    devices = sorted(Path("/dev").glob("video[0-9]*"))
    if not devices:
        return Check("cameras", "note", "none found; files and network streams work without")
    closed = []
    for device in devices:
        try:
            device.open("rb").close()
        except OSError:
            closed.append(str(device))
    if closed:
        return Check("cameras", "note", f"no access to {', '.join(closed)}", "sudo usermod -aG video $USER, then log in again")
    return Check("cameras", "ok", ", ".join(map(str, devices)))


def _space() -> Check:
    places = {".": shutil.disk_usage(".").free, tempfile.gettempdir(): shutil.disk_usage(tempfile.gettempdir()).free}
    found = ", ".join(f"{free / 1e9:.1f} GB in {place}" for place, free in places.items())
    low = min(places.values()) < 1e9
    return Check("free space", "note" if low else "ok", found, "make room: an annotated hour takes about 1 GB" if low else "")


def _extras() -> Iterator[Check]:
    try:
        about = metadata.metadata("kinesics")
        needs = metadata.requires("kinesics") or []
    except metadata.PackageNotFoundError:
        yield Check("installation", "note", "runs from a folder, not installed", "pip install .")
        return
    for extra in about.get_all("Provides-Extra") or []:
        absent = [name for name in _named(needs, extra) if not _installed(name)]
        state = Check(f"extra {extra}", "ok", "installed")
        yield (
            state
            if not absent
            else Check(f"extra {extra}", "note", f"no {', '.join(absent)}", f"pip install 'kinesics[{extra}]'")
        )


def _named(needs: list[str], extra: str) -> list[str]:
    """Names of the packages that an extra brings, from lines such as `pyspark>=3.5; extra == "spark"`."""
    import re

    lines = [line for line in needs if re.search(rf"extra == ['\"]{extra}['\"]", line)]
    return [re.split(r"[^\w.-]", line.strip(), maxsplit=1)[0] for line in lines]


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


CHECKS: tuple[tuple[str, Callable[[], Check], str], ...] = (
    ("weights", _weights, "kinesics weights pull"),
    ("weights accurate", _accurate, "kinesics weights pull accurate"),
    ("weights faces", _faces, "kinesics weights pull faces"),
    ("litert", _litert, "pip install --force-reinstall ai-edge-litert"),
    ("onnxruntime", _onnxruntime, "pip install --force-reinstall onnxruntime"),
    ("opencv", _pictures, "pip install --force-reinstall opencv-python-headless"),
    ("video", _video, "pip install --force-reinstall --only-binary av av"),
    ("cameras", _cameras, ""),
    ("free space", _space, ""),
)

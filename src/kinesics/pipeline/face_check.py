"""A film to faces over time: which seconds look exchanged, by which cues."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ..draw.face_lanes import FaceLane, Second, face_lanes
from ..errors import WeightsError
from ..faces import FaceFinder
from ..faces.records import Face
from ..faces.suspicion import FITTED, Suspicion, Window
from ..faces.traces import FaceTrace
from ..types import Array, Scene
from ..video import Source, open_source
from ..video.pictures import write_whole
from .recording import make_folder, stem_of
from .watching import watch

__all__ = ["NOTE", "check_faces"]

NOTE = "A cue, not a verdict: it says how unusual a face is. Compression, make-up, low light and fast turns are unusual too."
SIDE = 96  # pixels of the pictures that are kept
EVERY = 0.25  # seconds between two of them
ENCODED = 0.34  # seconds between two embeddings
SMALL = 40.0  # pixels from brow to chin below which nothing is judged
MOST = 240  # pictures of one face that are kept


def check_faces(
    source: str | int | Path,
    out: str | Path | None = None,
    *,
    pose: str = "balanced",
    seconds: float | None = None,
    step: Callable[[Scene, Source], object] | None = None,
) -> dict[str, Any]:
    """Follow the faces of a film and say, second by second, how unusual each is.

    Sharpness against its surroundings, seams, flicker, tremble of its points, what its own history does not make up and, where
    an embedding net is installed, drift of the embedding (Verdoliva, Media forensics and deepfakes, 2020). It is a cue and not
    a verdict.

    Args:
        source: what `watch` takes.
        out: folder for `NAME.faces.json` and `NAME.faces.png`; None to write nothing.
        pose: what finds the people.
        seconds: stop at this time; None for the end.
        step: called with each Scene and the open source.

    Returns:
        source, note, frames, seconds, outputs, small (ids of people whose face was never large enough), and faces: a list with
        person, start, end, pictures, score (0 to 1: mean of the three most unusual seconds), windows (start, end, score,
        evidence) and drift (largest, or None).

    Raises:
        SourceError: the source cannot be read.
        SinkError: a result cannot be written.
    """
    finder, traces = FaceFinder(), _Traces()
    frames, last = 0, 0.0
    with open_source(source) as opened:
        for scene in watch(opened, pose=pose, smooth=False):
            if seconds is not None and scene.time > seconds:
                break
            frames, last = frames + 1, scene.time
            if scene.frame is not None and not scene.corrupt:
                traces.add(scene.frame.image, finder(scene.frame.image, scene.people), scene.time)
            if step is not None:
                step(scene, opened)
        stem = stem_of(opened.name)
    faces, lanes = traces.judged()
    result: dict[str, Any] = {"source": str(source), "note": NOTE, "frames": frames, "seconds": round(last, 3), "faces": faces}
    result["small"] = sorted(traces.small - {face["person"] for face in faces})
    result["outputs"] = {} if out is None else _written(Path(out), stem, result, lanes, last)
    return result


def _written(out: Path, stem: str, result: dict[str, Any], lanes: list[FaceLane], length: float) -> dict[str, str]:
    make_folder(out)
    table, picture = out / f"{stem}.faces.json", out / f"{stem}.faces.png"
    write_whole(table, (json.dumps(result, indent=1) + "\n").encode())
    face_lanes(lanes, title=f"{stem}: faces over time", note=NOTE, cues=FITTED, length=length, path=picture)
    return {"json": str(table), "picture": str(picture)}


class _Traces:
    """All faces of a film, by the id of the person."""

    def __init__(self) -> None:
        self._encoder = _encoder()
        self._of: dict[int, _Track] = {}
        self.small: set[int] = set()

    def add(self, image: Array, faces: list[Face], time: float) -> None:
        for face in faces:
            if face.person < 0 or face.mesh is None or face.square is None:
                continue
            if float(np.ptp(face.mesh[:, 1])) < SMALL:
                self.small.add(face.person)
            else:
                track = self._of.setdefault(face.person, _Track())
                encoding = None
                if self._encoder is not None and time >= track.encoded + ENCODED:
                    encoding, track.encoded = self._encoder(image, [face])[0], time
                track.add(image, face, time, encoding)

    def judged(self) -> tuple[list[dict[str, Any]], list[FaceLane]]:
        suspicion = Suspicion()
        told, lanes = [], []
        for person, track in sorted(self._of.items(), key=lambda item: -len(item[1].times)):
            windows = suspicion.windows(np.array(track.times), track.cues)
            if windows:
                told.append(_record(person, track, windows))
                lanes.append(
                    FaceLane(
                        person, [Second(w.start, w.end, w.score, dict(w.evidence)) for w in windows], track.oddest(windows)
                    )
                )
        return told, lanes


def _record(person: int, track: _Track, windows: list[Window]) -> dict[str, Any]:
    worst = sorted((window.score for window in windows), reverse=True)[:3]
    drift = [cue["drift"] for cue in track.cues if np.isfinite(cue["drift"])]
    return {
        "person": person,
        "start": round(track.times[0], 3),
        "end": round(track.times[-1], 3),
        "pictures": len(track.times),
        "score": round(float(np.mean(worst)), 4),
        "drift": round(float(max(drift)), 4) if drift else None,
        "windows": [
            {"start": round(w.start, 3), "end": round(w.end, 3), "score": round(w.score, 4), "evidence": dict(w.evidence)}
            for w in windows
        ],
    }


class _Track:
    def __init__(self) -> None:
        self.trace, self.encoded = FaceTrace(), -np.inf
        self.times: list[float] = []
        self.cues: list[dict[str, float]] = []
        self.views: list[tuple[float, Array]] = []
        self.every = EVERY

    def add(self, image: Array, face: Face, time: float, encoding: Array | None) -> None:
        if face.mesh is None or face.square is None or (self.times and time <= self.times[-1]):
            return
        self.times.append(time)
        self.cues.append(self.trace.add(image, face.mesh, time, encoding))
        if not self.views or time >= self.views[-1][0] + self.every:
            self.views.append((time, face.square.cut(image, SIDE)))
        if len(self.views) > MOST:  # a long film: every second picture, from now on half as often
            self.views, self.every = self.views[::2], 2 * self.every

    def oddest(self, windows: list[Window]) -> list[tuple[float, Array]]:
        """A picture of each of the most unusual seconds, in order of time."""
        chosen: list[tuple[float, Array]] = []
        for window in sorted(windows, key=lambda window: -window.score):
            middle = (window.start + window.end) / 2
            view = min(self.views, key=lambda view: abs(view[0] - middle))
            if len(chosen) < 3 and all(abs(view[0] - other[0]) > 0.4 for other in chosen):
                chosen.append(view)
        return sorted(chosen, key=lambda view: view[0])


def _encoder() -> Any:
    """The embedding net where it is installed, else None: drift is not told then."""
    from ..faces.embedding import FaceEncoder

    try:
        return FaceEncoder()
    except WeightsError:
        return None

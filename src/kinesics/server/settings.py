"""What a stream is: where its pictures come from and what is made of them."""

from __future__ import annotations

from typing import Any

import msgspec

from ..errors import UsageError

__all__ = ["BROWSER", "DEMO", "StreamSettings", "changed"]

BROWSER, DEMO = "browser", "demo"  # sources that are no address: frames a page sends; the bundled clip as a camera


class StreamSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One stream, as it is asked for, kept and told.

    Attributes:
        source: a file below an allowed folder, the number of a camera, an rtsp/http address, "browser" or "demo".
        name: what people call it; empty: the source without its password.
        pose: name of a tier.
        whole_body, masks, faces: what is read of each person beyond the 17 joints, see `kinesics.watch`.
        postures: name postures and falls.
        model: of taught actions, its name in the library; None for none.
        coach: name of an exercise that is counted; None for none.
        person: who is driven by the main person's pose, a name in the library or "default"; None for nobody.
        fps: at most so many frames a second are looked at; live sources drop the others, files are not slowed down by it.
        budget: seconds of one core that a frame may take; None: shared fairly between the streams.
        live: None: files are not, the rest is. A live file plays as a camera would show it.
        loop: begin again at the end of a file, as a new epoch.
        pixels: pictures of this stream may be shown on the page; else nothing but metadata ever leaves its worker.
        redact: what is made unrecognisable in pictures that are shown: "face", "person", "background" or None.
        keep: the stream is there again after a restart.
    """

    source: str
    name: str = ""
    pose: str = "balanced"
    whole_body: bool = False
    masks: bool = False
    faces: bool = False
    postures: bool = True
    model: str | None = None
    coach: str | None = None
    person: str | None = None
    fps: float = 15.0
    budget: float | None = None
    live: bool | None = None
    loop: bool = False
    pixels: bool = False
    redact: str | None = None
    keep: bool = True

    def __post_init__(self) -> None:
        if not self.source.strip():
            raise UsageError("a stream: expected a source, such as a camera's number, a file or an rtsp address")
        if not 0 < self.fps <= 240:
            raise UsageError(f"fps: expected more than 0 and at most 240 frames a second, got {self.fps}")
        if self.budget is not None and not 0 < self.budget <= 60:
            raise UsageError(f"budget: expected seconds a frame, above 0 and at most 60, got {self.budget}")
        if self.redact not in (None, "face", "person", "background"):
            raise UsageError(f"redact: expected face, person or background, got {self.redact!r}")


def changed(settings: StreamSettings, changes: dict[str, Any]) -> StreamSettings:
    """The settings with some of them changed.

    Raises:
        UsageError: an unknown name, a value that makes no sense, or a change of the source (which makes another stream).
    """
    if changes.get("source", settings.source) != settings.source:
        raise UsageError("the source of a stream cannot be changed; remove the stream and add another")
    try:
        return msgspec.convert({**msgspec.structs.asdict(settings), **changes}, StreamSettings)
    except msgspec.ValidationError as error:
        raise UsageError(f"settings of a stream: {error}") from None

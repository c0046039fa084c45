"""One picture or one clip in, metadata out. The bytes are limited while they come, and nothing of them stays."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ...errors import KinesicsError, UsageError
from ..refusals import Busy
from ..service import Service, held
from .answers import asked_bytes, check_length, failed, said, too_large
from .openapi import Operation, Parameter

__all__ = ["picture_operations"]

SWITCHES = ("masks", "whole_body", "faces")
AT_ONCE = 4  # clips that may come in or be looked at; more are refused
_OPTIONS = (
    Parameter("pose", "string", "name of a tier, such as fast, balanced, accurate"),
    Parameter("masks", "boolean", "outlines of people"),
    Parameter("whole_body", "boolean", "hands and faces' points"),
    Parameter("faces", "boolean", "faces"),
)


def _options(request: Request) -> dict[str, Any]:
    """What is asked for in the query.

    Raises:
        UsageError: an unknown name, or a switch that is neither on nor off.
    """
    given = dict(request.query_params)
    unknown = set(given) - {"pose", *SWITCHES}
    if unknown:
        raise UsageError(f"expected pose, {', '.join(SWITCHES)} in the address, got {', '.join(sorted(unknown))[:80]}")
    words: dict[str, Any] = {"pose": given["pose"]} if "pose" in given else {}
    for name in set(SWITCHES) & set(given):
        if given[name] not in ("0", "1", "true", "false"):
            raise UsageError(f"{name}: expected 0 or 1, got {given[name][:40]!r}")
        words[name] = given[name] in ("1", "true")
    return words


async def _picture(request: Request) -> Response:
    from ..guard.picture_header import checked_picture

    service = held(request)
    service.open()
    options = _options(request)
    data = await asked_bytes(request, service.config.limits.picture_bytes)
    checked_picture(data, service.config.limits.picture_pixels)
    scene = await service.supervisor.picture(data, options)
    return Response(scene, media_type="application/json", headers={"Cache-Control": "no-store"})


async def _clip(request: Request) -> ASGIApp:
    service = held(request)
    service.open()
    options = _options(request)
    check_length(request, service.config.limits.clip_bytes)
    if len(list(service.uploads.iterdir())) >= AT_ONCE:
        raise Busy(f"{AT_ONCE} clips are being looked at; send this one again when one of them is done")
    path = service.uploads / secrets.token_hex(16)
    try:
        await _received(request, path, service.config.limits.clip_bytes)
        return await _looked_at(request, service, path, options)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


async def _received(request: Request, path: Path, most: int) -> None:
    size = 0
    with path.open("xb") as file:
        async for chunk in request.stream():
            size += len(chunk)
            if size > most:
                raise too_large(most)
            await asyncio.to_thread(file.write, chunk)
    if not size:
        raise UsageError("expected a video as the body, got nothing")


async def _looked_at(request: Request, service: Service, path: Path, options: dict[str, Any]) -> ASGIApp:
    """The first scene is waited for: what is no video gets an error and no half answer."""
    scenes = service.supervisor.clip(path, options)
    first = asyncio.ensure_future(anext(scenes, None))
    try:
        while not (await asyncio.wait({first}, timeout=0.5))[0]:
            if await request.is_disconnected():
                raise ClientDisconnect
        return _Lines(first.result(), scenes, path)
    except KinesicsError as error:
        await _ended(scenes)
        raise _nameless(error, path) from None
    except BaseException:
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        await _ended(scenes)
        raise


def _nameless(error: KinesicsError, path: Path) -> KinesicsError:
    """The error, without our own name of the file."""
    return type(error)(str(error).replace(str(path), "the clip").replace(path.name, "the clip"))


async def _ended(scenes: AsyncIterator[bytes]) -> None:
    close = getattr(scenes, "aclose", None)
    if close is not None:
        with contextlib.suppress(RuntimeError):
            await close()


class _Lines:
    """An answer: a line a scene, as they come. When the reader leaves, the job ends and the clip is removed."""

    def __init__(self, first: bytes | None, scenes: AsyncIterator[bytes], path: Path) -> None:
        self._first, self._scenes, self._path = first, scenes, path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        lines = self._lines()
        try:
            answer = StreamingResponse(lines, media_type="application/x-ndjson", headers={"Cache-Control": "no-store"})
            await answer(scope, receive, send)
        finally:
            await asyncio.shield(self._close(lines))

    async def _close(self, lines: AsyncIterator[bytes]) -> None:
        try:
            await _ended(lines)
            await _ended(self._scenes)
        finally:
            self._path.unlink(missing_ok=True)

    async def _lines(self) -> AsyncIterator[bytes]:
        try:
            if self._first is not None:
                yield self._first + b"\n"
            async for scene in self._scenes:
                yield scene + b"\n"
        except KinesicsError as error:
            yield msgspec.json.encode(said(_nameless(error, self._path))) + b"\n"
        except Exception as error:
            failed(error)  # which logs it
            yield msgspec.json.encode(said(error)) + b"\n"


def picture_operations() -> list[Operation]:
    """What can be asked about single pictures and clips."""
    return [
        Operation(
            "POST",
            "/v1/pictures",
            _picture,
            "People of one picture.",
            _OPTIONS,
            takes="application/octet-stream",
            body="a JPEG, PNG or WebP file",
        ),
        Operation(
            "POST",
            "/v1/clips",
            _clip,
            "People of one clip: a line of JSON a frame, as they come; a last line with an error where it broke off.",
            _OPTIONS,
            takes="application/octet-stream",
            body="a video file",
            gives=("application/x-ndjson",),
        ),
    ]

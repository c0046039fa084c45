"""The page and its files, as they lie in the package."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from ..refusals import Absent
from .answers import answering

__all__ = ["KINDS", "page_routes"]

KINDS = {
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mp3": "audio/mpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".wav": "audio/wav",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}


def page_routes(folder: Path) -> list[BaseRoute]:
    """The routes of the page.

    Args:
        folder: where its files lie; nothing outside it is ever given, no matter what links there are.
    """
    root = folder.resolve()

    def given(name: str) -> Response:
        path = root if "\0" in name else (root / name).resolve()
        if not path.is_relative_to(root) or path.suffix not in KINDS or not path.is_file():
            raise Absent("the page has no file of that name")
        # asked each time whether it has changed: what is installed is what is seen
        return FileResponse(path, media_type=KINDS[path.suffix], headers={"Cache-Control": "no-cache"})

    async def start(request: Request) -> Response:
        return given("index.html")

    async def file(request: Request) -> Response:
        return given(request.path_params["path"])

    async def icon(request: Request) -> Response:
        names = [name for name in ("icons/icon.svg", "favicon.ico") if (root / name).is_file()]
        return given(names[0]) if names else Response(status_code=204)

    return [
        Route("/", answering(start), methods=["GET"]),
        Route("/favicon.ico", answering(icon), methods=["GET"]),
        Route("/page/{path:path}", answering(file), methods=["GET"]),
    ]

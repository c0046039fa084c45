"""`kinesics serve`: the service and its page. In Python: kinesics.serve()."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from ..errors import SourceError
from .output import Json, Output, Quiet


def command(
    host: Annotated[str | None, typer.Option(help="Address to listen on; any but this machine's own needs a token.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="0: any free one.")] = None,
    data: Annotated[
        Path | None, typer.Option("--data", metavar="DIR", help="Events, models and persons; the user's folder by default.")
    ] = None,
    token_file: Annotated[Path | None, typer.Option(metavar="FILE", help="Holds the token; or set KINESICS_TOKEN.")] = None,
    allow_host: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A further name under which browsers may come; repeat it.")
    ] = None,
    root: Annotated[
        list[Path] | None, typer.Option(metavar="DIR", help="Files below it may be opened as streams; repeat it.")
    ] = None,
    tls_cert: Annotated[Path | None, typer.Option(metavar="FILE", help="Certificate in PEM form, for https.")] = None,
    tls_key: Annotated[Path | None, typer.Option(metavar="FILE", help="Its key.")] = None,
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="TOML of streams, webhooks and a broker.")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Add a stream that plays the bundled clip as a camera.")] = False,
    streams: Annotated[int | None, typer.Option(min=1, max=256, help="Most streams at a time.")] = None,
    threads: Annotated[int | None, typer.Option(min=1, max=256, help="Looks at a time; one a core by default.")] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """People, joints and actions of several streams over HTTP and WebSockets, and the page; until Ctrl-C."""
    from ..server.serving import serve

    output = Output(as_json, quiet=quiet)
    _log_to_stderr(quiet)

    def listening(url: str) -> None:
        output.say(f"kinesics: {url}/ (Ctrl-C ends it)")
        if as_json:
            output.result({"url": url})
            sys.stdout.flush()

    given = {
        "host": host,
        "port": port,
        "folder": data,
        "token": _token(token_file),
        "allowed_hosts": allow_host,
        "roots": root,
        "certificate": tls_cert,
        "key": tls_key,
        "file": config,
        "streams": streams,
        "threads": threads,
    }
    serve(**{name: value for name, value in given.items() if value is not None}, demo=demo, listening=listening)  # type: ignore[arg-type]


def _token(file: Path | None) -> str | None:
    if file is None:
        return os.environ.get("KINESICS_TOKEN") or None
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{file}: no token can be read ({error}); make one: openssl rand -hex 24 > token") from None


def _log_to_stderr(quiet: bool) -> None:
    from ..server.guard.secrets_out import scrub_logs

    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    for name in ("kinesics", "uvicorn", "asyncio"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(logging.ERROR if quiet else logging.WARNING)
    scrub_logs("kinesics", "uvicorn", "asyncio")

"""The service as it runs: listens at once while the nets get warm, and ends in order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import KinesicsError, UsageError
from .config import ServiceConfig, is_loopback
from .config_file import Plan, read_plan
from .folder import default_folder, held_folder
from .listening import address_of, begin, bound
from .onward.news import News
from .onward.onward import Onward
from .settings import DEMO, StreamSettings
from .signals import Told

if TYPE_CHECKING:
    from .crew.supervisor import Supervisor
    from .service import Service
    from .store.store import Store

__all__ = ["DRAIN", "serve"]

DRAIN = 5.0  # seconds for what is under way to end
_log = logging.getLogger("kinesics.server")


def serve(
    host: str = "127.0.0.1",
    port: int = 8765,
    *,
    folder: str | Path | None = None,
    token: str | None = None,
    allowed_hosts: tuple[str, ...] = (),
    roots: tuple[str | Path, ...] = (),
    certificate: str | Path | None = None,
    key: str | Path | None = None,
    file: str | Path | None = None,
    demo: bool = False,
    streams: int = 16,
    threads: int | None = None,
    listening: Callable[[str], None] | None = None,
) -> None:
    """Run the service until the process is told to end (SIGTERM or SIGINT); a second signal ends it at once.

    Args:
        host: address to listen on; one that others can reach needs a token.
        port: 0 takes a free one.
        folder: where events, models and persons are kept; None: in the user's folder. One service a folder.
        token: who does not know it is not answered.
        allowed_hosts: further names under which browsers may address the service.
        roots: folders below which files may be opened as streams; none: no files.
        certificate: file in PEM form; with it and its key the service speaks https, which browsers of other machines ask for
            before they show it their camera.
        key: of the certificate.
        file: TOML of streams, webhooks and a broker, see docs/service.md.
        demo: add a stream that plays the bundled clip as a camera.
        streams: most streams at a time.
        threads: looks at a time; None for one a core.
        listening: called with the address once it listens; the nets may still be warming.

    Raises:
        UsageError: a value makes no sense; others could reach it without a token; another service has the port or the folder.
        SinkError: the folder cannot be written.
    """
    if token is None and not is_loopback(host):
        raise UsageError(
            f"host {host}: others can reach this address, so it needs a token; make one: openssl rand -hex 24 > token; "
            "then: kinesics serve --token-file token"
        )
    config = ServiceConfig(
        host=host, port=port, token=token, allowed_hosts=tuple(allowed_hosts), roots=tuple(Path(root) for root in roots)
    )
    _check_pair(certificate, key)
    plan = _plan(file, demo)
    with contextlib.ExitStack() as held:
        place = held.enter_context(held_folder(Path(folder) if folder else default_folder()))
        line = held.enter_context(bound(host, port))
        pair = None if certificate is None or key is None else (str(certificate), str(key))
        running = _Running(config, place, line, pair, plan, (streams, threads), listening)
        asyncio.run(running.run())


def _check_pair(certificate: str | Path | None, key: str | Path | None) -> None:
    if certificate is None and key is None:
        return
    if certificate is None or key is None:
        raise UsageError("https needs both a certificate and its key")
    import ssl

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
    except OSError as error:  # which errors of TLS are, too
        raise UsageError(
            f"{certificate}, {key}: expected a certificate and its key in PEM form ({error.strerror or error})"
        ) from None


def _plan(file: str | Path | None, demo: bool) -> Plan:
    plan = Plan() if file is None else read_plan(Path(file))
    if demo:
        plan.streams.setdefault(DEMO, StreamSettings(DEMO, DEMO, pixels=True, keep=False))
    return plan


def _load() -> None:
    """Import what answers the network."""
    from .guard import deadlines, guards  # noqa: F401


class _Running:
    """One run of the service, from listening to the end."""

    def __init__(
        self,
        config: ServiceConfig,
        folder: Path,
        line: socket.socket,
        pair: tuple[str, str] | None,
        plan: Plan,
        limits: tuple[int, int | None],
        listening: Callable[[str], None] | None,
    ) -> None:
        self._config, self._folder, self._line, self._pair, self._plan = config, folder, line, pair, plan
        self._streams, self._threads = limits
        self._listening = listening

    async def run(self) -> None:
        """Until told to end."""
        from .crew.supervisor import Supervisor
        from .store.store import Store

        told = Told()
        with told.listening():
            onward = Onward(News(asyncio.get_running_loop()))
            store = Store(self._folder, onward.events, retention=self._plan.days)
            supervisor = Supervisor(self._folder, store, threads=self._threads, roots=self._config.roots, limit=self._streams)
            try:
                onward.begin(self._plan, store)
                beside = [asyncio.create_task(job) for job in (self._start(supervisor), onward.tell_states(supervisor))]
                await self._serve(supervisor, store, onward, told)
                for task in beside:
                    task.cancel()
                await asyncio.gather(*beside, return_exceptions=True)
            finally:
                await supervisor.close()
                await asyncio.to_thread(onward.close)
                await asyncio.to_thread(store.close)

    async def _start(self, supervisor: Supervisor) -> None:
        """Warm the nets and add the streams; a stream that cannot be added is said and left out."""
        try:
            await supervisor.start()
        except Exception as error:
            _log.error("what was kept cannot be brought back: %s: %s", type(error).__name__, error)
        for name, settings in self._plan.streams.items():
            try:
                await supervisor.add(settings, name)
            except KinesicsError as error:
                _log.error("stream %s: %s", name, error)

    async def _serve(self, supervisor: Supervisor, store: Store, onward: Onward, told: Told) -> None:
        await asyncio.to_thread(_load)  # meanwhile the workers are started
        import uvicorn

        from .guard.deadlines import uvicorn_options
        from .guard.guards import guarded
        from .routes.app import build

        app = build(supervisor, store, self._config, folder=self._folder, onward=onward)
        options = uvicorn_options(self._config)
        certificate, key = self._pair or (None, None)
        server = uvicorn.Server(
            uvicorn.Config(
                guarded(app, self._config),
                ssl_certfile=certificate,
                ssl_keyfile=key,
                lifespan="off",
                log_config=None,
                timeout_graceful_shutdown=1,
                **options,
            )
        )
        await begin(server, self._line)
        if self._listening is not None:
            self._listening(address_of(self._config.host, self._line, secure=self._pair is not None))
        beat = asyncio.create_task(server.main_loop())
        await told.wait()
        await self._end(app.state.service, supervisor, store)
        beat.cancel()
        await asyncio.gather(beat, return_exceptions=True)
        await server.shutdown()

    async def _end(self, service: Service, supervisor: Supervisor, store: Store) -> None:
        """Unready at once, nothing new, what is under way has five seconds; then the sockets are closed."""
        service.ending = True
        _log.warning("ending; what is under way has %g s", DRAIN)
        try:
            async with asyncio.timeout(DRAIN):
                await supervisor.drain(DRAIN - 1)
                await asyncio.to_thread(store.flush, 1.0)
        except TimeoutError:
            _log.warning("not all of it was done within %g s", DRAIN)
        await service.close_lines()

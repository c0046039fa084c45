"""The command line: one file a command, a table that names them, and the one place where an error becomes a line and a status.

A command's module is imported only when that command is asked for, so `kinesics --help` costs no more than this file.
To add one: write `cli/<name>.py` with a function `command` (or, for a group such as `eval`, a typer app called `app`), and put
a row into `COMMANDS`.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..errors import JobError, KinesicsError, UsageError, need

if TYPE_CHECKING:
    import typer

__all__ = ["COMMANDS", "build", "main"]

COMMANDS = {
    "demo": "Play the bundled clip through the whole chain, offline.",
    "run": "People of a video, camera or stream: joints, ids, files, a film.",
    "serve": "Several streams at once over HTTP, and the page: always on.",
    "coach": "Repetitions of an exercise, why one did not count, advice.",
    "train": "An action model from labelled clips.",
    "teach": "An action model from a few examples, shown live.",
    "faces": "Known faces: enrol, list, forget, find; check a film for exchanged ones.",
    "fit": "A person that can be drawn in any pose, from a short clip.",
    "render": "A fitted person in the poses of a file.",
    "transfer": "A fitted person does what somebody does in a video.",
    "depth": "Skeletal tracking from depth pictures.",
    "batch": "A corpus: thousands of videos in, tables out; its summary; who moves like this.",
    "eval": "Accuracy on a labelled set.",
    "bench": "Latency and throughput, with where they were measured.",
    "convert": "Translate between pose formats.",
    "weights": "Pretrained files: list, pull, verify.",
    "doctor": "What is installed, and whether it works.",
}


def build(*names: str) -> typer.Typer:
    """The command line with the commands called `names` in full, and a line of help for each of the others."""
    import typer

    app = typer.Typer(
        name="kinesics", no_args_is_help=True, rich_markup_mode=None, context_settings={"help_option_names": ["-h", "--help"]}
    )

    @app.callback(help="Video in; people, joints, ids and actions out. Offline, on an ordinary CPU.")
    def root(
        version: bool = typer.Option(False, "--version", help="Print the version.", callback=_version, is_eager=True),
    ) -> None:
        pass

    for name, words in COMMANDS.items():
        _add(app, name, words, in_full=name in names)
    return app


def _version(wanted: bool) -> None:
    if wanted:
        import typer

        from .. import __version__

        print(__version__)
        raise typer.Exit


def _add(app: typer.Typer, name: str, words: str, *, in_full: bool) -> None:
    place = f"{__name__}.{name}"
    if in_full and importlib.util.find_spec(place):
        module = importlib.import_module(place)
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name, help=words)
        else:
            app.command(name)(module.command)
        return

    def stub() -> None:
        raise UsageError(f"the command {name} is not part of this version")

    app.command(name, help=words, context_settings={"ignore_unknown_options": True, "allow_extra_args": True})(stub)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit status: 0 done, 1 the job failed, 2 bad usage or bad input, 130 interrupted."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        with _closing_on_sigterm():
            return _run(arguments)
    except BrokenPipeError:
        return _quiet_pipe()
    except KeyboardInterrupt:
        print("kinesics: interrupted", file=sys.stderr)
        return 130
    except Exception as error:
        if os.environ.get("KINESICS_DEBUG"):
            raise
        words, status = explain(error)
        print(words, file=sys.stderr)
        return status


def _run(arguments: list[str]) -> int:
    typer = need("typer")
    from typer.main import get_command

    if "_KINESICS_COMPLETE" in os.environ:  # a shell asks what could come next
        get_command(build(*COMMANDS)).main(prog_name="kinesics")
    words = [word for word in arguments if not word.startswith("-")][:1]
    command = get_command(build(*words))
    try:
        with command.make_context("kinesics", list(arguments)) as context:
            command.invoke(context)
        status = 0
    except typer.Exit as leave:
        status = leave.exit_code
    sys.stdout.flush()
    return status


@contextmanager
def _closing_on_sigterm() -> Iterator[None]:
    """Unwind as on an error when the process is told to end, so that files are closed and play."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminate(number: int, frame: Any) -> None:
    raise SystemExit(128 + number)


def _quiet_pipe() -> int:
    """The reader of our output has left: say nothing more, not even when Python closes stdout."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return 128 + 13


def explain(error: Exception) -> tuple[str, int]:
    """One line of words and the exit status for whatever went wrong."""
    if isinstance(error, KinesicsError):
        return _line(error), 1 if isinstance(error, JobError) else 2
    if isinstance(error, ModuleNotFoundError) and not (error.name or "kinesics").startswith("kinesics"):
        return _line(f"{error.name} is needed for this and is not installed; run: pip install kinesics"), 2
    import typer

    if isinstance(error, typer.BadParameter.__mro__[2]):  # ClickException, wherever this version of typer keeps it
        return _usage(error), 2
    if isinstance(error, typer.Abort):
        return _line("interrupted"), 130
    if isinstance(error, OSError) and error.strerror:
        return _line(f"{error.filename}: {error.strerror}" if error.filename else error.strerror), 2
    if isinstance(error, MemoryError):
        return _line("out of memory; try a smaller input or --pose fast"), 1
    return _line(f"{type(error).__name__}: {error}: a fault of kinesics itself; KINESICS_DEBUG=1 shows where"), 1


def _usage(error: Any) -> str:
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError" and context:
        return str(context.get_help())
    return _line(f"{error.format_message().rstrip('.')}; see {context.command_path if context else 'kinesics'} --help")


def _line(words: object) -> str:
    return "kinesics: " + " ".join(str(words).split())

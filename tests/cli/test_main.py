"""The frame of the command line: what it imports, what it says where, how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from kinesics import cli
from kinesics.cli import COMMANDS, main
from kinesics.errors import FormatError, JobError, WeightsError


@pytest.fixture
def acts(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], int]:
    """Run a command that does what a given function does; its exit status."""

    def act(what: Callable[[], None]) -> int:
        app = typer.Typer(rich_markup_mode=None)
        app.callback()(lambda: None)
        app.command("act")(lambda: what())
        monkeypatch.setattr(cli, "build", lambda *names: app)
        return main(["act"])

    return act


def throw(error: BaseException) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (WeightsError("a.tflite is damaged;\n run: x"), 2, "kinesics: a.tflite is damaged; run: x"),
        (FormatError("a.txt line 3: seven columns"), 2, "kinesics: a.txt line 3: seven columns"),
        (JobError("the net gave NaN"), 1, "kinesics: the net gave NaN"),
        (OSError(28, "No space left on device", "out.mp4"), 2, "kinesics: out.mp4: No space left on device"),
        (PermissionError(13, "Permission denied"), 2, "kinesics: Permission denied"),
        (typer.BadParameter("no such tier"), 2, "kinesics: Invalid value: no such tier; see kinesics"),
        (typer.Exit(3), 3, ""),
        (typer.Abort(), 130, "kinesics: interrupted"),
        (KeyboardInterrupt(), 130, "kinesics: interrupted"),
        (MemoryError(), 1, "kinesics: out of memory"),
        (ZeroDivisionError("by zero"), 1, "kinesics: ZeroDivisionError: by zero: a fault of kinesics itself; KINESICS_DEBUG=1"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_each_error_is_one_line_and_a_status(
    acts: Callable[[Callable[[], None]], int],
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    status: int,
    words: str,
) -> None:
    assert acts(throw(error)) == status
    out, err = capsys.readouterr()
    assert out == "" and err.startswith(words) and err.count("\n") == bool(words)


def test_a_fault_shows_its_traceback_when_asked(
    acts: Callable[[Callable[[], None]], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KINESICS_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        acts(throw(ZeroDivisionError()))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["frobnicate"], "No such command 'frobnicate'"),
        (["weights", "frobnicate"], "No such command 'frobnicate'; see kinesics weights --help"),
        (["weights", "pull", "tiny"], "Invalid value for '[SET]': "),
        (["weights", "pull", "--from", "/nowhere", "--quiet", "--frob"], "No such option"),
        (["bench", "start", "--runs", "x"], "Invalid value for '--runs'"),
        (["bench", "start", "--runs", "0"], "Invalid value for '--runs'"),
        (["--frob"], "No such option"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_one_line_and_2(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    assert err.startswith("kinesics: ") and words in err and "--help" in err


@pytest.mark.parametrize("arguments", [[], ["weights"]], ids=["alone", "group"])
def test_without_a_command_the_help_comes_and_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "Commands:" in capsys.readouterr().err


def test_help_lists_each_command_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    listed = capsys.readouterr().out
    width = max(map(len, COMMANDS)) + 2
    for name, words in COMMANDS.items():
        assert f"  {name:{width}}{words}"[:60] in listed, name


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    assert "Usage: kinesics " + name in capsys.readouterr().out


def test_a_row_whose_file_is_not_there_breaks_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(COMMANDS, "later", "Comes later.")
    assert main(["--help"]) == 0 and "later" in capsys.readouterr().out
    assert main(["later", "--whatever", "3"]) == 2
    assert "later is not part of this version" in capsys.readouterr().err


def test_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    from kinesics import __version__

    assert main(["--version"]) == 0
    assert capsys.readouterr().out == __version__ + "\n"


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; from kinesics.cli import main; main(['--help']); print(*sys.modules, file=sys.stderr)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"numpy", "cv2", "av", "scipy", "pyarrow", "onnxruntime", "ai_edge_litert", "rich", "kinesics.cli.weights"}
    assert not heavy & set(run.stderr.split())


def test_help_and_import_are_quick(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "start", "--runs", "3", "--json"]) == 0
    numbers = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert numbers["import_seconds"] < 0.3 and numbers["help_seconds"] < 0.6
    assert set(numbers) >= {"machine", "versions", "weights", "command"}


def test_a_reader_who_leaves_is_no_error() -> None:
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            "import os; os.close(0); from kinesics.cli import main; raise SystemExit(main(['weights', 'list']))",
        ],
        stdout=_closed_pipe(),
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert run.stderr == "" and run.returncode == 141


def _closed_pipe() -> int:
    reader, writer = os.pipe()
    os.close(reader)
    return writer


LONG = """
import sys, time
from kinesics import cli
import typer
app = typer.Typer(rich_markup_mode=None)
@app.callback()
def group(): pass
@app.command("act")
def act():
    try:
        print("begun", flush=True)
        time.sleep(30)
    finally:
        print("closed", flush=True)
cli.build = lambda *names: app
sys.exit(cli.main(["act"]))
"""


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["ctrl-c", "terminate"])
def test_an_interrupted_command_closes_its_files(number: signal.Signals, status: int) -> None:
    with subprocess.Popen([sys.executable, "-c", LONG], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None and run.stderr is not None
        assert run.stdout.readline() == "begun\n"
        time.sleep(0.05)
        run.send_signal(number)
        assert run.stdout.read() == "closed\n"
        assert "Traceback" not in run.stderr.read()
    assert run.returncode == status


def test_the_shell_completes_commands_and_options() -> None:
    def complete(line: str) -> list[str]:
        place = {"_KINESICS_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1)}
        run = subprocess.run(
            [sys.executable, "-m", "kinesics"], env={**os.environ, **place}, capture_output=True, text=True, check=False
        )
        return run.stdout.split()

    assert complete("kinesics we") == ["weights"]
    assert complete("kinesics weights pu") == ["pull"]
    assert "--from" in complete("kinesics weights pull --f")


def test_python_dash_m_is_the_same(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "kinesics", "--version"], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert run.stdout.strip() == __import__("kinesics").__version__

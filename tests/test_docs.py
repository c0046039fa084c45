"""The documentation is tested: generated pages are fresh, examples run, commands, options and links exist."""

from __future__ import annotations

import re
import runpy
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

import kinesics
from kinesics.cli import COMMANDS, build

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
BLOCK = re.compile(r"^(?P<mark><!-- test: run -->\n)?```(?P<kind>\w+)\n(?P<code>.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(kind: str, marked: bool = False) -> list[Any]:
    found = []
    for page in PAGES:
        for number, match in enumerate(BLOCK.finditer(page.read_text("utf-8"))):
            if match["kind"] == kind and (match["mark"] or not marked):
                found.append(pytest.param(match["code"], id=f"{page.name}-{number}"))
    return found


def test_generated_pages_are_fresh() -> None:
    pages = runpy.run_path(str(ROOT / "docs" / "generate.py"))["pages"]()
    stale = [path.name for path, text in pages.items() if not path.exists() or path.read_text("utf-8") != text]
    assert not stale, f"{', '.join(stale)} is stale; run: make docs"


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_in_the_docs(name: str) -> None:
    assert f"\n## kinesics {name}\n" in (ROOT / "docs" / "cli.md").read_text("utf-8")


def test_each_option_has_help() -> None:
    silent = [f"{name} {param.name}" for name, node in commands() for param in node.params if not (param.help or "").strip()]
    assert not silent


def commands() -> Iterator[tuple[str, Any]]:
    def walk(node: Any, name: str) -> Iterator[tuple[str, Any]]:
        yield name, node
        for word, member in getattr(node, "commands", {}).items():
            yield from walk(member, f"{name} {word}")

    yield from walk(get_command(build(*COMMANDS)), "kinesics")


@pytest.mark.parametrize("name", kinesics.__all__)
def test_each_public_name_is_in_the_docs(name: str) -> None:
    texts = "\n".join(page.read_text("utf-8") for page in PAGES)
    assert re.search(rf"\b{re.escape(name)}\b", texts)


@pytest.mark.parametrize("code", blocks("python"))
def test_each_python_example_is_python(code: str) -> None:
    compile(code, "example", "exec")


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the examples speak of: match.mp4, the first second of the bundled clip, and team.jpg, its first picture."""
    import av

    from kinesics.weights import find

    folder = tmp_path_factory.mktemp("studio")
    with av.open(str(find("demo_clip"))) as clip, av.open(str(folder / "match.mp4"), "w") as short:
        stream = clip.streams.video[0]
        copy = short.add_stream_from_template(stream)
        for packet in clip.demux(stream):
            if packet.dts is None or float(packet.dts * packet.time_base) > 1:
                break
            packet.stream = copy
            short.mux(packet)
    with av.open(str(folder / "match.mp4")) as clip:
        kinesics.save_image(folder / "team.jpg", next(clip.decode(video=0)).to_ndarray(format="rgb24"))
    return folder


@pytest.mark.parametrize("code", blocks("python", marked=True))
def test_each_marked_example_runs(code: str, studio: Path) -> None:
    run = subprocess.run([sys.executable, "-c", code], cwd=studio, capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("code", [*blocks("sh"), *blocks("console")])
def test_commands_in_examples_exist_with_their_options(code: str) -> None:
    known = dict(commands())
    for line in re.sub(r"\\\n\s*", "", code).splitlines():
        words = shlex.split(line.removeprefix("$ "), comments=True)
        if words[:1] != ["kinesics"]:
            continue
        name = words[0]
        while len(words) > 1 and f"{name} {words[1]}" in known:
            name += f" {words.pop(1)}"
        if words[1:2] not in ([], ["--help"]) and hasattr(known[name], "default"):  # a command that may be left out
            name += f" {known[name].default}"
        assert not getattr(known[name], "commands", None) or words[1:2] in ([], ["--help"]), f"no such command: {line}"
        options = {option for param in known[name].params for option in [*param.opts, *param.secondary_opts]} | {"--help", "-h"}
        used = {word.partition("=")[0] for word in words[1:] if re.match(r"--?[a-z]", word)}
        assert used <= options, f"{line}: no option {', '.join(used - options)}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    dead = [
        link for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text) if "://" not in link and not (page.parent / link).exists()
    ]
    assert not dead

"""Writes the pages that are made from the code: `docs/cli.md` and `docs/api.md` whole, the model cards in `docs/weights.md`.

`make docs` runs it; a test fails where a page is stale.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

import kinesics
from kinesics.cli import COMMANDS, build
from kinesics.weights import Entry, entries

HERE = Path(__file__).parent
BEGIN, END = "<!-- generated: make docs -->", "<!-- end -->"


def pages() -> dict[Path, str]:
    """Each generated page and what it should say."""
    weights = HERE / "weights.md"
    before, rest = weights.read_text("utf-8").split(BEGIN)
    after = rest.split(END)[1]
    return {HERE / "cli.md": cli(), HERE / "api.md": api(), weights: f"{before}{BEGIN}\n{''.join(cards())}{END}{after}"}


# --------------------------------------------------------------------------------------------------------------- cli.md
def cli() -> str:
    """The commands, their arguments and options."""
    root: Any = get_command(build(*COMMANDS))
    parts = [
        "# Commands\n\n",
        "Made from the code by `make docs`. Results go to stdout, words to stderr. Exit status: 0 done, 1 the job failed,\n",
        "2 bad usage or bad input, 130 interrupted. `kinesics --install-completion` teaches your shell the commands.\n\n",
        "| command | does |\n|---|---|\n",
        *(f"| [`kinesics {name}`](#kinesics-{name}) | {words} |\n" for name, words in COMMANDS.items()),
    ]
    for name in COMMANDS:
        parts += command(root.commands[name], f"kinesics {name}", COMMANDS[name])
    return "".join(parts)


def command(node: Any, name: str, words: str = "") -> Iterator[str]:
    """One command, or a group and its members."""
    yield f"\n{'##' if words else '###'} {name}\n\n"
    yield f"{(node.help or words).strip()}\n"
    rows = [row(param) for param in node.params if param.name != "help"]
    arguments = " ".join(param.metavar or param.name.upper() for param in node.params if param.param_type_name == "argument")
    if not getattr(node, "commands", None):
        yield f"\n```\n{' '.join(filter(None, (name, '[OPTIONS]' if rows else '', arguments)))}\n```\n"
    if rows:
        yield "\n| | |\n|---|---|\n" + "".join(rows)
    for member in sorted(getattr(node, "commands", {})):
        yield from command(node.commands[member], f"{name} {member}")


def row(param: Any) -> str:
    """One argument or option: how it is written, what it means, what it is when not given."""
    if param.param_type_name == "argument":
        written = f"`{param.metavar or param.name.upper()}`"
    else:
        takes = "" if param.is_flag else f" {param.metavar or param.name.upper()}"
        written = ", ".join(f"`{option}{takes}`" for option in [*param.opts, *param.secondary_opts])
    default = getattr(param.default, "value", param.default)
    shown = (
        "" if default in (None, False, "", ()) or callable(default) or "default" in str(param.help) else f" Default: {default}."
    )
    return f"| {written} | {' '.join((param.help or '').split())}{shown} |\n".replace("{", "\\{")


# --------------------------------------------------------------------------------------------------------------- api.md
def api() -> str:
    """Each public name: how it is called, and the first sentence about it."""
    rows = []
    for name in kinesics.__all__:
        value = getattr(kinesics, name)
        words = (inspect.getdoc(value) or "").partition("\n")[0] if callable(value) else f"A {type(value).__name__}."
        rows.append(f"| `{name}{parameters(value)}` | {words} |\n")
    return "".join(
        (
            "# Public names\n\nMade from the code by `make docs`. `import kinesics as ks`, then `ks.<name>`.\n",
            "`help(ks.<name>)` says shapes, units, ranges and errors. Nothing is loaded before it is asked for.\n\n",
            "| | |\n|---|---|\n",
            *rows,
        )
    )


def parameters(value: Any) -> str:
    """The parameters of a function or class, without their types; nothing for what is not called."""
    if not callable(value) or (inspect.isclass(value) and issubclass(value, BaseException)):
        return ""
    try:
        found = inspect.signature(value).parameters.values()
    except ValueError:
        return "(…)"
    return f"({', '.join(str(p.replace(annotation=p.empty)) if _short(p) else f'{p.name}=…' for p in found)})"


def _short(parameter: inspect.Parameter) -> bool:
    return parameter.default is parameter.empty or isinstance(parameter.default, int | float | str | tuple | type(None))


# ----------------------------------------------------------------------------------------------------------- weights.md
def cards() -> Iterator[str]:
    """A card for each file of the manifest."""
    for entry in entries():
        yield f"\n### {entry.name}\n\n{entry.card}\n\n| | |\n|---|---|\n"
        yield "".join(f"| {key} | {value} |\n" for key, value in facts(entry).items() if value)
    yield "\n"


def facts(entry: Entry) -> dict[str, str]:
    """What a card says."""
    return {
        "set": entry.set,
        "what": entry.source,
        "licence": entry.licence,
        "comes in": f"`{entry.package.name}` {entry.package.version} ({entry.package.index})",
        "input": entry.input,
        "output": entry.output,
        "size": f"{sum(part.size for part in entry.parts) / 1e6:.1f} MB",
        "sha256": "<br>".join(
            f"`{part.sha256}`" + (f" {part.path[-1].rpartition('/')[2]}" * entry.made) for part in entry.parts
        ),
    }


def main() -> int:
    """Write the pages; with `--check` only say which are stale."""
    stale = {path: text for path, text in pages().items() if not path.exists() or path.read_text("utf-8") != text}
    for path, text in stale.items():
        print(path.relative_to(HERE.parent), "is stale" if "--check" in sys.argv else "written")
        if "--check" not in sys.argv:
            path.write_text(text, "utf-8")
    return int("--check" in sys.argv and bool(stale))


if __name__ == "__main__":
    sys.exit(main())

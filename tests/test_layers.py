"""Imports go one way: each room sees only what stands to its left."""

from __future__ import annotations

import ast
from pathlib import Path

import kinesics

LAYERS = [
    {"errors"},
    {"types"},
    {"geometry"},
    {"weights", "budget", "memory", "bodies"},
    {"sights"},
    {"video", "pose", "tracks", "actions", "depth", "masks", "faces", "viewer", "draw", "formats", "metrics"},
    {"pipeline", "evaluate"},
    {"testing", "batch", "server"},
    {"bench"},
    {"cli"},
]
LEVEL = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}
ROOT = Path(kinesics.__file__).parent


def imports(path: Path) -> set[str]:
    """Rooms of this package that a module imports, at the top or inside functions."""
    package = ("kinesics", *path.relative_to(ROOT).parts[:-1])
    seen = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else ()
            base = (*start, *(node.module.split(".") if node.module else ()))
            seen |= {(*base, alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            seen |= {tuple(alias.name.split(".")) for alias in node.names}
    return {parts[1] for parts in seen if parts[0] == "kinesics" and len(parts) > 1 and parts[1] in LEVEL}


def test_every_room_has_its_place_in_the_layers() -> None:
    rooms = {p.stem if p.is_file() else p.name for p in ROOT.iterdir() if p.suffix == ".py" or (p / "__init__.py").is_file()}
    assert rooms - {"__init__", "__main__"} <= set(LEVEL)


def test_imports_never_go_up_or_sideways() -> None:
    wrong = []
    for path in ROOT.rglob("*.py"):
        room = path.relative_to(ROOT).parts[0].removesuffix(".py")
        if room in ("__init__", "__main__"):
            continue
        wrong += [
            f"{path.relative_to(ROOT)} imports {seen}" for seen in imports(path) if seen != room and LEVEL[seen] >= LEVEL[room]
        ]
    assert not wrong

"""What `import kinesics` offers: sorted, complete, documented, and known to type checkers."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import kinesics

SOURCE = Path(kinesics.__file__)


def test_names_are_sorted_and_each_resolves() -> None:
    assert kinesics.__all__ == sorted(set(kinesics.__all__))
    for name in kinesics.__all__:
        assert getattr(kinesics, name) is not None


def test_each_name_lives_where_the_table_says() -> None:
    for name, home in kinesics._HOMES.items():
        module = sys.modules.get(f"kinesics.{home}") or __import__(f"kinesics.{home}", fromlist=["x"])
        assert name in getattr(module, "__all__", dir(module)), f"{name} is not public in kinesics.{home}"


@pytest.mark.parametrize("name", sorted(set(kinesics.__all__) - {"__version__"}))
def test_each_name_is_documented(name: str) -> None:
    value = getattr(kinesics, name)
    if callable(value) or inspect.ismodule(value):
        assert (inspect.getdoc(value) or "").strip(), f"kinesics.{name} has no docstring"


def test_type_checkers_know_the_same_names() -> None:
    tree = ast.parse(SOURCE.read_text("utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    typed = {alias.asname: f"{node.module}" for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert typed == kinesics._HOMES


def test_a_wrong_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        kinesics.nonsense  # noqa: B018


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import sys; import kinesics; print(*[m for m in sys.modules if m.split('.')[0] not in sys.stdlib_module_names])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    foreign = {name for name in run.stdout.split() if not name.startswith(("kinesics", "_", "sitecustomize", "__"))}
    assert not foreign and "kinesics.types" not in run.stdout

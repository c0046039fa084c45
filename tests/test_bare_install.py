"""Without an extra, or with a package of the core gone, the promised hint comes, never a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kinesics.errors import MissingExtra, need
from kinesics.weights import find

BLOCK = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] in {names!r}:
            raise ModuleNotFoundError(f'No module named {{name!r}}', name=name)
sys.meta_path.insert(0, Blocked())
"""
HEAVY = ("ai_edge_litert", "av", "cv2", "msgspec", "numba", "onnxruntime", "pyarrow", "rich", "scipy")


def without(names: tuple[str, ...], code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter in which these packages cannot be imported."""
    return subprocess.run(
        [sys.executable, "-c", BLOCK.format(names=names) + code], capture_output=True, text=True, check=False, timeout=60
    )


def test_the_package_and_its_help_need_only_typer() -> None:
    run = without(
        (*HEAVY, "numpy"), "import kinesics, kinesics.weights; from kinesics.cli import main; sys.exit(main(['--help']))"
    )
    assert run.returncode == 0 and "Commands:" in run.stdout, run.stderr


def test_the_records_need_only_numpy() -> None:
    code = "import kinesics as ks; print(len(ks.People.empty(ks.skeleton('coco17'))))"
    run = without((*HEAVY, "typer"), code)
    assert run.stdout == "0\n", run.stderr


def test_weights_can_be_pulled_with_nothing_installed() -> None:
    run = without(
        (*HEAVY, "numpy", "typer"), "from kinesics.weights.__main__ import main; sys.exit(main(['verify', 'default']))"
    )
    assert run.returncode == 0 and "movenet_multipose" in run.stdout, run.stderr


@pytest.mark.parametrize("missing", ["ai_edge_litert", "onnxruntime", "typer", "av"])
def test_a_missing_package_gives_the_hint(missing: str, tmp_path: Path) -> None:
    net, out, clip = tmp_path / "net.onnx", tmp_path / "out", find("demo_clip")
    net.touch()
    code = {
        "ai_edge_litert": "from kinesics.weights import load; load('movenet_multipose')",
        "onnxruntime": f"from kinesics.weights import load; load({str(net)!r})",
        "typer": "from kinesics.cli import main; sys.exit(main(['--help']))",
        "av": f"from kinesics.cli import main; sys.exit(main(['run', {str(clip)!r}, '--out', {str(out)!r}]))",
    }[missing]
    run = without((missing,), code)
    line = run.stderr.strip().splitlines()[-1]
    assert missing in line and "is not installed; run: pip install" in line, run.stderr
    if "main" in code:
        assert run.returncode == 2 and "Traceback" not in run.stderr and not out.exists()


def test_need_names_the_extra_that_brings_it() -> None:
    with pytest.raises(MissingExtra, match=r"no_such_module is needed .* run: pip install 'kinesics\[train\]'"):
        need("no_such_module", extra="train")

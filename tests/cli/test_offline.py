"""With the network unplugged, what is installed does the main job."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def unplugged() -> list[str]:
    """A command before which there is no network; skipped, visibly, where the kernel does not allow one."""
    tool = shutil.which("unshare")
    if tool is None or subprocess.run([tool, "-rn", "true"], capture_output=True, check=False).returncode:
        pytest.skip("unshare -rn is not there or not permitted: no network can be unplugged")
    reach = "import socket; socket.create_connection(('127.0.0.1', 9), 1)"
    assert b"unreachable" in subprocess.run([tool, "-rn", sys.executable, "-c", reach], capture_output=True, check=False).stderr
    return [tool, "-rn", sys.executable, "-m", "kinesics"]


def test_the_demo_runs_without_network(unplugged: list[str], tmp_path: Path) -> None:
    run = subprocess.run([*unplugged, "demo", "--json"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=240)
    assert run.returncode == 0, run.stderr
    json.loads(run.stdout.splitlines()[-1])
    written = {path.suffix for path in (tmp_path / "kinesics-demo").iterdir()}
    assert written >= {".mp4", ".jsonl", ".png"} or written >= {".mp4", ".jsonl", ".jpg"}

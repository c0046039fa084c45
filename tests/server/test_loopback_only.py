"""Nothing leaves the machine: in a network that holds loopback only, service and page work, and nobody tries to get out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.debian
SCRIPT = Path(__file__).with_name("alone.py")


def alone(folder: Path, *more: str) -> dict[str, Any]:
    """What `alone.py` found in a network of its own."""
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("unshare is missing; apt-get install util-linux")
    start = [unshare, "-n" if os.geteuid() == 0 else "-rn"]
    if subprocess.run([*start, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody make a network of his own")
    run = subprocess.run(
        [*start, sys.executable, str(SCRIPT), str(folder), *more], capture_output=True, text=True, check=False, timeout=280
    )
    assert run.returncode == 0, run.stderr[-3000:]
    found = json.loads(run.stdout.splitlines()[-1])
    assert found["knocks"] == [2, 1], "else attempts would not be noticed"
    assert found["status"] == 0
    return dict(found)


def test_the_service_works_with_loopback_only_and_tries_nothing_else(tmp_path: Path) -> None:
    found = alone(tmp_path)
    assert found["end"] == [0, 0]
    assert not [line for line in found["said"] if "unreachable" in line.lower() or "resolve" in line.lower()]


def test_the_page_works_with_loopback_only_and_asks_nobody_else(tmp_path: Path) -> None:
    pytest.importorskip("playwright", reason="playwright is missing; pip install playwright")
    if shutil.which("chromium") is None:
        pytest.skip("chromium is missing; apt-get install chromium")
    found = alone(tmp_path, "page")
    assert found["inked"] > 100
    assert found["service"] == [0, 0] and found["end"][0] == 0  # over IPv6 the browser itself tries whether there is any

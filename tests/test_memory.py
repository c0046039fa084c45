"""What is said of memory is what the process itself occupies."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from kinesics.memory import peak_mb, resident_mb

ASK = "from kinesics.memory import peak_mb; print(peak_mb())"


def test_a_peak_stays_when_memory_is_given_back() -> None:
    before = resident_mb()
    ballast = np.ones(25_000_000)
    assert resident_mb() > before + 150
    del ballast
    peak = peak_mb()
    assert peak is not None and peak > max(before + 150, resident_mb() - 1)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux can tell")
def test_a_peak_is_not_that_of_who_started_the_process() -> None:
    ballast = np.ones(50_000_000)
    told = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True)
    assert 5 < float(told.stdout) < 300 < ballast.nbytes / 1e6


def test_a_process_that_is_gone_occupies_nothing() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert resident_mb(gone.pid) == 0

from __future__ import annotations

import json

import pytest

from kinesics.bench.provenance import machine, provenance, versions
from kinesics.bench.start import start
from kinesics.weights import entries


def test_it_names_machine_versions_weights_and_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["/opt/bin/kinesics", "bench", "run", "a b.mp4"])
    found = provenance(["movenet_multipose"])
    row = next(row for row in entries() if row.name == "movenet_multipose")
    assert found["weights"] == {"movenet_multipose": row.parts[0].sha256}
    assert found["command"] == "kinesics bench run 'a b.mp4'"
    assert set(found) == {"machine", "versions", "weights", "command"}
    json.dumps(found, allow_nan=False)


def test_the_machine_is_this_one() -> None:
    found = machine()
    assert found["cpu"] and found["cores"] >= 1 and found["memory_gb"] > 0.5


def test_an_absent_package_is_said_to_be_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kinesics.bench.provenance.PACKAGES", ("numpy", "no-such-package"))
    found = versions()
    assert found["no-such-package"] == "absent" and found["numpy"][0].isdigit() and found["python"].startswith("3.")


def test_start_measures_seconds_of_fresh_interpreters() -> None:
    found = start(runs=1)
    assert 0 < found["import_seconds"] < 5 and found["python_seconds"] < found["help_seconds"]

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kinesics.cli import doctor, main


def test_a_whole_installation_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    states = {check["name"]: check["state"] for check in report["checks"]}
    assert report["ok"] and states["litert"] == states["onnxruntime"] == states["video"] == states["weights"] == "ok"
    assert report["machine"]["cores"] >= 1 and report["versions"]["numpy"] != "absent"


def test_missing_weights_fail_with_one_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("kinesics.weights.store.folders", lambda: [tmp_path])
    assert main(["doctor"]) == 1
    out, err = capsys.readouterr()
    assert "run: kinesics weights pull" in out and "weights, litert" in err and err.count("\n") == 1


def test_a_broken_package_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "cv2", None)
    found = {check.name: check for check in doctor.examine()}
    assert found["opencv"].state == "fails" and "opencv-python-headless" in found["opencv"].fix
    assert found["litert"].state == "ok"


def test_a_codec_that_is_not_there_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_codec", lambda codecs, name, mode: name != "libx264")
    found = {check.name: check for check in doctor.examine()}
    assert found["video"].state == "fails" and "libx264 (encode)" in found["video"].found


def test_an_unknown_codec_is_no_codec() -> None:
    import av.codec

    assert doctor._codec(av.codec, "h264", "r") and not doctor._codec(av.codec, "nonsense", "r")


def test_packages_of_an_extra_are_read_from_the_metadata() -> None:
    needs = ["numpy>=2", 'pyspark>=3.5; extra == "spark"', "torch ; python_version > '3' and extra == 'train'"]
    assert doctor._named(needs, "spark") == ["pyspark"] and doctor._named(needs, "train") == ["torch"]

"""Pulling from packages made here: a wheel folder without network, a tarball, and all the ways in which they can be wrong."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import os
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from kinesics.errors import WeightsError
from kinesics.weights import find, pull
from kinesics.weights.manifest import Entry, Package, Part

NET, INNER, GRAPH, WEIGHTS = b"a net" * 100, b"a net in an archive" * 100, b"{}", b"numbers"


def part(content: bytes, *path: str) -> Part:
    return Part(path, hashlib.sha256(content).hexdigest(), len(content))


def row(name: str, kind: str, package: Package, *parts: Part) -> Entry:
    return Entry(name, f"{name}.bin", kind, package, parts, "licence", "source", "in", "out", "card")


WHEEL = Package("pypi", "kin-test", "1.2", ("kin_test-1.2.dist-info/LICENSE",))
TARBALL = Package("npm", "@kin/test", "1.2", ("package/LICENSE",))
ROWS = (
    row("plain", "default", WHEEL, part(NET, "kin_test/plain.bin")),
    row("nested", "default", WHEEL, part(INNER, "kin_test/bundle.zip", "deep/nested.bin")),
    row("made", "accurate", TARBALL, part(GRAPH, "package/made.json"), part(WEIGHTS, "package/made.weights")),
)


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for weights, a manifest of three small files, a converter that joins its parts, no network."""
    folder = tmp_path / "weights"
    monkeypatch.setenv("KINESICS_WEIGHTS", str(folder))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setattr("kinesics.weights.pulling._convert", lambda model, out: out.write_bytes(model.read_bytes() + WEIGHTS))
    know(monkeypatch, ROWS)
    return folder


def know(monkeypatch: pytest.MonkeyPatch, rows: tuple[Entry, ...]) -> None:
    def entries(which: str | None = None) -> tuple[Entry, ...]:
        return tuple(row for row in rows if which in (None, row.set))

    monkeypatch.setattr("kinesics.weights.pulling.entries", entries)
    monkeypatch.setattr("kinesics.weights.manifest.entries", entries)


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """A folder with one wheel."""
    bundle = io.BytesIO()
    with zipfile.ZipFile(bundle, "w") as inner:
        inner.writestr("deep/nested.bin", INNER)
    home = tmp_path / "wheels"
    home.mkdir()
    about = "kin_test-1.2.dist-info"
    with zipfile.ZipFile(home / "kin_test-1.2-py3-none-any.whl", "w") as wheel:
        wheel.writestr("kin_test/plain.bin", NET)
        wheel.writestr("kin_test/bundle.zip", bundle.getvalue())
        wheel.writestr(f"{about}/LICENSE", "do what you like")
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: kin-test\nVersion: 1.2\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")
    return home


@pytest.fixture
def tarball(tmp_path: Path) -> Path:
    path = tmp_path / "kin-test-1.2.tgz"
    with tarfile.open(path, "w:gz") as archive:
        for name, content in {"LICENSE": b"do what you like", "made.json": GRAPH, "made.weights": WEIGHTS}.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def left_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_pull_from_a_wheel_folder_needs_no_network(shelf: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    assert pull() == [shelf / "plain.bin", shelf / "nested.bin"]
    assert (shelf / "plain.bin").read_bytes() == NET
    assert (shelf / "nested.bin").read_bytes() == INNER
    assert left_in(shelf) == {"plain.bin", "nested.bin", "notices/kin-test-1.2/LICENSE"}
    assert find("nested") == shelf / "nested.bin"


def test_pull_again_fetches_only_what_is_damaged(shelf: Path, wheels: Path) -> None:
    pull(source=wheels)
    (shelf / "plain.bin").write_bytes(b"noise")
    before = (shelf / "nested.bin").stat().st_mtime_ns
    said: list[str] = []
    pull(source=wheels, say=said.append)
    assert (shelf / "plain.bin").read_bytes() == NET
    assert (shelf / "nested.bin").stat().st_mtime_ns == before
    said.clear()
    pull(source=wheels, say=said.append)
    assert said == []


def test_without_the_package_one_line_says_so_and_nothing_stays(shelf: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"^pip cannot get kin-test==1.2: ERROR: .*kin-test==1.2[^\n]*$"):
        pull(source=tmp_path)
    assert left_in(shelf) == set()


def test_a_wrong_hash_keeps_nothing(shelf: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = dataclasses.replace(ROWS[0], parts=(part(b"other", "kin_test/plain.bin"),))
    know(monkeypatch, (wrong,))
    with pytest.raises(WeightsError, match=r"plain.bin of kin-test 1.2: expected sha256 \w+…, got \w+…; nothing was kept"):
        pull(source=wheels)
    assert left_in(shelf) == set()


def test_a_package_without_the_file_is_named(shelf: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    know(monkeypatch, (dataclasses.replace(ROWS[0], parts=(part(NET, "kin_test/absent.bin"),)),))
    with pytest.raises(WeightsError, match=r"kin-test 1.2 holds no kin_test/absent.bin"):
        pull(source=wheels)


def test_a_tarball_by_path_is_converted_and_recorded(shelf: Path, tarball: Path) -> None:
    assert pull("accurate", source=tarball) == [shelf / "made.bin"]
    assert find("made").read_bytes() == GRAPH + WEIGHTS
    assert left_in(shelf) == {"made.bin", "made.json", "notices/kin-test-1.2/LICENSE"}
    record = json.loads((shelf / "made.json").read_text())["made.bin"]
    assert record["sha256"] == hashlib.sha256(GRAPH + WEIGHTS).hexdigest()
    (shelf / "made.bin").write_bytes(WEIGHTS + GRAPH)
    with pytest.raises(WeightsError, match=r"made.bin is damaged .*run: kinesics weights pull accurate"):
        find("made")


@pytest.mark.parametrize("content", [b"", b"noise", b"\x1f\x8b\x08\x00 cut"], ids=["empty", "noise", "cut"])
def test_a_file_that_is_no_tarball_is_one_line(shelf: Path, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "not.tgz"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=r"not.tgz is not a whole archive of @kin/test 1.2"):
        pull("accurate", source=path)
    assert left_in(shelf) == set()


def test_a_cut_tarball_keeps_nothing(shelf: Path, tarball: Path) -> None:
    tarball.write_bytes(tarball.read_bytes()[:-40])
    with pytest.raises(WeightsError, match="not a whole archive"):
        pull("accurate", source=tarball)
    assert left_in(shelf) == set()


def test_a_folder_instead_of_a_tarball_is_one_line(shelf: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="expected the tarball"):
        pull("accurate", source=tmp_path)


def test_a_source_that_is_not_there_is_one_line(shelf: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"--from .*nowhere: expected a folder of wheels, got nothing"):
        pull(source=tmp_path / "nowhere")


def test_without_npm_the_line_says_how_else(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(WeightsError, match=r"npm is needed to get @kin/test@1.2 .*--from FILE.tgz"):
        pull("accurate")


def test_a_conversion_that_fails_keeps_nothing(shelf: Path, tarball: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(model: Path, out: Path) -> None:
        out.write_bytes(b"half")
        raise WeightsError("made.json holds an operation nobody knows")

    monkeypatch.setattr("kinesics.weights.pulling._convert", fail)
    with pytest.raises(WeightsError, match="operation"):
        pull("accurate", source=tarball)
    assert left_in(shelf) == set()


@pytest.mark.skipif(os.geteuid() == 0 and not Path("/proc/self/status").exists(), reason="cannot make a read-only folder")
def test_a_read_only_package_folder_gives_way_to_the_users(
    wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    know(monkeypatch, ROWS)
    locked = tmp_path / "site-packages"
    locked.mkdir()
    if os.geteuid() == 0:  # nothing is read-only to root but a path through a file
        locked.rmdir()
        locked.touch()
    else:
        locked.chmod(stat.S_IRUSR | stat.S_IXUSR)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setattr("kinesics.weights.store.folders", lambda: [locked / "data", tmp_path / "user"])
    assert pull(source=wheels)[0] == tmp_path / "user" / "plain.bin"
    assert find("plain") == tmp_path / "user" / "plain.bin"


def test_an_unknown_set_is_refused() -> None:
    with pytest.raises(WeightsError, match="no set of weights is called 'tiny'; there are default, accurate"):
        pull("tiny")

"""What may be opened for somebody who asks over the network: addresses, files below an allowed folder, and no others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kinesics.errors import UsageError
from kinesics.server.guard.allowed import checked_name, checked_source


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with a clip, a folder, and links and pipes of all kinds; beside it a file that is nobody's business."""
    folder = tmp_path / "films"
    (folder / "deeper").mkdir(parents=True)
    for name in ("a.mp4", "deeper/b [1].mp4", "ö.mp4"):
        (folder / name).write_bytes(b"film")
    (tmp_path / "secret.mp4").write_bytes(b"secret")
    (tmp_path / "films2").mkdir()
    (tmp_path / "films2" / "c.mp4").write_bytes(b"other")
    (folder / "out.mp4").symlink_to(tmp_path / "secret.mp4")
    (folder / "way_out").symlink_to(tmp_path)
    (folder / "in.mp4").symlink_to(folder / "a.mp4")
    (folder / "round").symlink_to(folder / "round")
    (folder / "zero.mp4").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe.mp4")
    return folder


def test_files_below_a_root_are_opened_by_their_real_name(root: Path) -> None:
    real = os.path.realpath(root)
    for source in [str(root / "a.mp4"), "a.mp4", "./a.mp4", "deeper/../a.mp4", str(root / "in.mp4"), f" {root}/a.mp4 "]:
        assert checked_source(source, [root]) == f"{real}/a.mp4", source
    assert checked_source("deeper/b [1].mp4", [root]) == f"{real}/deeper/b [1].mp4"
    assert checked_source("ö.mp4", ["/usr", root]) == f"{real}/ö.mp4", "below any of them"


@pytest.mark.parametrize(
    "source",
    [
        "../secret.mp4",
        "{tmp}/secret.mp4",
        "out.mp4",
        "way_out/secret.mp4",
        "way_out/films/../secret.mp4",
        "{tmp}/films2/c.mp4",
        "pipe.mp4",
        "zero.mp4",
        "round",
        "deeper",
        ".",
        "",
        "   ",
        "-",
        "-i",
        "--help",
        "*.mp4",
        "a.mp4\0",
        "a\nb",
        "file:a.mp4",
        "file://{tmp}/films/a.mp4",
        "concat:a.mp4|a.mp4",
        "subfile,,start,0,end,4,,:a.mp4",
        "pipe:0",
        "data:video/mp4,x",
        "/dev/zero",
        "/dev/video0",
        "/dev/stdin",
        "/proc/self/environ",
        "/etc/passwd",
        "no.mp4",
        "{tmp}/no.mp4",
        "~/a.mp4",
        "$HOME",
        "gopher://h/x",
        "ftp://h/x",
        "file:///etc/passwd",
        "rtsp://",
        "rtsp:///x",
        "http://a b/",
        "http://h:99999/",
        "http://user:pa/ss@h/",
        "http://h\\x/",
        "javascript://h",
        "x" * 3000,
        "a\u202eb.mp4",
        "a\u2028b",
    ],
)
def test_everything_else_is_refused_in_one_line(root: Path, source: str) -> None:
    source = source.format(tmp=root.parent) if "{tmp}" in source else source
    with pytest.raises(UsageError) as caught:
        checked_source(source, [root])
    said = str(caught.value)
    assert "\n" not in said and len(said) < 400 and (str(root) not in said or str(root) in source)


def test_whether_a_file_exists_elsewhere_is_not_told(root: Path) -> None:
    said = []
    for name in ("secret.mp4", "absent.mp4"):
        with pytest.raises(UsageError) as caught:
            checked_source(f"../{name}", [root])
        said.append(str(caught.value).replace(name, ""))
    assert said[0] == said[1]


def test_without_roots_no_file_is_opened(root: Path) -> None:
    with pytest.raises(UsageError, match="--root"):
        checked_source(str(root / "a.mp4"))


def test_devices_stay_closed_below_the_widest_root(root: Path) -> None:
    for source in ["/dev/zero", "/proc/self/environ", "/proc/version", str(root / "zero.mp4"), str(root / "pipe.mp4")]:
        with pytest.raises(UsageError):
            checked_source(source, ["/"])
    assert checked_source(str(root / "a.mp4"), ["/"]).endswith("/a.mp4")


@pytest.mark.parametrize(
    "source",
    [
        "browser",
        "demo",
        "0",
        "12",
        "rtsp://user:secret@10.0.0.1:554/stream?x=1",
        "rtsps://cam.lan/x",
        "http://[fe80::1]:80/video",
        "https://h/a.mp4",
        "udp://:1234",
        "udp://@:1234",
        "udp://127.0.0.1:1234?timeout=5",
        "srt://h:1",
        "tcp://h:1",
        "rtmp://h/live",
        "RTSP://h/x",
    ],
)
def test_cameras_and_addresses_may_be_named(source: str) -> None:
    assert checked_source(source) == source


def test_passwords_are_not_in_refusals() -> None:
    for source in [
        "gopher://user:hunter2@h/x",
        "rtsp://user:hunter2@",
        "rtsp://user:hun/ter2@h/",
        "http://user:hunter2@h:port/",
    ]:
        with pytest.raises(UsageError) as caught:
            checked_source(source)
        assert "hunter2" not in str(caught.value) and "ter2" not in str(caught.value)


def test_names_are_names() -> None:
    for name in ["wave", "Jump 2", "a-b_c", "Ölwechsel", "太極", "हाथ", "x" * 64]:
        assert checked_name(name) == name
    assert checked_name("o\u0308l") == "öl"
    for odd in [
        "",
        " a",
        "a ",
        "../a",
        "a/b",
        "a.kin",
        ".",
        "a\\b",
        "a\0b",
        "a\nb",
        "-rf",
        "_a",
        "x" * 65,
        "太" * 70,
        "a:b",
        "~a",
        "%2e%2e",
        "😀",
        "\u0301a",
    ]:
        with pytest.raises(UsageError, match="model"):
            checked_name(odd, "model")

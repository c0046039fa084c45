from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kinesics import check_faces
from kinesics.cli import main
from kinesics.errors import SourceError


def test_a_filmed_face_is_followed_and_its_page_written(data: Path, tmp_path: Path) -> None:
    result = check_faces(data / "video/asl/book.mkv", tmp_path, seconds=1.6)
    (face,) = result["faces"]
    assert face["pictures"] > 40
    assert 0 <= face["score"] <= 1
    assert [window["start"] for window in face["windows"]] == sorted(window["start"] for window in face["windows"])
    assert "not a verdict" in result["note"]
    written = json.loads(Path(result["outputs"]["json"]).read_text())
    assert written["faces"] == result["faces"]
    assert Path(result["outputs"]["picture"]).read_bytes().startswith(b"\x89PNG")


def test_a_film_without_faces_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from kinesics import VideoWriter

    with VideoWriter(tmp_path / "grey.mp4") as writer:
        for number in range(12):
            writer.write(np.full((96, 128, 3), 128, np.uint8), number / 25)
    assert main(["faces", "check", str(tmp_path / "grey.mp4"), "--out", str(tmp_path), "--quiet"]) == 0
    assert "no face was followed" in capsys.readouterr().out


def test_a_missing_film_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"nowhere\.mp4"):
        check_faces(tmp_path / "nowhere.mp4", tmp_path / "out")
    assert not (tmp_path / "out").exists()

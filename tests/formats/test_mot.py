from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinesics.errors import FormatError
from kinesics.formats.mot import read_mot, read_seqinfo

GOOD = "2,1,10,20,30,40,0.5,-1,-1,-1\n1,7,1.5,2,3,4,1,-1,-1,-1\n\n2,2,0,0,5,5,1,-1,-1,-1\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "gt.txt"
    path.write_text(text)
    return path


def test_read_mot_sorts_by_frame_and_turns_sizes_into_corners(tmp_path: Path) -> None:
    rows = read_mot(write(tmp_path, GOOD))
    assert rows.frames.tolist() == [1, 2, 2]
    assert rows.at(2).ids.tolist() == [1, 2]
    assert rows.at(2).boxes[0].tolist() == [10, 20, 40, 60]
    assert len(rows.at(3)) == 0
    assert [(n, len(r)) for n, r in rows.by_frame()] == [(1, 1), (2, 2)]


def test_read_mot_takes_spaces_and_six_columns(tmp_path: Path) -> None:
    rows = read_mot(write(tmp_path, "1 -1 10 20 30 40\n1\t-1 11  20 30 40"))
    assert rows.score.tolist() == [1, 1] and rows.ids.tolist() == [-1, -1]
    np.testing.assert_array_equal(rows.rest, -1)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("1,1,10,20,nan,40,1,-1,-1,-1", "width should be a finite number"),
        ("1,1,10,inf,30,40,1,-1,-1,-1", "top should be a finite number"),
        ("1,1,10,20,30,1e999,1,-1,-1,-1", "height should be a finite"),
        ("1,1,10,20,30", "expected 6 to 10 columns"),
        ("1,1,10,20,30,40,1,-1,-1,-1,5", "expected 6 to 10 columns"),
        ("1,1,10,20,30,40,1", "expected 10 columns"),
        ("1,1,10,20,30,,1,-1,-1,-1", "height should be a number, got ''"),
        ("1,1,10,abc,30,40,1,-1,-1,-1", "top should be a number, got 'abc'"),
        ("1,1,10,20,-30,40,1,-1,-1,-1", "width and height should be 0 or more"),
        ("0,1,10,20,30,40,1,-1,-1,-1", "frames count from 1"),
        ("-3,1,10,20,30,40,1,-1,-1,-1", "frames count from 1"),
        ("1.5,1,10,20,30,40,1,-1,-1,-1", "frame should be a whole number"),
        ("1,7.5,10,20,30,40,1,-1,-1,-1", "id should be a whole number"),
        ("1,7,10,20,30,40,1,-1,-1,-1", "id 7 is twice in frame 1"),
    ],
)
def test_read_mot_refuses_a_bad_line_by_its_number(tmp_path: Path, line: str, says: str) -> None:
    with pytest.raises(FormatError, match=r"gt\.txt:5: ") as error:
        read_mot(write(tmp_path, GOOD + line))
    assert says in str(error.value) and "\n" not in str(error.value)


def test_read_mot_refuses_bytes_folders_and_nothing(tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(bytes(range(255, 0, -1)))
    for path in (tmp_path / "noise", tmp_path, tmp_path / "absent", Path("/dev/zero")):
        with pytest.raises(FormatError):
            read_mot(path)


def test_read_mot_of_an_empty_file_is_nobody(tmp_path: Path) -> None:
    assert len(read_mot(write(tmp_path, ""))) == 0


def test_read_seqinfo_names_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "seqinfo.ini"
    path.write_text("[Sequence]\nname=A\nframeRate=25\nseqLength=10\nimWidth=64\n")
    with pytest.raises(FormatError, match=r"(?i)imheight"):
        read_seqinfo(tmp_path)
    path.write_text("[Sequence]\nname=A\nframeRate=25\nseqLength=10\nimWidth=64\nimHeight=48\n")
    assert read_seqinfo(path).size == (64, 48)
    path.write_text("[Sequence]\nname=A\nframeRate=nan\nseqLength=10\nimWidth=64\nimHeight=48\n")
    with pytest.raises(FormatError, match="above 0"):
        read_seqinfo(path)


@pytest.mark.data
def test_read_mot_reads_the_published_sequences(data: Path) -> None:
    for folder in sorted(p for p in (data / "tracking").iterdir() if p.is_dir()):
        info, truth = read_seqinfo(folder), read_mot(folder / "gt/gt.txt")
        assert truth.frames[-1] <= info.frames and len(truth) > 300

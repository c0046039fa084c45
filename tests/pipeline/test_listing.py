from __future__ import annotations

from pathlib import Path

import pytest

from kinesics.errors import FormatError, UsageError
from kinesics.pipeline.listing import list_clips


def index(folder: Path, text: str | bytes) -> Path:
    data = text if isinstance(text, bytes) else text.encode()
    (folder / "index.csv").write_bytes(data)
    return folder


def rows(folder: Path) -> list[tuple[str, str, str]]:
    return [(entry.path.relative_to(folder).as_posix(), entry.label, entry.subject) for entry in list_clips(folder)]


WANTED = [("clips/a 1.pose", "wave", "3"), ("clips/b.pose", "clap, twice", "")]


@pytest.mark.parametrize(
    "text",
    [
        'file,label,subject\nclips/a 1.pose,wave,3\nclips/b.pose,"clap, twice",\n',
        '\ufefffile,label,subject\r\nclips/a 1.pose,wave,3\r\nclips/b.pose,"clap, twice",\r\n',
        "file;label;subject\nclips/a 1.pose;wave;3\nclips/b.pose;clap, twice;\n",
        "file\tlabel\tsubject\nclips/a 1.pose\twave\t3\nclips/b.pose\tclap, twice\n",
        ' File , Label , Subject \n\n clips/a 1.pose , wave , 3 \n"clips/b.pose" , "clap, twice" , \n\n',
        'subject,label,path\n3,wave,clips\\a 1.pose\n,"clap, twice",clips\\b.pose\n',
        '"filename","class","actor"\n"clips/a 1.pose","wave","3"\n"clips/b.pose","clap, twice",""',
    ],
    ids=["plain", "bom and crlf", "semicolons", "tabs and a short row", "blanks", "windows paths", "other names, quotes"],
)
def test_an_index_is_read_however_it_was_written(tmp_path: Path, text: str) -> None:
    assert rows(index(tmp_path, text)) == WANTED


def test_an_index_may_be_utf_16_or_of_western_windows(tmp_path: Path) -> None:
    text = "file,label\na.pose,größe\n"
    for code in ("utf-16", "cp1252", "utf-8"):
        assert [entry.label for entry in list_clips(index(tmp_path, text.encode(code)))] == ["größe"]


def test_split_columns_are_known_by_name_or_by_what_they_say(tmp_path: Path) -> None:
    text = "file,label,split1,camera,fold,as1,start,end\na.pose,x,Train,1,training,1,0.5,2\nb.pose,y,TEST,2,val,0,,\n"
    first, second = list_clips(index(tmp_path, text))
    assert first.splits == {"split1": "train", "fold": "train"} and second.splits == {"split1": "test", "fold": "val"}
    assert (first.start, first.end, second.start, second.end) == (0.5, 2.0, None, None)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the file is empty"),
        ("file,label\n", "no clips"),
        ("name,subject\na.pose,1\n", "expected columns file and label, got name, subject"),
        ("file,label,label\na,b,c\n", "the column 'label' is there twice"),
        ("file,label\na.pose,wave,3\n", "index.csv:2: 3 fields where the first line names 2"),
        ("file,label,start\na.pose,wave,soon\n", "expected seconds in the columns start and end, got 'soon'"),
        (bytes(range(256)) * 4, "this is not text"),
        ("file,label\n" + "x" * 200_000, "cannot be read as a table"),
    ],
)
def test_what_is_wrong_with_an_index_is_one_line(tmp_path: Path, text: str | bytes, says: str) -> None:
    with pytest.raises(FormatError, match=says) as error:
        list_clips(index(tmp_path, text))
    assert str(error.value).startswith(str(tmp_path)) and "\n" not in str(error.value)


def put(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    return folder


def test_folders_name_the_labels(tmp_path: Path) -> None:
    put(tmp_path, "wave/1.mp4", "wave/deep/2.POSE", "clap/3.jsonl", "clap/notes.md", ".kinesics/wave/4.jsonl", "clap/.5.mp4")
    found = [(entry.name, entry.label, entry.splits) for entry in list_clips(tmp_path)]
    assert found == [("clap/3.jsonl", "clap", {}), ("wave/1.mp4", "wave", {}), ("wave/deep/2.POSE", "wave", {})]


def test_folders_of_parts_become_a_split(tmp_path: Path) -> None:
    put(tmp_path, "Train/wave/1.mp4", "testing/wave/2.mp4", "valid/clap/3.mp4")
    found = {entry.path.name: (entry.label, entry.splits["split"]) for entry in list_clips(tmp_path)}
    assert found == {"1.mp4": ("wave", "train"), "2.mp4": ("wave", "test"), "3.mp4": ("clap", "val")}


def test_labels_called_train_and_test_alone_are_labels(tmp_path: Path) -> None:
    put(tmp_path, "train/1.mp4", "test/2.mp4")
    assert {entry.label for entry in list_clips(tmp_path)} == {"train", "test"}


def test_no_folder_no_clips_or_clips_without_a_label_say_what_is_expected(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such folder"):
        list_clips(tmp_path / "absent")
    with pytest.raises(UsageError, match=r"no clips; expected <label>/clip\.mp4"):
        list_clips(put(tmp_path / "a", "readme.md", "boxes.txt"))
    with pytest.raises(UsageError, match=r"1\.mp4 lies in no folder named after its label"):
        list_clips(put(tmp_path / "b", "1.mp4", "wave/2.mp4"))


def test_the_index_itself_can_be_named(tmp_path: Path) -> None:
    index(tmp_path, "file,label\na.pose,wave\n").joinpath("index.csv").rename(tmp_path / "mine.csv")
    assert rows_of(tmp_path / "mine.csv") == [(tmp_path / "a.pose", "wave")]


def rows_of(path: Path) -> list[tuple[Path, str]]:
    return [(entry.path, entry.label) for entry in list_clips(path)]

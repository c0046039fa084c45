"""docs/scene.md says each field of the JSON, and its example is what the library reads and writes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import pytest

from kinesics.formats import FORMATS, wire
from kinesics.formats.csv_long import COLUMNS
from kinesics.formats.decode import decode_header, decode_scene
from kinesics.formats.encode import encode_scene
from kinesics.formats.openpose import MODELS
from kinesics.formats.table import schema

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "scene.md").read_text("utf-8")
SECTIONS = {
    "Header": wire.Header,
    "Skeleton": wire.SkeletonRow,
    "Scene": wire.SceneRow,
    "Person": wire.PersonRow,
    "Mask": wire.Mask,
    "Action": wire.ActionRow,
    "Empty": wire.Empty,
}


def documented(section: str) -> list[str]:
    text = PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `(\w+)` \|", text, flags=re.MULTILINE)


@pytest.mark.parametrize("section", SECTIONS)
def test_each_field_is_documented_in_its_order_and_no_other(section: str) -> None:
    assert documented(section) == [field.encode_name for field in msgspec.structs.fields(SECTIONS[section])]


def test_the_page_names_the_version() -> None:
    assert f"version {wire.VERSION}\n" in PAGE.splitlines(keepends=True)[0]


def test_the_example_parses_and_is_written_again_as_it_stands() -> None:
    header, *frames = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, flags=re.DOTALL))
    body, source = decode_header(json.dumps(header))
    assert source == "match.mp4" and body is not None and len(body) == 15
    assert len(frames) == 2
    for frame in frames:
        again = json.loads(encode_scene(decode_scene(json.dumps(frame), body), body))
        assert again == frame


def test_the_example_shows_every_field() -> None:
    blocks = "".join(re.findall(r"```json\n(.*?)```", PAGE, flags=re.DOTALL))
    for row in SECTIONS.values():
        for field in msgspec.structs.fields(row):
            assert f'"{field.encode_name}":' in blocks, field.encode_name


def test_formats_page_names_each_format_column_and_loss() -> None:
    page = (DOCS / "formats.md").read_text("utf-8")
    for name, entry in FORMATS.items():
        assert f"| `{name}` |" in page and (name in ("jsonl",) or f"\n## {name}\n" in page)
        text = page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        assert ("Lost:" in text) == bool(entry.loses)
    assert ", ".join(COLUMNS) in page.replace("\n", " ")
    for column in schema(None).names:
        assert f"`{column}`" in page, column
    for model in MODELS:
        assert model in page

"""Scenes as COCO keypoint JSON: a data set (images, annotations, categories), or a bare list of results.

Both are one document. So what is written first goes line by line to NAME.partial, and closing copies the lines into the
document: memory stays bounded, and what a killed writer leaves can be read.

People of wholebody133 are written as COCO-WholeBody has them (Jin et al. 2020): 17 joints in `keypoints`, the rest in
`foot_kpts`, `face_kpts`, `lefthand_kpts` and `righthand_kpts`. Beyond what COCO names, the data set keeps `frame` and `time` in
each image, `score`, `track_id` and `keypoint_scores` in each annotation; other readers pass over them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ..errors import SinkError, UsageError
from ..geometry import points_box
from ..types import Array, People, Scene, Skeleton, skeleton
from .bodies import WHOLE_PARTS
from .encode import to_json
from .numbers import shortest
from .output import Output, sink_error, spare_path

__all__ = ["CocoWriter", "outline_record"]


class CocoWriter:
    """Writes scenes as COCO JSON.

    Args:
        path: the file.
        source: named in `info`.
        form: "annotations" for a data set, "results" for a bare list as evaluation tools take it.
    """

    def __init__(self, path: str | Path, *, source: str | None = None, form: str = "annotations") -> None:
        if form not in ("annotations", "results"):
            raise UsageError(f"form should be annotations or results, got {form!r}")
        self._output, self._form = Output(path, grows=False), form
        self._bodies: list[Skeleton] = []
        self._newest, self._rows = -1, 0
        info = {"description": "people and their joints", "source": source and source.encode("utf-8", "replace").decode()}
        self._put("info", info)

    def _put(self, kind: str, value: Any) -> None:
        self._output.write(_line(kind, value))

    def write(self, scene: Scene) -> None:
        """Append one scene.

        Raises:
            SinkError: frames do not rise: COCO knows a picture by its number.
        """
        if scene.index <= self._newest:
            raise SinkError(f"frame {scene.index} comes after frame {self._newest}; COCO needs numbers that rise")
        self._newest, people = scene.index, scene.people
        if people.skeleton not in self._bodies:
            self._bodies.append(people.skeleton)
            self._put("category", _category(people.skeleton, len(self._bodies)))
        category = 1 + self._bodies.index(people.skeleton)
        image = _image(scene.index, scene.size) | {"frame": scene.index, "time": scene.time}
        rows = _rows(scene.index, people, category, self._rows + 1 if self._form == "annotations" else None)
        self._rows += len(rows)
        self._output.write(_line("image", image) + b"".join(_line("annotation", row) for row in rows))

    def close(self) -> None:
        """Put the document together."""
        if self._output.failed:
            return
        self._output.stop()
        document = spare_path(self._output.path)
        try:
            _assemble(self._output.place, document, self._form)
        except OSError as error:
            document.unlink(missing_ok=True)
            raise sink_error(self._output.path, error) from error
        self._output.finish(document)

    def discard(self) -> None:
        """Remove what was written."""
        self._output.discard()


def _line(kind: str, value: Any) -> bytes:
    return b'{"' + kind.encode() + b'":' + to_json(value, kind) + b"}\n"


def outline_record(people: People, size: tuple[int, int], *, polygons: bool = False) -> dict[str, Any]:
    """What is in one picture as a COCO document: a dict of `images` (one), `annotations` and `categories`, ready for JSON.

    Args:
        people: with `masks` where their outlines shall be told: `segmentation` holds the run lengths.
        size: (width, height) of the picture.
        polygons: tell the outlines as polygons too, under `polygons` in each annotation.

    Raises:
        UsageError: polygons are asked for and the people have no outlines.

    Example:
        >>> import json, kinesics as ks
        >>> from kinesics.formats import outline_record
        >>> record = outline_record(ks.People.empty(ks.skeleton("coco17")), (640, 480))
        >>> json.dumps(record["images"])
        '[{"id": 0, "file_name": "000000000000.jpg", "width": 640, "height": 480}]'
    """
    rows = _rows(0, people, 1, 1)
    if polygons:
        if people.masks is None:
            raise UsageError("polygons are made of outlines, and these people have none; see kinesics.outline_people")
        rows = [row | {"polygons": people.masks.polygons(i)} for i, row in enumerate(rows)]
    return {"images": [_image(0, size)], "annotations": rows, "categories": [_category(people.skeleton, 1)]}


def _image(number: int, size: tuple[int, int]) -> dict[str, Any]:
    return {"id": number, "file_name": f"{number:012d}.jpg", "width": int(size[0]), "height": int(size[1])}


def _rows(image: int, people: People, category: int, first: int | None) -> list[dict[str, Any]]:
    """The people of a picture as rows of a data set numbered from `first`, or of a list of results if that is None."""
    rows = _results(image, people, category)
    if first is not None:
        rows = [_annotation(row, people, i, first + i) for i, row in enumerate(rows)]
    if people.skeleton == skeleton("wholebody133"):
        rows = [_in_parts(row, people, i) for i, row in enumerate(rows)]
    return rows


def _annotation(row: dict[str, Any], people: People, i: int, number: int) -> dict[str, Any]:
    seen = people.point_scores[i] > 0
    joints = np.array(row["keypoints"]).reshape(-1, 3)
    joints[:, 2] = np.where(seen, 2, 0)
    row |= {
        "id": number,
        "keypoints": [int(v) if v == int(v) else v for v in joints.ravel().tolist()],
        "num_keypoints": int(seen.sum()),
        "keypoint_scores": shortest(people.point_scores[i]).tolist(),
        "area": round(row["bbox"][2] * row["bbox"][3], 3),
        "iscrowd": 0,
    }
    if people.masks is not None:
        row["area"] = int(np.count_nonzero(people.masks.window(i)[2]))
    return row


def _category(body: Skeleton, number: int) -> dict[str, Any]:
    body = skeleton("coco17") if body == skeleton("wholebody133") else body
    bones = [[a + 1, b + 1] for a, b in body.bones]  # COCO counts joints from 1
    return {"id": number, "name": "person", "supercategory": "person", "keypoints": list(body.joints), "skeleton": bones}


def _results(image: int, people: People, category: int) -> list[dict[str, Any]]:
    triples = np.zeros((len(people), len(people.skeleton), 3))
    triples[:, :, :2] = np.nan_to_num(shortest(people.points[:, :, :2]), nan=0.0)
    triples[:, :, 2] = shortest(people.point_scores)
    flat = triples.reshape(len(people), triples.shape[1] * 3).tolist()
    columns = zip(flat, shortest(people.score).tolist(), sides(people.boxes), people.ids.tolist(), strict=True)
    rows = [
        {"image_id": image, "category_id": category, "keypoints": keypoints, "score": score, "bbox": box}
        | ({"track_id": identity} if identity >= 0 else {})
        for keypoints, score, box, identity in columns
    ]
    if people.masks is not None:
        rows = [row | {"segmentation": people.masks.rle(i)} for i, row in enumerate(rows)]
    return rows


def _in_parts(row: dict[str, Any], people: People, i: int) -> dict[str, Any]:
    """A row of a whole body with its joints part by part, and what COCO-WholeBody says of each part beside."""
    numbers = row["keypoints"]
    out = dict(row)
    for part, (first, end) in WHOLE_PARTS.items():
        out["keypoints" if part == "body" else f"{part}_kpts"] = numbers[3 * first : 3 * end]
        if part == "body":
            continue
        points, scores = people.points[i : i + 1, first:end, :2], people.point_scores[i : i + 1, first:end]
        out[f"{part}_valid"] = bool((scores > 0).any())
        if part != "foot":
            out[f"{part}_box"] = sides(np.nan_to_num(points_box(points, scores)))[0]
    return out


def sides(boxes: Array) -> list[list[float]]:
    """Corners (n, 4) as left, top, width, height in short decimals; left + width gives the very corner back."""
    corners = shortest(boxes)
    return np.concatenate([corners[:, :2], np.round(corners[:, 2:] - corners[:, :2], 9)], axis=1).tolist()  # type: ignore[no-any-return]


def _assemble(journal: Path, document: Path, form: str) -> None:
    """Copy the journal's lines into one document, a pass for each list."""
    with document.open("wb") as out:
        if form == "results":
            _copy(journal, b"annotation", out)
            return
        for name, kind in ((b'{"info":', b"info"), (b',"images":', b"image"), (b',"annotations":', b"annotation")):
            out.write(name)
            _copy(journal, kind, out)
        out.write(b',"categories":')
        _copy(journal, b"category", out)
        out.write(b"}\n")


def _copy(journal: Path, kind: bytes, out: Any) -> None:
    start, alone = b'{"' + kind + b'":', kind == b"info"
    out.write(b"" if alone else b"[")
    mark = b"\n"
    with journal.open("rb") as lines:
        for line in lines:
            if line.startswith(start):
                out.write((b"" if alone else mark) + line[len(start) : -2])
                mark = b",\n"
    out.write(b"" if alone else b"\n]")

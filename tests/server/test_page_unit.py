"""The page's own modules, run by Node and held to the library: outlines, colours, skeletons, drawing, words."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinesics.draw.palette import IDS, INK, LEFT, PAPER, RIGHT, id_color
from kinesics.server.events import KINDS
from kinesics.types import Masks

WEB = Path(__file__).parents[2] / "src/kinesics/web"
SCRIPTS = sorted(WEB.rglob("*.js"))
Node = Callable[..., Any]

#: a context of a canvas that writes down what it is told
RECORDER = """
const told = [];
const ctx = new Proxy({}, {
  get: (kept, name) => name === 'measureText' ? text => ({width: 7 * text.length})
    : name in kept ? kept[name] : (...args) => void told.push([name, args]),
  set: (kept, name, value) => { kept[name] = value; told.push(['=' + name, [value]]); return true; },
});
"""


@pytest.fixture
def node(tmp_path: Path) -> Node:
    """`node("return …", given=…)` with the page's modules by name; what is returned comes as JSON."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("Node is not installed")
    shutil.copytree(WEB, tmp_path / "web")
    (tmp_path / "package.json").write_text('{"type": "module"}')

    def run(code: str, **given: Any) -> Any:
        names = ("rle", "draw", "scene", "evidence", "skeletons")
        imports = "".join(f"import * as {name} from './web/lib/{name}.js';\n" for name in names)
        reading = "import { readFileSync } from 'node:fs';\nconst given = JSON.parse(readFileSync(0));\n"
        body = f"const answer = (() => {{ {code} }})();\nconsole.log(JSON.stringify(answer ?? null));\n"
        (tmp_path / "run.js").write_text(f"{imports}{reading}{RECORDER}{body}")
        done = subprocess.run(
            [program, "run.js"], cwd=tmp_path, input=json.dumps(given), capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def _masks() -> Masks:
    rng = np.random.default_rng(7)
    whole = np.zeros((12, 37, 53), bool)
    for row in range(8):
        y, x = np.sort(rng.integers(0, 38, 2)), np.sort(rng.integers(0, 54, 2))
        whole[row, y[0] : y[1], x[0] : x[1]] = True
        whole[row] ^= rng.random((37, 53)) < 0.02 * row
    whole[8] = True
    whole[9, 36, 52] = whole[10, 0, 0] = True
    return Masks.dense(whole)


def test_outlines_read_as_the_library_wrote_them(node: Node) -> None:
    masks = _masks()
    rows = [masks.rle(row) for row in range(len(masks))]
    code = "return given.rows.map(r => { const w = rle.windowOf(r); return w && {...w, inside: [...w.inside]}; });"
    for row, window in enumerate(node(code, rows=rows)):
        whole = np.zeros((37, 53), int)
        if window is not None:
            part = np.array(window["inside"]).reshape(window["height"], window["width"])
            whole[window["y"] : window["y"] + window["height"], window["x"] : window["x"] + window["width"]] = part
        assert np.array_equal(whole, masks.whole(row)), row


def test_an_edge_is_inside_and_closes_it(node: Node) -> None:
    masks = _masks()
    code = """return given.rows.map(r => { const w = rle.windowOf(r); return [1, 3].map(reach => {
      const edge = rle.edgeOf(w, reach); return [w.width, w.height, [...w.inside], [...edge]]; }); });"""
    for one in itertools.chain(*node(code, rows=[masks.rle(row) for row in range(9)])):
        wide, tall, inside, edge = one
        inside, edge = np.array(inside).reshape(tall, wide), np.array(edge).reshape(tall, wide)
        assert (edge <= inside).all()
        kept = np.pad(inside & ~edge & 1, 1)
        around = [np.roll(kept, step, axis) for step in (1, -1) for axis in (0, 1)]
        assert (np.maximum.reduce(around)[1:-1, 1:-1] <= inside).all()  # what is kept never touches the outside


@pytest.mark.parametrize("counts", ["", "ThW:2^f0000\\Tja", "ä", "P"])
def test_a_broken_outline_is_refused_or_empty(node: Node, counts: str) -> None:
    code = "try { return rle.windowOf({size: [4, 4], counts: given.counts}); } catch (e) { return e.name; }"
    assert node(code, counts=counts) in (None, "RangeError")


def test_skeletons_are_those_of_the_package(node: Node) -> None:
    kept = json.loads((WEB.parent / "skeletons.json").read_text())
    expected = {n: {"name": n, "joints": s.get("joints", []), "bones": s.get("bones", [])} for n, s in kept.items()}
    assert node("return skeletons.SKELETONS;") == expected


def test_colours_are_those_of_the_library(node: Node) -> None:
    told = node("return [...[...Array(25).keys()].map(i => draw.colorOf(i - 1)), draw.LEFT, draw.RIGHT, draw.INK, draw.PAPER];")
    css = ["rgb({} {} {})".format(*color) for color in (*map(id_color, range(-1, 24)), LEFT, RIGHT, INK, PAPER)]
    assert told == css
    style = (WEB / "style.css").read_text()
    assert [f"--person-{i}: rgb({r} {g} {b});" in style for i, (r, g, b) in enumerate(IDS)] == [True] * 10


def _person(identity: int, box: list[int], points: list[Any]) -> dict[str, Any]:
    scores = [0.9 if point else 0.0 for point in points]
    return {"id": identity, "score": 0.9, "box": box, "points": points, "point_scores": scores}


SCENE = {
    "frame": 1,
    "time": 1.0,
    "size": [640, 480],
    "epoch": 0,
    "skeleton": "itop15",
    "people": [
        _person(3, [100, 50, 200, 400], [[100 + 5 * i, 60 + 20 * i] for i in range(15)]),
        _person(4, [150, 100, 180, 200], [*[[160, 150]] * 14, None]),
    ],
    "actions": [{"person": 3, "label": "wave", "score": 0.75, "start": 0, "end": 1, "why": {}}],
    "faces": [],
}


def test_mirrored_people_stand_mirrored_and_texts_do_not(node: Node) -> None:
    code = "draw.scene(ctx, given.scene, {width: 320, height: 240, mirror: given.mirror}); return told;"
    plain, mirrored = (node(code, scene=SCENE, mirror=mirror) for mirror in (False, True))
    moves = [[args for name, args in told if name in ("moveTo", "lineTo")] for told in (plain, mirrored)]
    assert len(moves[0]) > 20
    assert np.allclose([[320 - x, y] for x, y in moves[0]], moves[1])
    assert [a[0] for n, a in plain if n == "fillText"] == [a[0] for n, a in mirrored if n == "fillText"] == ["3", "wave", "4"]
    assert not [name for name, _ in mirrored if name in ("scale", "transform", "setTransform")]


def test_nothing_is_drawn_of_what_is_missing_or_too_unsure(node: Node) -> None:
    code = "draw.figure(ctx, given.points, given.scores, scene.skeletonOf('itop15'), {id: 1}); return told;"
    sure = node(code, points=[[i, i] for i in range(15)], scores=[0.9] * 15)
    assert [name for name, _ in sure].count("arc") == 30
    for points, scores in (([None] * 15, [0.9] * 15), ([[1, 1]] * 15, [0.05] * 15)):
        assert not [name for name, _ in node(code, points=points, scores=scores) if name in ("arc", "lineTo")]


def test_who_is_pointed_at_is_the_one_in_front(node: Node) -> None:
    code = "return given.places.map(([x, y]) => draw.personAt(given.scene, x, y)?.id ?? null);"
    assert node(code, scene=SCENE, places=[[160, 150], [110, 60], [300, 60]]) == [4, 3, None]
    code = """const rect = () => ({left: 10, top: 20, width: 320, height: 240});
      const place = m => draw.placeOf({clientX: 110, clientY: 70}, {getBoundingClientRect: rect}, given.scene, m);
      return [place(false), place(true)];"""
    assert node(code, scene=SCENE) == [[200, 100], [440, 100]]


def test_angles_are_between_nought_and_180(node: Node) -> None:
    code = "return given.of.map(([a, b, c]) => draw.angleAt(a, b, c));"
    corners = [[[0, 1], [0, 0], [1, 0]], [[-1, 0], [0, 0], [1, 0]], [[1, 0], [0, 0], [1, 0]], [[-1, 0.01], [0, 0], [-1, -0.01]]]
    assert np.allclose(node(code, of=corners), [90, 180, 0, 1.1459], atol=1e-3)


def test_a_main_person_is_the_largest(node: Node) -> None:
    assert node("return [scene.mainPerson(given.scene).id, scene.mainPerson(null)];", scene=SCENE) == [3, None]


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ({"scores": {"wave": 0.81, "point": 0.12}}, ["wave 81 %, point 12 %"]),
        ({"reason": "legs not seen", "nearest": "sitting"}, ["Not named: legs not seen", "Nearest: sitting"]),
        (
            {"nearest": {"example": 3, "label": "wave", "distance": 0.3}},
            ["Nearest example: wave, number 3, very like it (distance 0.30)"],
        ),
        ({"trunk from vertical": 7, "travel a second": 0.531}, ["trunk from vertical 7° · travel a second 0.53"]),
        (
            {"phase": "moving", "fault": "knees in", "advice": "Push the knees out."},
            ["knees in: Push the knees out.", "Phase: moving"],
        ),
        ({"next": {"label": "sit", "probability": 0.62}, "seconds": 1.24}, ["Judged on 1.2 s", "Likely next: sit (62 %)"]),
        ({"strange": None, "deep": {"x": [1]}}, []),
    ],
)
def test_evidence_is_said_in_words(node: Node, why: dict[str, Any], said: list[str]) -> None:
    assert node("return evidence.evidence({why: given.why, progress: null});", why=why) == said


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(WEB)))
def test_each_script_is_checked_and_reaches_for_nothing_foreign(path: Path) -> None:
    text = path.read_text()
    assert text.startswith("// @ts-check\n")
    assert not re.search(r"https?://(?!www\.w3\.org)", re.sub(r"https?://…|http://localhost", "", text))
    assert not re.search(r"\.(innerHTML|outerHTML|insertAdjacentHTML)|document\.write|\beval\(|new Function", text)


def test_the_page_has_nothing_inline() -> None:
    text = (WEB / "index.html").read_text()
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?![^>]*src=)", text)
    assert set(re.findall(r'(?:src|href)="([^"#]+)"', text)) >= {"/page/main.js", "/page/style.css"}


def test_icons_and_kinds_that_are_named_exist() -> None:
    scripts = {path: path.read_text() for path in SCRIPTS}
    style = (WEB / "style.css").read_text()
    used = {name for text in scripts.values() for name in re.findall(r'\bicon\("(\w+)"\)', text)} | {
        "live",
        "teach",
        "coach",
        "person",
        "events",
    }
    drawn = {path.stem for path in (WEB / "icons").glob("*.svg")}
    assert used <= drawn
    assert all(f'url("icons/{name}.svg")' in style for name in drawn - {"icon"})
    events = scripts[WEB / "views/events.js"]
    assert all(re.search(rf"^  {kind}: ", events, re.MULTILINE) for kind in KINDS)

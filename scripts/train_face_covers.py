"""Train the net that sees what covers a face, and write it as `src/kinesics/faces/covers.onnx`.

Developers only; needs PyTorch and onnx:
    python scripts/make_covered_heads.py HEADS
    python scripts/train_face_covers.py pool HEADS POOL.npz --clips CLIP ... --pictures PICTURE ... [--count 14000]
    python scripts/train_face_covers.py train POOL.npz OUT.onnx [--minutes 9]

`pool` makes covered faces: made heads and faces of clips and pictures of which nothing is known, with hands of made people,
blobs, masks, things and scraps of pictures in front, and with glasses, beards, shadows, blur and noise, which are no covers.
The mesh of a covered face is what the net of the mesh says of the covered picture, as it will be in use.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from kinesics.faces import FaceFinder
from kinesics.faces.covering import COVERINGS, Canvas, Stuff, cover_face, on_background
from kinesics.faces.covers import CELLS, SIDE, cover_input
from kinesics.faces.disturbing import disturbed
from kinesics.pose.whole_body import WholeBody
from kinesics.sights import FaceNet, Turned
from kinesics.sights.face import face_square

SIZE = 192  # pixels of a canvas


def main() -> None:
    """Read the arguments and do it."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ways = ask.add_subparsers(dest="way", required=True)
    pool = ways.add_parser("pool")
    pool.add_argument("heads", type=Path)
    pool.add_argument("out", type=Path)
    pool.add_argument("--clips", nargs="*", default=[])
    pool.add_argument("--pictures", nargs="*", default=[])
    pool.add_argument("--count", type=int, default=14000)
    pool.add_argument("--seed", type=int, default=0)
    train = ways.add_parser("train")
    train.add_argument("pool", type=Path)
    train.add_argument("out", type=Path)
    train.add_argument("--minutes", type=float, default=9)
    train.add_argument("--seed", type=int, default=0)
    given = ask.parse_args()
    if given.way == "pool":
        make_pool(given)
    else:
        train_net(given)


# ------------------------------------------------------------------------------------------------------------------ pool
def make_pool(given: argparse.Namespace) -> None:
    """Covered faces as the net will see them, with what is true of them."""
    rng, net = np.random.default_rng(given.seed), FaceNet(1)
    pictures = [cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB) for path in given.pictures]
    real = [*faces_of_clips(given.clips), *faces_of_pictures(pictures)]
    made, hands = made_faces(given.heads, pictures, rng, net)
    stuff = Stuff(hands, pictures)
    print(f"{len(real)} faces of clips and pictures, {len(made)} made ones, {len(hands)} hands", flush=True)
    rows: dict[str, list[Any]] = {name: [] for name in ("x", "y", "weight", "share", "presence")}
    started = time.process_time()
    while len(rows["x"]) < given.count:
        source = real if rng.random() < 0.4 else made
        if (row := one_sample(source[rng.integers(len(source))], stuff, rng, net)) is not None:
            for name, value in row.items():
                rows[name].append(value)
    np.savez(given.out, **{name: np.array(values) for name, values in rows.items()})
    print(f"{given.count} in {time.process_time() - started:.0f} s")


def one_sample(canvas: Canvas, stuff: Stuff, rng: np.random.Generator, net: FaceNet) -> dict[str, Any] | None:
    """A face covered and disturbed; None where no face is seen any more."""
    covers = rng.choice(3, p=[0.36, 0.5, 0.14])
    for _ in range(covers):
        canvas = cover_face(canvas, stuff, rng, str(rng.choice(list(COVERINGS), p=[0.32, 0.14, 0.12, 0.16, 0.16, 0.1])))
    if rng.random() < 0.85:
        canvas = disturbed(canvas, rng)
    picture = canvas.picture
    if rng.random() < 0.35:  # a small face
        less = int(SIZE * rng.uniform(0.15, 0.6))
        picture = cv2.resize(cv2.resize(picture, (less, less), interpolation=cv2.INTER_AREA), (SIZE, SIZE))
    square = face_square(canvas.mesh)
    off = rng.normal(0, 0.04, 4)
    sight = net.look(
        picture,
        Turned(
            square.x + off[0] * square.side, square.y + off[1] * square.side, square.side * (1 + off[2]), square.angle + off[3]
        ),
    )
    if sight.presence > 0.1 and rng.random() < 0.7:
        sight = net.look(picture, face_square(sight.mesh))
    if sight.presence < 0.3 and rng.random() < 0.8:
        return None
    seen = face_square(sight.mesh)
    if not 0.4 < seen.side / square.side < 2:
        return None
    inside = np.zeros((SIZE, SIZE), np.uint8)
    cv2.fillConvexPoly(inside, cv2.convexHull(np.round(canvas.mesh[:, :2]).astype(np.int32)), 1)
    labels = np.dstack([canvas.cover, canvas.hand, inside.astype(np.float32)])
    fine = seen.cut(labels, SIDE)
    y = cv2.resize(fine, (CELLS, CELLS), interpolation=cv2.INTER_AREA)
    x = cover_input(picture, sight.mesh, seen)[0].transpose(1, 2, 0)
    return {
        "x": np.round((x + 1) * 127.5).astype(np.uint8),
        "y": np.round(y[..., :2] * 255).astype(np.uint8),
        "weight": np.round(255 * np.clip(0.15 + y[..., 2], 0, 1)).astype(np.uint8),
        "share": np.float32((canvas.cover * inside).sum() / inside.sum()),
        "presence": np.float64(sight.presence),
    }


def canvas_of(picture: np.ndarray, mesh: np.ndarray, reach: float = 1.35) -> Canvas:
    """A face cut out of a picture with what is round it."""
    square = face_square(mesh)
    around = Turned(square.x, square.y, reach * square.side, square.angle * 0.5)
    matrix = around.matrix(SIZE)
    flat = mesh[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    moved = np.column_stack([flat, mesh[:, 2] * SIZE / around.side])
    nothing = np.zeros((SIZE, SIZE), np.float32)
    return Canvas(np.ascontiguousarray(around.cut(picture, SIZE)), moved, nothing, nothing)


def made_faces(folder: Path, pictures: list[Any], rng: np.random.Generator, net: FaceNet) -> tuple[list[Canvas], np.ndarray]:
    """The made heads on pieces of pictures, and all made hands."""
    faces, hands = [], []
    for path in sorted(folder.glob("*[0-9].npz")):
        with np.load(path) as held:
            hands.append(held["hands"])
            for head, points, angles in zip(held["heads"], held["points"], held["angles"], strict=True):
                back = pictures[rng.integers(len(pictures))]
                side = int(min(back.shape[:2]) * rng.uniform(0.3, 1))
                picture = on_background(head, cv2.resize(back[:side, -side:], head.shape[1::-1]))
                middle = points[:3].mean(axis=0)
                first = net.look(picture, Turned(middle[0], middle[1] + 6, 95, math.radians(angles[2])))
                sight = net.look(picture, face_square(first.mesh))
                if sight.presence > 0.95 and abs(angles[0]) < 70:
                    faces.append(canvas_of(picture, sight.mesh))
    all_hands = np.concatenate(hands)
    return faces, all_hands[(all_hands[..., 3] > 128).sum(axis=(1, 2)) > 1200]


def faces_of_clips(clips: list[str]) -> Iterator[Canvas]:
    """Faces of every fourth picture in which no hand is near the face."""
    import kinesics as ks

    for clip in clips:
        finder, whole, model = FaceFinder(gated=False), WholeBody(), ks.pose_model("balanced")
        for number, frame in enumerate(ks.open_source(clip)):
            if number % 4:
                continue
            people = model(frame.image)
            hands = np.asarray(whole(frame.image, people).points[:, 91:, :2]).reshape(-1, 2)
            for face in finder(frame.image, people):
                if face.mesh is None or face.score < 0.9 or face.square is None:
                    continue
                cells = face.box + np.array([-0.15, -0.15, 0.15, 0.15]) * (face.box[2:] - face.box[:2]).max()
                with np.errstate(invalid="ignore"):
                    near = ((hands > cells[:2]) & (hands < cells[2:])).all(axis=1).any()
                if not near:
                    yield canvas_of(frame.image, np.array(face.mesh))


def faces_of_pictures(pictures: list[Any]) -> Iterator[Canvas]:
    """Sure faces of people, each ten times so that they count."""
    import kinesics as ks

    for picture in pictures:
        for face in ks.find_faces(picture, people=ks.find_people(picture)):
            if face.mesh is not None and face.score > 0.97 and face.person is not None and np.ptp(face.mesh[:, 0]) > 18:
                yield from [canvas_of(picture, np.array(face.mesh))] * 10


# ----------------------------------------------------------------------------------------------------------------- train
def train_net(given: argparse.Namespace) -> None:
    """Adam with a falling rate; a tenth of the pool is held back and said at the end."""
    import torch

    from kinesics.viewer.export import export

    torch.set_num_threads(1)
    torch.manual_seed(given.seed)
    held = np.load(given.pool)
    rng = np.random.default_rng(given.seed)
    arrays = {name: held[name] for name in ("x", "y", "weight", "share")}
    count = len(arrays["x"])
    train = np.arange(count) < 0.93 * count
    net = make_net()
    print(f"{sum(p.numel() for p in net.parameters())} weights", flush=True)
    rate, started, step = 2e-3, time.process_time(), 0
    adam = torch.optim.AdamW(net.parameters(), rate, weight_decay=1e-3)
    rows = np.flatnonzero(train)
    total, last = 60 * given.minutes, 0.0
    while (spent := time.process_time() - started) < total:
        for group in adam.param_groups:
            group["lr"] = rate * min(1, (step + 1) / 100) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * spent / total)))
        lost = loss_of(net, batch(arrays, rng.choice(rows, 64), rng))
        adam.zero_grad()
        lost.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
        adam.step()
        last += lost.item()
        step += 1
        if step % 100 == 0:
            print(f"{step} {spent:.0f} s {last / 100:.4f}", flush=True)
            last = 0.0
    net.eval()
    given.out.write_bytes(export(net, {"face": (4, SIDE, SIDE)}, ["covers", "share"]))
    with torch.no_grad():
        x, *_ = batch(arrays, np.flatnonzero(~train), None)
        share = torch.sigmoid(net(x)[1]).numpy().ravel()
    true = arrays["share"][~train]
    print(f"held back {len(true)}: mean error of the share {np.abs(share - true).mean():.4f}")


def batch(arrays: dict[str, Any], rows: Any, rng: np.random.Generator | None) -> tuple[Any, ...]:
    """Tensors of some rows; half of them mirrored where there is chance."""
    import torch

    x = arrays["x"][rows].astype(np.float32) / 127.5 - 1
    y, weight = arrays["y"][rows].astype(np.float32) / 255, arrays["weight"][rows].astype(np.float32) / 255
    if rng is not None:
        turn = rng.random(len(rows)) < 0.5
        x[turn], y[turn], weight[turn] = x[turn, :, ::-1].copy(), y[turn, :, ::-1].copy(), weight[turn, :, ::-1].copy()
        gain, lift = rng.normal(1, 0.08, (len(rows), 1, 1, 3)), rng.normal(0, 0.06, (len(rows), 1, 1, 3))
        x[..., :3] = np.clip(x[..., :3] * gain + lift, -1, 1)
    ways = [np.ascontiguousarray(x.transpose(0, 3, 1, 2)), np.ascontiguousarray(y.transpose(0, 3, 1, 2)), weight[:, None]]
    return (*(torch.from_numpy(way) for way in ways), torch.from_numpy(arrays["share"][rows]))


def loss_of(net: Any, given: tuple[Any, ...]) -> Any:
    """Cells covered, cells of hands among the covered, and the share of the face."""
    import torch
    from torch.nn import functional

    x, y, weight, share = given
    maps, whole = net(x)
    cell = functional.binary_cross_entropy_with_logits(maps[:, :1], y[:, :1], reduction="none")
    hand = functional.binary_cross_entropy_with_logits(
        maps[:, 1:], torch.minimum(y[:, 1:] / y[:, :1].clamp(min=0.05), y[:, :1] * 0 + 1), reduction="none"
    )
    covered = weight * y[:, :1]
    all_of_it = functional.binary_cross_entropy_with_logits(whole.reshape(-1), share)
    return (cell * weight).sum() / weight.sum() + 0.3 * (hand * covered).sum() / covered.sum().clamp(min=1) + 1.5 * all_of_it


def make_net() -> Any:
    """Convolutions down to 4x4, where the share of the whole is read, and up again to the map; no normalisation."""
    import torch
    from torch import nn
    from torch.nn import functional

    class CoverNet(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.stem, self.down1, self.same1 = conv(4, 24, 2), conv(24, 32, 2), conv(32, 32)
            self.down2, self.same2, self.again2 = conv(32, 48, 2), conv(48, 48), conv(48, 48)
            self.down3, self.same3, self.again3 = conv(48, 72, 2), conv(72, 72), conv(72, 72)
            self.narrow, self.whole, self.share = conv(72, 24, size=1), nn.Conv2d(24, 32, 4), nn.Conv2d(32, 1, 1)
            self.up2, self.after2 = conv(72, 48, size=1), conv(48, 48)
            self.up1, self.after1, self.maps = conv(48, 32, size=1), conv(32, 32), nn.Conv2d(32, 2, 1)
            for layer in (self.again2, self.again3, self.after2, self.after1):
                nn.init.zeros_(layer.weight)

        def forward(self, x: Any) -> Any:
            x = functional.relu(self.down1(functional.relu(self.stem(x))))
            one = functional.relu(torch.add(x, self.same1(x)))
            x = functional.relu(self.down2(one))
            two = functional.relu(torch.add(x, self.again2(functional.relu(self.same2(x)))))
            x = functional.relu(self.down3(two))
            x = functional.relu(torch.add(x, self.again3(functional.relu(self.same3(x)))))
            share = self.share(functional.relu(self.whole(functional.relu(self.narrow(x)))))
            x = functional.relu(torch.add(functional.interpolate(self.up2(x), scale_factor=2), two))
            x = torch.add(x, self.after2(x))
            x = functional.relu(torch.add(functional.interpolate(self.up1(functional.relu(x)), scale_factor=2), one))
            return self.maps(functional.relu(torch.add(x, self.after1(x)))), share

    def conv(before: int, after: int, stride: int = 1, size: int = 3) -> Any:
        return nn.Conv2d(before, after, size, stride, size // 2)

    return CoverNet()


if __name__ == "__main__":
    main()

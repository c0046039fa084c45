"""Train the net that says which pixels belong to whom, and write it as `src/kinesics/masks/belonging.onnx`.

Developers only; needs PyTorch and onnx:
    python scripts/train_belonging.py pool POOL.npz SET ...
    python scripts/train_belonging.py train POOL.npz OUT.onnx [--minutes 5.5]

A SET is a folder with one COCO `instances` or `person_keypoints` JSON file and its pictures. What ships was learned from 820
people in 383 pictures of COCO train2017 and val2017 (Lin et al. 2014; annotations CC BY 4.0, pictures under their own terms on
Flickr), none of them among the 34 that `kinesics eval masks` is reported on. The weights are numbers of this project; no
picture is in them.

`pool` shows each picture in several ways, as it is, mirrored and cut so that people are cut off, to the whole chain in front of
the net: pose model, closer looks for those it passed over, and the looks of the pretrained nets. Finds that are nobody
are kept: their outline is empty. `--minutes` are of processor time.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from kinesics.evaluate.masks import _truth
from kinesics.geometry import iou
from kinesics.masks.looks import PLANES, REACH, SIDE, UNSEEN, Person, canvas, look_at, persons, planes
from kinesics.masks.owning import owned, spread
from kinesics.metrics.masks import MaskTruth, overlaps
from kinesics.pose import MultiPose
from kinesics.pose.seeking import seek
from kinesics.sights import BodyNet, SelfieNet
from kinesics.types import Masks
from kinesics.video import load_image

WAYS = {  # mirrored, cut, with those whom closer looks find, with the missed as boxes
    "plain": (False, False, False, True),
    "mirrored": (True, False, False, False),
    "cut": (False, True, False, True),
    "mirrored, cut": (True, True, False, False),
    "sought": (False, False, True, False),
    "sought, mirrored, cut": (True, True, True, False),
}
HALF = SIDE // 2  # the net works on cells of half the size
GROUND = float(np.log(UNSEEN / (1 - UNSEEN))) / REACH  # what planes of looks hold where nobody looked


def main() -> None:
    """Read the arguments and do it."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ways = ask.add_subparsers(dest="way", required=True)
    pool = ways.add_parser("pool")
    pool.add_argument("out", type=Path)
    pool.add_argument("sets", type=Path, nargs="+")
    train = ways.add_parser("train")
    train.add_argument("pool", type=Path)
    train.add_argument("out", type=Path)
    train.add_argument("--minutes", type=float, default=5.5)
    train.add_argument("--seed", type=int, default=1)
    given = ask.parse_args()
    make_pool(given) if given.way == "pool" else train_net(given)


# ------------------------------------------------------------------------------------------------------------------ pool
def make_pool(given: argparse.Namespace) -> None:
    """Planes, true cells and weights of all people, as small arrays."""
    pose, nets = MultiPose("balanced", threads=1), (BodyNet(), SelfieNet())
    rows = [row for folder in given.sets for row in folder_rows(folder, pose, nets)]
    columns: Any = zip(*rows, strict=True)
    x, y, weight, area = (np.array(column) for column in columns)
    np.savez(given.out, x=x, y=y, weight=weight, area=area)


def folder_rows(folder: Path, pose: MultiPose, nets: tuple[BodyNet, SelfieNet]) -> Iterator[tuple[Any, ...]]:
    """All people of all pictures of a set in all ways."""
    (file,) = sorted(folder.rglob("*.json"))
    labels = json.loads(file.read_text("utf-8"))
    person = {row["id"] for row in labels["categories"] if row["name"] == "person"}
    places = {path.name: path for path in sorted(folder.rglob("*.jpg"))}
    for number, image in enumerate(labels["images"]):
        notes = [row for row in labels["annotations"] if row["image_id"] == image["id"] and row["category_id"] in person]
        truth = _truth([{"num_keypoints": 0, **row} for row in notes], image)
        picture = load_image(places[Path(image["file_name"]).name])
        for way, name in enumerate(WAYS):
            if len(truth.masks) or "sought" in name:
                yield from shown(picture, truth, WAYS[name], np.random.default_rng([way, number]), pose, nets)


def shown(
    picture: Any, truth: MaskTruth, way: tuple[bool, ...], rng: Any, pose: MultiPose, nets: tuple[BodyNet, SelfieNet]
) -> Iterator[tuple[Any, ...]]:
    """The people of one picture, shown one way: (planes, true cells, weights, area)."""
    mirrored, cut, sought, boxes = way
    outlines, ignore = np.asarray(truth.masks), truth.ignore
    if mirrored:
        picture, outlines, ignore = picture[:, ::-1], outlines[:, :, ::-1], ignore[:, ::-1]
    if cut:
        y, x = part(outlines, picture.shape[:2], rng)
        picture, outlines, ignore = picture[y, x], outlines[:, y, x], ignore[y, x]
    picture = np.ascontiguousarray(picture)
    size = (picture.shape[1], picture.shape[0])
    known = Masks.dense(outlines[outlines.sum(axis=(1, 2)) >= 200].reshape(-1, *picture.shape[:2]))
    people = pose(picture)
    people = seek(pose, picture, people) if sought else people
    everybody = persons(people, size)
    looks = [look_at(picture, each, nets) for each in everybody]
    partner, free = partners(known, everybody, looks, size)
    for row, box in missed(known, partner, rng) if boxes else ():
        everybody.append(Person(box, np.full((17, 2), np.nan), np.zeros(17), float(rng.uniform(0.1, 0.6))))
        partner[len(everybody) - 1] = row
        looks.append(look_at(picture, everybody[-1], nets))
    for row, each in enumerate(everybody):
        x1, y1, x2, y2 = np.clip(each.box, 0, [*size, *size]).astype(int)
        if row not in partner and (row not in free or ignore[y1 : y2 + 1, x1 : x2 + 1].mean() > 0.3):
            continue  # who knows
        outline = known[partner[row]].astype(np.float32) if row in partner else np.zeros(picture.shape[:2], np.float32)
        square, found = canvas(each), planes(picture, row, everybody, looks)
        weight = (found[..., 8] * (1 - square.cut(ignore.astype(np.float32), SIDE))) > 0.5
        yield halved(found).astype(np.float16), halved(square.cut(outline, SIDE)), halved(weight), int(outline.sum())


def part(outlines: Any, shape: tuple[int, int], rng: Any) -> tuple[slice, slice]:
    """A part of a picture with some of somebody in it."""
    high, wide = (int(n * share) for n, share in zip(shape, rng.uniform(0.45, 0.8, 2), strict=True))
    places = np.argwhere(outlines[rng.integers(len(outlines))]) if len(outlines) and rng.random() < 0.7 else np.zeros((0, 2))
    middle = places[rng.integers(len(places))] if len(places) else rng.uniform(0, shape)
    y = int(np.clip(middle[0] - rng.uniform() * high, 0, shape[0] - high))
    x = int(np.clip(middle[1] - rng.uniform() * wide, 0, shape[1] - wide))
    return slice(y, y + high), slice(x, x + wide)


def partners(known: Masks, everybody: list[Person], looks: list[Any], size: tuple[int, int]) -> tuple[dict[int, int], set[int]]:
    """Which labelled person each found one is, and those who surely are nobody."""
    masks = [owned([spread(look.along[1], look.along[0], size)], size)[0] for look in looks]
    boxes = boxes_of(known)
    table = iou(boxes, np.array([each.box for each in everybody]).reshape(-1, 4))
    free = {row for row in range(len(everybody)) if table[:, row].max(initial=0) < 0.15}
    if len(everybody):
        table = table + overlaps(known, Masks.dense(np.array(masks)))
    found = {}
    while table.size and table.max() > 0.35:
        i, j = divmod(int(table.argmax()), table.shape[1])
        found[j] = i
        table[i], table[:, j] = -1, -1
    return found, free


def boxes_of(masks: Masks) -> Any:
    """(n, 4) x1 y1 x2 y2."""
    spans = [(x, y, x + window.shape[1], y + window.shape[0]) for x, y, window in map(masks.window, range(len(masks)))]
    return np.array(spans, float).reshape(-1, 4)


def missed(known: Masks, partner: dict[int, int], rng: Any) -> Iterator[tuple[int, Any]]:
    """Labelled people whom nobody found, and a box that is about theirs."""
    for row, box in enumerate(boxes_of(known)):
        sides = np.tile(box[2:] - box[:2], 2)
        if row not in partner.values() and known.areas[row] >= 400 and sides.min() > 8:
            yield row, box + sides * rng.normal(0, 0.07, 4)


def halved(cells: Any) -> Any:
    """Means of 2 x 2 cells."""
    return cells.astype(np.float32).reshape(HALF, 2, HALF, 2, -1).mean(axis=(1, 3)).squeeze()


# ----------------------------------------------------------------------------------------------------------------- train
def net() -> Any:
    """A U-Net (Ronneberger et al. 2015) on halved cells that says how much to believe each look, and what to add."""
    import torch
    from torch import nn
    from torch.nn import functional as f

    def step(into: int, out: int, stride: int = 1) -> Any:
        return nn.Sequential(nn.Conv2d(into, out, 3, stride, 1, bias=False), nn.BatchNorm2d(out), nn.ReLU())

    class Net(nn.Module):
        def __init__(self, c: tuple[int, ...] = (16, 24, 32, 48)) -> None:
            super().__init__()
            self.down = nn.ModuleList(
                [
                    step(PLANES, c[0]),
                    nn.Sequential(step(c[0], c[1], 2), step(c[1], c[1])),
                    nn.Sequential(step(c[1], c[2], 2), step(c[2], c[2])),
                    nn.Sequential(step(c[2], c[3], 2), step(c[3], c[3]), step(c[3], c[3]), nn.Dropout2d(0.1)),
                ]
            )
            self.up = nn.ModuleList([step(c[3] + c[2], c[2]), step(c[2] + c[1], c[1]), step(12 + c[0], c[0])])
            self.narrow, self.out = nn.Conv2d(c[1], 12, 1), nn.Conv2d(c[0], 4, 1)
            nn.init.zeros_(self.out.weight)
            self.out.bias = nn.Parameter(torch.tensor([2.5, 2.5, 1.0, 0.0]))

        def forward(self, x: Any, whole: bool = False) -> Any:
            seen = [f.avg_pool2d(x, 2) if whole else x]
            for level in self.down:
                seen.append(level(seen[-1]))
            y = seen[4]
            for number, level in enumerate(self.up):
                y = f.interpolate(self.narrow(y) if number == 2 else y, scale_factor=2.0)
                y = level(torch.cat([y, seen[3 - number]], 1))
            said = self.out(y)
            said = f.interpolate(said, scale_factor=2.0, mode="bilinear") if whole else said
            return (said[:, :3] * x[:, :3]).sum(1) + said[:, 3]

    return Net()


def batch(pool: Any, rows: Any, rng: Any) -> tuple[Any, Any, Any]:
    """Planes (n, PLANES, HALF, HALF), true cells and weights (n, HALF, HALF) of some people, mirrored and moved."""
    import torch
    from torch.nn import functional as f

    n = len(rows)
    x = torch.from_numpy(pool["x"][rows].astype(np.float32)).permute(0, 3, 1, 2).contiguous()
    y, weight = (torch.from_numpy(pool[name][rows].astype(np.float32))[:, None] for name in ("y", "weight"))
    if rng.random() < 0.5:
        x, y, weight = x.flip(3), y.flip(3), weight.flip(3)
    move = np.zeros((n, 2, 3), np.float32)
    move[:, 0, 0] = np.exp(rng.normal(0, 0.1, n))
    move[:, 1, 1] = move[:, 0, 0] * np.exp(rng.normal(0, 0.05, n))
    move[:, :, 2] = rng.normal(0, 0.05, (n, 2))
    grid = f.affine_grid(torch.from_numpy(move), [n, 1, HALF, HALF], align_corners=False)
    same = x[:, 12:, :1, :1].clone()
    x[:, :3] -= GROUND
    x, y, weight = (f.grid_sample(each, grid, align_corners=False) for each in (x, y, weight))
    x[:, :3] += GROUND
    x[:, 12:] = same
    gain, shift = rng.uniform(0.6, 1.3, (n, 1, 1, 1)), rng.normal(0, 0.1, (n, 3, 1, 1))
    x[:, 9:12] = x[:, 9:12] * torch.from_numpy(gain.astype(np.float32)) + torch.from_numpy(shift.astype(np.float32))
    for row in range(n):  # a look, or all joints, are missing now and then
        chance = rng.random()
        if chance < 0.12:
            x[row, 3] = 0
        elif chance < 0.2:
            x[row, int(rng.integers(3))] = GROUND
    return x, y[:, 0], (weight[:, 0] > 0.5).float()


def train_net(given: argparse.Namespace) -> None:
    """Cross entropy and the soft overlap (Rahman and Wang 2016) of each person alike; the running mean of weights is kept."""
    import torch
    from torch.nn import functional as f

    torch.manual_seed(given.seed)
    rng, pool = np.random.default_rng(given.seed), dict(np.load(given.pool))
    area = pool["area"]
    chance = np.where(area >= 1024, 1.0, np.where(area >= 300, 0.5, np.where(area == 0, 0.3, 0.0)))
    model, mean = net(), net()
    mean.load_state_dict(model.state_dict())
    optimiser = torch.optim.AdamW(model.parameters(), 3e-3, weight_decay=1e-2)
    start, steps = time.process_time(), 0
    while (done := (time.process_time() - start) / (60 * given.minutes)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = 3e-3 * min(1, steps / 50 + 0.05) * (0.5 + 0.5 * np.cos(np.pi * done))
        x, y, weight = batch(pool, rng.choice(len(area), 16, p=chance / chance.sum()), rng)
        said = model(x)
        share = torch.sigmoid(said)
        cross = f.binary_cross_entropy_with_logits(said, y, reduction="none")
        cross = (cross * weight).sum((1, 2)) / weight.sum((1, 2)).clamp(min=1)
        both, either = (share * y * weight).sum((1, 2)), ((share + y - share * y) * weight).sum((1, 2))
        loss = (cross + 1 - (both + 5) / (either + 5)).mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        steps += 1
        keep = min(0.99, steps / (steps + 10))
        with torch.no_grad():
            for old, new in zip(mean.state_dict().values(), model.state_dict().values(), strict=True):
                old.mul_(keep).add_(new, alpha=1 - keep) if old.dtype.is_floating_point else old.copy_(new)
    example = (torch.zeros(1, PLANES, SIDE, SIDE), True)
    torch.onnx.export(
        mean.eval(), example, str(given.out), input_names=["planes"], output_names=["odds"], opset_version=17, dynamo=False
    )


if __name__ == "__main__":
    main()

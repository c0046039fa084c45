"""Teaches the crop net: faces and hands as they were drawn, beside how they really looked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ..errors import JobError, need
from ..types import Array
from .crop_frames import CROP
from .crop_pictures import INPUTS, seam
from .crops import CropRefiner
from .footage import Footage
from .person import Person

if TYPE_CHECKING:
    from torch import Tensor

    from .drawing import Artist

__all__ = ["CropSample", "crop_gain", "crop_samples", "train_crops"]

BATCH = 24
RATE = 2e-3
ROUND = 0.03  # errors below this count by their square
EDGES = 0.5  # weight of the error of gradients


@dataclass(frozen=True, eq=False)
class CropSample:
    """A frame as it was drawn and as it was.

    Attributes:
        drawn: (512, 512, 4) uint8, premultiplied: by the tiers below, from other moments' keyframes.
        real: (512, 512, 4) uint8, premultiplied.
        points: (133, 2) canvas pixels.
        scores: (133,).
        allowed: (n,) bool, keyframes that are not of this moment; None for all.
    """

    drawn: Array
    real: Array
    points: Array
    scores: Array
    allowed: Array | None = None


def crop_samples(
    artist: Artist, footage: Footage, allowed: Array, *, tier: int = -1, most: int = 400, seed: int = 0
) -> Iterator[CropSample]:
    """Frames of a footage as an artist draws them, beside what they are.

    Args:
        artist: of the person; its poses before are forgotten.
        footage: of the same person.
        allowed: (frames, keyframes) bool, keyframes each frame may be drawn from: none of its own moment.
        tier: index into the artist's tiers.
        most: frames, chosen at random.
        seed: of the choice.
    """
    usable = np.flatnonzero(np.asarray(allowed).any(axis=1))
    for at in np.sort(np.random.default_rng(seed).permutation(usable)[:most]).tolist():
        points, scores = footage.points[at], footage.scores[at]
        artist.reset()
        drawn = artist.draw(artist.begin(points, scores, allowed=allowed[at]), tier)
        yield CropSample(drawn, _cut_out(footage, at), points, scores, allowed[at])


def train_crops(
    person: Person,
    samples: Iterable[CropSample],
    *,
    seconds: float = 120.0,
    steps: int | None = None,
    start: bytes | None = None,
    seed: int = 0,
    progress: Callable[[int, float], object] | None = None,
) -> bytes:
    """Teach a crop net on frames of a person.

    Args:
        person: whose keyframes are retrieved.
        samples: frames, drawn by the tiers below without keyframes of their own moments.
        seconds: of CPU time, at most.
        steps: at most; None for as many as there is time for.
        start: the net to start from; None for an untrained one.
        seed: of the order.
        progress: called with the step and its loss.

    Returns:
        bytes of the ONNX graph.

    Raises:
        JobError: no sample shows a face or a hand.
        MissingExtra: PyTorch is not installed.
    """
    torch = need("torch", "train")
    from .crop_nets import CropNet
    from .export import export, restore

    told, real, room = _lessons(person, samples)
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    net = CropNet()
    if start is not None:
        restore(net, start)
    net.train()
    most = 100_000 if steps is None else steps
    optimizer = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=1e-4)
    inside = torch.from_numpy(seam())[None, None]
    began = time.process_time()
    for step in range(most):
        share = max((time.process_time() - began) / seconds, step / most)
        if share >= 1:
            break
        optimizer.param_groups[0]["lr"] = RATE * min(1.0, (step + 1) / 20) * max(1 - share, 0.02)
        rows = np.sort(rng.choice(len(told), min(BATCH, len(told)), replace=False))
        x = torch.from_numpy(told[rows].astype(np.float32) / 255)
        answer = torch.pixel_shuffle(net(torch.pixel_unshuffle(x, 2)), 2)
        loss = _loss(answer, x, torch.from_numpy(real[rows].astype(np.float32) / 255), inside * torch.from_numpy(room[rows]))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        if progress is not None:
            progress(step, float(loss.detach()))
    return export(net.eval(), {"crops": (4 * INPUTS, CROP // 2, CROP // 2)}, ["answer"])


def crop_gain(person: Person, samples: Iterable[CropSample], graph: bytes | None = None) -> tuple[float, float]:
    """PSNR in dB inside the crops, before and after redrawing, over all samples: what decides whether a net is kept.

    Args:
        person: whose keyframes and net are used.
        samples: frames that were not learned from.
        graph: a net that is not the person's yet.

    Raises:
        JobError: no sample shows a face or a hand.
    """
    refiner = CropRefiner(person, graph=graph)
    errors, count = np.zeros(2), 0.0
    for sample in samples:
        redrawn = refiner.draw(sample.drawn, sample.points, sample.scores, allowed=sample.allowed)
        for crop in refiner.crops(sample.drawn, sample.points, sample.scores, allowed=sample.allowed):
            flags, weight = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, seam() * np.float32(crop.frame.room)
            where = cv2.warpAffine(weight, crop.frame.matrix, sample.real.shape[1::-1], flags=flags)[..., None]
            for i, made in enumerate((sample.drawn, redrawn)):
                errors[i] += float((where * (made.astype(np.float32) - sample.real) ** 2).sum()) / 4
            count += float(where.sum())
    if not count:
        raise JobError("no frame shows a face or a hand: there is nothing to judge a crop net by")
    before, after = 10 * np.log10(255**2 * count / np.maximum(errors, 1e-9))
    return float(before), float(after)


def _cut_out(footage: Footage, at: int) -> Array:
    """(512, 512, 4) uint8 premultiplied: a frame without what is behind the person."""
    alpha = footage.alpha[at].astype(np.float32)[..., None]
    seen = footage.pictures[at].astype(np.float32)
    if footage.background is None:
        own = seen * (alpha / 255)
    else:
        own = np.clip(seen - footage.background * (1 - alpha / 255), 0, alpha)
    return np.asarray(np.rint(np.concatenate([own, alpha], axis=2)), np.uint8)


def _lessons(person: Person, samples: Iterable[CropSample]) -> tuple[Array, Array, Array]:
    """Inputs (m, INPUTS, 64, 64) uint8, real crops (m, 4, 64, 64) uint8, rooms (m, 1, 1, 1) float32."""
    refiner = CropRefiner(person)
    told, real, room = [], [], []
    for sample in samples:
        for crop in refiner.crops(sample.drawn, sample.points, sample.scores, allowed=sample.allowed):
            told.append(np.rint(crop.told * 255).astype(np.uint8))
            cut = cv2.warpAffine(sample.real, crop.frame.matrix, (CROP, CROP), flags=cv2.INTER_LINEAR)
            real.append(cut.transpose(2, 0, 1))
            room.append(crop.frame.room)
    if not told:
        raise JobError("no frame shows a face or a hand: there is nothing to teach a crop net")
    return np.stack(told), np.stack(real), np.array(room, np.float32).reshape(-1, 1, 1, 1)


def _loss(answer: Tensor, told: Tensor, real: Tensor, room: Tensor) -> Tensor:
    """Charbonnier distance of the stitched crop and of its gradients, where it is stitched."""
    drawn, kept = told[:, :4], told[:, 4:8]
    share = answer[:, 4:]
    share = share + (share.clamp(0, 1) - share).detach()  # bounded, with a slope everywhere
    apart = drawn + room * (share * (kept - drawn) + answer[:, :4]) - real

    def soft(x: Tensor) -> Tensor:
        return (x * x + ROUND * ROUND).sqrt() - ROUND

    across, down = apart[..., 1:] - apart[..., :-1], apart[..., 1:, :] - apart[..., :-1, :]
    plain = (soft(apart) * room).mean()
    return plain + EDGES * ((soft(across) * room[..., 1:]).mean() + (soft(down) * room[..., 1:, :]).mean())

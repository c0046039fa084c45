"""Teaches the crop net, and tells what it is worth."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ..errors import JobError, need
from .crop_frames import CROP
from .crop_lessons import CropLessons, CropSample, crop_lessons
from .crop_pictures import INPUTS, seam
from .crops import CropRefiner
from .person import Person

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["crop_gain", "teach_crops", "train_crops"]

BATCH = 24
RATE = 2e-3
GENTLY = 0.3  # share of the rate where a trained net is gone on with


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
    """Teach a crop net on frames of one person; arguments and errors as for `teach_crops`.

    Args:
        person: whose keyframes are retrieved.
        samples: frames, drawn by the tiers below without keyframes of their own moments, see `crop_samples`.
        seconds: of CPU time, at most, once the crops are cut.
        steps: at most.
        start: the net to start from.
        seed: of the order.
        progress: called with the step and its loss.

    Returns:
        bytes of the ONNX graph.
    """
    lessons = crop_lessons(person, samples)
    return teach_crops(lessons, seconds=seconds, steps=steps, start=start, seed=seed, progress=progress)


def teach_crops(
    lessons: CropLessons,
    *,
    seconds: float = 120.0,
    steps: int | None = None,
    start: bytes | None = None,
    seed: int = 0,
    progress: Callable[[int, float], object] | None = None,
) -> bytes:
    """Teach a crop net.

    Args:
        lessons: of one person or of several, see `CropLessons.joined`.
        seconds: of CPU time, at most.
        steps: at most; None for as many as there is time for.
        start: the net to start from; None for an untrained one.
        seed: of the order.
        progress: called with the step and its loss.

    Returns:
        bytes of the ONNX graph.

    Raises:
        FormatError: the net to start from is of another kind.
        MissingExtra: PyTorch or onnx are not installed.
    """
    torch = need("torch", "train")
    from .crop_nets import CropNet
    from .export import export, restore

    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    net = CropNet()
    rate = RATE
    if start is not None:
        restore(net, start)
        rate = RATE * GENTLY
    most = 100_000 if steps is None else steps
    optimizer = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=1e-4)
    inside = torch.from_numpy(seam())[None, None]
    began = time.process_time()
    for step in range(most):
        share = max((time.process_time() - began) / seconds, step / most)
        if share >= 1:
            break
        optimizer.param_groups[0]["lr"] = rate * min(1.0, (step + 1) / 20) * max(1 - share, 0.02)
        rows = np.sort(rng.choice(len(lessons), min(BATCH, len(lessons)), replace=False))
        told = torch.from_numpy(lessons.told[rows].astype(np.float32) / 255)
        real = torch.from_numpy(lessons.real[rows].astype(np.float32) / 255)
        answer = torch.pixel_shuffle(net(torch.pixel_unshuffle(told, 2)), 2)
        loss = _loss(answer, told, real, inside * torch.from_numpy(lessons.room[rows])[:, None, None, None])
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


def _loss(answer: Tensor, told: Tensor, real: Tensor, room: Tensor) -> Tensor:
    """How wrong the stitched crop is where it is stitched."""
    from .picture_loss import picture_loss

    drawn, kept = told[:, :4], told[:, 4:8]
    share = answer[:, 4:]
    share = share + (share.clamp(0, 1) - share).detach()  # bounded, with a slope everywhere
    made = drawn + room * (share * (kept - drawn) + answer[:, :4])
    return picture_loss(made, real, room)

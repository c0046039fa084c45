"""An embedding of one's own: the shipped one, taught on labelled clips of a sensor, a place, a trade.

It goes on learning from those clips and from made motion by turns, so that a few classes of one's own do not make it forget all
other kinds of motion.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..errors import UsageError, need
from ..types import Array, PoseSequence
from .joints import map_joints
from .motion_embedding import MotionEmbedding, shipped_embedding
from .training_set import TrainingSet, training_set

__all__ = ["fit_embedding"]

MADE, HELD, EACH = 400, 100, 6  # kinds of made motion that are mixed in, that scores get their meaning from, and clips of each


def fit_embedding(
    clips: Sequence[PoseSequence],
    labels: Sequence[str],
    *,
    start: MotionEmbedding | None = None,
    steps: int = 300,
    rate: float = 2e-3,
    share: float = 0.6,
    seed: int = 0,
    progress: Callable[[int, float], object] | None = None,
) -> MotionEmbedding:
    """Teach an embedding labelled clips; needs PyTorch.

    Args:
        clips: of one or several skeletons, 2D or 3D, at least two of each of at least two labels.
        labels: of each.
        start: where to go on from; by default the embedding that ships.
        steps: of training, about 0.2 s each.
        rate: highest learning rate.
        share: of each step that these clips have, the rest is made motion.
        seed: of all chance.
        progress: told step and loss now and then; a true answer ends training there.

    Raises:
        UsageError: too few clips or labels, or clips of 2D and of 3D.
        MissingExtra: PyTorch is not installed.
    """
    need("torch", "train")
    if len(set(labels)) < 2:
        raise UsageError(f"an embedding is taught by clips of at least 2 labels, got {len(set(labels))}")
    dims = {clip.points.shape[3] for clip in clips}
    if len(dims) > 1:
        raise UsageError("an embedding is taught by clips in 2D or in 3D, got both")
    start = start or shipped_embedding(dims.pop())
    _, kinds = np.unique(list(labels), return_inverse=True)
    body, layout = start.skeleton_, start.features.layout
    own = training_set([map_joints(clip, body) for clip in clips], layout)
    return _taught(start, own, kinds[own.clips], steps, rate, share, seed, progress)


def _made(kinds: int, seed: int, start: MotionEmbedding, variety: float = 1.0) -> tuple[TrainingSet, Array]:
    from ..bodies import motion_clips

    layout = start.features.layout
    view = "3d" if layout.dims == 3 else "2d"
    clips, labels = motion_clips(kinds, EACH, seed, view=view, fps=15.0, variety=variety)
    data = training_set([map_joints(clip, start.skeleton_) for clip in clips], layout)
    return data, np.array([int(label.split("-")[1]) for label in labels])[data.clips]


def _taught(
    start: MotionEmbedding, own: TrainingSet, kinds: Array, steps: int, rate: float, share: float, seed: int, progress: Any
) -> MotionEmbedding:
    import torch

    from .embedding_making import made_embedding
    from .embedding_training import EmbeddingRecipe, Source, answers, new_net, train_embedding

    torch.set_num_threads(1)
    recipe = replace(EmbeddingRecipe(), steps=steps, rate=rate, dilations=start.dilations)
    net = new_net(start.features, recipe)
    state = {name[4:]: torch.tensor(np.asarray(v, np.float32)) for name, v in start.arrays.items() if name.startswith("net.")}
    net.load_state_dict(state)
    made, made_kinds = _made(MADE, 4000 + seed, start)
    mine = round(64 * share)
    sources = [Source(own, kinds, mine), Source(made, made_kinds, 64 - mine)]
    net = train_embedding(sources, start.features, recipe, seed=seed, start=net, progress=progress)
    held, held_kinds = _made(HELD, 5000 + seed, start, variety=1.4)
    learned = [(answers(net, own, start.features), kinds), (answers(net, made, start.features), made_kinds)]
    return made_embedding(
        net,
        start.features,
        learned,
        held=(answers(net, held, start.features), held_kinds),
        dilations=start.dilations,
        about={"terms": "trained on clips of yours and on motion made by this package", "steps": steps, "seed": seed},
    )

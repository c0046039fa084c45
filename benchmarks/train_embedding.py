"""Makes the embeddings that ship with the package, from made motion alone.

    python benchmarks/train_embedding.py --view 3d --out src/kinesics/actions/data/motion3d.kin
    python benchmarks/train_embedding.py --view 2d --out src/kinesics/actions/data/motion2d.kin

Invents some thousand kinds of motion, has several people perform each, shows them to a made depth camera or picture camera,
trains, then whitens and calibrates on kinds that training did not see, and prints few-shot numbers on others again.
About 15 CPU minutes each; the same options give the same file on the same machine.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import replace
from typing import Any

import numpy as np

TERMS = "Apache-2.0. Trained on motion made by this package; no recorded data of anybody went in."


def made(kinds: int, examples: int, seed: int, view: str, variety: float = 1.0) -> tuple[Any, Any]:
    """Pieces of clips on the grid, and the kind of each."""
    from kinesics.actions.joints import map_joints
    from kinesics.actions.motion_layout import BODY, motion_layout
    from kinesics.actions.training_set import training_set
    from kinesics.bodies import motion_clips

    clips, labels = motion_clips(kinds, examples, seed, view=view, fps=15.0, variety=variety)
    data = training_set([map_joints(clip, BODY) for clip in clips], motion_layout(3 if view == "3d" else 2))
    return data, np.array([int(label.split("-")[1]) for label in labels])[data.clips]


def said(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--view", choices=("3d", "2d"), default="3d")
    options.add_argument("--kinds", type=int, default=4000)
    options.add_argument("--examples", type=int, default=5)
    options.add_argument("--steps", type=int, default=3000)
    options.add_argument("--batch", type=int, default=64, help="kinds a step")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--out", required=True)
    given = options.parse_args()

    import torch

    from kinesics.actions.embedding_making import made_embedding
    from kinesics.actions.embedding_training import EmbeddingRecipe, Source, answers, learn_features, train_embedding
    from kinesics.actions.motion_layout import motion_layout

    torch.set_num_threads(1)
    layout = motion_layout(3 if given.view == "3d" else 2)
    started = time.process_time()
    data, labels = made(given.kinds, given.examples, 1000 + given.seed, given.view)
    said(f"{len(data)} pieces of {given.kinds} kinds in {time.process_time() - started:.0f} CPU s")
    recipe = replace(EmbeddingRecipe(), steps=given.steps)
    features = learn_features(data, layout, recipe, np.random.default_rng(given.seed))
    fresh, fresh_labels = made(200, 8, 2000 + given.seed, given.view, variety=1.4)  # for whitening and what scores mean
    told: list[float] = []

    def progress(step: int, loss: float) -> None:
        told.append(loss)
        if step % 250 == 0:
            said(f"step {step}, loss {np.mean(told[-5:]):.3f}, {time.process_time() - started:.0f} CPU s")

    net = train_embedding([Source(data, labels, given.batch)], features, recipe, seed=given.seed, progress=progress)
    about = {
        "terms": TERMS,
        "made_with": {k: v for k, v in vars(given).items() if k != "out"},
        "cpu_seconds": round(time.process_time() - started),
    }
    kinds = np.zeros(data.clips.max() + 1, int)
    kinds[data.clips] = labels
    some = data.of(np.flatnonzero(kinds < 800))
    said_of = answers(net, some, features), kinds[some.clips]
    embedding = made_embedding(
        net, features, [said_of], held=(answers(net, fresh, features), fresh_labels), dilations=recipe.dilations, about=about
    )
    embedding.save(given.out)
    print(json.dumps({"out": given.out, **about["made_with"], **numbers(embedding, given)}))


def numbers(embedding: Any, given: argparse.Namespace) -> dict[str, Any]:
    """Few-shot numbers on kinds of motion that nothing saw."""
    from kinesics.bodies import motion_clips
    from kinesics.evaluate.fewshot import few_shot_numbers

    clips, labels = motion_clips(60, 8, 3000 + given.seed, view=given.view)
    people = [str(i % 8) for i in range(len(clips))]
    return few_shot_numbers(embedding.embed(clips), labels, people, embedding.head, way=5, shots=(1, 3, 5), episodes=200)


if __name__ == "__main__":
    main()

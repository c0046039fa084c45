"""Which faces of a dressed body show cloth, shoe, scalp or skin."""

from __future__ import annotations

import numpy as np

from ..types import Array
from .clothing import skin_places
from .materials import label
from .outfits import Outfit


def body_materials(own: Array, outfit: Outfit | None, faces: Array, rest: Array) -> Array:
    """(f,) labels of `MATERIALS` for the body's faces, both triangles of a quad alike.

    Args:
        own: (f,) what they are of without clothes.
        outfit: what is worn; None: nothing, and no hair.
        faces: (f, 3) in pairs.
        rest: (v, 3) the body at rest with the clothes on.
    """
    place = skin_places("full")
    quads = faces.reshape(-1, 6)[:, [0, 1, 2, 5]]
    out = own.reshape(-1, 2)[:, 0].copy()

    def most(values: Array) -> Array:
        return np.asarray(values[quads].mean(axis=1))

    bare = out == label("skin")
    out[bare & (most(place.scalp) > 0.5)] = label("scalp")
    if outfit is None:
        return np.repeat(out, 2)
    arm, leg, trunk, foot = most(place.arm), most(place.leg), most(place.trunk), most(place.foot)
    arms, hands = most(place.arm >= 0) > 0.5, most(place.hand)
    coverable = (out == label("skin")) | (out == label("nail"))
    if outfit.skirt == 0 and outfit.bottom != "none":
        worn = (leg > -0.45) & ~arms & (hands < 0.1) & (leg < outfit.leg + 0.03) & (foot < 0.5)
        out[coverable & worn] = label("bottom")
    if outfit.top != "none":
        worn = np.where(
            arms, (arm < outfit.sleeve + 0.04) & (hands < 0.5) & (outfit.sleeve > 0), (leg < outfit.hem + 0.03) & (trunk < 1.08)
        )
        out[coverable & worn] = label("top")
    if outfit.sole > 0 or outfit.shoe > 0:
        shod = coverable & (foot > 0.5)
        out[shod] = label("shoe")
        y = most(rest[:, 1])
        out[shod & (y > rest[:, 1].max() - 0.006 - 0.8 * outfit.sole)] = label("sole")
    return np.repeat(out, 2)

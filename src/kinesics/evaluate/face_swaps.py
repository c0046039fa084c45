"""Faces exchanged on purpose, by simple means: what a check of faces over time is measured with."""

from __future__ import annotations

import cv2
import numpy as np

from ..errors import UsageError
from ..sights.face import OVAL
from ..types import Array

__all__ = ["BLENDS", "swap"]

BLENDS = ("feather", "poisson", "small", "restless")
"""How a swap is made: a soft edge; gradients (Perez et al., Poisson image editing, 2003); drawn small and made larger, as
generators do; and with points that tremble."""
INNER = 0.88  # of the oval that is exchanged
GENERATED = 64  # pixels of a face that is "drawn small"
TREMBLE = 0.012  # of the face's height


def swap(image: Array, mesh: Array, donor: Array, donor_mesh: Array, blend: str = "feather", *, seed: int = 0) -> Array:
    """Put one face in the place of another.

    Args:
        image: (h, w, 3) uint8 RGB; it is not changed.
        mesh: (468, 2 or 3) pixels of the face in it that is replaced.
        donor: (h, w, 3) uint8 RGB, the picture that the new face comes from.
        donor_mesh: (468, 2 or 3) pixels of the face there.
        blend: one of `BLENDS`.
        seed: of what trembles.

    Returns:
        (h, w, 3) uint8.

    Raises:
        UsageError: nobody knows the blend.
    """
    if blend not in BLENDS:
        raise UsageError(f"a swap is made by one of {', '.join(BLENDS)}, not {blend!r}")
    mesh, donor_mesh = mesh[:, :2].astype(float), donor_mesh[:, :2].astype(float)
    height = float(np.ptp(mesh[:, 1]))
    if blend == "restless":
        random = np.random.default_rng(seed)
        mesh = mesh + random.normal(size=(1, 2)) * TREMBLE * height
        mesh = (mesh - mesh.mean(0)) * (1 + random.normal() * TREMBLE) + mesh.mean(0)
    low = np.maximum(np.floor(mesh.min(0)) - 2, 0).astype(int)
    high = np.minimum(np.ceil(mesh.max(0)) + 3, [image.shape[1], image.shape[0]]).astype(int)
    if (high - low < 8).any():
        return image.copy()
    window = (slice(low[1], high[1]), slice(low[0], high[0]))
    laid = _laid(donor, donor_mesh, mesh, low, high, small=blend == "small")
    hull = mesh[list(OVAL)].mean(0) + INNER * (mesh[list(OVAL)] - mesh[list(OVAL)].mean(0)) - low
    mask = np.zeros(laid.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(hull).astype(np.int32)], 255)
    result, under = image.copy(), image[window]
    laid = _toned(laid, under, mask > 0)
    if blend == "poisson":
        result[window] = _poisson(laid, under, mask)
        return result
    soft = cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), max(0.04 * height, 1.0))[..., None]
    result[window] = np.clip(under * (1 - soft) + laid * soft + 0.5, 0, 255).astype(np.uint8)
    return result


def _laid(donor: Array, source: Array, target: Array, low: Array, high: Array, small: bool) -> Array:
    """The donor's face bent to another's points, over the window from `low` to `high`."""
    from scipy.interpolate import LinearNDInterpolator

    ys, xs = np.mgrid[low[1] : high[1], low[0] : high[0]]
    where = LinearNDInterpolator(target, source)(np.stack([xs, ys], -1)).astype(np.float32)
    where[~np.isfinite(where)] = -1
    laid = cv2.remap(donor, where[..., 0], where[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if small and max(laid.shape[:2]) > GENERATED:
        size = laid.shape[1], laid.shape[0]
        share = GENERATED / max(size)
        less = cv2.resize(laid, (max(round(size[0] * share), 2), max(round(size[1] * share), 2)), interpolation=cv2.INTER_AREA)
        laid = cv2.resize(less, size, interpolation=cv2.INTER_CUBIC)
    return np.asarray(laid)


def _toned(laid: Array, under: Array, inside: Array) -> Array:
    """Mean and spread of colour taken over (Reinhard et al., Color transfer between images, 2001)."""
    a, b = (cv2.cvtColor(np.ascontiguousarray(x), cv2.COLOR_RGB2LAB).astype(np.float32) for x in (laid, under))
    if inside.sum() > 16:
        a = (a - a[inside].mean(0)) * (b[inside].std(0) + 1) / (a[inside].std(0) + 1) + b[inside].mean(0)
    return np.asarray(cv2.cvtColor(np.clip(a, 0, 255).astype(np.uint8), cv2.COLOR_LAB2RGB))


def _poisson(laid: Array, under: Array, mask: Array) -> Array:
    mask = mask.copy()
    mask[[0, -1]] = 0
    mask[:, [0, -1]] = 0
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return under.copy()
    centre = int(columns[0] + columns[-1] + 1) // 2, int(rows[0] + rows[-1] + 1) // 2
    return np.asarray(cv2.seamlessClone(laid, np.ascontiguousarray(under), mask, centre, cv2.NORMAL_CLONE))

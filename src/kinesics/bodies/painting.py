"""What is seen of a mesh -> a shaded picture: normals, light, gloss, warm edges of shadow on skin, clean edges.

A picture is drawn twice as large in both directions; where the four small pixels of a pixel show the same smooth surface
they are shaded once. Light is worked out in linear intensities. Skin scatters light: where it falls off, red falls off last
(the wrapped diffuse light of Green, "Real-time approximations to subsurface scattering", GPU Gems, 2004).
"""

from __future__ import annotations

import functools

import numba
import numpy as np

from ..types import Array

#: What kinds of surface there are, in the order of `looks`; the fourth channel of the sheet says which.
KINDS = ("skin", "lips", "cloth", "leather", "hair", "eye", "nail", "lens")
_STEPS = 4096


@functools.cache
def looks() -> Array:
    """(kinds, 8) float32: gloss, its sharpness, how far red, green and blue light reach round, light from behind, share of the
    dark of hollows, of light that comes from nowhere.
    """
    table = {
        "skin": (0.10, 14, 0.42, 0.24, 0.18, 0.22, 0.85, 0.0),
        "lips": (0.22, 26, 0.40, 0.26, 0.20, 0.15, 0.85, 0.0),
        "cloth": (0.03, 6, 0.20, 0.20, 0.20, 0.20, 1.00, 0.0),
        "leather": (0.20, 20, 0.10, 0.10, 0.10, 0.20, 1.00, 0.0),
        "hair": (0.13, 18, 0.34, 0.30, 0.28, 0.25, 1.00, 0.0),
        "eye": (0.35, 90, 0.45, 0.42, 0.42, 0.00, 0.55, 0.06),
        "nail": (0.30, 30, 0.40, 0.26, 0.20, 0.15, 0.85, 0.0),
        "lens": (0.30, 60, 0.10, 0.10, 0.10, 0.00, 1.00, 0.0),
    }
    return np.array([table[name] for name in KINDS], np.float32)


@functools.cache
def to_linear() -> Array:
    """(256,) float32: the light that a byte of a picture stands for."""
    value = np.arange(256) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).astype(np.float32)


@functools.cache
def to_bytes() -> Array:
    """(4097,) float32: the byte, not rounded, for light in steps of 1/4096; bright light is bent in softly."""
    light = np.arange(_STEPS + 1) / _STEPS * 2
    light = np.where(light > 0.7, 0.7 + 0.3 * np.tanh((light - 0.7) / 0.3), light)
    value = np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)
    return np.asarray(np.clip(value * 255, 0, 255), np.float32)


@numba.njit(cache=True, nogil=True)
def vertex_normals(vertices: Array, faces: Array) -> Array:
    """(v, 3) float32 unit normals, pointing out where corners run as those of the body do."""
    out = np.zeros((len(vertices), 3), np.float32)
    for f in range(len(faces)):
        i, j, k = faces[f, 0], faces[f, 1], faces[f, 2]
        ax, ay, az = vertices[j, 0] - vertices[i, 0], vertices[j, 1] - vertices[i, 1], vertices[j, 2] - vertices[i, 2]
        bx, by, bz = vertices[k, 0] - vertices[i, 0], vertices[k, 1] - vertices[i, 1], vertices[k, 2] - vertices[i, 2]
        x, y, z = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
        for corner in range(3):
            v = faces[f, corner]
            out[v, 0] += x
            out[v, 1] += y
            out[v, 2] += z
    for v in range(len(out)):
        x, y, z = out[v, 0], out[v, 1], out[v, 2]
        size = np.float32(1) / max(np.sqrt(x * x + y * y + z * z), np.float32(1e-12))
        out[v, 0], out[v, 1], out[v, 2] = x * size, y * size, z * size
    return out


@numba.njit(cache=True, nogil=True, inline="always")
def _shade(
    x: float,
    y: float,
    f: int,
    places: Array,
    faces: Array,
    normals: Array,
    bright: Array,
    corners: Array,
    pages: Array,
    boxes: Array,
    sheet: Array,
    tables: tuple[Array, Array],
    lights: Array,
    hollow: float,
) -> tuple[float, float, float]:
    """The light that comes from face f at a place of the picture, in 1/256 pixel."""
    look, linear = tables
    a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
    ax, ay = np.float32(places[a, 0] - x), np.float32(places[a, 1] - y)
    bx, by = np.float32(places[b, 0] - x), np.float32(places[b, 1] - y)
    cx, cy = np.float32(places[c, 0] - x), np.float32(places[c, 1] - y)
    one, half = np.float32(1), np.float32(0.5)
    wa, wb, wc = bx * cy - by * cx, cx * ay - cy * ax, ax * by - ay * bx
    whole = wa + wb + wc
    whole = one / whole if whole != 0 else np.float32(0)
    wa, wb = max(min(wa * whole, one), np.float32(0)), max(min(wb * whole, one), np.float32(0))
    wc = max(min(wc * whole, one), np.float32(0))
    whole = one / max(wa + wb + wc, np.float32(1e-6))  # a tiny face may miss the place that stands for it
    wa, wb, wc = wa * whole, wb * whole, wc * whole
    nx = wa * normals[a, 0] + wb * normals[b, 0] + wc * normals[c, 0]
    ny = wa * normals[a, 1] + wb * normals[b, 1] + wc * normals[c, 1]
    nz = wa * normals[a, 2] + wb * normals[b, 2] + wc * normals[c, 2]
    size = one / max(np.sqrt(nx * nx + ny * ny + nz * nz), np.float32(1e-6))
    size = -size if nz > np.float32(0.25) * np.sqrt(nx * nx + ny * ny + nz * nz) else size  # the back of a thin thing
    nx, ny, nz = nx * size, ny * size, nz * size
    # the sheet, between its four nearest pixels
    page = pages[f]
    u = wa * corners[f, 0, 0] + wb * corners[f, 1, 0] + wc * corners[f, 2, 0] + boxes[page, 4] - half
    v = wa * corners[f, 0, 1] + wb * corners[f, 1, 1] + wc * corners[f, 2, 1] + boxes[page, 5] - half
    left, top, wide, tall = int(boxes[page, 0]), int(boxes[page, 1]), int(boxes[page, 2]), int(boxes[page, 3])
    fu, fv = np.floor(u), np.floor(v)
    du, dv = u - fu, v - fv
    u0, v0 = int(fu), int(fv)
    u1, v1 = (u0 + 1) % wide, min(max(v0 + 1, 0), tall - 1)
    u0, v0 = u0 % wide, min(max(v0, 0), tall - 1)
    p, q = sheet[top + v0, left + u0], sheet[top + v0, left + u1]
    s, t = sheet[top + v1, left + u0], sheet[top + v1, left + u1]
    ka, kb, kc, kd = (one - du) * (one - dv), du * (one - dv), (one - du) * dv, du * dv
    red = ka * linear[p[0]] + kb * linear[q[0]] + kc * linear[s[0]] + kd * linear[t[0]]
    green = ka * linear[p[1]] + kb * linear[q[1]] + kc * linear[s[1]] + kd * linear[t[1]]
    blue = ka * linear[p[2]] + kb * linear[q[2]] + kc * linear[s[2]] + kd * linear[t[2]]
    near = p if (du < half) & (dv < half) else q if dv < half else s if du < half else t
    kind = int(near[3])
    gloss, sharp, wrap_r, wrap_g, wrap_b = look[kind, 0], look[kind, 1], look[kind, 2], look[kind, 3], look[kind, 4]
    open_sky = wa * bright[a] + wb * bright[b] + wc * bright[c]
    open_sky = one - look[kind, 6] * (one - open_sky * hollow)
    # hemisphere, then key and fill
    up = half - half * ny
    lr = (lights[0, 3] + (lights[1, 3] - lights[0, 3]) * up) * open_sky
    lg = (lights[0, 4] + (lights[1, 4] - lights[0, 4]) * up) * open_sky
    lb = (lights[0, 5] + (lights[1, 5] - lights[0, 5]) * up) * open_sky
    direct = half + half * open_sky
    shine = np.float32(0)
    for k in range(2, 4):
        d = nx * lights[k, 0] + ny * lights[k, 1] + nz * lights[k, 2]
        r = max((d + wrap_r) / (one + wrap_r), np.float32(0))
        g = max((d + wrap_g) / (one + wrap_g), np.float32(0))
        e = max((d + wrap_b) / (one + wrap_b), np.float32(0))
        lr += lights[k, 3] * r * direct
        lg += lights[k, 4] * g * direct
        lb += lights[k, 5] * e * direct
        h = nx * lights[k, 6] + ny * lights[k, 7] + nz * lights[k, 8]  # the way between light and eye
        if h > 0:
            shine += lights[k, 4] * h**sharp * direct
    edge = one + nz  # 0 facing, 1 at the outline
    edge = max(min(edge, one), np.float32(0))
    rim = edge * edge * edge * look[kind, 5] * max(np.float32(0.35) - half * ny, np.float32(0)) * open_sky
    shine = shine * gloss * (np.float32(0.4) + np.float32(1.6) * edge * edge)
    lift = look[kind, 7]
    return (
        red * (lr + lift) + shine * lights[2, 3] * half + rim * lights[4, 3],
        green * (lg + lift) + shine * lights[2, 4] * half + rim * lights[4, 4],
        blue * (lb + lift) + shine * lights[2, 5] * half + rim * lights[4, 5],
    )


@numba.njit(cache=True, nogil=True)
def paint(
    ids: Array,
    depth: Array,
    hollows: Array,
    places: Array,
    faces: Array,
    face_parts: Array,
    normals: Array,
    bright: Array,
    corners: Array,
    pages: Array,
    fine: Array,
    boxes: Array,
    sheet: Array,
    tables: tuple[Array, Array],
    out_bytes: Array,
    lights: Array,
    picture: Array,
    parts: Array,
) -> None:
    """Shade a picture of faces.

    Args:
        ids: (2h, 2w) int32 seen faces, -1 for none.
        depth: (2h, 2w) float32 metres.
        hollows: (h, w) float32, 1 in the open, less where something is close before it.
        places: (v, 2) int32 in 1/256 small pixel.
        faces: (f, 3) int32 with `face_parts` (f,) uint8 and `pages` (f,) uint8.
        face_parts: labels.
        normals: (v, 3) float32 in the camera's frame.
        bright: (v,) float32, how much of the sky each vertex sees.
        corners: (f, 3, 2) float32 places on the page.
        pages: (f,) uint8.
        fine: (pages,) bool, those whose small pixels are always shaded one by one.
        boxes: (pages, 6) float32 x, y, width, height, shift right, shift down on the sheet.
        sheet: (H, W, 4) uint8: colour, and the kind of surface.
        tables: `looks` and `to_linear`.
        out_bytes: `to_bytes`.
        lights: (5, 9) float32: ground, sky, key, fill, rim; direction towards it, colour, direction halfway to the eye.
        picture: (h, w, 4) uint8, filled: premultiplied.
        parts: (h, w) uint8, filled.
    """
    for y in range(picture.shape[0]):
        for x in range(picture.shape[1]):
            i, j, k, m = ids[2 * y, 2 * x], ids[2 * y, 2 * x + 1], ids[2 * y + 1, 2 * x], ids[2 * y + 1, 2 * x + 1]
            count = (i >= 0) + (j >= 0) + (k >= 0) + (m >= 0)
            if count == 0:
                picture[y, x, 0] = picture[y, x, 1] = picture[y, x, 2] = picture[y, x, 3] = parts[y, x] = 0
                continue
            red = green = blue = np.float32(0)
            smooth = count == 4 and pages[i] == pages[j] == pages[k] == pages[m] and not fine[pages[i]]
            if smooth:
                a, b, c, d = depth[2 * y, 2 * x], depth[2 * y, 2 * x + 1], depth[2 * y + 1, 2 * x], depth[2 * y + 1, 2 * x + 1]
                smooth = max(a, b, c, d) - min(a, b, c, d) < np.float32(0.02)
            step = 1 if smooth else 4
            for s in range(step):
                f = ids[2 * y + (s >> 1), 2 * x + (s & 1)]
                if f < 0:
                    continue
                px, py = 512 * x + 256 * (s & 1), 512 * y + 256 * (s >> 1)
                if smooth:
                    px, py = px + 128, py + 128
                r, g, b = _shade(
                    px, py, f, places, faces, normals, bright, corners, pages, boxes, sheet, tables, lights, hollows[y, x]
                )
                red, green, blue = red + r, green + g, blue + b
            share = np.float32(1) / np.float32(1 if smooth else count)
            alpha = np.float32(count) / np.float32(4)
            for channel, light in enumerate((red, green, blue)):
                at = min(max(int(light * share * np.float32(2048)), 0), 4096)
                picture[y, x, channel] = np.uint8(out_bytes[at] * alpha + np.float32(0.5))
            picture[y, x, 3] = np.uint8(np.float32(255) * alpha + np.float32(0.5))
            parts[y, x] = 0
            if count >= 2:
                first = i if i >= 0 else j if j >= 0 else k
                parts[y, x] = face_parts[first]

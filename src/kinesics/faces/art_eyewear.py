"""Glasses and sunglasses: a bent front, two arms that run back to the ears, and their shadow on the skin."""

from __future__ import annotations

import cv2
import numpy as np

from ..types import Array
from .brushes import Paper, bulge, curve, mirrored, soft
from .overlay import FaceFilter, Layer
from .surfaces import Surface, sheet, skin, window

__all__ = ["glasses", "sunglasses"]

LEFT, RIGHT, TOP, BOTTOM = 156.0, 356.0, 216.0, 308.0  # of the front
SHADOW = (148.0, 210.0, 364.0, 330.0)  # left, top, right, bottom
HINGE, EAR = 6.0, 98.0  # depth at which the arms begin and end


def glasses() -> FaceFilter:
    """Round horn-rimmed glasses with clear lenses."""
    outer = curve([(177, 236), (209, 228), (240, 238), (246, 260), (236, 284), (208, 292), (181, 283), (170, 260)])
    inner = curve([(182, 241), (209, 234), (235, 243), (240, 260), (231, 279), (208, 286), (186, 278), (176.5, 260)])
    bridge = curve(
        [
            (240, 246),
            (248, 240),
            (256, 238),
            (264, 240),
            (272, 246),
            (271, 252),
            (263, 246.5),
            (256, 245),
            (249, 246.5),
            (241, 252),
        ]
    )
    hinge = curve([(163, 241), (172, 240), (181, 238), (179, 252), (172, 250), (163, 251)])
    front, shadow = _front((outer, inner, bridge, hinge), (58, 36, 26), _clear)
    return FaceFilter((shadow, *_arms((58, 36, 26), (241, 251)), front), "glasses")


def sunglasses() -> FaceFilter:
    """Dark glasses with a browline frame."""
    outer = curve(
        [(168, 236), (205, 232), (238, 236), (248, 246), (245, 268), (230, 287), (203, 292), (180, 284), (168, 262), (164, 244)]
    )
    inner = curve(
        [
            (173, 241),
            (205, 237),
            (236, 241),
            (243, 248),
            (240, 267),
            (227, 282.5),
            (203, 287.5),
            (183.5, 280),
            (173, 260),
            (169.5, 246),
        ]
    )
    bridge = curve([(240, 237), (256, 236), (272, 237), (270, 246), (256, 243), (242, 246)])
    hinge = curve([(160, 238), (168, 236), (178, 238), (174, 252), (167, 252), (161, 250)])
    front, shadow = _front((outer, inner, bridge, hinge), (24, 24, 28), _dark)
    return FaceFilter((shadow, *_arms((24, 24, 28), (238, 250)), front), "sunglasses")


def _front(parts: tuple[Array, Array, Array, Array], colour: tuple[int, int, int], lens: object) -> tuple[Layer, Layer]:
    outer, inner, bridge, hinge = parts
    paper = Paper((RIGHT - LEFT, BOTTOM - TOP), 4.0, (LEFT, TOP))
    holes = paper.shape(inner, mirrored(inner))
    rim = paper.shape(outer, mirrored(outer)) * (1 - holes)
    rim = np.maximum(np.maximum(rim, paper.shape(bridge)), paper.shape(hinge, mirrored(hinge)))
    lens(paper, holes)  # type: ignore[operator]
    paper.lay(rim, colour)
    light = bulge(rim, 9)
    paper.lay(np.clip(light, 0, 1) ** 1.5, (255, 236, 214), 0.42)
    paper.lay(np.clip(-light, 0, 1), (0, 0, 0), 0.5)
    x, y = paper.grid()
    streak = np.exp(-(((x + 0.6 * y - 330) / 10) ** 2)) + np.exp(-(((x + 0.6 * y - 452) / 10) ** 2))
    paper.lay(rim * soft(streak.astype(np.float32), 2), (255, 245, 230), 0.12)
    return Layer(paper.picture(), _bent()), _shadow(rim, holes, lens is _dark)


def _clear(paper: Paper, holes: Array) -> None:
    """A breath of blue and two reflections."""
    x, y = paper.grid()
    paper.lay(holes, (205, 226, 240), 0.05)
    for middle in (207.0, 305.0):
        lean = (x - middle) + 0.75 * (y - 260)
        band = np.exp(-(((lean + 13) / 7) ** 4)) + 0.7 * np.exp(-(((lean - 4) / 2.6) ** 4))
        near = np.clip(1.35 - np.hypot((x - middle) / 34, (y - 260) / 30), 0, 1)
        paper.lay(holes * band * near, (255, 255, 255), 0.11)


def _dark(paper: Paper, holes: Array) -> None:
    """Smoke that is lighter below, a bright edge of sky above."""
    x, y = paper.grid()
    fall = np.clip((y - 236) / 54, 0, 1) + 0 * x
    tint = np.array([16, 17, 22]) + fall[..., None] ** 1.6 * np.array([58, 46, 40])
    paper.lay(holes, tint, 0.93)
    for middle in (206.0, 306.0):
        lean = (x - middle) + 0.8 * (y - 258)
        band = np.exp(-(((lean + 15) / 8) ** 4)) + 0.6 * np.exp(-(((lean - 3) / 3) ** 4))
        near = np.clip(1.2 - np.hypot((x - middle) / 36, (y - 252) / 30), 0, 1)
        paper.lay(holes * band * near, (190, 205, 225), 0.2)


def _bent() -> Surface:
    """The front: before the bridge of the nose in the middle, bent back to the hinges."""
    x, y = np.linspace(LEFT, RIGHT, 13), np.linspace(TOP, BOTTOM, 3)
    depth = -27 + 33 * np.abs((x - 256) / 100) ** 2.2
    lean = np.array([1.5, 0.0, -2.0])  # the lower edge is a little nearer to the cheeks
    return sheet(np.stack(np.broadcast_arrays(x[None], y[:, None], depth[None] - lean[:, None]), -1))


def _arms(colour: tuple[int, int, int], span: tuple[float, float]) -> tuple[Layer, Layer]:
    """Both arms, seen from outside."""
    paper = Paper((100, 28), 4.0)
    line = curve([(0, 7), (60, 8), (84, 9), (97, 20), (99, 24), (95, 26), (90, 18), (80, 14.5), (60, 14), (0, 16)])
    arm = paper.shape(line)
    paper.lay(arm, colour)
    paper.lay(np.clip(bulge(arm, 9), 0, 1), (255, 236, 214), 0.4)
    paper.lay(np.clip(-bulge(arm, 9), 0, 1), (0, 0, 0), 0.45)
    along = np.linspace(0, 1, 6)
    top, bottom = span[0] - 6.5, span[0] + 21.5
    places = np.empty((2, 6, 3))
    places[..., 0] = 157 - 2.5 * np.sin(np.pi * along)
    places[..., 1] = np.array([top, bottom])[:, None] + 8 * along[None]
    places[..., 2] = HINGE + (EAR - HINGE) * along
    right = places * [-1, 1, 1] + [512, 0, 0]
    picture = paper.picture()
    back = np.ascontiguousarray(picture[:, ::-1])
    return Layer(back, sheet(places[:, ::-1])), Layer(picture, sheet(right))


def _shadow(rim: Array, holes: Array, dark: bool) -> Layer:
    """What the glasses take away of the light on the skin: the rim's shadow a little lower, and under dark lenses more."""
    paper = Paper((SHADOW[2] - SHADOW[0], SHADOW[3] - SHADOW[1]), 1.0, SHADOW[:2])
    cast = np.maximum(rim, holes * (0.8 if dark else 0.1))
    small = cv2.resize(cast, (round(RIGHT - LEFT), round(BOTTOM - TOP)), interpolation=cv2.INTER_AREA)
    whole = np.zeros_like(paper.alpha)
    y, x = round(TOP - SHADOW[1]) + 7, round(LEFT - SHADOW[0])
    whole[y : y + small.shape[0], x : x + small.shape[1]] = small
    paper.lay(soft(whole, 3.5), (40, 18, 10), 0.34)
    return Layer(paper.picture(), window(skin(openings=True), SHADOW))

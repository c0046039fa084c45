"""Colours: who (one per id), which side (left, right), and the neutral ones.

The ten colours of ids were chosen in OKLab by taking, again and again, the colour farthest from all before it under normal,
protan, deutan and tritan sight (simulation: Machado, Oliveira, Fernandes 2009), with lightness 0.64 to 0.92 so that dark text
reads on each of them and each reads on a dark outline; then rounded by eye. Blue and orange are kept for left and right, the
one pair that all kinds of colour sight tell apart.
"""

from __future__ import annotations

Color = tuple[int, int, int]

LEFT: Color = (70, 170, 245)
RIGHT: Color = (255, 150, 40)
NOBODY: Color = (176, 176, 176)  # id -1: seen, but not yet somebody
INK: Color = (18, 20, 24)
PAPER: Color = (250, 250, 248)

IDS: tuple[Color, ...] = (
    (140, 250, 215),
    (255, 221, 40),
    (150, 140, 255),
    (242, 84, 66),
    (235, 85, 205),
    (80, 200, 120),
    (198, 243, 130),
    (205, 165, 215),
    (140, 212, 242),
    (255, 190, 140),
)


def id_color(identity: int) -> Color:
    """RGB of a person's id: the same id has the same colour in every picture, process and release; -1 is grey."""
    return IDS[identity % len(IDS)] if identity >= 0 else NOBODY

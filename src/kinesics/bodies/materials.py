"""What the faces of an actor are made of, for those who colour them."""

from __future__ import annotations

#: Names by label. `thing` is what is held or carried, `hat` what is on the head.
MATERIALS: tuple[str, ...] = (
    "skin", "lips", "eye_white", "iris", "pupil", "brow", "lash", "nail", "scalp", "hair", "mouth", "teeth", "tongue", "top",
    "bottom", "skirt", "shoe", "sole", "hat", "thing",
)  # fmt: skip

#: Pieces of `accessories` that are hair or worn on the head; the others are things.
_PIECES = {"bun": "hair", "hat": "hat", "cap": "hat", "woollen": "hat"}


def label(name: str) -> int:
    """The number of a material."""
    return MATERIALS.index(name)


def piece_material(name: str) -> int:
    """What one of an actor's pieces is made of."""
    return label(name if name in MATERIALS else _PIECES.get(name, "thing"))

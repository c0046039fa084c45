"""How large a person is in a picture, from the joints that are seen."""

from __future__ import annotations

import numpy as np

from ..types import Array

__all__ = ["LENGTHS", "SURE", "centimetre"]

LENGTHS = {  # cm between joints of a grown person
    (1, 2): 6.4,
    (3, 4): 15.5,
    (5, 6): 35.0,
    (5, 7): 28.0,
    (6, 8): 28.0,
    (7, 9): 25.0,
    (8, 10): 25.0,
    (5, 11): 50.0,
    (6, 12): 50.0,
    (11, 13): 41.0,
    (12, 14): 41.0,
    (13, 15): 40.0,
    (14, 16): 40.0,
}
SURE = 0.25  # least score of a joint that says something


def centimetre(points: Array, scores: Array) -> float:
    """Pixels a centimetre of a person: (17, 2), (17,) to a number; 0 where too little is seen.

    Foreshortening only shortens, so the second longest of the bones for their length says it; the longest may be a fault.
    """
    known = [
        float(np.linalg.norm(points[a] - points[b])) / length
        for (a, b), length in LENGTHS.items()
        if min(scores[a], scores[b]) > SURE
    ]
    return sorted(known)[-2 if len(known) > 1 else -1] if known else 0.0

"""One kind of clip from several: the same joints, and all in 2D where some are."""

from __future__ import annotations

from ..actions.joints import common_skeleton, map_joints
from ..errors import UsageError
from ..types import PoseSequence

__all__ = ["unify"]


def unify(clips: list[PoseSequence]) -> tuple[list[PoseSequence], list[str]]:
    """Clips with the joints that all of them have, found by name; z is left out where some have none.

    Returns:
        the clips, and a line of words for each change; skeletons without enough joints in common stay as they are.
    """
    notes = []
    deep = sum(clip.points.shape[3] == 3 for clip in clips)
    if 0 < deep < len(clips):
        clips = [_flat(clip) for clip in clips]
        notes.append(f"{deep} of {len(clips)} clips are 3D, the others 2D; all are used in 2D")
    bodies = {clip.skeleton.joints: clip.skeleton for clip in clips}
    if len(bodies) > 1:
        try:
            common = common_skeleton(list(bodies.values()))
            clips = [map_joints(clip, common) for clip in clips]
        except UsageError:
            return clips, notes
        names = ", ".join(sorted({body.name for body in bodies.values()}))
        notes.append(f"the clips have {len(bodies)} kinds of joints ({names}); the {len(common)} that all have are used")
    return clips, notes


def _flat(clip: PoseSequence) -> PoseSequence:
    return PoseSequence(clip.points[..., :2], clip.scores, clip.times, clip.skeleton, clip.ids, clip.size)

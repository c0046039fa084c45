"""Labelled clips from a folder: what an action model learns from and is judged by."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..errors import FormatError, KinesicsError, UsageError
from ..formats import read_sequence
from ..formats.registry import format_of
from ..types import PoseSequence
from .clip_cache import ClipCache
from .handed import unmirrored
from .listing import Entry, is_video, list_clips, part_name
from .main_people import main_people
from .unify import unify
from .upright import upright

__all__ = ["ActionSet", "load_clips", "read_actions"]

Step = Callable[[int, int, str], object]


@dataclass(frozen=True)
class ActionSet:
    """Clips with their labels, and what else is known of them; all lists run alongside.

    Attributes:
        clips: one or two people each; 3D has y down, and left on the left.
        labels: what each shows.
        subjects: who does it, "" where unknown.
        splits: column -> for each clip the part it belongs to there: "train", "test" …; "" for none.
        files: where each comes from, as the index or the folder calls it.
        notes: lines for people: what was turned, chosen, left out.
        unread: file -> why it could not be read.
        name: the folder or index that was read.
    """

    clips: list[PoseSequence]
    labels: list[str]
    subjects: list[str]
    splits: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)
    name: str = ""

    def __len__(self) -> int:
        return len(self.clips)

    def part(self, column: str, value: str) -> ActionSet:
        """The clips whose entry in a split column is `value`: `actions.part("split", "train")`.

        Raises:
            UsageError: no such column, or no clip with that value; those that exist are named.
        """
        values = self.column(column)
        at = [i for i, here in enumerate(values) if here == part_name(value)]
        if not at:
            there = ", ".join(sorted(set(values) - {""})) or "nothing"
            raise UsageError(f"the split column {column!r} has no part {value!r}; there is {there}")
        return self.take(at)

    def column(self, column: str) -> list[str]:
        """The part each clip belongs to in a split column.

        Raises:
            UsageError: there is no such column; those that exist are named.
        """
        if column not in self.splits:
            there = f"there are {', '.join(self.splits)}" if self.splits else "there are none (an index.csv can have them)"
            raise UsageError(f"no split column is called {column!r}; {there}")
        return self.splits[column]

    def take(self, at: Iterable[int]) -> ActionSet:
        """The clips at these indices."""
        at = list(at)
        return dataclasses.replace(
            self,
            clips=[self.clips[i] for i in at],
            labels=[self.labels[i] for i in at],
            subjects=[self.subjects[i] for i in at],
            splits={name: [values[i] for i in at] for name, values in self.splits.items()},
            files=[self.files[i] for i in at],
        )

    def __repr__(self) -> str:
        return f"ActionSet({len(self)} clips, {len(set(self.labels))} labels, splits {', '.join(self.splits) or 'none'})"


def read_actions(
    folder: str | Path,
    *,
    cache: str | Path | None = None,
    pose: str = "balanced",
    progress: Step | None = None,
) -> ActionSet:
    """Read labelled clips: folders by label, `train/` and `test/` with such folders, or a folder with `index.csv`.

    Clips are videos or files of poses, of any skeleton, in 2D or 3D. Videos become poses once: what was found is kept in
    `folder/.kinesics/` (or the user's cache, where that cannot be written), also when the work is interrupted. See
    `docs/data.md`.

    Args:
        folder: the data set, or an index file.
        cache: where poses of videos are kept; None for the places above.
        pose: what finds them: a tier or model, see `watch`.
        progress: called before each clip with its number from 0, how many there are, and its name.

    Returns:
        all clips that could be read; those that could not stand in `unread`.

    Raises:
        UsageError, FormatError: there is no such folder, no clip, no label, or not one clip can be read.
    """
    entries = list_clips(folder)
    place = Path(folder)
    store = ClipCache(place.parent if place.is_file() else place, cache, pose)
    read: list[tuple[Entry, PoseSequence]] = []
    crowded: list[str] = []
    unread: dict[str, str] = {}
    for number, entry in enumerate(entries):
        if progress is not None:
            progress(number, len(entries), entry.name)
        try:
            whole, tracked = _clip(entry, store)
            read.append((entry, main_people(whole, tracked=tracked)))
            crowded += [entry.name] if whole.points.shape[1] > max(read[-1][1].points.shape[1], 1) else []
        except KinesicsError as error:
            unread[entry.name] = " ".join(str(error).split())
    if not read:
        name, why = next(iter(unread.items()))
        raise FormatError(f"{folder}: none of {len(entries)} clips can be read; the first: {why or name}")
    notes = list(store.notes)
    if crowded:
        n = len(crowded)
        shown = f"{n} of {len(entries)} clips show others too" if n > 1 else f"{crowded[0]} shows others too"
        notes.append(f"{shown}; who is seen largest for longest is meant, or two where two are there all along")
    found = _gathered([entry for entry, _ in read], [clip for _, clip in read], notes)
    return dataclasses.replace(found, unread=unread, name=str(folder))


def _clip(entry: Entry, store: ClipCache) -> tuple[PoseSequence, bool]:
    """All people of a clip, and whether they were followed through a video (not put there by hand)."""
    video = is_video(entry.path)
    tracked = video or format_of(entry.path)[1].load is None
    clip = store.poses(entry.path) if video else read_sequence(entry.path)
    if entry.start is not None or entry.end is not None:
        low, high = entry.start or 0.0, np.inf if entry.end is None else entry.end
        clip = clip[(clip.times >= low) & (clip.times < high)]
    return clip, tracked


def _gathered(entries: list[Entry], clips: list[PoseSequence], notes: list[str]) -> ActionSet:
    clips, turned = upright(clips)
    clips, righted = unmirrored(clips)
    clips, changed = unify(clips)
    columns = list(entries[0].splits)
    return ActionSet(
        clips,
        [entry.label for entry in entries],
        [entry.subject for entry in entries],
        {name: [entry.splits[name] for entry in entries] for name in columns},
        [entry.name for entry in entries],
        [*notes, *turned, *righted, *changed],
    )


def load_clips(folder: str | Path, split: str | None = None, part: str | None = None) -> tuple[list[PoseSequence], list[str]]:
    """Clips and labels of a folder, as `ActionClassifier.fit` takes them.

    Args:
        folder: as `read_actions` takes it.
        split: a split column, with …
        part: … the part that is wanted: `load_clips("gym", "split", "train")`; None for all clips.

    Raises:
        UsageError: no such column or part; `read_actions`' errors.

    Example:
        >>> import kinesics as ks
        >>> clips, labels = ks.load_clips("gym/train")  # doctest: +SKIP
    """
    if split is not None and part is None:
        raise UsageError(f"a split column needs a part: load_clips(folder, {split!r}, 'train')")
    actions = read_actions(folder)
    if part is not None:
        actions = actions.part(split or "split", part)
    return actions.clips, actions.labels

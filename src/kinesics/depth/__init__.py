"""A depth picture to people: every pixel gets a part of the body, parts and votes become joints, joints a skeleton in metres.

After Shotton et al., "Real-time human pose recognition in parts from single depth images" (2011), Girshick et al., "Efficient
regression of general-activity human poses from depth images" (2011), and glimpse. Nothing heavy is imported
before it is asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_HOMES: dict[str, str] = {
    "Bones": "bones",
    "ConvertedDepth": "converting",
    "DEPTH_SOURCES": "sources",
    "DepthCamera": "live_depth",
    "DepthModel": "model_file",
    "DepthPeople": "people",
    "DepthSource": "source",
    "Floor": "floor",
    "Forest": "forest",
    "Found": "joints",
    "JointFilter": "prediction",
    "JointFinder": "joints",
    "SampleSet": "samples",
    "VOTED": "anatomy",
    "convert_depth": "converting",
    "find_floor": "floor",
    "load_model": "model_file",
    "make_samples": "gathering",
    "millimetres": "metres",
    "open_depth": "sources",
    "open_depth_model": "shipped",
    "open_live": "live_depth",
    "read_glimpse_set": "glimpse_sets",
    "read_glimpse_trees": "glimpse_trees",
    "register_depth_source": "sources",
    "save_depth": "writing",
    "save_model": "model_file",
    "synthesize": "synth",
    "train_depth": "making",
    "train_forest": "training",
    "write_glimpse_set": "glimpse_sets",
    "write_glimpse_tree": "glimpse_trees",
}

__all__ = sorted(_HOMES)

if TYPE_CHECKING:
    from .anatomy import VOTED as VOTED
    from .bones import Bones as Bones
    from .converting import ConvertedDepth as ConvertedDepth
    from .converting import convert_depth as convert_depth
    from .floor import Floor as Floor
    from .floor import find_floor as find_floor
    from .forest import Forest as Forest
    from .gathering import make_samples as make_samples
    from .glimpse_sets import read_glimpse_set as read_glimpse_set
    from .glimpse_sets import write_glimpse_set as write_glimpse_set
    from .glimpse_trees import read_glimpse_trees as read_glimpse_trees
    from .glimpse_trees import write_glimpse_tree as write_glimpse_tree
    from .joints import Found as Found
    from .joints import JointFinder as JointFinder
    from .live_depth import DepthCamera as DepthCamera
    from .live_depth import open_live as open_live
    from .making import train_depth as train_depth
    from .metres import millimetres as millimetres
    from .model_file import DepthModel as DepthModel
    from .model_file import load_model as load_model
    from .model_file import save_model as save_model
    from .people import DepthPeople as DepthPeople
    from .prediction import JointFilter as JointFilter
    from .samples import SampleSet as SampleSet
    from .shipped import open_depth_model as open_depth_model
    from .source import DepthSource as DepthSource
    from .sources import DEPTH_SOURCES as DEPTH_SOURCES
    from .sources import open_depth as open_depth
    from .sources import register_depth_source as register_depth_source
    from .synth import synthesize as synthesize
    from .training import train_forest as train_forest
    from .writing import save_depth as save_depth


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__

"""Believable synthetic orgs: seeded, of any size, with real places and a policy worth solving."""

from planner.generate.geography import Geography, Region, china, read_geography, united_states
from planner.generate.project import PRESETS, Generated, generate, sample

__all__ = [
    "PRESETS",
    "Generated",
    "Geography",
    "Region",
    "china",
    "generate",
    "read_geography",
    "sample",
    "united_states",
]

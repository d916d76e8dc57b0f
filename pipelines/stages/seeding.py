"""Stages with the seed of a draw: how a bake-off's seed reaches every stage that draws."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from pipelines.stages import loading
from pipelines.stages.contract import Stage, StageConfig

Draw: TypeAlias = tuple[int, int]
"""The bake-off's seed, and the number of the fit."""
FIRST_DRAW: Draw = (0, 0)
"""Leaves the seeds of a spec as they are."""
SEED = "seed"


def make(cls: type[Stage], config: StageConfig, draw: Draw = FIRST_DRAW) -> Stage:
    """The stage with its config, not fitted; one that draws is seeded for `draw`."""
    if not cls.draws or draw == FIRST_DRAW:
        return loading.make(cls, config)
    own = getattr(config, SEED, None)
    if isinstance(own, int):
        config = config.model_copy(update={SEED: _mixed(own, draw)})
    stage = loading.make(cls, config)
    stage.draw = draw
    return stage


def _mixed(own: int, draw: Draw) -> int:
    """A seed below 2^31, since some libraries take no more."""
    (state,) = np.random.SeedSequence([own & 0xFFFFFFFF, *draw]).generate_state(1)
    return int(state) & 0x7FFFFFFF

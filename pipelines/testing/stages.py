"""What candidate generators, rankers and rules share: a name, settings, an estimate."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from pydantic import ValidationError

from pipelines.runtime import stored
from pipelines.stages.contract import DataShape, Stage
from pipelines.stages.states import restored, state_of


class StageTests:
    """What candidate generators, rankers and rules share."""

    stage: ClassVar[type[Stage]]
    """The class under test."""
    settings: ClassVar[dict[str, Any]] = {}
    """The settings of its config under which it is tested; those left out have their defaults."""

    OTHER_MOMENT: ClassVar[int] = 100 * 86_400 + 7 * 3_600
    """Seconds to another day and another time of day, before or after a request."""

    def make(self) -> Any:
        """The stage with `settings`, not fitted."""
        return self.stage(self.stage.Config(**self.settings))

    def stored(self, fitted: Any, folder: Path) -> Any:
        """A new stage that took what a fitted one learned, by way of a file."""
        stored.dump(state_of(fitted), folder / "stage")
        return restored(self.make(), stored.load(folder / "stage"))

    def test_it_has_a_name_and_a_title(self) -> None:
        assert self.stage.name and self.stage.name == self.stage.name.lower()
        assert self.stage.title

    def test_what_does_not_draw_has_no_seed(self) -> None:
        assert self.stage.draws or "seed" not in self.stage.Config.model_fields

    def same_again(self) -> bool:
        """Whether a fit with the same settings must give the same.

        It must unless the stage draws and has no seed to draw from.
        """
        return not self.stage.draws or "seed" in self.stage.Config.model_fields

    def test_the_config_is_frozen_and_refuses_unknown_settings(self) -> None:
        with pytest.raises(ValidationError):
            self.stage.Config(**{**self.settings, "no_such_setting": 1})
        assert self.stage.Config.model_config["frozen"]

    def test_settings_have_defaults_and_descriptions(self) -> None:
        assert self.stage().config == self.stage.Config()
        for name, field in self.stage.Config.model_fields.items():
            assert field.description, f"the setting {name} has no description"

    def test_the_estimate_is_finite(self) -> None:
        for shape in (DataShape(1, 1, 1), DataShape(671, 9066, 100_004), DataShape(0, 0, 0)):
            found = self.make().estimate(shape)
            assert 0 <= found.seconds < np.inf
            assert 0 <= found.megabytes < np.inf
            assert found.refusal is None

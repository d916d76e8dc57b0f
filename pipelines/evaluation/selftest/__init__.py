"""Whether the checks of a bake-off name planted faults, and no honest contender."""

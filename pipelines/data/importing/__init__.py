"""From rows of any source to events: the recipe proposed, each step taken and counted."""

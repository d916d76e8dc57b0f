"""Checks that run in every bake-off: whether its numbers can be what they claim to be."""

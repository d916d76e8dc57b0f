"""Behavioral tests of contenders, beside accuracy metrics: docs/behavior.md."""

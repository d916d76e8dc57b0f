"""How contenders behave, beside how well they do: tests that they pass or fail."""

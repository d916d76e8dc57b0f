"""One file per page; each calls `components.page.show` with its `draw` function."""

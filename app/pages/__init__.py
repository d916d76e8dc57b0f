"""One file a page; each calls `components.page.show` with what it draws."""

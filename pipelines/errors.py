"""Errors that the user can fix, as opposed to bugs."""


class AssayError(Exception):
    """An error that the user can fix.

    The message is one sentence: what is wrong and what to do. Shown without a traceback.
    """


class Refused(AssayError):
    """A request that would not fit into memory or would be misleading; names an alternative."""


class MissingExtra(AssayError, ImportError):
    """A package that an extra of Assay installs is missing; the message names the extra."""

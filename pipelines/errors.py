"""Errors that the user can correct, as opposed to defects of Assay."""


class AssayError(Exception):
    """One sentence that says what is wrong and what to do; shown without a traceback."""


class Refused(AssayError):
    """What was asked would not fit or would not be true; the message names an alternative."""


class MissingExtra(AssayError, ImportError):
    """A package that an extra of Assay brings is not installed; the message says which."""

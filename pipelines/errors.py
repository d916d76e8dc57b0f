"""Errors that are a person's to mend, as opposed to defects."""


class AssayError(Exception):
    """One sentence that says what is wrong and what to do; shown without a traceback."""


class Refused(AssayError):
    """What was asked would not fit or would not be true; the message names an alternative."""

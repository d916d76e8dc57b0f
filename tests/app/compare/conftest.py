"""A bake-off with all that Compare shows, in a workspace with its dataset."""

import pytest

from tests.app.compared import bakeoff, keep


@pytest.fixture
def document():
    return bakeoff()


@pytest.fixture
def compared(filled, document):
    filled.save_bakeoff(document, dataset_version=1)
    keep(filled.bakeoff_folder(document.id))
    return filled

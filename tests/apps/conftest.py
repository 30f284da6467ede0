"""What the tests of one file build on, made once: with `rolled_back` each test's own writes are gone after it."""

import pytest

from conftest import connection_as


@pytest.fixture(scope="module")
def loaded(database_of_the_file: None) -> None:
    """The agencies, people, boards and dictionaries of request 042."""
    from apps import way  # needs Django's settings

    with connection_as("owner"):
        way.load()

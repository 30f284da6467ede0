"""What stands around a run, what of it is kept."""

import pytest

from charteroak.policy.job import kept_for_review
from charteroak.policy.workspace import Isolator, isolator_for


@pytest.mark.parametrize(
    ("invented", "repeats", "kept"),
    [(False, False, True), (True, False, False), (False, True, False), (True, True, False)],
)
def test_only_a_first_run_on_the_records_is_kept_for_review(
    invented: bool, repeats: bool, kept: bool
) -> None:
    assert kept_for_review(invented=invented, repeats=repeats) is kept


@pytest.mark.parametrize("own", Isolator)
def test_real_records_stay_behind_what_the_project_was_opened_with(own: Isolator) -> None:
    assert isolator_for(own, invented=False) == own
    assert isolator_for(own, invented=True) == Isolator.BUBBLEWRAP

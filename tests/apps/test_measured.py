"""No address that can be read is left out of the figures of the pages without a reason."""

from apps import crowd, doors, measured
from apps.measured import APART, DESTROYED, UNDRAFTED, UNOPENED
from apps.test_authorisation import signed_in
from apps.whole_way import Scene
from conftest import owner_beside


def test_every_address_that_can_be_read_is_measured_or_named_with_a_reason(at: Scene) -> None:
    seen = {measured.route(address, at) for address, _ in (*measured.pages(), *measured.files())}
    reads = {path for method, path in doors.matrix() if method == "GET"}
    assert all(APART.values())
    assert reads >= set(APART)
    apart = {measured.route(path, at) for path in APART}
    assert not seen & apart, "measured after all"
    missing = {path for path in reads if measured.route(path, at) not in seen | apart}
    assert not missing, f"measure these, or say why not in measured.py: {missing}"


def test_what_is_named_apart_shows_nobody_of_the_matrix_a_page() -> None:
    shown = [path for path in APART if measured.read(path)]
    assert not shown, f"these can be measured: {shown}"


def test_copies_at_other_stages_have_their_pages(at: Scene) -> None:
    with owner_beside():
        crowd.of_stages(UNDRAFTED, UNOPENED, DESTROYED)
    for address, actors in measured.AT_OTHER_STAGES.items():
        for actor in actors:
            answer = signed_in(actor).get(address)
            assert answer.status_code == 200, (address, actor, answer.status_code)

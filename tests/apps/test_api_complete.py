"""Whatever a person can do on a page, a program can do: each action's form has its address below /api/."""

import pytest

from apps import doors

# where the address of the act is written otherwise: page → below /api
RENAMED = {
    "/requests/new": "/requests/start",
    "/agreements/draft/001": "/agreements/001/draft",
    "/agreements/draft/002": "/agreements/002/draft",
    "/agreements/001/redline/{clause}": "/agreements/001/redline",
    "/agreements/001/sign/{party}": "/agreements/001/sign",
    "/agreements/retention": "/agreements/retention/record",
    "/hub/001/confirm/SDE": "/hub/001/confirm",
    "/hub/001/pairs/decide-pairs": "/hub/001/decide-pairs",
    "/outputs/001-2/files/{file}/adopt": "/outputs/001-2/adopt/{file}",
    "/outputs/001-2/files/{file}/remove": "/outputs/001-2/remove-file/{file}",
    "/outputs/001-2/files/{file}/vote": "/outputs/001-2/review",  # a program keeps its votes until all are made
}
# what is a browser's alone, and why
NO_PROGRAM = {
    "/accounts/logout": "a program comes with a token and has no session to leave",
    "/language": "a program chooses by Accept-Language",
}


def acts(*, program: bool) -> set[str]:
    """What can be sent, by the name that a page's address and its JSON share."""
    return {
        doors.twin(path.partition("?")[0])
        for method, path in doors.matrix()
        if method != "GET" and path.startswith("/api/") == program
    }


def test_every_act_of_a_page_is_below_api_or_says_why_not() -> None:
    pages, programs = acts(program=False), acts(program=True)
    missing = {page for page in pages - NO_PROGRAM.keys() if RENAMED.get(page, page) not in programs}
    assert not missing, f"give these an address below /api/, or say why not: {sorted(missing)}"
    assert len(pages) > 100


@pytest.mark.parametrize("listed", [RENAMED, NO_PROGRAM], ids=["renamed", "a browser's alone"])
def test_no_exception_outlives_its_page(listed: dict[str, str]) -> None:
    assert listed.keys() <= acts(program=False)


def test_what_has_an_address_of_its_own_needs_no_exception() -> None:
    assert not (RENAMED.keys() | NO_PROGRAM.keys()) & acts(program=True)

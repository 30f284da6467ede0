"""What a person does or reads on a page, a program does or reads: each has its address below /api/."""

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
SIGNING_IN = (
    "/accounts/login",
    "/accounts/first-sign-in",
    "/accounts/logout",
    "/accounts/signup",
    "/accounts/reauthenticate",
    "/accounts/password/change",
    "/accounts/password/set",
    "/accounts/2fa/authenticate",
    "/accounts/2fa/reauthenticate",
    "/accounts/2fa/totp/activate",
    "/accounts/2fa/totp/deactivate",
    "/accounts/2fa/recovery-codes/generate",
    "/accounts/2fa/webauthn/add",
    "/accounts/2fa/webauthn/reauthenticate",
    "/accounts/2fa/webauthn/keys/1/remove",
    "/accounts/2fa/webauthn/keys/1/edit",
    "/accounts/2fa/webauthn/login",
)
# what is a browser's alone, and why
NO_PROGRAM = {
    **dict.fromkeys(SIGNING_IN, "a program comes with a token: it has no session, and makes none"),
    "/language": "a program chooses by Accept-Language",
}


# where what a page shows is read otherwise: page → below /api
READ_ELSEWHERE = {
    "": "/worklist",
    "/catalog": "/catalog/variables",
    "/catalog/SDE/matching": "/catalog/variables",
    "/requests/fees": "/requests/fees/schedules",
    "/requests/002/columns": "/requests/002",  # whose answer names each column
    "/requests/001/columns": "/requests/001",
    "/submissions/hub.matching.recipient": "/submissions/hub/matching.recipient",
    "/board/motions/{motion}/packet": "/board/motions/{motion}/packet.pdf",
    "/outputs/classes": "/outputs/classes/listed",
    "/reports": "/reports/pipeline",
    "/audit": "/audit/events",
    "/reports/access": "/reports/access?day=2026-11-30",
    "/reports/access/offices": "/reports/access/offices?day=2026-11-30",
    "/catalog/variables.csv": "/catalog/variables",
    "/catalog/variables.xlsx": "/catalog/variables",
}
SAID_ALREADY = "a form to fill in: what it asks for stands in the description of its act"
# what no program reads, and why
NO_PROGRAM_READS = {
    "/how-it-works": "words for people",
    "/healthz": "a probe's own address",
    "/day/{day}.ics": "signed by the page that shows the day; a program has the day itself",
    "/day/forged.ics": "as above",
    "/language": "a program chooses by Accept-Language",
    "/catalog/law": "words for people; the law of each variable stands beside it in the catalog",
    "/agreements/001/seal": "whoever holds the sealed file checks its seal",
    "/hub/001/pairs": "names and birth days of people: clerks look at them, nothing takes them away",
    **dict.fromkeys(
        (
            "/agencies/add-person",
            "/agencies/join",
            "/requests/new",
            "/agreements/draft/001",
            "/exceptions/record/records-request",
            "/outputs/classes/define/001",
            "/inputs/ask/001",
        ),
        SAID_ALREADY,
    ),
}


def acts(*, program: bool) -> set[str]:
    """What can be sent, by the name that a page's address and its JSON share."""
    return {
        doors.twin(path.partition("?")[0])
        for method, path in doors.matrix()
        if method != "GET" and path.startswith("/api/") == program
    }


def reads(*, program: bool) -> set[str]:
    """What can be read, by the name that a page's address and its JSON share.

    Without the pages for signing in, which are a browser's, and the register, which is open to all as JSON and CSV.
    """
    return {
        doors.twin(path)
        for method, path in doors.matrix()
        if method == "GET"
        and path != "/api/"  # no address at all
        and path.startswith("/api/") == program
        and not path.startswith(("/accounts/", "/register/"))
    }


def test_every_act_of_a_page_is_below_api_or_says_why_not() -> None:
    pages, programs = acts(program=False), acts(program=True)
    missing = {page for page in pages - NO_PROGRAM.keys() if RENAMED.get(page, page) not in programs}
    assert not missing, f"give these an address below /api/, or say why not: {sorted(missing)}"
    assert len(pages) > 100


def test_every_page_that_shows_something_is_below_api_or_says_why_not() -> None:
    pages, programs = reads(program=False), reads(program=True)
    missing = {
        page for page in pages - NO_PROGRAM_READS.keys() if READ_ELSEWHERE.get(page, page) not in programs
    }
    assert not missing, f"give these an address below /api/, or say why not: {sorted(missing)}"
    assert len(pages) > 80


@pytest.mark.parametrize("listed", [READ_ELSEWHERE, NO_PROGRAM_READS], ids=["elsewhere", "no program's"])
def test_no_exception_for_reading_outlives_its_page(listed: dict[str, str]) -> None:
    assert listed.keys() <= reads(program=False)


def test_what_is_read_at_an_address_of_its_own_needs_no_exception() -> None:
    assert not (READ_ELSEWHERE.keys() | NO_PROGRAM_READS.keys()) & reads(program=True)


@pytest.mark.parametrize("listed", [RENAMED, NO_PROGRAM], ids=["renamed", "a browser's alone"])
def test_no_exception_outlives_its_page(listed: dict[str, str]) -> None:
    assert listed.keys() <= acts(program=False)


def test_what_has_an_address_of_its_own_needs_no_exception() -> None:
    assert not (RENAMED.keys() | NO_PROGRAM.keys()) & acts(program=True)

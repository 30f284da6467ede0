"""Which addresses the pages' figures are of: every one that can be read, or the reason why not.

Kept beside the authorisation matrix, so that a new address is in one of these places before it is in the site.
"""

from collections.abc import Iterator
from typing import Any

from apps import doors
from apps.test_lists import LISTS
from apps.whole_way import ACTORS

# Whole files: everything there is, however long the reader's list. Measured, and told apart from the pages.
WHOLE = (
    "/register/projects.json", "/register/projects.csv", "/catalog/variables.csv", "/catalog/variables.xlsx",
    "/api/catalog/variables",
)  # fmt: skip
FILES = {
    "/agreements/disclosures/": ("csv", "xlsx"),
    "/agreements/001/disclosures/": ("csv",),
    "/reports/figures/": ("csv", "xlsx", "pdf"),
}  # beside the lists
KINDS = ("csv", "xlsx", "ics")  # of every list

# What the scene's project is past: copies of it stand at other stages (`crowd.of_stages`).
UNDRAFTED, UNOPENED, DESTROYED = "15000", "15001", "15002"
AT_OTHER_STAGES = {
    f"/agreements/draft/{UNDRAFTED}/": ("counsel", "policy"),
    f"/agreements/{DESTROYED}/certificate/": ("steward", "auditor", "recipient"),
    f"/agreements/{DESTROYED}/certificate/identifiers/": ("steward", "auditor", "recipient"),
    f"/hub/{DESTROYED}/certificate/identifiers/": ("steward", "auditor", "hub"),
    f"/workspaces/open/{UNOPENED}/": ("enclave",),
    f"/api/agreements/{DESTROYED}/certificate": ("auditor",),
    f"/api/agreements/{DESTROYED}/certificate/identifiers": ("auditor",),
    f"/api/hub/{DESTROYED}/certificate/identifiers": ("auditor",),
    f"/api/workspaces/open/{UNOPENED}": ("enclave",),
}

WAITS = "waits for the process that holds the key, which does not run here; `bench enclave` has one beside"
AGAIN = (
    "asks for the password again or leads on: allauth's own, of the reader's account alone, without a record"
)
NONE = (
    "only for who has set a second factor up: allauth's own, of the reader's account alone, without a record"
)
LEADS_ON = {
    "/accounts/login/": "stranger",
    "/accounts/signup/": "stranger",
    "/accounts/logout/": "anonymous",
    "/accounts/2fa/webauthn/login/": "anonymous stranger",
}  # to another page, unless a program asks; the matrix knocks as a program
APART = {
    "/accounts/2fa/webauthn/login/": "a few bytes for the browser's own dialogue with a key, without a record",
    "/language/": "takes the reader's choice and leads back",
    "/api/": "no address: says so as JSON",
    "/register/001/001-1/flow.csv.receipt.json": WAITS,
    "/outputs/001-1/receipt/flow.csv.json": WAITS,
    "/outputs/001-2/files/{file}/": WAITS,
    "/inputs/{input}/file/": WAITS,
    "/reports/cases/001/evidence.zip": WAITS,
    "/audit/export/": WAITS,
    "/api/outputs/001-1/receipt/flow.csv.json": WAITS,
    "/api/outputs/001-2/files/{file}": WAITS,
    "/api/inputs/{input}/file": WAITS,
    "/api/reports/cases/001/evidence.zip": WAITS,
    "/api/audit/export": WAITS,
    "/api/submissions/001/finder-lists/{finder_list}": "as the page's, below",
    "/submissions/001/finder-lists/{finder_list}/": "the file itself, for DOL's steward, on record with each look",
    "/accounts/password/set/": "for accounts without a password, which there are none of",
    "/accounts/2fa/authenticate/": NONE,
    "/accounts/2fa/reauthenticate/": NONE,
    "/accounts/2fa/totp/activate/": AGAIN,
    "/accounts/2fa/totp/deactivate/": NONE,
    "/accounts/2fa/recovery-codes/": NONE,
    "/accounts/2fa/recovery-codes/generate/": AGAIN,
    "/accounts/2fa/recovery-codes/download/": NONE,
    "/accounts/2fa/webauthn/add/": AGAIN,
    "/accounts/2fa/webauthn/reauthenticate/": NONE,
    "/accounts/2fa/webauthn/keys/1/remove/": NONE,
    "/accounts/2fa/webauthn/keys/1/edit/": NONE,
}


def read(template: str) -> list[str]:
    """Who is let in and shown something; the home page is another for each."""
    if template == "/":
        return list(ACTORS)
    cells, led_on = doors.matrix()["GET", template], LEADS_ON.get(template, "").split()
    return [actor for actor, outcome in cells.items() if outcome == "200" and actor not in led_on]


def pages(stages: bool = True) -> Iterator[tuple[str, str]]:
    """(address, reader) of every page and every part of a list."""
    for method, template in doors.matrix():
        if method == "GET" and template not in WHOLE:
            yield from ((template, actor) for actor in read(template))
    for address, actors in AT_OTHER_STAGES.items() if stages else ():
        yield from ((address, actor) for actor in actors)


def files() -> Iterator[tuple[str, str]]:
    """(address, reader) of every file that holds a whole list: once, for the one with most to read."""
    for address, username in LISTS.items():
        reader = next(actor for actor, name in ACTORS.items() if name == username)
        yield from ((f"{address}?format={kind}", reader) for kind in KINDS)
    for address, kinds in FILES.items():
        yield from ((f"{address}?format={kind}", "auditor") for kind in kinds)
    yield from ((address, "anonymous") for address in WHOLE)


def route(address: str, at: Any) -> str:
    return doors.route_of(address.format(**vars(at)))

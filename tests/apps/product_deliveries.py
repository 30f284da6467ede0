"""Deliveries, keys and finder lists at every status, for the product by route."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from apps import hub_way, way
from apps.hub_way import NUMBER
from apps.product import Act, Scene, rules
from apps.product_doors import as_worker
from charteroak.adapters import clock, stores
from charteroak.adapters.stores import Store
from charteroak.agencies.models import Agency, RoleHeld
from charteroak.agreements.models import Agreement
from charteroak.policy import agency_key, delivery, finder_list
from charteroak.policy.delivery import FileKind
from charteroak.policy.roles import Role
from charteroak.submissions.models import AgencyKey, Delivery, FinderList

WATCH = frozenset({"hub", "policy", "auditor"})
STEWARDS = frozenset({"steward", "delegate", "steward_beside"})  # of agencies that contribute
READERS = WATCH | STEWARDS
ANOTHERS = {"steward_beside": frozenset({Role.DATA_STEWARD})}  # of CSC: no office towards another agency's


def agreement() -> Agreement:
    return Agreement.objects.get()


def numbered() -> dict[str, Any]:
    return {"number": NUMBER}


def of_room(room: str, action: Any, name: str, **more: Any) -> Act:
    door = f"/{room}/{{number}}/{name}"
    return Act(action, f"{door}/", f"/api{door}", label=name.partition("/")[0], **more)


def scene(lifecycle: str, status: Any, build: Callable[[], dict[str, Any]], *acts: Act, **more: Any) -> Scene:
    return Scene(lifecycle, status, build, acts, **{"sees": READERS, **more})


# Deliveries: of SDE.
def _file(_at: dict[str, Any]) -> dict[str, Any]:
    name = f"SDE.{NUMBER}.{clock.today():%m_%d_%Y}.matching.age"
    return {"file": SimpleUploadedFile(name, hub_way.encrypted("matching", b"x").read())}


RECEIVE = of_room("submissions", delivery.Action.RECEIVE, "deliver", body=_file)
REJECT = of_room("submissions", delivery.Action.REJECT, "deliveries/{pk}/reject")


def _sent(status: delivery.Status, agency: str = "SDE", kind: FileKind = FileKind.MATCHING) -> Delivery:
    """As its steward sent it, and as the hub's processes left it."""
    with as_worker("owner"):
        return Delivery.objects.create(
            agreement=agreement(), agency=Agency.objects.get(code=agency), kind=kind, file_name=f"{agency}.{kind}",
            status=status, ciphertext="0" * 64, size=1, received_by=way.person(way.STEWARDS[agency]),
            received_at=clock.now(),
        )  # fmt: skip


def accepted(*kinds: FileKind) -> dict[str, Any]:
    """Every contributor's files of these kinds."""
    for kind in kinds:
        for agency in way.STEWARDS:
            _sent(delivery.Status.ACCEPTED, agency, kind)
    return numbered()


def _files_gone() -> dict[str, Any]:
    with as_worker("owner"):
        agreement().duties.filter(what="identifiers").update(done_at=clock.now(), certificate={})
    return numbered()


def _delivery(status: delivery.Status) -> Scene:
    return scene(
        "delivery", status, lambda: {"number": NUMBER, "pk": _sent(status).pk}, REJECT,
        now=lambda at: Delivery.objects.get(pk=at["pk"]).status,
    )  # fmt: skip


DELIVERIES = (
    scene("delivery", None, numbered, RECEIVE, takes=ANOTHERS),
    scene(
        "delivery", None, lambda: accepted(FileKind.MATCHING), RECEIVE, takes=ANOTHERS, title="another accepted",
        against=rules(deliver="another_accepted"),
    ),
    scene(
        "delivery", None, _files_gone, RECEIVE, takes=ANOTHERS, title="its kind destroyed",
        against=rules(deliver="destroyed"),
    ),
    *(_delivery(status) for status in delivery.Status),
)  # fmt: skip


# Finder lists: DOL is asked, for the numbers of CSC's students.
def _dol() -> Agency:
    """Ben Cole is its steward here, and Dana Hill his delegate."""
    found = Agency.objects.get(code="DOL")
    with as_worker("owner"):
        RoleHeld.objects.filter(person=way.person("ben.cole"), role=Role.DATA_STEWARD).update(agency=found)
    return found


def _asked_of_dol() -> dict[str, Any]:
    _dol()
    return numbered()


def _key() -> AgencyKey:
    with as_worker("owner"):
        return AgencyKey.objects.create(
            agency=_dol(), recipient=stores.hub_recipient("analysis"), fingerprint="0",
            registered_by=way.person("ben.cole"), registered_at=clock.now(),
        )  # fmt: skip


def _ready() -> dict[str, Any]:
    _key()
    return accepted(FileKind.MATCHING)


def _ordered(ciphertext: str = "") -> dict[str, Any]:
    key, source = _key(), _sent(delivery.Status.ACCEPTED, "CSC")
    with as_worker("owner"):
        listed = FinderList.objects.create(
            agreement=agreement(), agency=key.agency, source=source, key=key, ordered_by=way.person("noor.haddad"),
            ordered_at=clock.now(), ciphertext=ciphertext,
        )  # fmt: skip
    return {"number": NUMBER, "pk": listed.pk}


def _made() -> dict[str, Any]:
    sealed = stores.vault(Store.INCOMING).put_ciphertext(io.BytesIO(b"sealed to DOL"), store=Store.INCOMING)
    return _ordered(sealed.sha256)


REGISTER = of_room(
    "submissions", agency_key.Action.REGISTER, "register-key",
    body=lambda _at: {"agency": "DOL", "recipient": stores.hub_recipient("analysis")},
)  # fmt: skip
ORDER = of_room("submissions", finder_list.Action.ORDER, "order-finder-list", body={"agency": "DOL"})
DOWNLOAD = Act(
    finder_list.Action.DOWNLOAD, "/submissions/{number}/finder-lists/{pk}/",
    "/api/submissions/{number}/finder-lists/{pk}", label="download", method="GET",
)  # fmt: skip
LISTS = (
    scene("agency_key", None, _asked_of_dol, REGISTER, takes=ANOTHERS),
    scene(
        "finder_list", None, numbered, ORDER, title="nothing to ask for, and no key",
        against=rules(**{ORDER.name: "key_missing source_missing"}),
    ),
    scene("finder_list", None, _ready, ORDER, title="ready"),
    scene(
        "finder_list", None, _ordered, ORDER, title="ordered already",
        against=rules(**{ORDER.name: "finder_list_ordered"}),
    ),
    scene("finder_list", finder_list.Status.ORDERED, _ordered, DOWNLOAD, sees=frozenset()),  # there is none yet
    scene("finder_list", finder_list.Status.MADE, _made, DOWNLOAD, sees=WATCH | {"steward", "delegate"}),
)  # fmt: skip
SCENES = DELIVERIES + LISTS
# What the hub's own processes do.
ELSEWHERE: dict[str, set[Any]] = {
    "delivery": {delivery.Action.ACCEPT, delivery.Action.DESTROY},
    "agency_key": set(),
    "finder_list": {finder_list.Action.MAKE},
}
# The next key is a record of its own, and none has a page.
NO_DOOR: dict[str, set[Any]] = {"agency_key": {agency_key.Status.REGISTERED}}

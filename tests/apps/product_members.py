"""Agencies' part in the initiative at every status, instruments and responsibilities, for the product by route."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from apps import way
from apps.product import SIGNED_IN, Act, Scene
from apps.test_membership import HEADS, WRITTEN, admitted, asked, become, sign
from charteroak.adapters import clock
from charteroak.agencies import membership as members
from charteroak.agencies.models import Agency
from charteroak.agencies.queries.membership import text_hash
from charteroak.policy import instrument, responsibility
from charteroak.policy.membership import Action, Status
from charteroak.policy.roles import Role

JUNE, SAM = "june.fisher", "sam.reyes"
SIGNATORIES = ("board", "signs_for", "recused", "chair")
KEEPS = frozenset({"policy", "counsel", "auditor", *SIGNATORIES})
NEW_HEAD = {"stranger": frozenset({Role.SIGNATORY})}  # of DCF, once it is admitted
BECAUSE = {"because": "Why."}


def _met(_at: dict[str, Any]) -> dict[str, Any]:
    return {"met_on": f"{clock.today()}", **BECAUSE}


def _written(_at: dict[str, Any]) -> dict[str, Any]:
    return {"received_on": f"{clock.today()}", **WRITTEN}


def _signed(at: dict[str, Any]) -> dict[str, Any]:
    return {"text_hash": at["text_hash"], "intent": "I sign."}


def _ticked(at: dict[str, Any]) -> dict[str, Any]:
    return {"text_hash": at["text_hash"], "intent": "on"}


def _act(action: Action, said: Action | None = None, **more: Any) -> Act:
    """`said` where the last of many such words is another step."""
    name = (said or action).value.replace("_", "-")
    door = f"/agencies/members/{{code}}/{name}"
    return Act(action, f"{door}/", f"/api{door}", label=(said or action).value, **more)


ASK = Act(
    Action.ASK_TO_JOIN, "/agencies/join/", "/api/agencies/join",
    body=lambda at: {"code": at["code"], "name": "Children", "kind": "state", **_written(at)},
)  # fmt: skip
ADMIT = _act(Action.ADMIT, Action.AGREE)
JOIN = _act(Action.JOIN, Action.SIGN, body=_signed, form=_ticked, in_person="sign_in_not_confirmed")
ACTS = (
    _act(Action.RECOMMEND, body=_met),
    _act(Action.AGREE),
    _act(Action.SIGN, body=_signed, form=_ticked, in_person="sign_in_not_confirmed"),
    _act(Action.REFUSE, body=_met),
    _act(Action.WITHDRAW, body=BECAUSE),
    _act(Action.SUSPEND, body=_met),
    _act(Action.REINSTATE, body=_met),
    _act(Action.LEAVE, body=BECAUSE),
    _act(Action.ASK_AGAIN, body=_written),
)


def _recommended() -> Agency:
    agency = asked()
    become(agency, Action.RECOMMEND, JUNE)
    return agency


def _one_head_left() -> Agency:
    """That of SDE."""
    agency = _recommended()
    for head in HEADS[1:]:
        members.agree(pk=agency.pk, by=way.person(head))
    return agency


def _without_the_chairs_agency() -> Agency:
    become(_oec(), Action.SUSPEND, JUNE, "A breach.")
    return _recommended()


def _own_signature_left() -> Agency:
    agency = admitted()
    for head in HEADS:
        sign(agency, head)
    return agency


def _refused() -> Agency:
    agency = admitted()
    become(agency, Action.REFUSE, JUNE, "Its safeguards have lapsed.")
    return agency


def _withdrawn() -> Agency:
    agency = asked()
    members.withdraw(pk=agency.pk, by=way.person(SAM), because="By its letter of today.")
    return agency


def _oec() -> Agency:
    return Agency.objects.get(code="OEC")


def _suspended() -> Agency:
    become(_oec(), Action.SUSPEND, JUNE, "A breach.")
    return _oec()


def _left() -> Agency:
    members.leave(pk=_oec().pk, by=way.person(JUNE), because="We merge.")
    return _oec()


def _at(build: Callable[[], Agency]) -> Callable[[], dict[str, Any]]:
    def built() -> dict[str, Any]:
        agency = build()
        return {"code": agency.code, "text_hash": text_hash(agency)}

    return built


def _now(at: dict[str, Any]) -> str:
    return Agency.objects.get(code=at["code"]).status


def _refusing(act: str, rule: str, *actors: str) -> dict[tuple[str, str], frozenset[str]]:
    return {(act, actor): frozenset({rule}) for actor in actors}


NOT_ITS_HEAD = _refusing("withdraw", "not_own_agency", *SIGNATORIES)
STAYS = _refusing("leave", "not_own_agency", "board", "signs_for", "recused")  # the chair is its head


def _scene(status: Status, build: Callable[[], Agency], title: str = "", **more: Any) -> Scene:
    given = {"sees": KEEPS, "acts": ACTS, "against": NOT_ITS_HEAD, **more}
    return Scene("membership", status, _at(build), now=_now, title=title, **given)


def _with_its_head(build: Callable[[], Agency], title: str = "", **more: Any) -> Scene:
    sees = KEEPS | {"stranger"}
    return _scene(Status.ADMITTED, build, title, **{"sees": sees, "gives": NEW_HEAD, **more})


MEMBERSHIPS = (
    Scene("membership", None, lambda: {"code": "DCF"}, (ASK,), SIGNED_IN),
    Scene(
        "membership", None, lambda: {"code": "OEC"}, (ASK,), SIGNED_IN, title="a member",
        against={("join", "policy"): frozenset({"known_already"})},
    ),
    _scene(Status.REQUESTED, asked),
    _scene(Status.RECOMMENDED, _recommended),
    _scene(
        Status.RECOMMENDED, _without_the_chairs_agency, "the chair’s agency is suspended",
        against=NOT_ITS_HEAD | _refusing("agree", "not_a_member", "chair"),
    ),
    _scene(
        Status.RECOMMENDED, _one_head_left, "one head is left", acts=(ADMIT,),
        against=_refusing("agree", "spoken_already", "recused", "chair"),
    ),
    _with_its_head(admitted),
    _with_its_head(
        _own_signature_left, "its own signature is left", acts=(JOIN,),
        against=_refusing("sign", "spoken_already", *SIGNATORIES),
    ),
    _scene(Status.PARTICIPATING, _oec, sees=SIGNED_IN, against=STAYS),
    _scene(Status.SUSPENDED, _suspended, sees=SIGNED_IN, against=STAYS),
    _scene(Status.LEFT, _left, sees=SIGNED_IN),
    _scene(Status.REFUSED, _refused, sees=KEEPS | {"stranger"}, gives=NEW_HEAD),
    _scene(Status.WITHDRAWN, _withdrawn),
)  # fmt: skip


def _law(at: dict[str, Any]) -> dict[str, Any]:
    return {
        "number": at["number"], "kind": "statute", "title": "A law", "citation": "CGS 1", "says": "Something.",
        "effective_on": f"{clock.today()}",
    }  # fmt: skip


def _passed(at: dict[str, Any]) -> dict[str, Any]:
    return {"kind": at["kind"], "agency": "DAS", "since": "2030-01-04", "under": "e-mou"}


RECORD = Act(
    instrument.Action.RECORD, "/agencies/instruments/record/", "/api/agencies/instruments/record", body=_law
)
TRANSFER = Act(
    responsibility.Action.TRANSFER, "/agencies/responsibilities/transfer/",
    "/api/agencies/responsibilities/transfer", body=_passed,
)  # fmt: skip
INSTRUMENTS = (
    Scene("instrument", None, lambda: {"number": "new-law"}, (RECORD,), SIGNED_IN),
    Scene(
        "instrument", None, lambda: {"number": "e-mou"}, (RECORD,), SIGNED_IN, title="on record already",
        against=_refusing("record", "known_already", "counsel"),
    ),
)  # fmt: skip
RESPONSIBILITIES = (
    Scene("responsibility", None, lambda: {"kind": "link"}, (TRANSFER,), SIGNED_IN),
    Scene(
        "responsibility", None, lambda: {"kind": "administer"}, (TRANSFER,), SIGNED_IN,
        title="of which the instrument says nothing", against=_refusing("transfer", "instrument_silent", "chair"),
    ),
)  # fmt: skip
SCENES = (*MEMBERSHIPS, *INSTRUMENTS, *RESPONSIBILITIES)
ELSEWHERE: dict[str, set[Any]] = {"membership": set(), "instrument": set(), "responsibility": set()}
# Another transfer, or another instrument, is a record of its own.
NO_DOOR: dict[str, set[Any]] = {
    "instrument": {instrument.Status.RECORDED},
    "responsibility": {responsibility.Status.HELD},
}

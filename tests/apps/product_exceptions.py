"""Matters, retention approvals and classes of outputs at every status, for the product by route."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from apps import way
from apps.product import SIGNED_IN, Act, Scene, rules
from charteroak.adapters import clock
from charteroak.agreements.models import Agreement
from charteroak.exceptions import actions
from charteroak.exceptions.models import Matter
from charteroak.outputs import classing
from charteroak.outputs.models import OutputClass
from charteroak.policy import output_class, retention
from charteroak.policy.matter import Action, Kind, Status
from charteroak.policy.roles import Role

Against = Mapping[tuple[str, str], frozenset[str]]
NOTHING: Against = {}
KEEP = frozenset({"counsel", "policy", "auditor"})  # see every matter; others what they recorded or own
TEAM = {actor: frozenset({Role.RECIPIENT}) for actor in ("author", "colleague")}
BECAUSE = {"because": "Why."}


def _today() -> str:
    return f"{clock.today()}"


def _each(act: str, rule: str, *who: str) -> dict[tuple[str, str], frozenset[str]]:
    """What speaks against this act for these actors alone."""
    return {(act, actor): frozenset(rule.split()) for actor in who}


OFFICES = ("steward", "delegate", "steward_beside", "unasked", "chair", "counsel", "policy", "hub", "enclave",
           "auditor")  # fmt: skip
MAY_RECORD: dict[Kind, tuple[dict[str, Any], tuple[str, ...]]] = {  # what is said of it, and by whom
    Kind.LEGAL_HOLD: ({"number": "001", "clocks": ["payload"]}, ("counsel",)),
    Kind.SUSPENSION: ({"number": "001"}, ("chair", "counsel", "policy")),
    Kind.SUBPOENA: ({"agency": "DOL", "asked_by": "A court", "wages": True}, ("counsel",)),
    Kind.BREACH: ({}, tuple(actor for actor in OFFICES if actor not in ("chair", "auditor"))),
    Kind.RECORDS_REQUEST: (
        {"agency": "SDE", "asked_by": "Somebody, 1 Main Street"},
        ("steward", "delegate", "steward_beside", "unasked", "counsel", "policy"),
    ),
    Kind.COMPLAINT: ({"asked_by": "Somebody"}, ("counsel", "policy")),
    Kind.AUDIT_FINDING: ({}, ("auditor",)),
}  # fmt: skip


def _recorded(kind: Kind) -> Scene:
    said, by = MAY_RECORD[kind]
    name = kind.value.replace("_", "-")
    act = Act(
        Action.RECORD, f"/exceptions/record/{name}/", f"/api/exceptions/record/{name}",
        body=lambda _at: {"what": "What happened.", "known_on": _today(), **said}, label="record",
    )  # fmt: skip
    others = (actor for actor in OFFICES if actor not in by)
    return Scene(
        "matter",
        None,
        dict,
        (act,),
        SIGNED_IN,
        against=_each("record", "another_office", *others),
        title=name,
    )


def _of_matter(action: Action, name: str = "", **more: Any) -> Act:
    name = name or action.value.replace("_", "-")
    return Act(action, f"/exceptions/{{pk}}/{name}/", f"/api/exceptions/{{pk}}/{name}", **more)


NOBODY = _of_matter(Action.HAND_OVER, body={"to": "no.such.person"}, label="hand-over to nobody")
OF_MATTERS = (
    _of_matter(Action.HAND_OVER, body={"to": "kim.tran"}),
    NOBODY,
    _of_matter(Action.DO, "do/{duty}", body={"how": "By mail."}, label="do"),
    _of_matter(Action.CLOSE, body={"outcome": "It is over.", "disclosed": True}),
)


def _matter(kind: Kind, by: str, *, done: bool = False) -> Matter:
    """On record; with its duties done where that is said, so that it can be closed."""
    made = actions.record(
        by=way.person(by), kind=kind, what="What happened.", known_on=clock.today(), **MAY_RECORD[kind][0]
    )
    for name in list(made.duties.values_list("name", flat=True)) if done else ():
        actions.do(pk=made.pk, by=way.person(by), duty=name, how="By mail.")
    return made


def _closed() -> Matter:
    made = _matter(Kind.BREACH, "ben.cole", done=True)
    actions.close(pk=made.pk, by=way.person("ann.weiss"), outcome="It is over.")
    return made


def _matters(
    status: Status,
    build: Callable[[], Matter],
    title: str,
    sees: frozenset[str] = KEEP,
    against: Against = NOTHING,
) -> Scene:
    def built() -> dict[str, Any]:
        made = build()
        duty = made.duties.earliest("pk").name
        return {"pk": made.pk, "duty": duty.replace("_", "-")}

    def now(at: dict[str, Any]) -> str:
        return Matter.objects.get(pk=at["pk"]).status

    acts = tuple(act for act in OF_MATTERS if status is Status.OPEN or act is not NOBODY)
    named = rules(**{NOBODY.name: "not_named"}) if NOBODY in acts else {}
    return Scene("matter", status, built, acts, sees, against=named | dict(against), now=now, title=title)


BY_STEWARD = KEEP | {"steward"}
ANOTHER_CLOSES = _each("close", "closed_by_another", "steward", "auditor")
NOT_HIS = _each("do", "not_yours_to_do", "auditor")  # who keeps them all, and does nobody's duty
MATTERS = (
    *(_recorded(kind) for kind in MAY_RECORD),
    _matters(
        Status.OPEN, lambda: _matter(Kind.BREACH, "ben.cole"), "a breach of SDE’s steward", BY_STEWARD,
        NOT_HIS | rules(close="duties_left")
        | _each("close", "closed_by_another duties_left", "steward", "auditor"),
    ),
    _matters(
        Status.OPEN, lambda: _matter(Kind.SUBPOENA, "ann.weiss"), "wages to a court",
        against=NOT_HIS | rules(close="duties_left wages_protected")
        | _each("close", "closed_by_another duties_left wages_protected", "policy", "auditor"),
    ),
    _matters(
        Status.OPEN, lambda: _matter(Kind.AUDIT_FINDING, "pat.lee"), "a finding of the auditor’s",
        against=rules(close="duties_left") | _each("close", "closed_by_another duties_left", "policy", "counsel"),
    ),
    _matters(Status.CLOSED, _closed, "a breach", BY_STEWARD),
)  # fmt: skip
APPROVE = Act(
    retention.Action.RECORD, "/agreements/retention/", "/api/agreements/retention/record", label="record",
    body=lambda _at: {
        "what": "payload", "series": "S1", "approval": "No. 7", "given_by": "Records", "approved_on": _today(),
    },
)  # fmt: skip
AHEAD = Act(
    retention.Action.RECORD, "/agreements/retention/", "/api/agreements/retention/record", label="ahead",
    body=lambda _at: {
        "what": "payload", "series": "S1", "approval": "No. 7", "given_by": "Records",
        "approved_on": f"{clock.today() + timedelta(days=1)}",
    },
)  # fmt: skip
APPROVALS = (
    Scene("retention", None, dict, (APPROVE, AHEAD), SIGNED_IN, against=rules(ahead="approved_ahead")),
)
ASKS, CLASS = output_class.Action, output_class.Status
DEFINE = Act(
    ASKS.DEFINE, "/outputs/classes/define/{number}/", "/api/outputs/classes/define/{number}", label="define",
    body=lambda _at: {
        "says": "Counts.", "statistics": ["count"], "minimum_people": 50,
        "until": f"{clock.today() + timedelta(days=30)}",
    },
)  # fmt: skip
FEWER = Act(
    ASKS.DEFINE, "/outputs/classes/define/{number}/", "/api/outputs/classes/define/{number}", label="fewer",
    body=lambda _at: {
        "says": "Counts.", "statistics": ["count"], "minimum_people": 1,
        "until": f"{clock.today() + timedelta(days=3000)}",
    },
)  # fmt: skip


def _of_class(action: output_class.Action, name: str, **more: Any) -> Act:
    door = f"/outputs/classes/of/{{number}}/{name}"
    return Act(action, f"{door}/", f"/api{door}", label=name.partition("/")[0], **more)


OF_CLASSES = (
    _of_class(ASKS.CONSENT, "consent/SDE"),
    _of_class(ASKS.TAKE_BACK, "take-back/SDE", body=BECAUSE),
    _of_class(ASKS.WITHDRAW, "withdraw", body=BECAUSE),
)


def _defined() -> OutputClass:
    return classing.define(
        agreement=Agreement.objects.get().pk, by=way.person("sam.reyes"), says="Counts.", statistics=["count"],
        minimum_people=50, until=clock.today() + timedelta(days=30),
    )  # fmt: skip


def _consented() -> OutputClass:
    made = _defined()
    classing.consent(pk=made.pk, by=way.person("ben.cole"), agency="SDE")
    return made


def _over() -> OutputClass:
    made = _defined()
    clock.move_to(clock.now() + timedelta(days=31))
    return made


def _taken() -> OutputClass:
    made = _consented()
    classing.withdraw(pk=made.pk, by=way.person("june.fisher"), because="Why.")
    return made


SEE = frozenset(  # of the project, of the contributors, and who decides, checks and audits
    {"author", "colleague", "steward", "delegate", "steward_beside", "board", "recused", "chair", "policy", "checker",
     "auditor"}
)  # fmt: skip
READ = SIGNED_IN - {"stranger"}  # of the agreement
BESIDE = ("steward_beside",)


def _class(
    status: output_class.Status, build: Callable[[], OutputClass], title: str = "", against: Against = NOTHING
) -> Scene:
    def now(at: dict[str, Any]) -> str:
        return OutputClass.objects.get(number=at["number"]).status

    return Scene(
        "output_class", status, lambda: {"number": build().number}, OF_CLASSES, SEE, gives=TEAM,
        against=against, now=now, title=title,
    )  # fmt: skip


NONE_GIVEN = rules(**{"take-back": "not_consented"}) | _each(
    "take-back", "not_a_contributor not_consented", *BESIDE
)
CLASSES = (
    Scene(
        "output_class", None, lambda: {"number": Agreement.objects.get().number}, (DEFINE, FEWER), READ, gives=TEAM,
        against=rules(fewer="class_below_threshold days_not_in_order"),
    ),
    _class(CLASS.DEFINED, _defined, "", NONE_GIVEN | _each("consent", "not_a_contributor", *BESIDE)),
    _class(
        CLASS.DEFINED, _consented, "SDE consents",
        rules(consent="consented_already") | _each("consent", "not_a_contributor", *BESIDE)
        | _each("take-back", "not_a_contributor not_consented", *BESIDE),
    ),
    _class(
        CLASS.DEFINED, _over, "its days are over",
        NONE_GIVEN | rules(consent="class_expired") | _each("consent", "class_expired not_a_contributor", *BESIDE),
    ),
    _class(CLASS.WITHDRAWN, _taken),
)  # fmt: skip
SCENES = MATTERS + APPROVALS + CLASSES
ELSEWHERE: dict[str, set[Any]] = {"matter": set(), "retention": set(), "output_class": set()}
# The next approval is a record of its own, and none has a page.
NO_DOOR: dict[str, set[Any]] = {"retention": {retention.Status.APPROVED}}

"""Classes of outputs cleared ahead: who sees them, how one stands today, which agencies it clears a request for."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.agencies.queries import agencies_where
from charteroak.agreements.models import Agreement, Recipient
from charteroak.agreements.queries import contributed_by, contributors, names, terms
from charteroak.board.models import Motion
from charteroak.board.queries import carried
from charteroak.disclosure import shipped, strictest
from charteroak.outputs.models import (
    ClassConsent,
    Clearance,
    ClearedAhead,
    OutputClass,
    OutputFile,
    ReleaseRequest,
)
from charteroak.policy import output_class
from charteroak.policy.decision import Decision
from charteroak.policy.output_class import Action, Facts, Judged, Status, falls_into, holds
from charteroak.policy.roles import Role

OFFICES = frozenset(
    {Role.POLICY_OFFICE, Role.AUDITOR, Role.OUTPUT_CHECKER, Role.BOARD_CHAIR, Role.BOARD_MEMBER}
)


def visible_to(person: Person) -> QuerySet[OutputClass]:
    """Those of a person's own projects, of their agency's as steward, all to those who decide, check and audit."""
    found = OutputClass.objects.select_related("agreement__data_request", "defined_by", "withdrawn_by")
    if person.is_active and person.roles(clock.today()) & OFFICES:
        return found
    named = Recipient.objects.filter(person=person).values("agreement")
    contributed = contributed_by(agencies_where(person, Role.DATA_STEWARD))
    return found.filter(Q(agreement__in=named) | Q(agreement__in=contributed))


def strictest_people(agreement: Agreement) -> int:
    """The fewest people that the strictest contributor lets a figure be about, by what is signed today."""
    return strictest(*map(shipped, terms(agreement).appetites)).minimum_people


def motion_on(record: OutputClass) -> Motion | None:
    return carried(Motion.Kind.PRECLEAR_OUTPUTS, record.agreement.data_request_id, record.number)


def standing(record: OutputClass) -> output_class.OutputClass:
    """The class as the board's motion, its own state and the text that is signed today leave it."""
    signed, motion = terms(record.agreement), motion_on(record)
    declared = motion.declared_at if motion else None
    return output_class.OutputClass(
        number=record.number,
        statistics=frozenset(record.statistics),
        minimum_people=record.minimum_people,
        until=record.until,
        strictest_people=strictest_people(record.agreement),
        days=signed.preclear_days,
        ends_on=min(signed.ends_on, record.agreement.last_day),
        carried_on=clock.day_of(declared) if declared else None,
        withdrawn=record.status == Status.WITHDRAWN,
    )


def holds_today(record: OutputClass) -> Decision:
    return holds(standing(record), clock.today())


def consents(record: OutputClass) -> QuerySet[ClassConsent]:
    """Those that stand: what is taken back counts no more."""
    return record.consents.filter(taken_back_at__isnull=True).select_related("agency", "by")


def judged(record: ReleaseRequest) -> list[Judged]:
    """Every file as the checks left it."""
    return [
        Judged(file.name, file.verdict == OutputFile.Verdict.PASS, frozenset(file.statistics), file.fewest)
        for file in record.files.all()
    ]


def judged_by(record: ReleaseRequest, found: Mapping[str, Mapping[str, Any]]) -> list[Judged]:
    """The same from the sealed results, which no page can write: other bytes than those were never judged."""
    files = []
    for file in record.files.all():
        one = found.get(file.name, {})
        same = one.get("sha256") == file.sha256
        files.append(
            Judged(file.name, same and passed(one), statistics_of(one) if same else frozenset(), fewest(one))
        )
    return files


def passed(found: Mapping[str, Any]) -> bool:
    """Whether a file can be rebuilt and passes every check, none left to a person."""
    return found.get("verdict") == "pass" and bool(found.get("derivable"))


def statistics_of(found: Mapping[str, Any]) -> frozenset[str]:
    return frozenset({found["statistic"]} if found.get("statistic") else ())


def fewest(found: Mapping[str, Any]) -> int | None:
    """Of the figures that are shown, people behind the one about the fewest; nobody at all is no person's."""
    shown = [row["figure_about"] for row in found.get("evidence", ()) if not row["state"]]
    return min((people for people in shown if people), default=None)


def ahead(record: ReleaseRequest, files: Sequence[Judged]) -> dict[str, ClassConsent]:
    """By agency's code its consent to a class into which every one of these files falls today."""
    found: dict[str, ClassConsent] = {}
    defined = OutputClass.objects.filter(agreement=record.workspace.agreement, status=Status.DEFINED)
    for one in defined.select_related("agreement__data_request"):
        given = list(consents(one))
        if given and falls_into(standing(one), files, clock.today()):
            for consent in given:
                found.setdefault(consent.agency.code, consent)
    return found


def lapsed(record: ReleaseRequest, files: Sequence[Judged] | None = None) -> list[str]:
    """Agencies that this round was cleared for by a class alone, which today would not clear it any more.

    `files` are as the sealed results have them, where they can be read; else as the checks left them on record.
    """
    by_class = cleared_by_class(record)
    if not by_class:
        return []
    return sorted(by_class - ahead(record, judged(record) if files is None else files).keys())


def cleared_ahead(record: ReleaseRequest) -> set[str]:
    """Agencies that this round was cleared for by a class."""
    return {one.consent.agency.code for one in record.cleared_ahead.all() if one.round == record.round}


def looked(record: ReleaseRequest) -> set[str]:
    """Agencies whose stewards have cleared this round itself."""
    return {one.agency.code for one in record.clearances.all() if one.round == record.round}


def clearances_ahead(record: ReleaseRequest) -> QuerySet[ClearedAhead]:
    """Of this round, save those in whose place the agency has looked itself since."""
    looked = record.clearances.filter(round=record.round).values("agency")
    return record.cleared_ahead.filter(round=record.round).exclude(consent__agency__in=looked)


def cleared_by_class(record: ReleaseRequest) -> set[str]:
    """Agencies that have not looked at this round themselves."""
    return cleared_ahead(record) - looked(record)


def not_cleared(record: ReleaseRequest) -> list[str]:
    cleared = looked(record) | cleared_ahead(record)
    return [code for code in contributors(record.workspace.agreement) if code not in cleared]


def still_to_clear(record: ReleaseRequest, judged: Sequence[Judged] | None = None) -> list[str]:
    """Agencies that must look at this round: never cleared, or by a class that would not clear it today."""
    return sorted({*not_cleared(record), *lapsed(record, judged)})


def cleared_at(record: ReleaseRequest) -> datetime | None:
    """When the last agency had cleared this round."""
    given: list[Clearance | ClearedAhead] = [*record.clearances.all(), *record.cleared_ahead.all()]
    return max((one.at for one in given if one.round == record.round), default=None)


def may(
    record: OutputClass, action: Action, person: Person, agency: str = "", because: str = "x"
) -> Decision:
    """Whether this person may do this with the class, as steward of `agency` where it is an agency's."""
    own = stewarded(person, record)
    given = set(consents(record).values_list("agency__code", flat=True))
    mine = [code for code in own if agency in ("", code)]
    known = Facts(
        actor_on_project=names(record.agreement, person),
        over=clock.today() > min(record.until, record.agreement.last_day),
        actor_agency_contributes=bool(mine),
        actor_agency_consents=bool(mine) and given >= set(mine),
        because_said=bool(because.strip()),
    )
    return output_class.LIFECYCLE.may(Status(record.status), action, person.roles(clock.today()), known)


def contributors_of(record: OutputClass) -> list[str]:
    """Codes of the agencies that clear its outputs, by what is signed today."""
    return sorted(terms(record.agreement).elements)


def stewarded(person: Person, record: OutputClass) -> list[str]:
    """The contributing agencies that this person is steward for."""
    own = {agency.code for agency in agencies_where(person, Role.DATA_STEWARD)}
    return [code for code in contributors_of(record) if code in own]


def latest_until(agreement: Agreement) -> date:
    """The last day of a class that is defined today: within the agreement, and so long as its text permits."""
    signed = terms(agreement)
    return min(signed.ends_on, agreement.last_day, clock.today() + timedelta(days=signed.preclear_days))


def may_define(
    agreement: Agreement,
    person: Person,
    statistics: Sequence[str] = (output_class.Statistic.COUNT,),
    people: int | None = None,
    until: date | None = None,
) -> Decision:
    """Whether this person may define a class for the agreement; what is not given is taken as in order."""
    signed, today = terms(agreement), clock.today()
    known = Facts(
        actor_on_project=names(agreement, person),
        days_permitted=signed.preclear_days if agreement.executed_on else 0,
        statistics_named=bool(statistics) and set(statistics) <= set(output_class.Statistic),
        below_threshold=people is not None and people < strictest_people(agreement),
        days_in_order=until is None or today <= until <= latest_until(agreement),
    )
    return output_class.LIFECYCLE.may(None, Action.DEFINE, person.roles(today), known)


def decisions(record: OutputClass, person: Person) -> dict[str, Decision]:
    """What this person may do now, or why not; only what their role is for."""
    offered = output_class.LIFECYCLE.offered(Status(record.status), person.roles(clock.today()))
    stewards = bool(stewarded(person, record))
    return {
        action.value: may(record, action, person)
        for action in offered
        if stewards or action is Action.WITHDRAW
    }

"""Every write about an agency's part in the initiative: it joins, is suspended, returns or leaves."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.confirmation import is_fresh
from charteroak.agencies.models import Agency, JoiningRequest, MemberWord, Person
from charteroak.agencies.queries.membership import PARTS, facts, newest_request, speaks_for
from charteroak.audit import actions as audit
from charteroak.policy.decision import refuse
from charteroak.policy.membership import LIFECYCLE, Action, Facts, Status


@transaction.atomic
def ask_to_join(
    *,
    by: Person,
    code: str,
    name: str,
    kind: str,
    received_on: date,
    address: str = "",
    telephone: str = "",
    **parts: str,
) -> Agency:
    """Take in an agency's written request to join; the data governing board has the next word."""
    known = Facts(parts_missing=_missing(parts), known=Agency.objects.filter(code=code).exists())
    LIFECYCLE.may(None, Action.ASK_TO_JOIN, by.roles(clock.today()), known).require()
    agency = Agency.objects.create(
        code=code, name=name, kind=kind, status=Status.REQUESTED, address=address, telephone=telephone,
        changed_by=by,
    )  # fmt: skip
    JoiningRequest.objects.create(
        agency=agency, received_on=received_on, entered_by=by, entered_at=clock.now(), **parts
    )
    audit.record("agencies:membership:ask_to_join", by=by, subject=agency, agency=code)
    return agency


@transaction.atomic
def ask_again(*, pk: int, by: Person, received_on: date | None, **parts: str) -> None:
    """Take in a new written request of an agency that was refused, withdrew or left: every step is taken again."""
    agency = Agency.objects.select_for_update().get(pk=pk)
    missing = _missing(parts) if received_on else ("day it came", *_missing(parts))
    _require(agency, Action.ASK_AGAIN, by, Facts(parts_missing=missing))
    JoiningRequest.objects.create(
        agency=agency, received_on=received_on or clock.today(), entered_by=by, entered_at=clock.now(),
        member_from=agency.joined_on, member_until=agency.left_on, **parts,
    )  # fmt: skip
    _become(agency, Action.ASK_AGAIN, by)
    _record(agency, Action.ASK_AGAIN, by)


def _missing(parts: dict[str, str]) -> tuple[str, ...]:
    return tuple(part for part in PARTS if not parts.get(part, "").strip())


def act(
    *,
    pk: int,
    by: Person,
    action: Action,
    met_on: date | None = None,
    because: str = "",
    text_hash: str = "",
    intent: str = "",
    received_on: date | None = None,
    confirmed_at: datetime | None = None,
    **parts: str,
) -> None:
    """Whatever may follow the written request, by its name: `met_on` goes with what a board decided."""
    match action:
        case Action.AGREE:
            agree(pk=pk, by=by)
        case Action.SIGN:
            sign(pk=pk, by=by, text_hash=text_hash, intent=intent, confirmed_at=confirmed_at)
        case Action.LEAVE:
            leave(pk=pk, by=by, because=because)
        case Action.WITHDRAW:
            withdraw(pk=pk, by=by, because=because)
        case Action.ASK_AGAIN:
            ask_again(pk=pk, by=by, received_on=received_on, **parts)
        case _:
            decide(pk=pk, by=by, action=action, met_on=met_on, because=because)


@transaction.atomic
def decide(*, pk: int, by: Person, action: Action, met_on: date | None, because: str = "") -> None:
    """What a board decided in its meeting: recommended, refused, suspended, reinstated."""
    agency = Agency.objects.select_for_update().get(pk=pk)
    known = facts(agency, action, by, met_on=met_on, because=because)
    _require(agency, action, by, known)
    _become(agency, action, by)
    _write(agency, action, by, met_on=met_on, because=because)
    _record(agency, action, by)


@transaction.atomic
def agree(*, pk: int, by: Person) -> None:
    """The head of a participating agency agrees that it joins; the last of them admits it."""
    agency = Agency.objects.select_for_update().get(pk=pk)
    _say(agency, Action.AGREE, Action.ADMIT, by, facts(agency, Action.AGREE, by))


@transaction.atomic
def sign(*, pk: int, by: Person, text_hash: str, intent: str, confirmed_at: datetime | None) -> None:
    """Sign the joinder that was shown (`text_hash`), meaning to; with the last signature the agency takes part.

    `confirmed_at` is when the signer last proved who they are; long ago, or never, is refused.
    """
    agency = Agency.objects.select_for_update().get(pk=pk)
    known = facts(agency, Action.SIGN, by, shown=text_hash, confirmed=is_fresh(confirmed_at))
    _require(agency, Action.SIGN, by, known)
    if not intent.strip():
        refuse("no_intent", _("Say that you mean to sign."), _("Tick the statement of intent.")).require()
    _say(agency, Action.SIGN, Action.JOIN, by, known, text_hash=text_hash, because=intent)


@transaction.atomic
def leave(*, pk: int, by: Person, because: str) -> None:
    """An agency leaves: from now on nothing of its records moves; what was sent is destroyed on its clocks."""
    _go(Action.LEAVE, pk, by, because)


@transaction.atomic
def withdraw(*, pk: int, by: Person, because: str) -> None:
    """An agency takes its request back before it takes part; what was said of it stays on record."""
    _go(Action.WITHDRAW, pk, by, because)


def _go(action: Action, pk: int, by: Person, because: str) -> None:
    agency = Agency.objects.select_for_update().get(pk=pk)
    _require(agency, action, by, facts(agency, action, by, because=because))
    _become(agency, action, by)
    _write(agency, action, by, speaker=agency, because=because)
    _record(agency, action, by)


def _say(agency: Agency, action: Action, whole: Action, by: Person, known: Facts, **more: str) -> None:
    """One head's word; when it was the last one missing, what all of them have done."""
    _require(agency, action, by, known)
    _write(agency, action, by, speaker=speaks_for(by, agency, action), **more)
    last = LIFECYCLE.may(Status(agency.status), whole, by.roles(clock.today()), facts(agency, whole, by))
    if last:
        _become(agency, whole, by)
    if last and whole is Action.JOIN:
        _write(agency, whole, by)  # from this day on its records may move: what a past day asks for
    _record(agency, whole if last else action, by)


def _require(agency: Agency, action: Action, by: Person, known: Facts) -> None:
    LIFECYCLE.may(Status(agency.status), action, by.roles(clock.today()), known).require()


def _become(agency: Agency, action: Action, by: Person) -> None:
    agency.status = LIFECYCLE.after(Status(agency.status), action)
    if action is Action.JOIN:
        agency.joined_on, agency.left_on = clock.today(), None
    if action is Action.LEAVE:
        agency.left_on = clock.today()
    agency.changed_by = by
    agency.save(update_fields=["status", "joined_on", "left_on", "changed_by"])


def _write(agency: Agency, action: Action, by: Person, **more: Any) -> None:
    MemberWord.objects.create(
        agency=agency, joining_request=newest_request(agency), act=action, on=clock.today(), by=by,
        at=clock.now(), **more,
    )  # fmt: skip


def _record(agency: Agency, action: Action, by: Person) -> None:
    audit.record(
        f"agencies:membership:{action}", by=by, subject=agency, agency=agency.code, status=agency.status
    )

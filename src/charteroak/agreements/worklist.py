"""Whose turn an agreement is, and the agreements that wait for a person."""

from datetime import timedelta

from django.db.models import Q, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.agencies.queries import agencies_where
from charteroak.agencies.worklist import IN_DEPTH, Item, Turn, foremost
from charteroak.agreements import clocks, retention
from charteroak.agreements.models import Agreement, DestructionDuty, Party, Recipient
from charteroak.agreements.queries import (
    DRAFTERS,
    decisions,
    researches,
    roles_of,
    signatures_wanted,
    to_draft,
    visible_to,
)
from charteroak.agreements.recall import signed_before
from charteroak.agreements.signed import together
from charteroak.policy import agreement, agreement_rules
from charteroak.policy.after_signature import WARNED
from charteroak.policy.roles import Role

UNFINISHED = (agreement.Status.DRAFTED, agreement.Status.IN_SIGNATURE, agreement.Status.TERMINATED)
RECENT = timedelta(days=30)
TURN = (
    "parties__agency",
    "parties__signature",
    "duties",
    "recalls",
)  # what `whose_turn` reads, for many at once
LISTED = 20  # records that a worklist shows before it leads to the whole list


def whose_turn(record: Agreement) -> str:
    """Who must do what next, in plain words; empty when nothing is left to do."""
    prefetch_related_objects([record], *TURN)
    status = agreement.Status(record.status)
    if status == agreement.Status.EXECUTED and record.ends_on < clock.today():
        status = agreement.Status.TERMINATED  # by its own last day
    begun = (agreement.Status.DRAFTED, agreement.Status.IN_SIGNATURE)
    if status in begun and record.ends_on < clock.today():
        return _("Counsel or policy office: withdraw it, for its last day is over")
    if status == agreement.Status.IN_SIGNATURE:
        waiting = sorted({p.agency.code for p in record.parties.all() if not hasattr(p, "signature")})
        return _("Signatories of %s: sign") % ", ".join(waiting)
    if status == agreement.Status.DRAFTED and record.recalls.all():
        return _("Counsel: give the recalled text its other words, open it for signature again")
    clock_runs = any(d.due_on for d in record.duties.all() if d.what == DestructionDuty.What.IDENTIFIERS)
    if status == agreement.Status.EXECUTED and clock_runs:
        return _("Named researchers: work in the enclave")  # every file came, the match is confirmed
    return {
        agreement.Status.DRAFTED: _("Counsel: read, redline, open for signature"),
        agreement.Status.EXECUTED: _("Agencies: send their files, encrypted to the hub"),
        agreement.Status.TERMINATED: _("Policy office: see everything destroyed, then close"),
    }.get(status, "")


def _ends_soon(record: Agreement) -> Item:
    """The applicant still has the time to ask for an extension."""
    title, who = _("%s ends soon") % record, _("The applicant: ask for an extension, or finish")
    return Item(title, record.data_request.get_absolute_url(), Turn.YOURS, who, record.ends_on)


def _approvals_wanted() -> list[Item]:
    """What comes near its day without a retention approval, the first due first; the room's own list holds them all."""
    near = retention.wanted().select_related("agreement")[:IN_DEPTH]
    title, who = (
        _("%(agreement)s, retention approval: %(what)s"),
        _("Policy office: put the approval on record"),
    )
    return [
        Item(
            title % {"agreement": one.agreement, "what": _(one.get_what_display())},
            retention.page_for(one.agreement.number, one.what), Turn.YOURS, who, one.due_on,
        )
        for one in near
    ]  # fmt: skip


def _concerns(person: Person, roles: frozenset[Role]) -> Q:
    """Whose agreements a worklist asks the rules about: not those that a person may merely read."""
    if roles & {*DRAFTERS, Role.ENCLAVE_OPERATOR}:
        return Q()
    if Role.SIGNATORY not in roles and not researches(person):
        return Q(pk__in=())
    signs = Party.objects.filter(agency__in=agencies_where(person, Role.SIGNATORY)).values("agreement")
    named = Recipient.objects.filter(person=person).values("agreement")
    return Q(pk__in=signs) | Q(pk__in=named)


def _waits_for(person: Person, record: Agreement) -> bool:
    """Whether it is this person who agrees on the text, winds the agreement up or signs it."""
    drafted, roles = record.status == agreement.Status.DRAFTED, person.roles(clock.today())
    if drafted and Role.COUNSEL in roles:
        return True
    may = decisions(record, person)
    winds_up = any(may.get(action) for action in (agreement.Action.DESTROY, agreement.Action.CLOSE))
    order = may.get(agreement.Action.DESTROY)
    lacks = [reason.rule for reason in order.reasons] if order is not None else []
    approves = Role.POLICY_OFFICE in roles and lacks == [agreement_rules.retention_unapproved.__name__]
    return winds_up or approves or bool(signatures_wanted(record, person))


def todo(person: Person) -> list[Item]:
    """Agreements to draft, sign or close, and those that a person waits for."""
    roles, today = person.roles(clock.today()), clock.today()
    waiting = list(to_draft()[:LISTED] if roles & DRAFTERS else ())
    due = clocks.due_days(waiting)
    found = [
        Item(_("Draft the agreement on %s") % request, reverse("draft_agreement", args=[request.number]),
             Turn.YOURS if Role.COUNSEL in roles else Turn.OTHERS, _("Counsel: draft it"), due.get(request.pk))
        for request in waiting
    ]  # fmt: skip
    if Role.POLICY_OFFICE in roles:
        found += _approvals_wanted()
    begun_or_over = Q(executed_on__gte=today - RECENT) | Q(ends_on__lt=today + WARNED)
    unfinished = Q(status__in=UNFINISHED) | Q(begun_or_over, status=agreement.Status.EXECUTED)
    concerned = visible_to(person).filter(unfinished, _concerns(person, roles))
    whole = Agreement.every.select_related("data_request").prefetch_related(*together(), "duties", "recalls")
    records = list(foremost(concerned.order_by("status", "ends_on", "pk"), whole))
    due = clocks.due_days(one.data_request for one in records if one.executed_on is None)
    for record in records:
        held = roles_of(person, record) & {*DRAFTERS, Role.SIGNATORY, Role.RECIPIENT}
        if record.status == agreement.Status.EXECUTED and record.ends_on >= today:
            ending = record.data_request.applicant_id == person.pk and record.ends_on - WARNED <= today
            if ending:
                found.append(_ends_soon(record))
            elif held:
                found.append(Item(_("%s is in force") % record, record.get_absolute_url(), Turn.FINISHED))
        elif record.recalls.all() and signed_before(record, person):
            title = _("Your signature on %s counts no longer: its text was recalled") % record
            found.append(Item(title, record.get_absolute_url(), Turn.OTHERS, whose_turn(record)))
        elif (mine := _waits_for(person, record)) or held:
            turn = Turn.YOURS if mine else Turn.OTHERS
            by_when = due.get(record.data_request_id)
            found.append(Item(str(record), record.get_absolute_url(), turn, whose_turn(record), by_when))
    return found

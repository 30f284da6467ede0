"""Runs and extracts that wait for a person."""

from dataclasses import replace

from django.db.models import Q
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.agencies.queries import agencies_where
from charteroak.agencies.worklist import Item, Turn, foremost
from charteroak.agreements import queries as agreements
from charteroak.agreements.models import Agreement, DestructionDuty
from charteroak.agreements.signed import together
from charteroak.hub.clocks import due_days
from charteroak.hub.models import Extract, LinkRun
from charteroak.hub.queries import (
    Duty,
    confirm_decision,
    extract_of,
    roles_of,
    run_of,
    start_decision,
    visible_to,
)
from charteroak.policy import extract as extract_rules
from charteroak.policy import link_run as link_rules
from charteroak.policy.delivery import FileKind
from charteroak.policy.roles import Role
from charteroak.submissions import queries as submissions

CONFIRMED_AT = [at for at, step in link_rules.LIFECYCLE.table if step is link_rules.Action.CONFIRM]


def todo(person: Person) -> list[Item]:
    """Runs and extracts that wait for this person, or for others."""
    if not person.roles(clock.today()) & {*submissions.WATCHERS, Role.DATA_STEWARD}:
        return []
    found = visible_to(person).filter(_waiting(person)).order_by("executed_on", "pk")
    whole = Agreement.objects.select_related("data_request", "version__data_request")
    tasks = [
        (record, task)
        for record in foremost(found, whole.prefetch_related(*together(), "duties"))
        for task in _tasks(record, person)
    ]
    due = due_days({record for record, _ in tasks}) if tasks else {}
    return [
        replace(task, by_when=task.by_when or due.get(record.data_request.number)) for record, task in tasks
    ]


def _waiting(person: Person) -> Q:
    """Agreements at a step that is this person's, or that the hub's people and stewards see others take.

    Whether it is allowed today the rules are asked one by one: of what is sought here it is never allowed elsewhere.
    """
    in_review = LinkRun.objects.filter(status=link_rules.Status.IN_CLERICAL_REVIEW)
    built = Extract.objects.filter(status=extract_rules.Status.BUILT)
    found = Q(pk__in=in_review.values("agreement")) | Q(pk__in=built.values("link_run__agreement"))
    for agency in agencies_where(person, Role.DATA_STEWARD):
        unconfirmed = LinkRun.objects.filter(status__in=CONFIRMED_AT).exclude(confirmations__agency=agency)
        found |= Q(pk__in=unconfirmed.values("agreement"))
    if Role.HUB_OPERATOR in person.roles(clock.today()):
        begun = LinkRun.objects.exclude(status=link_rules.Status.FAILED)
        unbegun = submissions.all_there(FileKind.MATCHING).exclude(pk__in=begun.values("agreement"))
        to_destroy = DestructionDuty.objects.filter(what=Duty.IDENTIFIERS, due_on__isnull=False, done_at=None)
        found |= Q(pk__in=unbegun.values("pk")) | Q(pk__in=to_destroy.values("agreement"))
    return found


def _tasks(record: Agreement, by: Person) -> list[Item]:
    """What is to be done now, each with a day of its own where it has one."""
    href, number = f"/hub/{record.number}/", record.number
    run, roles = run_of(record), roles_of(by, record)
    none_yet = run is None or run.status == link_rules.Status.FAILED
    if none_yet and link_rules.LIFECYCLE.offered(None, roles) and start_decision(record, by):
        return [Item(_("%s: start linking") % number, href, Turn.YOURS)]
    if run is None:
        return []
    extract = extract_of(record)
    in_review = run.status == link_rules.Status.IN_CLERICAL_REVIEW
    items = []
    if in_review:
        turn = Turn.YOURS if Role.HUB_OPERATOR in roles else Turn.OTHERS
        items.append(Item(_("%s: decide doubtful pairs") % number, f"{href}pairs/", turn, _("hub operator")))
    confirmable = run.status in CONFIRMED_AT and Role.DATA_STEWARD in roles
    for agency in agreements.contributors(record) if confirmable else ():
        if confirm_decision(run, by, agency):
            items.append(Item(_("%s: confirm the match") % number, href, Turn.YOURS))
    if extract and extract.status == extract_rules.Status.BUILT:
        turn = Turn.YOURS if Role.POLICY_OFFICE in roles else Turn.OTHERS
        items.append(Item(_("%s: review before access") % number, href, turn, _("policy office")))
    waiting = (one for one in record.duties.all() if one.due_on and not one.done_at)
    duty = next((one for one in waiting if one.what == Duty.IDENTIFIERS), None)
    if duty and Role.HUB_OPERATOR in roles:
        late = duty.due_on is not None and duty.due_on < clock.today()
        title = _("%s: destroy identifiers (overdue)") if late else _("%s: destroy identifiers")
        items.append(Item(title % number, href, Turn.YOURS, by_when=duty.due_on))
    return items

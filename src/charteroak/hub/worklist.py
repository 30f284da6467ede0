"""Runs and extracts that wait for a person."""

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.agencies.worklist import Item, Turn, foremost
from charteroak.agreements import queries as agreements
from charteroak.agreements.models import Agreement
from charteroak.agreements.signed import TOGETHER
from charteroak.hub.clocks import due_days
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
from charteroak.policy.roles import Role
from charteroak.submissions import queries as submissions


def todo(person: Person) -> list[Item]:
    """Runs and extracts that wait for this person, or for others."""
    today = clock.today()
    reviewed = Q(link_runs__extract__status__in=[extract_rules.Status.ORDERED, extract_rules.Status.BUILT])
    standing = Agreement.objects.filter(reviewed | Q(pk__in=submissions.waits().values("pk")))
    found = visible_to(person).filter(pk__in=standing.values("pk")).order_by("executed_on", "pk")
    whole = Agreement.objects.select_related("data_request", "version__data_request")
    looked_at = foremost(found, whole.prefetch_related(*TOGETHER, "duties"))
    due = due_days(looked_at)
    return [
        item
        for record in looked_at
        for item in _items(record, person, today, due.get(record.data_request.number))
    ]


def _items(record: Agreement, by: Person, today: date, due: date | None) -> list[Item]:
    href, number = f"/hub/{record.number}/", record.number
    run, roles = run_of(record), roles_of(by, record)
    none_yet = run is None or run.status == link_rules.Status.FAILED
    if none_yet and link_rules.LIFECYCLE.offered(None, roles) and start_decision(record, by):
        return [Item(_("%s: start linking") % number, href, Turn.YOURS, by_when=due)]
    if run is None:
        return []
    extract = extract_of(record)
    in_review = run.status == link_rules.Status.IN_CLERICAL_REVIEW
    items = []
    if in_review:
        turn = Turn.YOURS if Role.HUB_OPERATOR in roles else Turn.OTHERS
        items.append(
            Item(_("%s: decide doubtful pairs") % number, f"{href}pairs/", turn, _("hub operator"), due)
        )
    confirmable = (link_rules.Status(run.status), link_rules.Action.CONFIRM) in link_rules.LIFECYCLE.table
    for agency in agreements.contributors(record) if confirmable and Role.DATA_STEWARD in roles else ():
        if confirm_decision(run, by, agency):
            items.append(Item(_("%s: confirm the match") % number, href, Turn.YOURS, by_when=due))
    if extract and extract.status == extract_rules.Status.BUILT:
        turn = Turn.YOURS if Role.POLICY_OFFICE in roles else Turn.OTHERS
        items.append(Item(_("%s: review before access") % number, href, turn, _("policy office"), due))
    waiting = (one for one in record.duties.all() if one.due_on and not one.done_at)
    duty = next((one for one in waiting if one.what == Duty.IDENTIFIERS), None)
    if duty and Role.HUB_OPERATOR in roles:
        late = duty.due_on is not None and duty.due_on < today
        title = _("%s: destroy identifiers (overdue)") if late else _("%s: destroy identifiers")
        items.append(Item(title % number, href, Turn.YOURS, by_when=duty.due_on))
    return items

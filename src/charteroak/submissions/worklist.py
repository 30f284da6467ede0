"""Files that wait for a steward to send them, and finder lists that wait for the hub."""

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.models import Agency, Person
from charteroak.agencies.queries import agencies_where
from charteroak.agencies.worklist import Item, Turn, foremost
from charteroak.agreements.models import Agreement
from charteroak.policy.delivery import FileKind
from charteroak.policy.roles import Role
from charteroak.submissions.clocks import due_days
from charteroak.submissions.queries import expected, files_read, finder_source, visible_to, waits


def todo(person: Person) -> list[Item]:
    """Files that a steward has to send, and finder lists that the hub has to order."""
    own = set(agencies_where(person, Role.DATA_STEWARD))
    operator = Role.HUB_OPERATOR in person.roles(clock.today())
    if not own and not operator:
        return []
    running = visible_to(person).filter(_runs(clock.today()), pk__in=waits().values("pk"))
    whole = Agreement.objects.select_related("data_request").prefetch_related("clauses", *files_read())
    looked_at = list(foremost(running.order_by("executed_on", "pk"), whole))
    due = due_days(looked_at)
    return [item for record in looked_at for item in _items(record, own, operator, due[record.pk])]


def _runs(on: date) -> Q:
    return Q(starts_on__lte=on, ends_on__gte=on, ended_on__isnull=True)


def _items(record: Agreement, own: set[Agency], operator: bool, due: dict[str, date]) -> list[Item]:
    href = f"/submissions/{record.number}/"
    items = []
    for file in expected(record):
        if file.accepted:
            continue
        words = {"number": record.number, "kind": _(file.kind.value), "agency": file.agency.code}
        title = _("%(number)s: the %(kind)s file of %(agency)s") % words
        ordering = bool(file.waits_for) and file.kind is FileKind.MATCHING
        if file.agency in own and ordering and not file.agency.keys.exists():
            items.append(Item(_("Register the key of %s") % file.agency.code, href, Turn.YOURS))
        if file.agency in own:
            turn = Turn.OTHERS if file.waits_for else Turn.YOURS
            who, by_when = _("hub operator") if file.waits_for else "", due.get(file.agency.code)
            items.append(Item(title, href, turn, who, by_when))
        elif operator and ordering and finder_source(record, file.agency):
            items.append(Item(_("%s: order the finder list") % record.number, href, Turn.YOURS))
        elif operator:
            items.append(Item(title, href, Turn.OTHERS, file.agency.code, due.get(file.agency.code)))
    return items

"""The consent of a nation to the use of records about its members: who has given it, and whether it stands."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import QuerySet

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.catalog.models import Variable
from charteroak.catalog.queries import law_on
from charteroak.policy import consent, legal
from charteroak.policy.decision import Decision
from charteroak.policy.legal import Law
from charteroak.policy.roles import Role
from charteroak.requests.changes import family
from charteroak.requests.models import DataRequest, NationConsent


def of(record: DataRequest) -> QuerySet[NationConsent]:
    """Every consent on record for the project, whichever of its requests it was given to."""
    found = NationConsent.objects.filter(data_request__in=family(record))
    return found.select_related("paper__data_request", "recorded_by", "withdrawn_by", "data_request")


def standing(record: DataRequest, on: date) -> list[NationConsent]:
    """The consents that hold on that day; none as long as the latest that a nation had given by then does not."""
    known = of(record).filter(recorded_at__lt=clock.midnight(on + timedelta(days=1)))
    latest = {one.nation.casefold(): one for one in known.order_by("pk")}.values()
    return list(latest) if all(_holds(one, on) for one in latest) else []


def _holds(one: NationConsent, on: date) -> bool:
    """Taken back, it holds no more on the very day."""
    kept = one.withdrawn_at is None or clock.day_of(one.withdrawn_at) > on
    return kept and one.given_on <= on <= one.until


def stands(record: DataRequest, on: date, nations: Iterable[str]) -> bool:
    """Whether every consent on record for the project holds, and among them those of the nations named."""
    given = standing(record, on)
    return bool(given) and {one.nation.casefold() for one in given} >= {one.casefold() for one in nations}


def asked(variables: Iterable[Variable]) -> bool:
    """Whether the law on these columns asks for a nation's consent."""
    return any(rule.lifted_by_consent for rule in law_on(variables).rules)


def nations_of(variables: Iterable[Variable]) -> list[str]:
    """The nations whose members these columns tell of, as the agencies' dictionaries name them."""
    return sorted({nation for one in variables for nation in legal.nations_in(one.regime)})


def lacking(record: DataRequest, variables: Iterable[Variable]) -> list[Variable]:
    """Those of these columns that wait for a consent: of the nations they name, of any where they name none."""
    waiting = [one for one in variables if asked([one])]
    if not waiting:
        return []
    given = {one.nation.casefold() for one in standing(record, clock.today())}
    return [one for one in waiting if not given or not {n.casefold() for n in nations_of([one])} <= given]


def lifted(record: DataRequest, law: Law, variables: Iterable[Variable]) -> Law:
    """The law on these columns of this request as it is today: without what the consents on record lift."""
    return law.with_consent() if law.without_consent and not lacking(record, variables) else law


def facts(record: DataRequest, by: Person, **said: object) -> consent.Facts:
    over = record.status in ("declined", "withdrawn")
    on_team = record.applicant_id == by.pk or record.team.filter(person=by).exists()
    return consent.Facts(request_over=over, actor_on_team=on_team, **said)  # type: ignore[arg-type] # by their names


def may_record(record: DataRequest, by: Person, **said: object) -> Decision:
    roles = by.roles(clock.today())
    return consent.LIFECYCLE.may(None, consent.Action.RECORD, roles, facts(record, by, **said))


def may_withdraw(one: NationConsent, by: Person, because: str) -> Decision:
    known = facts(one.data_request, by, because_said=bool(because.strip()))
    status = consent.Status(one.status)
    return consent.LIFECYCLE.may(status, consent.Action.WITHDRAW, by.roles(clock.today()), known)


def records_them(by: Person) -> bool:
    """Whether one of this person's offices records consents."""
    return bool(by.roles(clock.today()) & {Role.POLICY_OFFICE, Role.COUNSEL})

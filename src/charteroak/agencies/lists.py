"""The lists of people, agencies, legal instruments and responsibilities: on the page and as files."""

from collections.abc import Callable
from dataclasses import replace
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from charteroak.adapters import clock
from charteroak.adapters.listed_values import of_values
from charteroak.adapters.listing import Cell, Column, Filter, Listed, Listing
from charteroak.agencies import queries
from charteroak.agencies.models import Agency, Authority, Instrument, Person, RoleHeld
from charteroak.agencies.signin import signed_in
from charteroak.policy.instrument import Kind as InstrumentKind
from charteroak.policy.lifecycle import choices
from charteroak.policy.membership import Status
from charteroak.policy.roles import Role


def _offices(person: Person) -> str:
    today = clock.today()
    held = [
        one for one in person.roles_held.all() if one.since <= today and (not one.until or one.until >= today)
    ]
    return ", ".join(map(str, held))


def _authority(agency: Agency) -> Authority | None:
    return queries.disclosing(agency, clock.today())


def _citation(agency: Agency) -> str:
    found = _authority(agency)
    if found is None:
        return _t("Discloses no records")
    mark = "" if found.verified else f" ({_t('to be confirmed by counsel')})"
    return f"{found.citation}, {found.instrument}{mark}"


def _account(person: Person) -> Cell:
    word = "closed"
    if person.is_active:
        word = "invited" if person.awaited else "open"
    return Cell(word, status_of=word)


def _since(agency: Agency) -> Any:
    found = _authority(agency)
    return found.since if found else None


def _signed_in(person: Person) -> Any:
    return clock.day_of(person.last_login) if person.last_login else _t("Never")


class OfficeHeld(Filter):
    """Who held the office at any time, once however often."""

    def narrowed(self, records: QuerySet[Any], value: str) -> QuerySet[Any]:
        return records.filter(pk__in=RoleHeld.objects.filter(role=value).values("person"))


class NeverSignedIn(Filter):
    """Whose account nobody has used."""

    def narrowed(self, records: QuerySet[Any], value: str) -> QuerySet[Any]:  # noqa: ARG002 - there is one value
        return records.filter(last_login__isnull=True)


class Reached(Filter):
    """Whom no letter reaches."""

    def narrowed(self, records: QuerySet[Any], value: str) -> QuerySet[Any]:  # noqa: ARG002 - there is one value
        return records.filter(email="")


PEOPLE = Listing(
    name="people",
    caption=_("Accounts"),
    search=("name", "username", "email", "employer__code"),
    filters=(
        OfficeHeld(
            "role", _("Office"), lambda: [(role.value, role.value.replace("_", " ")) for role in Role]
        ),
        NeverSignedIn("signed_in", _("Sign-in"), lambda: [("never", "Has not signed in yet")]),
        Reached("mail", _("Mail"), lambda: [("none", "No address: gets no mail")]),
        Filter("agency", _("Employer"), lambda: Agency.objects.values_list("code", "code"), "employer__code"),
    ),
    columns=(
        Column("name", _("Name"), lambda one: Cell(one.name, reverse("person", args=[one.username]))),
        Column(
            "employer",
            _("Employer"),
            lambda one: one.employer.code if one.employer else one.get_employer_kind_display(),
        ),
        Column("offices", _("Offices"), _offices),
        Column("email", _("E-mail"), lambda one: one.email or _t("No address: gets no mail")),
        Column("account", _("Account"), _account),
        Column("signed_in", _("Last sign-in"), _signed_in),
    ),
    nothing=_("There is no account yet."),
    next_step=_("The policy office adds people."),
)


def people(request: HttpRequest) -> Listed:
    """Accounts and offices; for the policy office and the auditor only."""
    by = signed_in(request)
    if not queries.reads_accounts(by):
        raise Http404
    found = queries.visible_to(by).select_related("employer").order_by("name")
    return PEOPLE.of(request, found.prefetch_related("roles_held__agency", "invitations"))


AGENCIES = Listing(
    name="agencies",
    caption=_("Agencies and their authority to disclose"),
    search=("code", "name"),
    filters=(
        Filter("kind", _("Kind"), lambda: Agency.Kind.choices),
        Filter("status", _("Status"), lambda: choices(Status)),
    ),
    columns=(
        Column("agency", _("Agency"), lambda one: Cell(f"{one.code}: {one.name}", one.get_absolute_url())),
        Column("status", _("Status"), lambda one: Cell(one.status, status_of=one)),
        Column("joined_on", _("Member since"), lambda one: one.joined_on),
        Column("authority", _("Authority to disclose"), _citation),
        Column("since", _("Since"), _since),
    ),
    nothing=_("No agency takes part yet."),
    next_step=_("One appears here once it has joined."),
)


def agencies(request: HttpRequest) -> Listed:
    """Who takes part, as far as the reader may know."""
    reader = request.user if isinstance(request.user, Person) else None
    found = queries.agencies_visible_to(reader).prefetch_related("authorities")
    return AGENCIES.of(request, found)


def _title(one: Instrument) -> str:
    mark = "" if one.verified else f" ({_t('to be confirmed by counsel')})"
    return f"{one.title}{mark}"


def _stands(one: Instrument) -> Cell:
    """Whether it is in force today, or what stands in its place."""
    word = "in force" if queries.in_force(one, clock.today()) else "not in force"
    return Cell(word, status_of=word)


def _superseded(one: Instrument) -> str:
    return one.superseded_by.title if hasattr(one, "superseded_by") else ""


class InForce(Filter):
    """What is in force today, or is not."""

    def narrowed(self, records: QuerySet[Any], value: str) -> QuerySet[Any]:
        holds = queries.holding(clock.today())
        return records.filter(holds) if value == "yes" else records.exclude(holds)


INSTRUMENTS = Listing(
    name="instruments",
    caption=_("Instruments on record"),
    search=("number", "title", "citation", "says"),
    filters=(
        Filter("kind", _("Kind"), lambda: choices(InstrumentKind)),
        Filter("party", _("Party"), lambda: Agency.objects.values_list("code", "code"), "parties__code"),
        InForce("in_force", _("Status"), lambda: [("yes", "in force"), ("no", "not in force")]),
    ),
    columns=(
        Column("instrument", _("Instrument"), _title),
        Column("authorises", _("What it authorises"), lambda one: one.says),
        Column(
            "parties",
            _("Parties"),
            lambda one: ", ".join(p.code for p in one.parties.all()) or _t("Everybody"),
        ),
        Column("effective_on", _("From"), lambda one: one.effective_on, due=True),
        Column("expires_on", _("Until"), lambda one: one.expires_on, due=True),
        Column("status", _("Status"), _stands),
        Column("superseded_by", _("Superseded by"), _superseded),
        Column("kind", _("Kind"), lambda one: one.get_kind_display()),
        Column("citation", _("Citation"), lambda one: one.citation),
    ),
    nothing=_("No instrument is on record."),
    next_step=_("Counsel records them."),
)


def instruments(request: HttpRequest) -> Listed:
    """Everything on record, what is in force marked."""
    found = Instrument.objects.prefetch_related("parties").select_related("supersedes", "superseded_by")
    return INSTRUMENTS.of(request, found)


def _through(line: queries.Line) -> str:
    return ", ".join(person.name for person in line.holders)


def _answering(name: str) -> Callable[[queries.Line], Any]:
    """What is on record of the agency that answers for it; empty where none does."""
    return lambda line: attrgetter(name)(line.answering) if line.answering else None


def _under(line: queries.Line) -> str:
    if line.answering is None:
        return ""
    mark = "" if line.answering.verified else f" ({_t('to be confirmed by counsel')})"
    return f"{line.answering.citation}{mark}"


RESPONSIBILITIES = Listing(
    name="responsibilities",
    caption=_("Responsibilities today"),
    search=("label", "answering.agency.name", "answering.citation"),
    filters=(
        Filter(
            "agency",
            _("Agency"),
            lambda: Agency.objects.values_list("code", "code"),
            keeps=lambda line, code: line.answering is not None and line.answering.agency.code == code,
        ),
    ),
    columns=(
        Column("responsibility", _("Responsibility"), lambda line: line.label),
        Column(
            "agency", _("Agency"), lambda line: _answering("agency.name")(line) or _t("Nobody is on record.")
        ),
        Column("under", _("Under"), _under),
        Column("since", _("Since"), _answering("since")),
        Column("until", _("Until"), _answering("until"), due=True),
        Column("through", _("Through"), lambda line: len(line.holders)),
    ),
    nothing=_("Nobody is on record."),
    next_step=_("The policy office records who answers for what."),
)
NAMED = replace(
    RESPONSIBILITIES, columns=(*RESPONSIBILITIES.columns[:-1], Column("through", _("Through"), _through))
)


def responsibilities(request: HttpRequest) -> Listed:
    """The matrix of today; who holds each office is told by name to those who are signed in."""
    listing = NAMED if isinstance(request.user, Person) else RESPONSIBILITIES
    return of_values(listing, request, queries.matrix(clock.today()))

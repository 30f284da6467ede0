"""The lists of people and of agencies: on the page and as files."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from charteroak.adapters import clock
from charteroak.adapters.listing import Cell, Column, Filter, Listed, Listing
from charteroak.agencies import queries
from charteroak.agencies.models import Agency, Authority, Person, RoleHeld
from charteroak.agencies.signin import signed_in
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
    word = "open" if person.is_active else "closed"
    return Cell(word, status_of=word)


def _since(agency: Agency) -> Any:
    found = _authority(agency)
    return found.since if found else None


class OfficeHeld(Filter):
    """Who held the office at any time, once however often."""

    def narrowed(self, records: QuerySet[Any], value: str) -> QuerySet[Any]:
        return records.filter(pk__in=RoleHeld.objects.filter(role=value).values("person"))


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
    ),
    nothing=_("There is no account yet."),
    next_step=_("The operator adds accounts from the setup file."),
)


def people(request: HttpRequest) -> Listed:
    """Accounts and offices; for the policy office and the auditor only."""
    by = signed_in(request)
    if not queries.reads_accounts(by):
        raise Http404
    found = queries.visible_to(by).select_related("employer").order_by("name")
    return PEOPLE.of(request, found.prefetch_related("roles_held__agency"))


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

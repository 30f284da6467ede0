"""The pipeline and P20 WIN's two logs as lists: pages, CSV, workbooks, calendars."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from charteroak.adapters import clock
from charteroak.adapters.environment import governance_only
from charteroak.adapters.listing import Cell, Column, Filter, Listed, Listing
from charteroak.agencies.models import Agency
from charteroak.agreements import clocks
from charteroak.policy.delivery import FileKind
from charteroak.policy.lifecycle import choices
from charteroak.policy.pipeline import Stage
from charteroak.policy.request_log import Logged
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence, words
from charteroak.reports import access, logs, queries
from charteroak.requests.models import DataRequest, Fee


def agency_choices() -> list[tuple[str, str]]:
    return list(Agency.objects.values_list("code", "name"))


def _whose(record: DataRequest) -> str:
    turns = queries.running(record)
    told = [
        f"{_t(words(one.run.party))} ({one.whose})" if one.whose else _t(words(one.run.party))
        for one in turns
    ]
    return "; ".join(dict.fromkeys(told))


def _fee(record: DataRequest) -> Fee | None:
    """What it owes, once that is fixed."""
    return getattr(record, "fee", None)


def _amount(record: DataRequest) -> str:
    one = _fee(record)
    return f"{one.amount:.2f}" if one else ""


def _settled(record: DataRequest) -> Any:
    one = _fee(record)
    return Cell(one.status, status_of=one) if one else ""


def _due(record: DataRequest) -> Any:
    return next((one.due for one in queries.running(record)), None)


def _held(record: DataRequest) -> str:
    """Business days that each party has held it."""
    held = clocks.held_by_party(queries.turns_of(record))
    return "; ".join(f"{_t(words(party))} {days}" for party, days in held)


NUMBER = Column("request", _("Request"), lambda one: Cell(one.number, reverse("turns_of", args=[one.number])))
TITLE = Column("title", _("Title"), lambda one: one.title)
ORGANISATION = Column(
    "organization", _("Requesting organization"), lambda one: getattr(one.applicant.employer, "name", "")
)
AGENCIES = Column("agencies", _("Records of"), lambda one: "; ".join(queries.codes_of(one)))

PIPELINE = Listing(
    name="pipeline",
    caption=_("Requests by stage"),
    search=("number", "title", "applicant__name"),
    filters=(
        Filter("stage", _("Stage"), lambda: choices(Stage)),
        Filter("agency", _("Records of"), agency_choices, "reviews__agency__code"),
    ),
    columns=(
        NUMBER,
        TITLE,
        Column("stage", _("Stage"), lambda one: words(Stage(one.stage))),
        ORGANISATION,
        AGENCIES,
        Column("whose_turn", _("Whose turn"), _whose),
        Column("due_on", _("Due"), _due, due=True),
        Column("business_days_held", _("Business days held by each party"), _held),
        Column("fee_dollars", _("Fee, in dollars"), _amount),
        Column("fee_status", _("Fee settled"), _settled),
    ),
    together=queries.with_turns,
    nothing=_("There is no request yet."),
    next_step=_("A request appears here with its first draft."),
)

CASE_FILE = Column("case", _("Case file"), lambda one: Cell(one.number, reverse("case", args=[one.number])))
WITH_CASES = replace(PIPELINE, columns=(*PIPELINE.columns, CASE_FILE))  # for whoever reads them

REQUEST_LOG = Listing(
    name="data-request-log",
    caption=_("Data request log"),
    search=("number", "title", "applicant__name", "applicant__employer__name"),
    filters=(
        logs.Outcome("status", _("Status"), lambda: choices(Logged)),
        logs.Year("year", _("Received in the year (2026)")),
    ),
    columns=(
        NUMBER,
        Column("received_on", _("Received"), logs.received_on),
        ORGANISATION,
        Column("contact", _("Contact"), lambda one: one.applicant.name),
        TITLE,
        AGENCIES,
        Column("status", _("Status"), lambda one: words(logs.outcome_of(one))),
        Column("decided_on", _("Decided"), logs.decided_on),
        Column("agreement", _("Agreement"), logs.agreement_of),
        Column("data_due_for_destruction", _("Records must be destroyed by"), logs.destruction_due, due=True),
    ),
    together=queries.with_agencies,
    nothing=_("No request was received yet."),
    next_step=_("A request enters the log on the day on which it is submitted."),
)

SENT = (
    Column("request", _("Request"), lambda one: Cell(one.agreement.number, one.agreement.get_absolute_url())),
    Column("file", _("File"), lambda one: one.file_name),
    Column("kind", _("Kind"), lambda one: words(FileKind(one.kind))),
    Column("sender", _("Sender"), lambda one: one.agency.code),
)
GONE = (
    Column("destroy_by", _("Destroy by"), logs.destroy_by, due=True),
    Column("destroyed_on", _("Destroyed"), logs.destroyed_on),
    Column("certificate", _("Certificate"), logs.certificate),
)
RECEIVER = Column("receiver", _("Receiver"), logs.receiver)
FIELDS = Column("fields", _("Fields"), logs.fields)
OF_FILES = (
    Filter("agency", _("Sender"), agency_choices, "agency__code"),
    Filter("kind", _("File"), lambda: choices(FileKind)),
)

SHARING_LOG = Listing(
    name="data-sharing-and-destruction-log",
    caption=_("Data sharing and destruction log"),
    search=("agreement__number", "file_name", "received_by__name"),
    filters=OF_FILES,
    columns=(
        *SENT,
        Column("sent_by", _("Sent by"), lambda one: one.received_by.name),
        RECEIVER,
        Column("received_on", _("Received"), lambda one: clock.day_of(one.received_at)),
        FIELDS,
        Column("rows", _("Rows"), lambda one: one.rows),
        Column("sha256", _("SHA-256"), lambda one: one.ciphertext),
        Column("status", _("Status"), lambda one: Cell(one.status, status_of=one)),
        Column("matched_on", _("Matched"), logs.matched_on),
        Column("released_on", _("Matched file released"), logs.released_on),
        *GONE,
    ),
    nothing=_("No file was sent yet."),
    next_step=_("A file enters the log when its agency sends it."),
)

# where the platform governs only: what people put on record of files that went another way
SHARING_LOG_ELSEWHERE = Listing(
    name="data-sharing-and-destruction-log",
    caption=_("Data sharing and destruction log"),
    search=("agreement__number", "file_name", "by__name"),
    filters=OF_FILES,
    columns=(
        *SENT,
        Column("sent_by", _("Sent by"), lambda one: one.by.name),
        RECEIVER,
        Column("received_on", _("Received"), lambda one: one.on),
        FIELDS,
        Column("way", _("How it went"), lambda one: one.way),
        Column("sha256", _("SHA-256"), lambda one: one.sha256),
        Column("matched_on", _("Matched"), logs.matched_elsewhere),
        Column("released_on", _("Matched file released"), logs.delivered_elsewhere),
        *GONE,
    ),
    nothing=_("No file was sent yet."),
    next_step=_("A file enters the log when its agency puts it on record."),
)


def sharing_log(request: HttpRequest) -> Listed:
    """The log of this installation's files, which it moved itself or which went beside it."""
    if governance_only():
        return SHARING_LOG_ELSEWHERE.of(request, logs.happenings())
    return SHARING_LOG.of(request, logs.deliveries())


def _could(record: Any) -> str:
    """Yes, or every reason why not."""
    told = (reason.message for reason in record.could.reasons)
    reasons = tuple(one if isinstance(one, Sentence) else Sentence(one) for one in told)
    return Sentence("{reasons}", reasons=reasons) if reasons else _t("yes")


def access_on(day: date) -> Listing:
    """The people named in agreements in force on the day, and what each could see."""
    return Listing(
        name=f"access-{day}",
        caption=_("Who could see what"),
        kept=("day",),
        search=("person__name", "person__username", "agreement__number"),
        filters=(
            Filter("employer", _("Employer"), agency_choices, "person__employer__code"),
            Filter(
                "agency", _("Records of"), agency_choices, "agreement__data_request__reviews__agency__code"
            ),
        ),
        columns=(
            Column("person", _("Person"), lambda one: one.person.name),
            Column("employer", _("Employer"), lambda one: getattr(one.person.employer, "name", "")),
            Column(
                "project",
                _("Project"),
                lambda one: Cell(one.agreement.number, one.agreement.get_absolute_url()),
            ),
            Column("could", _("Could open it"), _could),
            Column("workspace", _("Workspace"), lambda one: _workspace(one, day)),
            Column("columns", _("Columns"), lambda one: one.sees if one.could else ""),
        ),
        together=access.Day(day).together,
        nothing=_("Nobody was named in an agreement in force on that day."),
        next_step=_("Choose another day."),
    )


def _workspace(record: Any, day: date) -> str:
    room = getattr(record.agreement, "workspace", None)
    if room is None or clock.day_of(room.opened_at) > day:
        return _t("not yet open")
    return _t("closed") if room.closed_at and clock.day_of(room.closed_at) < day else _t("open")


def offices_on(day: date) -> Listing:
    """The offices held on the day."""
    return Listing(
        name=f"offices-{day}",
        caption=_("Who held which office"),
        kept=("day",),
        search=("person__name", "person__username", "role"),
        filters=(
            Filter("role", _("Office"), lambda: choices(Role)),
            Filter("agency", _("Agency"), agency_choices, "agency__code"),
        ),
        columns=(
            Column("person", _("Person"), lambda one: one.person.name),
            Column("employer", _("Employer"), lambda one: getattr(one.person.employer, "name", "")),
            Column("office", _("Office"), lambda one: words(Role(one.role))),
            Column("agency", _("For the agency"), lambda one: one.agency.code if one.agency else _t("all")),
            Column("since", _("Since"), lambda one: one.since),
            Column("until", _("Until"), lambda one: one.until, due=True),
        ),
        nothing=_("Nobody held an office on that day."),
        next_step=_("Choose another day."),
    )


CASE = Listing(
    name="case",
    caption=_("What happened, in order"),
    filters=(Filter("name", _("Event begins with"), None, "name__startswith"), Filter("by", _("By"))),
    columns=(
        Column("index", _("Index"), lambda event: event.index),
        Column("at", _("When"), lambda event: event.domain_at),
        Column("event", _("Event"), lambda event: event.name),
        Column("by", _("By"), lambda event: event.by),
        Column("about", _("About"), lambda event: event.subject),
    ),
    nothing=_("The log tells nothing of this project."),
    next_step=_("A project decided before this program has one event."),
)

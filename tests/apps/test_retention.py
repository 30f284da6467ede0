"""Retention approvals: wanted before an early destruction, asked of the policy office before a due day, cited after."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils.formats import date_format

from apps import hub_way, way
from apps.hub_way import DAY, NUMBER
from apps.retention_way import approve
from apps.way import as_, person, refused
from charteroak.adapters import clock
from charteroak.agreements import actions, destruction, queries, retention, worklist
from charteroak.agreements.models import (
    Agreement,
    DestructionDuty,
    DisclosureRecord,
    Letter,
    RetentionApproval,
)
from charteroak.audit.models import Event
from charteroak.exceptions import actions as exceptions
from charteroak.exceptions.models import Matter
from charteroak.hub import actions as hub
from charteroak.hub.destruction import HELD
from charteroak.policy.matter import Clock, Kind
from charteroak.site.approval_letters import ask_for_approvals
from charteroak.site.digest import write_digests
from conftest import connection_as, owner_beside
from printed import text

HERE, PAGE = f"/agreements/{NUMBER}/", "/agreements/retention/"
DUE = DAY + timedelta(days=20)
pytestmark = pytest.mark.usefixtures("as_before")


@pytest.fixture
def as_before(executed: None) -> Iterator[None]:
    """In force; what a test adds is removed by hand, for the post reads over a connection of its own."""
    kept = list(DestructionDuty.objects.values())
    status = Agreement.objects.values("status", "ended_on", "ended_by", "ended_at")[0]
    with way.day(DAY):
        yield
    with owner_beside():
        for model in (Letter, DisclosureRecord, RetentionApproval, Matter):
            model.objects.all().delete()
        Agreement.objects.update(**status)
        for duty in kept:
            known = {name: value for name, value in duty.items() if name != "id"}
            DestructionDuty.objects.filter(pk=duty["id"]).update(**known)


def record() -> Agreement:
    return Agreement.objects.get()


def ended() -> Agreement:
    actions.terminate(pk=record().pk, by=person("sam.reyes"), because="The work is done.")
    return record()


def order() -> list[str]:
    return refused(actions.destroy, pk=record().pk, by=person("kim.tran"))


def test_an_order_before_the_day_waits_for_an_approval_of_each_kind() -> None:
    ended()
    assert order() == ["retention_unapproved"]
    approve(Clock.PAYLOAD, Clock.EXTRACT, Clock.OUTPUTS)
    [reason] = queries.decisions(record(), person("kim.tran"))["destroy"].reasons
    assert "Identifiers" in str(reason.message)
    assert "Analysis files" not in str(reason.message)
    approve(Clock.IDENTIFIERS, agreement=record())
    actions.destroy(pk=record().pk, by=person("kim.tran"))
    told = Event.objects.latest("index")
    assert told.name == "agreements:agreement:destroy"
    for one in RetentionApproval.objects.all():
        assert f"agreements.retentionapproval:{one.pk}" in told.text


def test_what_a_clock_makes_due_is_never_blocked_and_its_certificate_says_that_none_was_on_record() -> None:
    ended()
    DestructionDuty.objects.update(due_on=clock.today())
    actions.destroy(pk=record().pk, by=person("kim.tran"))
    for process in HELD["payload"].owners():
        with hub_way.as_if(process):
            destruction.destroy(record().pk, "payload", HELD["payload"])
    certificate = as_("sam.reyes").get(f"{HERE}certificate/payload/").content
    assert "No series and approval were on record." in text(certificate)
    told = Event.objects.filter(name="hub:destruction:complete").latest("index")
    assert '"approval":null' in told.text
    [payload] = [one for one in as_("sam.reyes").get(f"/api{HERE[:-1]}").json()["duties"] if one["done_at"]]
    assert (payload["what"], payload["retention"]) == ("payload", None)


def test_a_certificate_cites_the_agreement_s_own_approval_before_the_one_for_all() -> None:
    approve(Clock.PAYLOAD, agreement=record())
    own = RetentionApproval.objects.get()
    approve(Clock.PAYLOAD)
    DestructionDuty.objects.update(due_on=clock.today())
    for process in HELD["payload"].owners():
        with hub_way.as_if(process):
            destruction.destroy(record().pk, "payload", HELD["payload"])
    duty = DestructionDuty.objects.get(what="payload")
    assert duty.certificate is not None
    assert duty.certificate["retention"]["id"] == own.pk
    paper = text(as_("sam.reyes").get(f"{HERE}certificate/payload/").content)
    assert "Series X-payload, approval 2026-17" in paper
    assert "given by Records office" in paper
    assert (
        f'"approval":{own.pk}' in Event.objects.filter(name="hub:destruction:complete").latest("index").text
    )
    case = as_("pat.lee").get(f"/reports/cases/{NUMBER}/?name=agreements:retention").text
    assert f"agreements.retentionapproval:{own.pk}" in case


def test_an_approval_of_another_agreement_opens_nothing() -> None:
    ended()
    sent = {
        "what": "payload", "series": "S", "approval": "1", "given_by": "Records", "approved_on": f"{DAY}",
        "agreement": "999",
    }  # fmt: skip
    answer = as_("sam.reyes").post(PAGE, sent)
    assert answer.status_code == 400
    assert "There is no agreement of this number" in answer.text
    told = as_("sam.reyes").post("/api/agreements/retention/record", sent, "application/json")
    assert told.status_code == 404
    assert not RetentionApproval.objects.exists()
    assert order() == ["retention_unapproved"]


def test_the_hub_destroys_identifiers_early_under_an_approval_only() -> None:
    DestructionDuty.objects.filter(what="identifiers").update(due_on=DUE, began_on=DAY)
    page = as_("noor.haddad").get(f"/hub/{NUMBER}/").text
    assert "without a retention approval on record" in page
    noor = person("noor.haddad")
    assert "retention_unapproved" in refused(hub.destroy_identifiers, number=NUMBER, by=noor)
    approve(Clock.IDENTIFIERS, agreement=record())
    assert refused(hub.destroy_identifiers, number=NUMBER, by=noor) == ["extract_not_built"]


def test_before_the_day_it_is_the_policy_office_s_turn_on_worklist_page_list_and_in_the_digest() -> None:
    DestructionDuty.objects.filter(what="payload").update(due_on=DUE)
    with way.day(DUE - timedelta(days=31)):
        assert not retention.wanted().exists()
    [item] = [one for one in worklist.todo(person("sam.reyes")) if "retention approval" in one.title]
    assert (item.state, item.by_when) == ("yours", DUE)
    assert not [one for one in worklist.todo(person("ann.weiss")) if "retention approval" in one.title]
    sam = as_("sam.reyes")
    form = sam.get(item.href.partition("#")[0]).text
    assert f'value="{NUMBER}"' in form
    assert 'value="payload" selected' in form
    duties = sam.get(HERE).text.partition('id="duties"')[2]
    assert "the policy office is asked for them" in duties
    assert item.href.partition("#")[0].replace("&", "&amp;") in duties
    assert item.href.partition("#")[0].replace("&", "&amp;") not in as_("ann.weiss").get(HERE).text
    rows = sam.get("/api/agreements/retention/wanted").json()["rows"]
    assert [(one["what"], one["due_on"]) for one in rows] == [("Analysis files", DUE.isoformat())]
    assert "Analysis files" in sam.get(f"{PAGE}?format=csv").getvalue().decode()
    with connection_as("post"):
        write_digests()
    digest = Letter.objects.get(kind=Letter.Kind.DIGEST, person__username="sam.reyes")
    assert f"retention approval: Analysis files, by {date_format(DUE)}" in digest.subject + digest.body
    approve(Clock.PAYLOAD, agreement=record())
    assert not [one for one in worklist.todo(person("sam.reyes")) if "retention approval" in one.title]
    assert "Series X-payload" in sam.get(HERE).text.partition('id="duties"')[2]


def test_a_stranger_learns_of_no_agreement_from_the_list() -> None:
    DestructionDuty.objects.filter(what="payload").update(due_on=DUE)
    stranger = as_("eve.lang")
    assert stranger.get(HERE).status_code == 404
    assert stranger.get("/api/agreements/retention/wanted").json()["rows"] == []
    assert NUMBER not in stranger.get(PAGE).text.partition("<main")[2].partition("<h2>")[2]


def asked(days_before: int) -> int:
    with way.day(DUE - timedelta(days=days_before)), connection_as("post"):
        return ask_for_approvals()


def test_the_policy_office_is_written_to_a_month_a_week_and_a_day_before_each_once() -> None:
    DestructionDuty.objects.filter(what="payload").update(due_on=DUE)
    assert asked(31) == 0
    for days, notice in {30: "a_month_before", 7: "a_week_before", 1: "a_day_before"}.items():
        assert asked(days) == 1
        assert asked(days) == 0
        letter = Letter.objects.latest("pk")
        assert (letter.person.username, letter.about.rpartition(":")[2]) == ("sam.reyes", notice)
    assert f"retention approval: Analysis files · due {date_format(DUE)}" in letter.subject
    assert f"{settings.CONFIG.origins[0]}{PAGE}?agreement={NUMBER}&of=payload" in letter.body
    assert asked(-1) == 0, "it went on its day"


def test_with_an_approval_or_under_a_legal_hold_nobody_is_asked() -> None:
    DestructionDuty.objects.filter(what__in=("payload", "outputs")).update(due_on=DUE)
    approve(Clock.OUTPUTS)
    exceptions.record(
        by=person("ann.weiss"), kind=Kind.LEGAL_HOLD, known_on=DAY, what="A dispute.",
        number=NUMBER, clocks=["payload"],
    )  # fmt: skip
    assert asked(7) == 0

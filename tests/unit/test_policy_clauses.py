"""What a signed clause covers: an insider, a colleague of another project, a stranger, on the right and wrong day."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from charteroak.policy import legal
from charteroak.policy.clauses import Asked, Elements, Terms, Use, covers
from charteroak.policy.roles import Role
from charteroak.policy.standing import Standing

SIGNED = date(2026, 10, 30)
END = date(2027, 7, 31)
DAY = date(2026, 11, 2)
FOR_PEOPLE = (Use.OPEN, Use.MOUNT)

TERMS = Terms(
    number="042",
    executed_on=SIGNED,
    starts_on=date(2026, 10, 13),
    ends_on=END,
    ended_on=None,
    purpose="Evaluate career and technical education",
    purpose_clause="1",
    elements={
        "SDE": Elements("2.SDE", frozenset({"sasid"}), frozenset({"gpa"}), years=(2019, 2022)),
        "DOL": Elements(
            "2.DOL",
            frozenset({"ssn"}),
            frozenset({"total_wage"}),
            frozenset({"employer_count"}),
            law=legal.named(["ui_wages.wages_for_state_employees_only"]),
        ),
    },
    people=frozenset({"maya.ortiz"}),
    people_clause="3",
    place="enclave",
    place_clause="4",
    hub="DOL",
    hub_clause="5",
    preview_days=30,
    preview_clause="7",
    destroy_within_days=45,
    destroy_clause="8",
    appetites=("board", "sde", "dol"),
    appetite_clause="6",
)
MAYA = Standing("maya.ortiz", True, True, training_until=END, pledge_until=END)
COLLEAGUE = replace(MAYA, username="eve.lang")


def rules(terms: Terms | None, asked: Asked) -> list[str]:
    return [reason.rule for reason in covers(terms, asked).reasons]


@pytest.mark.parametrize("use", Use)
def test_without_an_agreement_every_use_is_refused_for_the_same_reason(use: Use) -> None:
    assert rules(None, Asked(use, DAY)) == ["no_agreement"]


@pytest.mark.parametrize("use", Use)
def test_before_the_last_signature_nothing_is_covered(use: Use) -> None:
    assert rules(replace(TERMS, executed_on=None), Asked(use, DAY)) == ["not_executed"]
    assert rules(TERMS, Asked(use, SIGNED - timedelta(days=1))) == ["not_executed"]


@pytest.mark.parametrize(
    ("change", "day", "refused"),
    [
        ({}, SIGNED, []),
        ({}, END, []),
        ({}, END + timedelta(days=1), ["agreement_expired"]),
        ({"starts_on": date(2026, 12, 1)}, DAY, ["not_yet_in_force"]),
        ({"ended_on": DAY + timedelta(days=1)}, DAY, []),
        ({"ended_on": DAY}, DAY, ["agreement_ended"]),
    ],
)
def test_an_agreement_holds_from_its_signature_to_its_last_day(
    change: dict[str, date], day: date, refused: list[str]
) -> None:
    for use in Use:
        assert rules(replace(TERMS, **change), Asked(use, day)) == refused  # type: ignore[arg-type]  # dates only


ALLOWED_ELEMENTS = {
    Use.SUBMIT: {"ssn", "total_wage", "employer_count"},
    Use.FIND: {"ssn"},
    Use.LINK: {"ssn"},
    Use.EXTRACT: {"total_wage", "employer_count"},
    Use.OPEN: {"total_wage"},
    Use.MOUNT: {"total_wage"},
    Use.REVIEW: {"total_wage"},
    Use.RELEASE: {"total_wage"},
}


@pytest.mark.parametrize(
    ("use", "element"), list(product(Use, ["ssn", "total_wage", "employer_count", "pell", "gpa"]))
)
def test_each_use_covers_its_own_elements_of_its_own_agency_and_no_others(use: Use, element: str) -> None:
    found = rules(TERMS, Asked(use, DAY, agency="DOL", elements=frozenset({element})))
    assert found == ([] if element in ALLOWED_ELEMENTS[use] else ["element_not_covered"])


def test_an_agency_outside_the_agreement_shares_nothing() -> None:
    assert rules(TERMS, Asked(Use.SUBMIT, DAY, agency="CSC")) == ["agency_not_a_party"]


def test_a_decision_names_the_clauses_it_rests_on() -> None:
    assert covers(TERMS, Asked(Use.SUBMIT, DAY, agency="SDE")).clauses == ("042/signatures", "042/2.SDE")
    assert covers(TERMS, Asked(Use.LINK, DAY, agency="SDE")).clauses == (
        "042/signatures", "042/2.SDE", "042/5",
    )  # fmt: skip
    assert covers(TERMS, Asked(Use.OPEN, DAY, person=MAYA)).clauses == (
        "042/signatures", "042/3", "042/1", "042/4",
    )  # fmt: skip
    assert covers(TERMS, Asked(Use.RELEASE, DAY)).clauses == ("042/signatures", "042/1", "042/6", "042/7")


@pytest.mark.parametrize("use", Use)
def test_a_refusal_rests_on_no_person_clause(use: Use) -> None:
    refused = covers(TERMS, Asked(use, DAY, person=replace(MAYA, active=False)))
    assert not refused.allowed
    assert "account_closed" in [reason.rule for reason in refused.reasons]


@pytest.mark.parametrize("use", FOR_PEOPLE)
def test_a_person_named_trained_and_pledged_may_enter(use: Use) -> None:
    assert rules(TERMS, Asked(use, DAY, person=MAYA)) == []


@pytest.mark.parametrize("use", FOR_PEOPLE)
@pytest.mark.parametrize(
    ("person", "refused"),
    [
        (COLLEAGUE, ["person_not_named"]),
        (replace(MAYA, state_employee=False), ["wages_for_state_employees_only"]),
        (replace(MAYA, training_until=None), ["training_lapsed"]),
        (replace(MAYA, training_until=DAY - timedelta(days=1)), ["training_lapsed"]),
        (replace(MAYA, training_until=DAY), []),
        (replace(MAYA, pledge_until=DAY - timedelta(days=1)), ["pledge_lapsed"]),
        (replace(MAYA, active=False), ["account_closed"]),
        (
            Standing("pat.doe", False, False, None, None),
            [
                "account_closed", "training_lapsed", "pledge_lapsed", "person_not_named",
                "wages_for_state_employees_only",
            ],
        ),
    ],
)  # fmt: skip
def test_everybody_else_stays_outside(use: Use, person: Standing, refused: list[str]) -> None:
    assert rules(TERMS, Asked(use, DAY, person=person)) == refused


@pytest.mark.parametrize("use", FOR_PEOPLE)
@pytest.mark.parametrize(
    "role", [Role.HUB_OPERATOR, Role.ENCLAVE_OPERATOR, Role.OUTPUT_CHECKER, Role.POLICY_OFFICE, Role.AUDITOR]
)
def test_who_is_named_uses_nothing_while_holding_an_office_that_must_stay_apart(use: Use, role: Role) -> None:
    both = replace(MAYA, roles=frozenset({role}))
    assert rules(TERMS, Asked(use, DAY, person=both)) == ["roles_must_stay_apart"]


def test_who_links_or_checks_is_not_named_in_the_agreement() -> None:
    noor = replace(COLLEAGUE, training_until=END, pledge_until=END, roles=frozenset({Role.HUB_OPERATOR}))
    assert rules(TERMS, Asked(Use.LINK, DAY, person=noor)) == []
    named = replace(noor, username=MAYA.username)
    assert rules(TERMS, Asked(Use.LINK, DAY, person=named)) == ["roles_must_stay_apart"]


def test_without_wages_a_contractor_who_is_named_may_enter() -> None:
    without = replace(TERMS, elements={"SDE": TERMS.elements["SDE"]})
    assert rules(without, Asked(Use.OPEN, DAY, person=replace(MAYA, state_employee=False))) == []


@pytest.mark.parametrize("use", Use)
def test_law_that_forbids_sharing_since_the_signatures_stops_every_use(use: Use) -> None:
    shared = replace(TERMS.elements["SDE"], law=legal.named(["a_law.that_is_gone"]))
    person = MAYA if use in FOR_PEOPLE else None
    assert rules(TERMS, Asked(use, DAY, person=person)) == []
    gone = replace(TERMS, elements={**TERMS.elements, "SDE": shared})
    assert rules(gone, Asked(use, DAY, person=person)) == ["law_unknown"]


@pytest.mark.parametrize("use", FOR_PEOPLE)
def test_the_place_is_the_agreements(use: Use) -> None:
    assert rules(TERMS, Asked(use, DAY, person=MAYA, place="laptop")) == ["place_not_covered"]


@pytest.mark.parametrize("use", Use)
def test_another_purpose_needs_another_agreement(use: Use) -> None:
    assert rules(TERMS, Asked(use, DAY, purpose=TERMS.purpose)) == []
    assert rules(TERMS, Asked(use, DAY, purpose="Marketing")) == ["purpose_differs"]


def test_everything_that_speaks_against_a_use_is_said_at_once() -> None:
    asked = Asked(
        Use.OPEN, END + timedelta(days=1), agency="DOL", elements=frozenset({"ssn"}), person=COLLEAGUE,
        purpose="Marketing", place="laptop",
    )  # fmt: skip
    assert rules(TERMS, asked) == [
        "agreement_expired", "element_not_covered", "training_lapsed", "pledge_lapsed", "person_not_named",
        "purpose_differs", "place_not_covered",
    ]  # fmt: skip


def under(**tags: str) -> Terms:
    """The agreement with each contributor's elements under one more law."""
    shared = {
        code: replace(TERMS.elements[code], law=legal.on_each(legal.Element(code, frozenset({tag}))))
        for code, tag in tags.items()
    }
    return replace(TERMS, elements={**TERMS.elements, **shared})


def test_no_extract_holds_what_may_not_stand_together_though_each_contributors_clause_passes_alone() -> None:
    asked = Asked(Use.EXTRACT, SIGNED)
    assert covers(under(DOL="42 CFR Part 2"), asked)
    assert covers(under(SDE="Juvenile records"), asked)
    found = covers(under(DOL="42 CFR Part 2", SDE="Juvenile records"), asked)
    assert [reason.rule for reason in found.reasons] == ["not_beside_criminal_records"]

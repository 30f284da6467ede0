"""The law as data: every rule has its source, unverified ones are marked, laws join to the strictest of all."""

from functools import reduce
from itertools import product
from operator import or_

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charteroak.policy import legal
from charteroak.policy.legal import Element, Law, Regime, law_on

REGIMES = {regime.key: regime for regime in legal.shipped()}
RULES = {rule.key: rule for regime in REGIMES.values() for rule in regime.rules}
AGENCIES = ("SDE", "CSC", "DOL", "CCIC")

elements = st.builds(
    Element,
    agency=st.sampled_from(AGENCIES),
    tags=st.frozensets(st.sampled_from([*sorted(legal.known_tags()), "A law of tomorrow"]), max_size=3),
    use=st.sampled_from(["linking", "study", "evidence"]),
    sensitivity=st.sampled_from(["direct identifier", "quasi-identifier", "sensitive", "plain"]),
)
asked = st.lists(elements, max_size=4)
laws = st.frozensets(st.sampled_from(sorted(RULES.values(), key=lambda rule: rule.key))).map(Law)
regimes = st.lists(st.sampled_from(sorted(REGIMES.values(), key=lambda regime: regime.key)), unique=True)


def conclusions(law: Law) -> tuple[object, ...]:
    """All that anybody asks of a law, reasons included."""
    return (
        law.clauses, law.appetites, law.identifiers_days, law.identifiers_business_days, law.breach_notice_days,
        law.likely_denied, law.may_see(state_employee=False), law.may_see(state_employee=True), law.may_be_shared(),
        *(law.may_be_asked(exception=named) for named in EXCEPTIONS),
    )  # fmt: skip


EXCEPTIONS = ["", *sorted(RULES["ferpa.ferpa_exception_missing"].exceptions)]


def no_looser(strict: Law, loose: Law) -> bool:
    """Whether `strict` demands all that `loose` demands and allows nothing that it refuses."""
    days = ("identifiers_days", "identifiers_business_days", "breach_notice_days")
    sooner = all(
        getattr(loose, name) is None or (getattr(strict, name) or 0) <= getattr(loose, name) for name in days
    )
    refused = all(
        set(loose.may_be_asked(exception=named).reasons) <= set(strict.may_be_asked(exception=named).reasons)
        for named in EXCEPTIONS
    )
    people = all(
        bool(loose.may_see(state_employee=state)) or not strict.may_see(state_employee=state)
        for state in (True, False)
    )
    wanted = set(loose.clauses) <= set(strict.clauses) and set(loose.appetites) <= set(strict.appetites)
    return sooner and refused and people and wanted


@given(laws, laws, laws)
def test_the_strictest_does_not_depend_on_order_or_repetition(a: Law, b: Law, c: Law) -> None:
    assert conclusions(a | (b | c)) == conclusions((a | b) | c)
    assert conclusions(a | b) == conclusions(b | a)
    assert conclusions(a | a) == conclusions(a)


@given(laws, laws)
def test_two_laws_together_are_no_looser_than_either(a: Law, b: Law) -> None:
    assert no_looser(a | b, a)
    assert no_looser(a | b, b)


@given(asked, regimes, regimes)
def test_a_further_regime_never_loosens(
    columns: list[Element], some: list[Regime], more: list[Regime]
) -> None:
    fewer, all_of_them = law_on(columns, some), law_on(columns, [*some, *more])
    known = fewer.rules & set(
        RULES.values()
    )  # without the refusal of tags that only the further regimes know
    assert no_looser(all_of_them, Law(frozenset(known)))


@given(asked, elements)
def test_a_further_column_never_loosens(columns: list[Element], one: Element) -> None:
    assert no_looser(law_on([*columns, one]), law_on(columns))


@given(asked)
def test_the_law_on_columns_is_that_on_each_together(columns: list[Element]) -> None:
    each = reduce(or_, map(legal.on_each, columns), legal.everybody())
    assert law_on(columns) == each


@pytest.mark.parametrize("key", RULES)
def test_every_rule_has_a_source_and_says_in_a_sentence_what_it_asks(key: str) -> None:
    rule = RULES[key]
    assert rule.source
    assert rule.says.endswith(".")
    assert rule.source in rule.told
    assert ("to be confirmed by counsel" in rule.told) is not rule.verified


@pytest.mark.parametrize("key", [key for key, rule in RULES.items() if rule.refused or rule.exceptions])
def test_a_rule_that_refuses_says_how_to_mend_it(key: str) -> None:
    assert RULES[key].mend


# What the project's research could not confirm in a source: from memory, or from a text that has since changed.
UNCONFIRMED = {
    "ferpa.agreement_elements", "ferpa.redisclosure", "ferpa.misuse", "hipaa.six_years_of_account",
    "part2.patients_identified", "part2.qualified_researchers", "part2.back_to_the_program_only",
    "part2.linkage_and_repository", "part2.not_beside_criminal_records",
    "ui_wages.audit_disposal_training", "ui_wages.public_officials",
    "cgs_4_193.disclosure_record", "school_meals.listed_programs_only", "hea_483.student_aid_only",
    "irs_1075.tax_information", "juvenile.juvenile_records_closed", "erased.erased_records",
    "head_start.head_start_agreement", "tribal.nation_has_not_consented", "tribal.nation_sees_outputs",
}  # fmt: skip


def test_exactly_what_is_unconfirmed_is_marked() -> None:
    assert {key for key, rule in RULES.items() if not rule.verified} == UNCONFIRMED


def test_no_tag_or_rule_belongs_to_two_regimes() -> None:
    tags = [tag for regime in REGIMES.values() for tag in regime.tags]
    assert len(tags) == len(set(tags))
    assert all(regime.tags or regime.agencies or regime.binds_everyone for regime in REGIMES.values()), (
        "it would bind nobody"
    )


SCHOOL = Element("SDE", frozenset({"FERPA"}))
WAGE = Element("DOL", frozenset({"20 CFR 603"}), sensitivity="sensitive")
AUDIT = "FERPA audit or evaluation, 34 CFR 99.31(a)(3) and 99.35"


def test_request_042s_law() -> None:
    law = law_on([SCHOOL, Element("CSC", frozenset({"FERPA"})), WAGE])
    assert law.appetites == ["board", "dol", "sde"]
    assert (law.identifiers_business_days, law.identifiers_days, law.breach_notice_days) == (5, None, 60)
    assert law.may_be_asked(exception=AUDIT)
    assert law.may_see(state_employee=True)
    assert [r.rule for r in law.may_see(state_employee=False).reasons] == ["wages_for_state_employees_only"]
    assert len(law.clauses) == 13


def test_the_wage_rule_holds_for_all_that_a_person_could_see_and_not_for_linking() -> None:
    for use, sensitivity in product(
        ("study", "evidence", "linking"), ("sensitive", "plain", "quasi-identifier")
    ):
        law = law_on([Element("DOL", frozenset({"CGS 31-254"}), use, sensitivity)])
        assert bool(law.may_see(state_employee=False)) is (use == "linking")


def refusals(*columns: Element, exception: str = AUDIT) -> list[str]:
    return [reason.rule for reason in law_on(columns).may_be_asked(exception=exception).reasons]


def of(tag: str, use: str = "study", sensitivity: str = "plain") -> Element:
    return Element("DSS", frozenset({tag}), use, sensitivity)


@pytest.mark.parametrize(
    ("column", "exception", "refused"),
    [
        (SCHOOL, AUDIT, []),
        (SCHOOL, "", ["ferpa_exception_missing"]),
        (SCHOOL, "No education records are asked for", ["ferpa_exception_missing"]),
        (WAGE, "", []),
        (of("20 CFR 603", "linking", "direct identifier"), "", []),
        (of("20 CFR 603", "study", "direct identifier"), "", ["identified_in_wage_records"]),
        (of("HIPAA", "linking", "direct identifier"), "", []),
        (of("HIPAA", "study", "direct identifier"), "", ["health_records_with_identifiers"]),
        (of("42 CFR Part 2", "evidence", "direct identifier"), "", ["patients_identified"]),
        (of("IRS Pub 1075", "linking"), "", ["tax_information"]),
        (of("CGS 12-15"), "", ["tax_information"]),
        (of("Erased records"), "", ["erased_records"]),
        (of("Tribal"), "", ["nation_has_not_consented"]),
        (of("SNAP"), "", []),
        (of("A law of tomorrow"), AUDIT, ["law_unknown"]),
    ],
)
def test_what_the_law_refuses(column: Element, exception: str, refused: list[str]) -> None:
    assert refusals(column, exception=exception) == refused


TREATMENT, COURT = of("42 CFR Part 2"), Element("JUD", frozenset({"Juvenile records"}))


def test_what_may_not_stand_together_is_refused_together_and_passes_alone() -> None:
    assert refusals(TREATMENT) == refusals(COURT) == refusals(TREATMENT, SCHOOL, WAGE) == []
    assert refusals(TREATMENT, COURT) == refusals(COURT, SCHOOL, TREATMENT) == ["not_beside_criminal_records"]
    one_column = Element("DMHAS", frozenset({"42 CFR 2", "Juvenile records"}))
    assert refusals(one_column) == ["not_beside_criminal_records"]
    assert refusals(TREATMENT, of("Erased records")) == ["erased_records", "not_beside_criminal_records"]


def test_contributors_laws_join_so_that_each_alone_may_pass_and_both_may_not() -> None:
    one, other = legal.on_each(TREATMENT), legal.on_each(COURT)
    assert one.may_be_shared()
    assert other.may_be_shared()
    [reason] = (one | other).may_be_shared().reasons
    assert (reason.rule, "42 CFR 2.12(a)(2) (to be confirmed by counsel)" in reason.message) == (
        "not_beside_criminal_records",
        True,
    )


def test_every_combination_that_is_barred_names_a_law_that_has_a_file() -> None:
    barred = {key: rule.not_with for key, rule in RULES.items() if rule.not_with}
    assert barred
    assert all(names <= REGIMES.keys() for names in barred.values())
    with pytest.raises(ValueError, match="not_wiht"):
        Regime.from_toml(
            "x", 'name="X"\n[[rules]]\nname="a"\nsays="B."\nsource="C"\nverified=true\nnot_wiht=["sde"]'
        )


def test_a_nations_consent_lifts_what_waits_for_it_and_nothing_else() -> None:
    law = law_on([of("Tribal"), of("IRS Pub 1075", "linking")])
    assert [rule.name for rule in law.without_consent] == ["nation_has_not_consented"]
    assert [one.rule for one in law.with_consent().may_be_asked(exception="").reasons] == ["tax_information"]


@pytest.mark.parametrize("tag", ["National School Lunch Act", "HEA 483", "SNAP", "WIC", "Juvenile records"])
def test_what_an_agency_will_likely_deny_is_said_and_not_refused(tag: str) -> None:
    assert len(law_on([of(tag)]).likely_denied) == 1


def test_several_laws_bind_one_column() -> None:
    assert legal.tags_in("42 CFR Part 2; HIPAA ;") == {"42 CFR Part 2", "HIPAA"}
    both = Element("DMHAS", legal.tags_in("42 CFR Part 2; HIPAA"), "study", "direct identifier")
    assert refusals(both) == ["health_records_with_identifiers", "patients_identified"]


def test_a_tag_may_name_the_nation_whose_members_the_column_tells_of() -> None:
    written = "FERPA; Tribal: Mohegan  Tribe; Tribal : Pequot: Western"
    assert legal.tags_in(written) == {"FERPA", "Tribal"}
    assert legal.nations_in(written) == {"Mohegan Tribe": "Tribal", "Pequot: Western": "Tribal"}
    assert legal.nations_in("FERPA; Tribal") == {}


def test_without_a_tag_what_binds_everybody_still_binds() -> None:
    assert law_on([]).clauses.keys() == law_on([SCHOOL, WAGE]).clauses.keys()


def test_an_agreement_that_names_an_unknown_rule_shares_nothing() -> None:
    known = legal.named(["ccic.identifiers_destroyed_within_a_day"])
    assert known.identifiers_days == 1
    assert known.may_be_shared()
    assert not legal.named(["ferpa.misuse", "ferpa.tomorrow"]).may_be_shared()


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('name = "n"\n[[rules]]\nname = "r"\nsays = "s."\nverified = true', "x, rule r: say its source"),
        ('name = "n"\n[[rules]]\nname = "r"\nsays = "s."\nsource = "c"', "say its verified"),
        ('name = "n"\n[[rules]]\nname = "r"\nsays = "s."\nsource = "c"\nverified = true\nhue = 1', "hue"),
    ],
)
def test_a_regime_that_leaves_something_unsaid_is_not_read(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        Regime.from_toml("x", text)

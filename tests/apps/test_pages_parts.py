"""The parts that pages are made of: each says in words what it shows."""

import re
from datetime import date
from pathlib import Path

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory

import charteroak
from charteroak.adapters.listing import Cell
from charteroak.policy.decision import ALLOWED, Decision, refuse
from charteroak.site.templatetags.lists import is_long


class Enquiry(forms.Form):
    title = forms.CharField(help_text="At most 20 characters.", max_length=20)
    kind = forms.ChoiceField(choices=[("audit", "Audit"), ("study", "Study")], widget=forms.RadioSelect)
    months = forms.IntegerField(required=False)


class Record:
    status = "in_review"

    def get_absolute_url(self) -> str:
        return "/requests/42/"


def rendered(text: str, headers: dict[str, str] | None = None, **given: object) -> str:
    request = RequestFactory().get("/requests/42/?tab=files", headers=headers)
    return Template("{% load page %}" + text).render(
        Context({"request": request, "csrf_token": "token", **given})
    )


def test_the_turn_says_who_and_by_when() -> None:
    said = rendered("{% turn who by %}", who="Ben Cole (SDE)", by=date(2026, 9, 25))
    assert "Ben Cole (SDE)" in said
    assert '<time datetime="2026-09-25">' in said


def test_a_finished_record_is_nobodys_turn() -> None:
    assert "nothing is left to do" in rendered("{% turn '' %}")


@pytest.mark.parametrize(
    ("status", "icon"), [("in_review", "#schedule"), ("approved", "#check_circle"), ("rejected", "#cancel")]
)
def test_a_status_is_words_beside_an_icon(status: str, icon: str) -> None:
    said = rendered("{% status status %}", status=status)
    assert status.replace("_", " ") in said
    assert icon in said


def test_a_permitted_action_is_a_button_that_posts_to_the_record() -> None:
    said = rendered(
        "{% action_form record 'approve' 'Approve' decision %}", record=Record(), decision=ALLOWED
    )
    assert '<form id="action-approve"' in said
    assert 'action="/requests/42/approve/"' in said
    assert 'name="csrfmiddlewaretoken" value="token"' in said


def test_a_refused_action_gives_its_reasons_in_place_of_the_button() -> None:
    both: Decision = refuse("own_request", "You wrote it.", "Another steward decides.") & refuse(
        "late", "Too late."
    )
    said = rendered("{% action_form record 'approve' 'Approve' decision %}", record=Record(), decision=both)
    assert "<button" not in said
    assert "You wrote it." in said
    assert "Another steward decides." in said
    assert "Too late." in said


def test_one_action_offered_twice_has_two_names() -> None:
    text = "{% action_form record 'deny' 'Deny' decision href='/d/' key='frpl' %}"
    assert '<form id="action-deny-frpl"' in rendered(text, record=Record(), decision=ALLOWED)


def test_a_table_names_its_rows_and_sets_numbers_right() -> None:
    text = "{% data_table 'Enrollees' head rows source='Invented' as_of=day csv='/t.csv' %}"
    said = rendered(text, head=["Town", "People"], rows=[["Ashford", 12]], day=date(2026, 9, 8))
    assert '<th scope="row">Ashford</th>' in said
    assert '<td class="number">12</td>' in said
    assert 'tabindex="0" role="region" aria-labelledby="table-enrollees"' in said
    assert "Invented" in said
    assert 'href="/t.csv"' in said


def test_an_empty_table_says_why() -> None:
    said = rendered(
        "{% data_table 'Files' head rows nothing='No agency has sent a file.' %}", head=[], rows=[]
    )
    assert "<table" not in said
    assert "No agency has sent a file." in said


def test_cells_are_text_not_markup() -> None:
    assert "<b>" not in rendered("{% data_table 'Files' head rows %}", head=["Name"], rows=[["<b>x</b>"]])


def test_unfinished_work_asks_again_by_itself_and_by_link() -> None:
    said = rendered("{% progress 3 10 'Linking' %}")
    assert 'hx-get="/requests/42/?tab=files" hx-trigger="every 2s"' in said
    assert '<progress id="progress-bar" value="3" max="10">' in said
    assert "Check again" in said


def test_finished_work_stops_asking() -> None:
    said = rendered("{% progress 10 10 'Linking' %}")
    assert "hx-get" not in said
    assert "Show the result" not in said, "the page is the result"
    swapped_in = rendered("{% progress 10 10 'Linking' %}", {"HX-Request": "true"})
    assert "Show the result" in swapped_in


class EitherOr(forms.Form):
    one_of = ("file", "script")
    file = forms.CharField(required=False)
    script = forms.CharField(required=False)
    remark = forms.CharField(required=False)


def test_of_fields_that_stand_for_each_other_none_is_called_optional() -> None:
    assert rendered("{% form_fields form %}", form=EitherOr()).count("(optional)") == 1


def test_a_form_keeps_what_was_typed_and_links_each_error_to_its_field() -> None:
    form = Enquiry({"title": "", "kind": "audit", "months": "twelve"})
    said = rendered("{% error_summary form %}{% form_fields form %}", form=form)
    assert 'href="#id_title"' in said
    assert 'href="#id_months"' in said
    assert 'value="twelve"' in said
    assert 'aria-describedby="id_title_helptext id_title_error"' in said
    assert 'id="id_title_error"' in said
    assert said.count("usa-radio__input") == 2


def test_a_form_without_errors_has_no_summary() -> None:
    assert rendered("{% error_summary form %}", form=Enquiry()).strip() == ""


def test_steps_say_which_are_done() -> None:
    steps = [
        {"heading": "Enquiry", "done": True},
        {"heading": "Review", "text": "Each agency decides.", "by": "SDE"},
    ]
    said = rendered("{% process_list steps %}", steps=steps)
    assert said.count("#check_circle") == 1
    assert "Each agency decides." in said


def test_a_form_that_is_folded_away_is_unfolded_where_it_has_errors() -> None:
    folded = re.compile(r"<details((?:[^<>{]|\{%.*?%\})*)>(.*?)</details>", re.DOTALL)
    found = [
        (template.name, tag, form)
        for template in Path(charteroak.__path__[0]).rglob("*.html")
        for tag, inside in folded.findall(template.read_text("utf-8"))
        for form in re.findall(r"action_form [^%]*? form=([\w.]+)", inside)
    ]
    assert len(found) > 5
    assert [(name, form) for name, tag, form in found if " open" not in tag] == []


def test_a_cell_of_many_words_is_given_width_and_one_of_a_few_is_not() -> None:
    said = [
        is_long(Cell(value)) for value in ("CSC; DOL", "applicant 8; policy office 4; agency 34; board 7", 7)
    ]
    assert said == [False, True, False]

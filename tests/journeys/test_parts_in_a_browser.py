"""Every part that pages are made of, on one page, in a real browser."""

from collections.abc import Callable
from datetime import date

import pytest
from django import forms
from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.urls import path

from charteroak.policy.decision import ALLOWED, refuse
from charteroak.site.urls import urlpatterns as site_patterns
from journeys.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.urls(__name__)]

PARTS = """{% extends "base.html" %}{% load page %}{% block title %}Parts{% endblock %}{% block content %}
<h1>Data request 042</h1>
{% turn "Ben Cole (SDE)" day %} {% status "in_review" %} {% status "approved" %} {% status "rejected" %}
{% action_form None "submit" "Submit" allowed form=form href="/parts/" %}
{% action_form None "approve" "Approve" refused href="/parts/" %}
{% process_list steps %}
{% data_table "Enrollees by town" head rows source="Invented" as_of=day csv="/towns.csv" %}
{% data_table "Files" head nothing_yet nothing="No agency has sent a file." %}
{% progress asked 3 "Linking" %}
{% endblock %}"""
asked_so_far: list[int] = []


class Enquiry(forms.Form):
    title = forms.CharField(help_text="At most 200 characters.")
    kind = forms.ChoiceField(choices=[("audit", "Audit"), ("study", "Study")], widget=forms.RadioSelect)
    columns = forms.MultipleChoiceField(choices=[("gpa", "gpa")], widget=forms.CheckboxSelectMultiple)
    agency = forms.ChoiceField(choices=[("sde", "SDE")], required=False)
    note = forms.CharField(widget=forms.Textarea, required=False)
    file = forms.FileField(help_text="An .age file of at most 2 GB.")
    read = forms.BooleanField(label="I have read the conditions")


def parts(request: HttpRequest) -> HttpResponse:
    asked_so_far.append(1)
    given = {
        "day": date(2026, 9, 25),
        "allowed": ALLOWED,
        "refused": refuse("own_request", "You wrote this request.", "Another steward decides."),
        "form": Enquiry(request.POST or None),
        "steps": [{"heading": "Enquiry", "done": True}, {"heading": "Review", "by": "SDE, CSC, DOL"}],
        "head": ["Town", "Enrollees"],
        "rows": [["Ashford Mills", 1200]],
        "nothing_yet": [],
        "asked": min(3, len(asked_so_far)),
    }
    return HttpResponse(Template(PARTS).render(RequestContext(request, given)))


urlpatterns = [*site_patterns, path("parts/", parts)]


@pytest.mark.parametrize("width", [1280, 320])
def test_every_part_can_be_used_by_everyone(visit: Callable[..., Visitor], address: str, width: int) -> None:
    visitor = visit(address, width=width)
    page = visitor.look("/parts/")
    page.locator("#id_title").fill("   ")
    page.locator("#action-submit").evaluate("form => { form.noValidate = true; form.submit() }")
    page.wait_for_selector("#error-summary")
    visitor.judge()
    page.get_by_role("link", name="Title: This field is required.").click()
    assert page.evaluate("document.activeElement.id") == "id_title"


def test_progress_moves_without_reloading_and_then_stops(visit: Callable[..., Visitor], address: str) -> None:
    asked_so_far.clear()
    visitor = visit(address)
    page = visitor.look("/parts/")
    page.locator("#id_title").fill("half a sentence")
    page.get_by_role("link", name="Show the result").wait_for()
    assert page.locator("#id_title").input_value() == "half a sentence"
    assert page.locator("#progress").get_attribute("hx-get") is None
    visitor.judge()

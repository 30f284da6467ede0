"""A draft written in a browser that is closed in the middle of a field."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from apps import way
from apps.way import person
from charteroak.requests import actions
from journeys.visitor import Visitor

pytestmark = pytest.mark.browser
PASSWORD = "a long password for tests"
LOST_AT_MOST = 5  # seconds of writing
TYPED = {"question": "Do those who left a CTE pro", "first_year": "209"}


def test_what_was_typed_until_a_few_seconds_ago_is_there_again_also_what_cannot_be_read(
    visit: Callable[..., Visitor], address: str
) -> None:
    way.load()
    here = actions.start(by=person("maya.ortiz"), title="CTE and earnings").get_absolute_url()
    before = visit(address)
    before.sign_in("maya.ortiz", PASSWORD)
    before.page.goto(address + here)
    for field, said in TYPED.items():
        before.page.locator(f"[name={field}]").press_sequentially(said)
    expect(before.page.locator("#kept")).to_contain_text("Cannot be read yet: first year.", timeout=30_000)
    before.page.close()
    after = visit(address)
    after.sign_in("maya.ortiz", PASSWORD)
    after.page.goto(address + here)
    for field, said in TYPED.items():
        expect(after.page.locator(f"[name={field}]")).to_have_value(said)
    expect(after.page.locator("[name=first_year]")).to_have_attribute("aria-invalid", "true")


def test_the_form_saves_by_itself_while_somebody_goes_on_writing(
    visit: Callable[..., Visitor], address: str
) -> None:
    """Five seconds of writing are the most that can be lost: the form waits for no pause."""
    way.load()
    here = actions.start(by=person("maya.ortiz"), title="CTE and earnings").get_absolute_url()
    applicant = visit(address)
    applicant.sign_in("maya.ortiz", PASSWORD)
    applicant.page.goto(address + here)
    trigger = applicant.page.locator("#action-edit").get_attribute("hx-trigger") or ""
    throttles = [float(said) for said in re.findall(r"throttle:([0-9.]+)s", trigger)]
    assert throttles
    assert max(throttles) < LOST_AT_MOST
    question = applicant.page.locator("[name=question]")
    kept = applicant.page.locator("#kept")
    for _letter in range(300):  # without the pause that would save it anyway
        question.press_sequentially("x", delay=50)
        if "Kept at" in kept.inner_text():
            break
    expect(kept).to_contain_text("Kept at")

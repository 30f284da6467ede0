"""What a stopped demo tells of the page that stopped it: the reasons, once, and nothing of the frame."""

from charteroak.demo.page import Page

FRAME = """<html><head><title>Not permitted</title></head><body><header>Menu Sign out</header>
<main>{}</main><footer>Charter Oak</footer></body></html>"""
REFUSAL = """<h1>Not permitted</h1>
<div class="refused"><p class="refused__what">Why</p> <ul><li>No seat.</li></ul></div>"""


def said(main: str) -> str:
    return Page("/x/", 403, FRAME.format(main).encode()).said()


def test_the_reason_comes_first_and_the_frame_not_at_all() -> None:
    assert said("<p>words</p>" * 200 + REFUSAL).startswith("Why No seat. ")
    assert "Sign out" not in said(REFUSAL)
    assert said(REFUSAL).count("No seat.") == said(REFUSAL).count("Not permitted") == 1


def test_a_message_is_said_once_though_its_parts_are_marked_too() -> None:
    alert = '<div class="usa-alert"><div class="usa-alert__body"><p class="usa-alert__text">Saved.</p></div></div>'
    assert said(alert) == "Saved."


def test_a_headline_is_not_doubled_by_the_title() -> None:
    page = Page(
        "/", 503, b"<html><head><title>Started again</title></head><main><h1>Started again</h1></main></html>"
    )
    assert page.said() == "Started again"


def test_telling_leaves_the_forms_of_the_page_alone() -> None:
    page = Page(
        "/", 400, b'<main><form id="action-x"><div class="error-summary">Mend this.</div></form></main>'
    )
    assert page.said() == "Mend this."
    form = page.form("x")
    assert form is not None
    assert "Mend this." in form.text_content()

"""Every page in Spanish: what the catalogs know stands nowhere in English. What people typed stays as typed."""

import re
from datetime import date
from html import unescape
from pathlib import Path

from babel.messages.pofile import read_po
from django import forms
from django.test import Client
from django.utils.formats import date_format
from django.utils.translation import override

from apps import doors, way
from apps.whole_way import ACTORS, Scene
from charteroak.policy import account, meeting, workspace
from charteroak.site.templatetags.page import named, translated
from charteroak.submissions.delimited import Check, Column

# These stand in the agreement as well, whose words are what was signed and stay as they are.
AS_SIGNED = {
    "Data integration hub",
    "the data integration hub",
    "stewards' confirmation of the match",
    "FERPA studies, 34 CFR 99.31(a)(6)",
}
GIVEN = ("Enterprise memorandum of understanding", "P20 WIN model data sharing agreement")  # titles, as typed
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")


def sentences() -> list[tuple[str, re.Pattern[str]]]:
    """Every translated English sentence of three words or more, as a pattern for a page's text."""
    found = []
    for path in Path(__file__).parents[2].glob("src/charteroak/*/locale/es/LC_MESSAGES/django.po"):
        with path.open("rb") as file:
            for message in read_po(file, locale="es"):
                said = message.id if isinstance(message.id, str) else message.id[0]
                told = (
                    message.string if isinstance(message.string, str) else next(iter(message.string or [""]))
                )
                parts = PLACEHOLDER.split(said)
                if said not in AS_SIGNED and said != told and max(len(part.split()) for part in parts) >= 3:
                    found.append((said, re.compile(r"(?<!\w).{0,200}".join(map(re.escape, parts)))))
    return found


def text_of(page: str) -> str:
    """What a reader meets, titles, labels and alternative texts included; without scripts and quoted content."""
    page = re.sub(r"<(script|style|pre|blockquote)\b.*?</\1>", " ", page, flags=re.S)
    spoken = re.findall(r'\b(?:aria-label|alt|title)="([^"]*)"', page)
    text = unescape(re.sub(r"\s+", " ", " · ".join([re.sub(r"<[^>]+>", " · ", page), *spoken])))
    return re.sub("|".join(map(re.escape, GIVEN)), "…", text)


def test_no_english_sentence_is_left_on_any_page(at: Scene) -> None:
    known, read, left = sentences(), 0, set()
    for username in ACTORS.values():
        client = Client(headers={"accept-language": "es"})
        if username:
            client.force_login(way.person(username))
        for method, template in doors.matrix():
            path = template.format(**vars(at))
            if method != "GET" or path.startswith("/api/"):
                continue
            answer = client.get(path)
            if answer.status_code == 302 or "text/html" not in answer.headers.get("Content-Type", ""):
                continue
            assert '<html lang="es">' in answer.text, path
            read += 1
            text = text_of(answer.text)
            left |= {(template, said) for said, pattern in known if pattern.search(text)}
    assert read > 100
    assert not left, "\n".join(f"{template}: {said}" for template, said in sorted(left))


def test_numbers_and_days_are_written_as_the_reader_writes_them(at: Scene) -> None:
    page = Client(headers={"accept-language": "es"}).get("/board/").text
    assert re.search(r"\d+ de [a-z]+ de 20\d\d", page)


def test_a_day_in_may_is_in_a_month_and_a_form_shows_it_as_its_hint_writes_it() -> None:
    with override("es"):
        assert date_format(date(2027, 5, 9)) == "9 de mayo de 2027"
        shown = forms.DateField().widget.render("on", date(2027, 5, 9))
    assert 'value="2027-05-09"' in shown


def test_one_english_word_is_a_verb_or_a_status_and_of_the_gender_of_its_record() -> None:
    with override("es"):
        assert named(meeting.Action.OPEN) == named(workspace.Action.OPEN) == "abrir"
        assert named(meeting.Status.OPEN) == named(account.Status.OPEN) == "abierta"
        assert named(workspace.Status.OPEN) == "abierto"
    with override("en"):
        assert named(meeting.Action.OPEN) == named(workspace.Status.OPEN) == "open"


def test_what_is_wrong_with_a_delivery_is_said_in_spanish() -> None:
    test = Check([Column("record_id"), Column("ssn", width=9), Column("dob", kind="date"), Column("sasid")])
    test.feed(b"record_id\tssn\tdob\n1\t12345678\t2003-02-14\n1\t123456789\t20030214\n")
    test.finish()
    assert {found.cause for found in test.findings} > {"leading zeros lost", "is no date", "is missing"}
    with override("es"):
        for found in test.findings:
            assert translated(found.cause) != found.cause
            assert translated(found.cure) != found.cure

"""A webhook's secret at rest: shown once to its holder, sealed to the process that sends, and to nobody else."""

import base64
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from apps import way
from apps.hub_way import AsProcess
from apps.webhooks_way import subscribed
from charteroak.adapters import age, news_key
from charteroak.adapters.environment import Process, home
from charteroak.site.models import WebhookSecret

URL = "https://data.example.gov/news"
CHECK = "webhook_secret_is_sealed"


@pytest.fixture(autouse=True)
def _people(live_database: None, as_process: AsProcess) -> None:
    with as_process("owner"):
        way.load()


def dumped() -> str:
    """The table as a backup holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM site_webhooksecret")
        return "\n".join(str(row) for row in cursor.fetchall())


def in_any_form(secret: str) -> list[str]:
    plain = secret.removeprefix("whsec_")
    return [secret, plain, base64.b64encode(secret.encode()).decode(), base64.b64decode(plain).hex()]


def test_a_dump_of_the_table_shows_no_secret_and_who_sends_reads_it(as_process: AsProcess) -> None:
    made, secret = subscribed("sam.reyes", URL)
    with as_process("owner"):
        told = dumped()
    assert str(made.pk) in told
    assert not [one for one in in_any_form(secret) if one in told]
    with as_process("post"):
        assert news_key.opened(WebhookSecret.objects.get().sealed) == secret


def test_the_key_is_a_file_of_who_sends_and_another_key_opens_nothing(tmp_path: Path) -> None:
    sealed = news_key.seal("whsec_AAAA")
    [private] = home().keys(Process.POST).glob("news.*")
    assert private.stat().st_mode & 0o777 == 0o600
    assert not list(home().keys(Process.WEB).glob("news.*"))
    age.generate_identity(tmp_path / "another.age")
    with pytest.raises(age.WrongKey):
        age.opened(sealed, tmp_path / "another.age")
    with pytest.raises(age.WrongKey):
        age.opened(sealed[:200] + ("A" if sealed[200] != "A" else "B") + sealed[201:], private)
    news_key.make(home())
    assert news_key.opened(sealed) == "whsec_AAAA", "made once"


def test_where_only_the_public_key_is_mounted_none_is_made(tmp_path: Path) -> None:
    here = type(home())(tmp_path)
    news_key.make(here)
    [private] = here.keys(Process.POST).glob("news.*")
    public = (here.public_keys / Process.POST / "news.recipient").read_text("ascii")
    private.unlink()
    news_key.make(here)
    assert not private.exists()
    assert (here.public_keys / Process.POST / "news.recipient").read_text("ascii") == public


def test_the_database_takes_no_secret_in_words() -> None:
    made, _secret = subscribed("sam.reyes", URL)
    with pytest.raises(IntegrityError, match=CHECK), connection.cursor() as cursor:
        cursor.execute("INSERT INTO site_webhooksecret VALUES (%s, 'whsec_AAAA')", [made.pk + 1])


def test_what_stood_there_in_words_is_sealed_when_the_tables_are_brought_up_to_date(
    as_process: AsProcess,
) -> None:
    made, secret = subscribed("sam.reyes", URL)
    kept, _other = subscribed("ben.cole", URL)
    with as_process("owner"), connection.cursor() as cursor:
        before = WebhookSecret.objects.get(pk=kept.pk).sealed
        cursor.execute(f"ALTER TABLE site_webhooksecret DROP CONSTRAINT {CHECK}")
        WebhookSecret.objects.filter(pk=made.pk).update(sealed=secret)
        assert secret in dumped()
        with transaction.atomic():
            import_module("charteroak.site.migrations.0005_sealed_webhook_secrets").seal(apps, None)
            cursor.execute(
                f"ALTER TABLE site_webhooksecret ADD CONSTRAINT {CHECK} CHECK (sealed LIKE '{news_key.SEALED}%')"
            )
        assert secret not in dumped()
        assert WebhookSecret.objects.get(pk=kept.pk).sealed == before, "what is sealed stays as it is"
    with as_process("post"):
        assert news_key.opened(WebhookSecret.objects.get(pk=made.pk).sealed) == secret

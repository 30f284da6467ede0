"""Where news may be sent: over https, to public addresses, whatever a name turns out to lead to."""

import pytest

from charteroak.adapters import clock, webhooks


@pytest.mark.parametrize(
    "url",
    [
        "http://data.example.gov/news", "ftp://data.example.gov/", "https://", "news", "https://user:pw@example.gov/",
        "https://example.gov/#part", "https://10.0.0.1/", "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest", "https://[fd00::1]/", "https://0.0.0.0/", "https://224.0.0.1/",
        "https://[64:ff9b::a00:1]/", "https://[64:ff9b:1::a00:1]/", "https://[2002:a00:1::]/", "https://[fec0::1]/",
        "https://[::10.0.0.1]/", "https://[::]/", "https://168.63.129.16/", "https://[64:ff9b::168.63.129.16]/",
        "https://exa mple.gov/", "https://example.gov:0/", "https://example.gov:99999/", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_and_https_is_refused(url: str) -> None:
    assert [reason.rule for reason in webhooks.judged(url).reasons] == ["address_refused"]


def test_a_public_one_over_https_is_not() -> None:
    assert webhooks.judged("https://data.example.gov/news?from=us")
    assert webhooks.judged("https://8.8.8.8/")
    assert webhooks.judged("https://[2620:fe::fe]/")
    assert webhooks.judged("https://[64:ff9b::808:808]/")


def test_a_name_that_leads_to_a_private_network_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    where = ["10.0.0.7"]
    monkeypatch.setattr(webhooks, "_named", lambda *_: where)
    with pytest.raises(webhooks.NotDelivered, match="not_public"):
        webhooks.send(
            "https://inside.example.gov/", secret="whsec_AAAA", name="1", body="{}", at=clock.real_now()
        )
    where[0] = "192.168.4.5"
    monkeypatch.setenv("CHARTEROAK_WEBHOOK_NETWORKS", "192.168.4.0/24")
    assert webhooks._looked_up("inside.example.gov", 443)

"""Sending news to another system: only over https, only to public addresses, never along a redirect.

The address is looked up once, judged, and then connected to: a name that leads elsewhere a moment later leads
nowhere. CHARTEROAK_WEBHOOK_NETWORKS lists private networks (10.2.0.0/16) that may be reached, by comma;
CHARTEROAK_WEBHOOK_LOOPBACK=1 lets tests and demonstrations send to this machine, over http too.
"""

import http.client
import os
import socket
import ssl
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from ipaddress import IPv4Network as _IPv4Network
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext_noop as noop
from standardwebhooks import Webhook

from charteroak.policy.decision import ALLOWED, Decision, refuse

PATIENCE = 10.0  # seconds for each step of talking to the other system
LONGEST = 500  # characters of an address
Address = IPv4Address | IPv6Address
Network = _IPv4Network | IPv6Network


class NotDelivered(Exception):
    """Why, in one word that holds nothing of the other system's."""


def judged(url: str) -> Decision:
    """Whether news may be sent to this address, as far as its words tell; where its name leads is seen on sending."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = SplitResult("", "", "", "", ""), None
    if not parts.hostname or len(url) > LONGEST or not url.isascii() or any(one.isspace() for one in url):
        said = noop("This is no address of a web server.")
        return refuse("address_refused", said, noop("For example https://data.example.gov/news."))
    if parts.scheme != "https" and not (parts.scheme == "http" and _loopback() and _own(parts.hostname)):
        said = noop("News is sent over https only.")
        return refuse("address_refused", said, noop("Give an address that begins with https://."))
    if parts.username or parts.password or parts.fragment or port == 0:
        said = noop("The address must hold no password and no fragment.")
        return refuse("address_refused", said, noop("The signature tells the receiver who sent it."))
    literal = _literal(parts.hostname)
    if literal is not None and not _may_reach(literal):
        said = noop("This address lies in a network that is not public.")
        return refuse("address_refused", said, noop("Whoever runs this site can allow a network by name."))
    return ALLOWED


def send(url: str, *, secret: str, name: str, body: str, at: datetime) -> None:
    """POST the body, signed as standardwebhooks.com says. Raises NotDelivered unless the answer is a success."""
    if not judged(url):
        raise NotDelivered("address_refused")
    parts = urlsplit(url)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "charteroak-webhooks",
        "webhook-id": name,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(name, at, body),
    }
    connection = _connection(parts)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, body.encode(), headers)
        status = connection.getresponse().status  # what else it says is not read
    except ssl.SSLError as failed:
        raise NotDelivered("certificate") from failed
    except (OSError, http.client.HTTPException) as failed:
        raise NotDelivered("no_answer") from failed
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise NotDelivered(f"status_{status}")


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _looked_up(host, port)

    class Pinned(http.client.HTTPConnection):
        """Connects to the address that was judged, whatever the name says by now."""

        def connect(self) -> None:
            self.sock = socket.create_connection((str(address), port), PATIENCE)
            if parts.scheme == "https":
                self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=host)

    return Pinned(host, port, timeout=PATIENCE)


def _looked_up(host: str, port: int) -> Address:
    """The address behind a name; raises NotDelivered when one of them may not be reached."""
    try:
        found = {ip_address(one) for one in _named(host, port)}
    except (OSError, ValueError) as failed:
        raise NotDelivered("no_such_name") from failed
    if not found or not all(map(_may_reach, found)):
        raise NotDelivered("not_public")
    return sorted(found, key=lambda one: (one.version, int(one)))[0]


def _named(host: str, port: int) -> list[str]:
    return [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _may_reach(address: Address) -> bool:
    plain = getattr(address, "ipv4_mapped", None) or address  # ::ffff:10.0.0.1 is 10.0.0.1
    if plain.is_loopback:
        return _loopback()
    if plain.is_global and not plain.is_multicast:
        return True
    return any(plain in network for network in _networks())


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def _own(host: str) -> bool:
    literal = _literal(host)
    return host == "localhost" or (literal is not None and literal.is_loopback)


def _loopback() -> bool:
    return os.environ.get("CHARTEROAK_WEBHOOK_LOOPBACK", "") == "1"


def _networks() -> list[Network]:
    given = os.environ.get("CHARTEROAK_WEBHOOK_NETWORKS", "")
    return [ip_network(one.strip()) for one in given.split(",") if one.strip()]

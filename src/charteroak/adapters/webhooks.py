"""Sending news to another system: only over https, only to public addresses, never along a redirect.

The address is looked up once, judged, and then connected to: a name that leads elsewhere a moment later leads
nowhere. CHARTEROAK_WEBHOOK_NETWORKS lists private networks (10.2.0.0/16) that may be reached, by comma;
CHARTEROAK_WEBHOOK_LOOPBACK=1 lets tests and demonstrations send to this machine, over http too.
"""

import http.client
import io
import os
import socket
import ssl
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from ipaddress import IPv4Network as _IPv4Network
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext_noop as noop
from standardwebhooks import Webhook

from charteroak.policy.decision import ALLOWED, Decision, refuse

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PATIENCE = 15.0  # seconds for one delivery from the connection to the answer's status, however it trickles
LONGEST = 500  # characters of an address
Address = IPv4Address | IPv6Address
Network = _IPv4Network | IPv6Network

# what the standard library of Python 3.11 holds public, and is not (IANA's registries of special addresses)
NOT_PUBLIC: tuple[Network, ...] = tuple(
    map(ip_network, ("100.64.0.0/10", "168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "3fff::/20", "fec0::/10"))
)  # fmt: skip
UNICAST = IPv6Network("2000::/3")  # all that the sixth version has of public addresses
# the last 32 bits of these are an address of the fourth version
WRAPPING = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))


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
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    until = monotonic() + PATIENCE
    connection = _connection(parts, until)
    try:
        connection.request("POST", path, body.encode(), headers)
        status = _status(connection.sock, until)  # what else it says is not read
    except (OSError, http.client.HTTPException) as failed:
        # a bad certificate too: nothing is told of what is there
        raise NotDelivered("no_answer") from failed
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise NotDelivered(f"status_{status}")


def _left(until: float) -> float:
    """Seconds until that moment; raises TimeoutError when it has passed."""
    left = until - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _connection(parts: SplitResult, until: float) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _looked_up(host, port)

    class Pinned(http.client.HTTPConnection):
        """Connects to the address that was judged, whatever the name says by now."""

        def connect(self) -> None:
            self.sock = socket.create_connection((str(address), port), _left(until))
            if parts.scheme == "https":
                self.sock.settimeout(_left(until))
                self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=host)
            self.sock.settimeout(_left(until))

        def send(self, data: object) -> None:
            if self.sock is not None:
                self.sock.settimeout(_left(until))
            super().send(data)  # type: ignore[arg-type] # handed on as it came

    return Pinned(host, port)


class _Until(io.RawIOBase):
    """Reads from a connection until a moment: a socket's own patience begins anew with every byte."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock, self._moment = sock, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        self._sock.settimeout(_left(self._moment))
        return self._sock.recv_into(buffer)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """As `http.client` asks a socket for it."""
        return io.BufferedReader(self)


def _status(sock: socket.socket, until: float) -> int:
    reader = _Until(sock, until)  # all that an answer asks of a socket
    with http.client.HTTPResponse(reader, method="POST") as answer:  # type: ignore[arg-type]
        answer.begin()
        return answer.status


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
    plain = _unwrapped(address)
    if plain.is_loopback:
        return _loopback()
    return _is_public(plain) or any(plain in network for network in _networks())


def _is_public(plain: Address) -> bool:
    if not plain.is_global or plain.is_multicast or any(plain in network for network in NOT_PUBLIC):
        return False
    return plain.version == 4 or plain in UNICAST


def _unwrapped(address: Address) -> Address:
    """The address of the fourth version that one of the sixth stands for: ::ffff:10.0.0.1 is 10.0.0.1."""
    if isinstance(address, IPv4Address) or address.is_loopback:
        return address
    wrapped = address.ipv4_mapped or address.sixtofour
    if wrapped is None and any(address in network for network in WRAPPING):
        wrapped = IPv4Address(int(address) & 0xFFFF_FFFF)
    return wrapped or address


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

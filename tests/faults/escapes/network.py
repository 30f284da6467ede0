"""Ways to the host and beyond by sockets."""
# The plain calls are what is being tried:
# ruff: noqa: PTH123

import socket

from faults.escapes.attempt import HOST


def _connect(family: int, address: tuple[str, int] | str, kind: int = socket.SOCK_STREAM) -> None:
    with socket.socket(family, kind) as client:
        client.settimeout(2)
        client.connect(address)
        client.sendall(b"out")
        if kind == socket.SOCK_DGRAM:
            client.recv(10)


def reaches_the_host_by_tcp() -> None:
    _connect(socket.AF_INET, ("127.0.0.1", HOST["tcp"]))


def reaches_the_host_by_ipv6() -> None:
    _connect(socket.AF_INET6, ("::1", HOST["tcp6"]))


def reaches_the_host_by_udp() -> None:
    _connect(socket.AF_INET, ("127.0.0.1", HOST["udp"]), socket.SOCK_DGRAM)


def reaches_a_host_abstract_socket() -> None:
    _connect(socket.AF_UNIX, "\0" + HOST["abstract"])


def reaches_the_host_by_another_of_its_addresses() -> None:
    _connect(socket.AF_INET, ("127.1.2.3", HOST["tcp_elsewhere"]))


def learns_the_hosts_address_by_its_name() -> None:
    socket.getaddrinfo(HOST["name"], HOST["tcp"])


def finds_an_interface_beside_the_loopback() -> None:
    if [name for _, name in socket.if_nameindex()] == ["lo"]:
        raise FileNotFoundError


def finds_a_route_out() -> None:
    with open("/proc/net/route", encoding="ascii") as file:
        if len(file.read().splitlines()) < 2:
            raise FileNotFoundError


def sends_to_everybody_nearby() -> None:
    """A broadcast on the loopback's network, which the test hears."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(2)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        client.sendto(b"out", ("127.255.255.255", HOST["broadcast"]))
        client.recv(10)


def reaches_a_host_socket_file() -> None:
    _connect(socket.AF_UNIX, HOST["socket"])


def opens_a_bluetooth_socket() -> None:
    socket.socket(31, socket.SOCK_RAW, 1).close()


def asks_the_kernel_for_its_interfaces() -> None:
    socket.socket(16, socket.SOCK_RAW, 0).close()


def opens_a_vsock() -> None:
    socket.socket(40, socket.SOCK_STREAM).close()


def opens_a_packet_socket() -> None:
    socket.socket(17, socket.SOCK_RAW).close()


def opens_a_raw_socket() -> None:
    socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).close()


def opens_a_crypto_socket() -> None:
    socket.socket(38, socket.SOCK_SEQPACKET).close()


def opens_netfilter() -> None:
    socket.socket(16, socket.SOCK_RAW, 12).close()

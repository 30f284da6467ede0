"""Unit tests reach no network, or they would be no unit tests."""

import socket

import pytest
from pytest_socket import SocketBlockedError


def test_a_socket_to_anywhere_is_refused() -> None:
    with pytest.raises(SocketBlockedError):
        socket.socket(socket.AF_INET, socket.SOCK_STREAM)

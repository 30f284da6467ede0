"""The words of P20 WIN's data request log, as its manual has them."""

from enum import StrEnum


class Logged(StrEnum):
    RECEIVED = "received"
    APPROVED = "approved"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"

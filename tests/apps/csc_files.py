"""Small matching files of CSC, sent and checked, and what then lies in the stores."""

import json
from typing import Any

from apps.hub_way import as_if, deliver
from charteroak.adapters.environment import home
from charteroak.adapters.stores import Store
from charteroak.audit.models import Event
from charteroak.submissions.models import Delivery

CSC = "record_id\tbanner_id\tsasid\tssn\tlast\tfirst\tmiddle\tdob\tgender\n"
ANA = "C1\t@00000001\t1234567890\t000000017\tOak\tAna\t\t20010203\tF\n"
BEN = "C2\t@00000002\t\t000000018\tElm\tBen\tJ\t20010204\tM\n"


def send(content: str) -> Delivery:
    return deliver(as_if, "CSC", "matching", content.encode())


def objects(store: Store) -> set[str]:
    return {found.name for found in (home().vault / store).glob("??/*")}


def facts_of(event: Event) -> dict[str, Any]:
    return dict(json.loads(bytes(event.leaf))["facts"])

"""What the checks answer, as JSON with each file on a line of its own: whoever wants one reads no other."""

import json
from collections.abc import Mapping
from typing import Any


def written(said: Mapping[str, Any]) -> str:
    """`said` as JSON: every entry of a list is one line, with its keys in their order."""
    return "{" + ",\n".join(f"{json.dumps(key)}: {_lines(value)}" for key, value in said.items()) + "}\n"


def _lines(value: object) -> str:
    if not isinstance(value, list) or not value:
        return json.dumps(value)
    return "[\n" + ",\n".join(json.dumps(entry) for entry in value) + "\n]"


def of_file(name: str, answer: bytes) -> dict[str, Any]:
    """What `answer` says of one file; empty where it does not name it. Answers of before are not in lines."""
    begins = f'{{"file": {json.dumps(name)}, '.encode()
    for line in answer.split(b"\n"):
        if line.startswith(begins):
            found: dict[str, Any] = json.loads(line.removesuffix(b","))
            return found
    return next((one for one in json.loads(answer)["files"] if one["file"] == name), {})

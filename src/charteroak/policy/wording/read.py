"""Reads the versions of the wording that come with the package."""

import tomllib
from functools import cache
from importlib import resources

from charteroak.policy.wording.template import Template


@cache
def shipped() -> dict[str, dict[str, Template]]:
    """Version → kind of clause → template; versions in order, the latest last."""
    files = sorted((resources.files(__package__) / "versions").iterdir(), key=lambda file: file.name)
    return {
        (version := file.name.removesuffix(".toml")): {
            kind: Template.of(version, kind, said)
            for kind, said in tomllib.loads(file.read_text("utf-8")).items()
        }
        for file in files
        if file.name.endswith(".toml")
    }

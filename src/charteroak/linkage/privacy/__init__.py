"""Privacy-preserving record linkage: agencies encode with a secret key, the hub matches what it cannot read. Pure."""

from charteroak.linkage.privacy.filters import encode
from charteroak.linkage.privacy.matching import Matched, match
from charteroak.linkage.privacy.schema import DEFAULT, Feature, Schema, Tokens, from_toml, to_toml

__all__ = [
    "DEFAULT", "Feature", "Matched", "Schema", "Tokens", "encode", "from_toml", "match", "to_toml"
]  # fmt: skip

"""The spine: records that were linked before, kept encoded, so that a new file is linked to them without them."""

from charteroak.linkage.spine import read, write
from charteroak.linkage.spine.build import build
from charteroak.linkage.spine.link import Against, link
from charteroak.linkage.spine.spine import Spine

__all__ = ["Against", "Spine", "build", "link", "read", "write"]

"""The tree over the log: one root stands for every event, and short proofs show what it holds.

Hashing, proofs and their checks follow RFC 9162, section 2.1 (the same tree as RFC 6962), with SHA-256.
All hashes are 32 raw bytes; a tree of `size` leaves has the leaf indexes 0 … size - 1.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256 of the leaf behind a zero byte, so that no leaf can pass for a node (RFC 9162, 2.1.1)."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of two hashes behind a one byte (RFC 9162, 2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree that grows leaf by leaf and keeps only its perfect subtrees: at most log2(size) + 1 hashes.

    `hashes` are the roots of those subtrees, largest first; raises ValueError when their number does not fit.
    """

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.size = size
        self.hashes = list(hashes)
        if len(self.hashes) != size.bit_count():
            raise ValueError(f"{size} leaves make {size.bit_count()} subtrees, not {len(self.hashes)}.")

    def append(self, hashed: bytes) -> None:
        """Add the hash of the next leaf."""
        size = self.size
        while size & 1:
            hashed = node_hash(self.hashes.pop(), hashed)
            size >>= 1
        self.hashes.append(hashed)
        self.size += 1

    def root(self) -> bytes:
        """The hash of the whole tree."""
        if not self.hashes:
            return EMPTY_ROOT
        *larger, root = self.hashes
        for subtree in reversed(larger):
            root = node_hash(subtree, root)
        return root


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    """The hash of the tree over `leaf_hashes`."""
    frontier = Frontier()
    for hashed in leaf_hashes:
        frontier.append(hashed)
    return frontier.root()


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes that lead from leaf `index` to the root, lowest first (RFC 9162, 2.1.3.1).

    Raises IndexError when the tree has no such leaf.
    """
    start, end = 0, len(leaf_hashes)
    if not 0 <= index < end:
        raise IndexError(f"A tree of {end} leaves has no leaf {index}.")
    proof: list[bytes] = []
    while end - start > 1:
        middle = start + _largest_perfect_part(end - start)
        if index < middle:
            proof.append(root(leaf_hashes[middle:end]))
            end = middle
        else:
            proof.append(root(leaf_hashes[start:middle]))
            start = middle
    return proof[::-1]


class Levels:
    """A whole tree in memory, for many proofs at once: 64 bytes and one hash for each leaf, then O(log n) a proof."""

    def __init__(self, leaf_hashes: Sequence[bytes]) -> None:
        self._levels: list[Sequence[bytes]] = [leaf_hashes]
        while len(self._levels[-1]) > 1:
            below = self._levels[-1]
            above = [node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)]
            if len(below) % 2:
                above.append(below[-1])  # a last node without a neighbour stands for itself one level up
            self._levels.append(above)

    def inclusion_proof(self, index: int) -> list[bytes]:
        """As the function of that name."""
        if not 0 <= index < len(self._levels[0]):
            raise IndexError(f"A tree of {len(self._levels[0])} leaves has no leaf {index}.")
        proof = []
        for level in self._levels[:-1]:
            if (beside := index ^ 1) < len(level):
                proof.append(level[beside])
            index >>= 1
        return proof


def includes(root: bytes, size: int, index: int, hashed: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` leads from the hash of leaf `index` to the root of the tree (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last = index, size - 1
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            hashed = node_hash(sibling, hashed)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            hashed = node_hash(hashed, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and hashed == root


def consistency_proof(leaf_hashes: Sequence[bytes], old_size: int) -> list[bytes]:
    """The hashes that show the first `old_size` leaves unchanged in the whole tree (RFC 9162, 2.1.4.1).

    Raises IndexError unless 0 < old_size <= the number of leaves.
    """
    start, end = 0, len(leaf_hashes)
    if not 0 < old_size <= end:
        raise IndexError(f"A tree of {end} leaves has no earlier tree of {old_size}.")
    proof: list[bytes] = []
    while old_size < end:
        middle = start + _largest_perfect_part(end - start)
        if old_size <= middle:
            proof.append(root(leaf_hashes[middle:end]))
            end = middle
        else:
            proof.append(root(leaf_hashes[start:middle]))
            start = middle
    if start:  # otherwise the old tree is itself a subtree, and the verifier holds its root already
        proof.append(root(leaf_hashes[start:end]))
    return proof[::-1]


def extends(old_root: bytes, old_size: int, new_root: bytes, new_size: int, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the new tree begins with the old one (RFC 9162, 2.1.4.2)."""
    if old_size == new_size:
        return not proof and old_root == new_root
    if not 0 < old_size < new_size or not proof:
        return False
    node, last = old_size - 1, new_size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    rest = list(proof)
    old = new = rest.pop(0) if node else old_root
    for hashed in rest:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(hashed, old), node_hash(hashed, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, hashed)
        node, last = node >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def _largest_perfect_part(size: int) -> int:
    """The largest power of two below `size` (size > 1): where RFC 9162 parts a tree in two."""
    return 1 << ((size - 1).bit_length() - 1)

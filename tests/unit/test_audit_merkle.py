"""The tree: values everyone agrees on, a plain recursive reading of the RFC, proofs that cannot be bent."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charteroak.audit import merkle

# Certificate Transparency's reference leaves and roots (RFC 6962 reference implementation, merkle_tree_test)
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [merkle.leaf_hash(leaf) for leaf in LEAVES]

hashes = st.lists(st.binary(min_size=1, max_size=4).map(merkle.leaf_hash), min_size=1, max_size=70)


def recursive_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162, 2.1.1, read aloud."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    part = 1
    while part * 2 < len(leaves):
        part *= 2
    return sha256(b"\x01" + recursive_root(leaves[:part]) + recursive_root(leaves[part:])).digest()


def recursive_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 9162, 2.1.3.1."""
    if len(leaves) == 1:
        return []
    part = 1
    while part * 2 < len(leaves):
        part *= 2
    if index < part:
        return [*recursive_path(index, leaves[:part]), recursive_root(leaves[part:])]
    return [*recursive_path(index - part, leaves[part:]), recursive_root(leaves[:part])]


def recursive_subproof(old: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 9162, 2.1.4.1."""
    if old == len(leaves):
        return [] if whole else [recursive_root(leaves)]
    part = 1
    while part * 2 < len(leaves):
        part *= 2
    if old <= part:
        return [*recursive_subproof(old, leaves[:part], whole), recursive_root(leaves[part:])]
    return [*recursive_subproof(old - part, leaves[part:], False), recursive_root(leaves[:part])]


@pytest.mark.parametrize("size", range(9))
def test_the_reference_trees_have_the_reference_roots(size: int) -> None:
    assert merkle.root(HASHES[:size]).hex() == ROOTS[size]


def test_the_reference_proof_of_leaf_five_in_eight() -> None:
    assert [hashed.hex() for hashed in merkle.inclusion_proof(HASHES, 5)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@given(hashes)
def test_growing_leaf_by_leaf_gives_the_root_of_the_recursive_definition(leaves: list[bytes]) -> None:
    assert merkle.root(leaves) == recursive_root(leaves)


@given(hashes, st.integers(0, 100))
def test_a_tree_put_down_and_taken_up_again_ends_the_same(leaves: list[bytes], cut: int) -> None:
    first = merkle.Frontier()
    for leaf in leaves[:cut]:
        first.append(leaf)
    again = merkle.Frontier(first.size, first.hashes)
    for leaf in leaves[cut:]:
        again.append(leaf)
    assert again.root() == recursive_root(leaves)
    assert again.size == len(leaves)


def test_a_frontier_that_does_not_fit_its_size_is_refused() -> None:
    with pytest.raises(ValueError, match="3 leaves make 2 subtrees"):
        merkle.Frontier(3, HASHES[:1])


@pytest.mark.parametrize("size", range(1, 34))
def test_every_leaf_of_every_small_tree_is_proven(size: int) -> None:
    leaves = [merkle.leaf_hash(bytes([at])) for at in range(size)]
    root = recursive_root(leaves)
    for index, leaf in enumerate(leaves):
        proof = merkle.inclusion_proof(leaves, index)
        assert proof == recursive_path(index, leaves)
        assert merkle.includes(root, size, index, leaf, proof)
        assert not merkle.includes(root, size, index, merkle.leaf_hash(b"other"), proof)
        assert not merkle.includes(root, size, index, leaf, [*proof, root])
        assert not proof or not merkle.includes(root, size, index, leaf, proof[:-1])
        elsewhere = (at for at in range(size + 1) if at != index)
        assert not any(merkle.includes(root, size, at, leaf, proof) for at in elsewhere)


@pytest.mark.parametrize("size", range(1, 34))
def test_every_small_tree_begins_with_every_smaller_one(size: int) -> None:
    leaves = [merkle.leaf_hash(bytes([at])) for at in range(size)]
    new_root, forged = recursive_root(leaves), merkle.leaf_hash(b"forged")
    for old in range(1, size + 1):
        proof, old_root = merkle.consistency_proof(leaves, old), recursive_root(leaves[:old])
        assert proof == recursive_subproof(old, leaves, True)
        assert merkle.extends(old_root, old, new_root, size, proof)
        assert not merkle.extends(forged, old, new_root, size, proof)
        assert not merkle.extends(old_root, old, forged, size, proof)
        assert not merkle.extends(old_root, old, new_root, size, [*proof, forged])
        assert not proof or not merkle.extends(old_root, old, new_root, size, proof[:-1])


@given(hashes, st.data())
def test_a_rewritten_past_cannot_be_proven_consistent(leaves: list[bytes], data: st.DataObject) -> None:
    old = data.draw(st.integers(1, len(leaves)))
    at = data.draw(st.integers(0, old - 1))
    rewritten = [*leaves[:at], merkle.leaf_hash(b"rewritten"), *leaves[at + 1 :]]
    proof = merkle.consistency_proof(rewritten, old)
    assert not merkle.extends(merkle.root(leaves[:old]), old, merkle.root(rewritten), len(rewritten), proof)


def test_a_leaf_that_is_not_there_has_no_proof() -> None:
    with pytest.raises(IndexError, match="no leaf 8"):
        merkle.inclusion_proof(HASHES, 8)
    with pytest.raises(IndexError, match="no earlier tree of 9"):
        merkle.consistency_proof(HASHES, 9)
    assert not merkle.includes(merkle.root(HASHES), 8, 8, HASHES[7], [])

"""What a redline changed, word by word."""

from difflib import SequenceMatcher

Piece = tuple[str, str]  # "kept", "removed" or "added", and the words


def difference(before: str, after: str) -> list[Piece]:
    """The two texts as one run of pieces: words kept, removed, added, in reading order."""
    old, new = before.split(), after.split()
    pieces: list[Piece] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(("kept", " ".join(old[a:b])))
            continue
        pieces += [
            (kind, " ".join(words)) for kind, words in (("removed", old[a:b]), ("added", new[c:d])) if words
        ]
    return pieces

"""What everyone who sends a data request accepts. A term added later is accepted anew before the next sending."""

from collections.abc import Iterable, Mapping

from charteroak.policy.sentence import Sentence

TERMS: Mapping[str, Sentence] = {
    "purpose": Sentence("The records are used for the purpose of this request and for nothing else."),
    "no_reidentification": Sentence("Nobody tries to find out who a person in the records is."),
    "team": Sentence("Nobody outside the team named here sees the records."),
    "release": Sentence("Results leave the enclave only after review by every agency that contributed."),
    "destruction": Sentence(
        "The records are destroyed when the work has ended, and a breach is told at once."
    ),
}


def still_open(accepted: Iterable[str], terms: Mapping[str, Sentence] = TERMS) -> dict[str, Sentence]:
    """The terms of use that somebody who accepted `accepted` has still to accept, by name."""
    known = set(accepted)
    return {name: said for name, said in terms.items() if name not in known}

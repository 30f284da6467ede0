"""What allowed a clearance ahead, from signed events alone: the agency's consent and the board's motion."""

from charteroak.outputs.chain import Entry, Trace, last_of
from charteroak.policy.sentence import Sentence


def cleared_ahead(chain: Trace, ahead: list[Entry]) -> None:
    """By which class each agency cleared it ahead: the board's motion on that, and the agency's consent to it."""
    for entry in ahead:
        number, agency = entry.facts["output_class"], entry.facts["agency"]
        chain.add("clearance_ahead", entry, f"preview of {entry.facts['number']}", id=f"{agency}, {number}")
        consent = last_of(
            chain, Sentence("consent of {agency} to class {number}", agency=agency, number=number),
            "outputs:output_class:consent", number=number, agency=agency, consent=entry.facts["consent"],
        )  # fmt: skip
        vote = last_of(
            chain, Sentence("board's vote on class {number}", number=number), "board:motion:declare_carried",
            kind="preclear_outputs", about=number,
        )  # fmt: skip
        for kind, found in (("consent_to_class", consent), ("board_vote_on_class", vote)):
            if found is not None:
                chain.add(kind, found, f"clearance ahead for {agency}", id=number)

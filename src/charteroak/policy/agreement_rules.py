"""What the rules of an agreement know, and each rule, named by its reason to refuse."""

from dataclasses import dataclass

from charteroak.policy.decision import Decision, Reason
from charteroak.policy.request_change import not_in_force
from charteroak.policy.retention import retention_unapproved as unapproved
from charteroak.policy.sentence import Sentence
from charteroak.policy.signature import not_confirmed


@dataclass(frozen=True)
class Facts:
    drafted: bool = False
    forbidden: tuple[str, ...] = ()  # what the law on the allowed columns refuses
    decided_before: bool = False  # the request was decided before this program
    missing_clauses: tuple[str, ...] = ()
    request_approved: bool = False
    signer_party: bool = False  # the actor holds the office of signatory for the party that signs
    sign_in_confirmed: bool = False  # the signer proved who they are within the last minutes
    already_signed: bool = False
    text_changed: bool = False  # the text shown to the signer is no longer the text on file
    unsigned: tuple[str, ...] = ()
    in_force: bool = False  # neither ended nor expired
    not_destroyed: tuple[str, ...] = ()
    end_passed: bool = False  # its last day lies before today
    drafted_by_another: bool = False  # who holds an office that drafts
    amends: str = ""  # the number of the agreement whose words and terms this one replaces
    to_amend_in_force: bool = True
    amendment_unsigned: str = ""  # the number of an earlier one that is not signed yet
    superseded_by: str = ""  # the number of a change that was approved after this one
    identifiers_destroyed: bool = False  # and the text lets more records be linked than the one that holds
    newcomers_not_cleared: int = 0  # people whom it names anew, without valid training and pledge
    unapproved: tuple[
        str | Sentence, ...
    ] = ()  # would go before its day without a retention approval on record
    sealed: tuple[str, ...] = ()  # destroyed here, though a backup of a key could restore it still


def request_not_approved(facts: Facts) -> Reason | None:
    if not facts.request_approved:
        return Reason(
            "request_not_approved",
            "The board has not approved the request.",
            "It goes on once the board has approved it in a meeting.",
        )
    return None


def approval_set_aside(number: str, approved: bool) -> Decision:
    """Refused while the request behind an agreement is not approved: the board has set its approval aside."""
    if approved:
        return Decision()
    why = Reason(
        "approval_set_aside",
        Sentence("The board’s approval of request {number} no longer stands.", number=number),
        "Nothing moves under its agreement unless the board approves it anew.",
    )
    return Decision((why,))


def decided_before(facts: Facts) -> Reason | None:
    if facts.decided_before:
        return Reason("decided_before", "This request was decided before this program; it has no columns.")
    return None


def law_forbids(facts: Facts) -> Reason | None:
    if facts.forbidden:
        return Reason(
            "law_forbids",
            Sentence("The law forbids it as it stands: {rules}", rules=facts.forbidden),
            "Ask anew without these columns.",
        )
    return None


def drafted_already(facts: Facts) -> Reason | None:
    if facts.drafted:
        return Reason("drafted_already", "The agreement on this request has been drafted.")
    return None


def end_passed(facts: Facts) -> Reason | None:
    if not facts.end_passed:
        return None
    said = "The last day of this agreement is over before it begins."
    return Reason("end_passed", said, "Ask for the same once more, as a project of its own.")


def no_amendment(facts: Facts) -> Reason | None:
    if facts.amends or facts.end_passed:
        return None
    said = "A first agreement is withdrawn only once its last day is over: nothing waits for it."
    mend = "For other words counsel recalls the text; for none the board reconsiders its approval."
    return Reason("no_amendment", said, mend)


def drafted_by_another(facts: Facts) -> Reason | None:
    if facts.drafted_by_another:
        return Reason("drafted_by_another", "Who drafted it withdraws it.", "Ask them.")
    return None


def nothing_to_amend(facts: Facts) -> Reason | None:
    if facts.amends and not facts.to_amend_in_force:
        return not_in_force(facts.amends)
    return None


def amendment_unsigned(facts: Facts) -> Reason | None:
    if facts.amendment_unsigned:
        return Reason(
            "amendment_unsigned",
            Sentence("An earlier amendment is not signed yet: {number}.", number=facts.amendment_unsigned),
            "Amendments follow one another.",
        )
    return None


def superseded(facts: Facts) -> Reason | None:
    """The later text says all that this one does; signed after it, this one would undo it."""
    if facts.superseded_by:
        return Reason(
            "superseded",
            Sentence("The board has approved a later change: {number}.", number=facts.superseded_by),
            "Draft that one: it begins from this one.",
        )
    return None


def identifiers_destroyed(facts: Facts) -> Reason | None:
    if not facts.identifiers_destroyed:
        return None
    said = "It asks for more records, and the identifiers with which they would be linked are destroyed."
    return Reason("identifiers_destroyed", said, "Ask for the same once more, as a project of its own.")


def newcomers_not_cleared(facts: Facts) -> Reason | None:
    if facts.newcomers_not_cleared:
        return Reason(
            "newcomers_not_cleared",
            Sentence("Named anew without training and pledge: {n} people.", n=facts.newcomers_not_cleared),
            "They complete the training and sign the pledge first.",
        )
    return None


def amends_another(facts: Facts) -> Reason | None:
    if facts.amends:
        return Reason(
            "amends_another",
            Sentence("This amends agreement {number}.", number=facts.amends),
            "Act on that agreement: it holds these terms.",
        )
    return None


def clauses_missing(facts: Facts) -> Reason | None:
    if facts.missing_clauses:
        return Reason(
            "clauses_missing",
            Sentence("Required clauses are missing: {clauses}.", clauses=facts.missing_clauses),
            "Ask for the same once more, as a project of its own, with what these clauses follow from.",
        )
    return None


def not_a_party(facts: Facts) -> Reason | None:
    if not facts.signer_party:
        return Reason(
            "not_a_party",
            "Only a signatory of this party may sign for it.",
            "Ask its signatory, or whoever covers for them.",
        )
    return None


def sign_in_not_confirmed(facts: Facts) -> Reason | None:
    return not_confirmed(confirmed=facts.sign_in_confirmed)


def signed_already(facts: Facts) -> Reason | None:
    return Reason("signed_already", "This party has signed.") if facts.already_signed else None


def text_changed(facts: Facts) -> Reason | None:
    if facts.text_changed:
        return Reason("text_changed", "The text has changed since it was shown.", "Read it again, then sign.")
    return None


def parties_unsigned(facts: Facts) -> Reason | None:
    if facts.unsigned:
        return Reason(
            "parties_unsigned",
            Sentence("Still to sign: {parties}.", parties=facts.unsigned),
            "It is in force with the last signature.",
        )
    return None


def still_in_force(facts: Facts) -> Reason | None:
    if facts.in_force:
        return Reason("still_in_force", "The agreement is in force.", "It ends on its last day, or early.")
    return None


def nothing_left(facts: Facts) -> Reason | None:
    return None if facts.not_destroyed else Reason("nothing_left", "Everything is destroyed.")


def retention_unapproved(facts: Facts) -> Reason | None:
    return unapproved(facts.unapproved)


def not_destroyed(facts: Facts) -> Reason | None:
    if facts.not_destroyed:
        return Reason(
            "not_destroyed",
            Sentence("Not yet destroyed: {what}.", what=facts.not_destroyed),
            "Each goes on its due day; an early day may be ordered here.",
        )
    return None


def still_sealed(facts: Facts) -> Reason | None:
    if facts.sealed:
        return Reason(
            "still_sealed",
            Sentence("A backup could still restore: {what}.", what=facts.sealed),
            "Close it once the backups have run out.",
        )
    return None

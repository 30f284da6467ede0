"""An agency's part in the initiative: who sees it, what speaks for or against each step, whose turn it is."""

import hashlib
from collections.abc import Collection, Mapping
from datetime import date

from django.db.models import Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.models import Agency, JoiningRequest, MemberWord, Person
from charteroak.agencies.queries.people import agencies_where
from charteroak.agencies.reading import once
from charteroak.agencies.worklist import Item, Turn
from charteroak.policy import membership
from charteroak.policy.decision import Decision
from charteroak.policy.membership import (
    IN_JOINING,
    LIFECYCLE,
    MEMBER,
    OF_A_MEMBER,
    ONWARDS,
    Action,
    Facts,
    Status,
)
from charteroak.policy.roles import Role

KEEPS_MEMBERSHIP = frozenset(
    {Role.POLICY_OFFICE, Role.COUNSEL, Role.BOARD_CHAIR, Role.BOARD_MEMBER, Role.SIGNATORY, Role.AUDITOR}
)
PARTS = ("authority", "records", "security", "conflicts")
JOINDER = (
    "{name} ({code}) joins the Enterprise Memorandum of Understanding with every duty of a participating agency. "
    "It shares under this authority: {authority}. Records: {records}. Safeguards: {security}. Conflicts: {conflicts}."
)


def newest_request(agency: Agency) -> JoiningRequest | None:
    """The written request whose procedure runs, or ran last; None for a member from before this program."""
    return JoiningRequest.objects.filter(agency=agency).last()


def joinder(agency: Agency) -> str:
    """What every member signs with the agency that joins; empty for one that needed no request."""
    asked = newest_request(agency)
    if asked is None:
        return ""
    said = {part: getattr(asked, part).rstrip(". ") for part in PARTS}
    return JOINDER.format(name=agency.name, code=agency.code, **said)


def text_hash(agency: Agency) -> str:
    return hashlib.sha256(joinder(agency).encode()).hexdigest()


def members() -> list[Agency]:
    """The agencies that take part today; their heads are the Executive Board."""
    return list(Agency.objects.filter(status=Status.PARTICIPATING))


def said(agency: Agency, act: Action) -> set[str]:
    """Codes of the agencies whose heads have agreed or signed in the newest procedure."""
    newest = JoiningRequest.objects.filter(agency=agency).order_by("-pk").values("pk")[:1]
    words = MemberWord.objects.filter(
        agency=agency, joining_request=Subquery(newest), act=act, speaker__isnull=False
    )
    return set(words.values_list("speaker__code", flat=True))


def speaks_for(person: Person, agency: Agency, action: Action) -> Agency | None:
    """For which agency this person would agree, sign or leave; None when it is not theirs to do."""
    heads = agencies_where(person, Role.SIGNATORY)
    if action in (Action.LEAVE, Action.WITHDRAW):
        return next((one for one in heads if one == agency), None)
    may = {one.code for one in members()} | ({agency.code} if action is Action.SIGN else set())
    entitled = [one for one in heads if one.code in may]
    return next((one for one in entitled if one.code not in said(agency, action)), next(iter(entitled), None))


def facts(
    agency: Agency,
    action: Action,
    by: Person,
    *,
    met_on: date | None = None,
    because: str | None = None,
    shown: str | None = None,
    confirmed: bool = False,
) -> Facts:
    """What the rules need to know; `shown` is the hash of the text shown to the signer, None: not signing yet."""
    speaker = speaks_for(by, agency, action)
    board = {one.code for one in members()}
    agreed, signed = said(agency, Action.AGREE), said(agency, Action.SIGN)
    return Facts(
        met=met_on is not None and met_on <= clock.today(),
        because=because is None or bool(because.strip()),
        member=speaker is not None,
        own=speaker == agency or (action is Action.WITHDRAW and enters_letters(by)),
        spoken=speaker is not None and speaker.code in said(agency, action),
        text_changed=shown is not None and shown != text_hash(agency),
        sign_in_confirmed=shown is None or confirmed,
        not_agreed=tuple(sorted(board - agreed)),
        unsigned=tuple(sorted((board | {agency.code}) - signed)),
    )


def enters_letters(person: Person) -> bool:
    """Who enters what an agency wrote that has no people here yet."""
    return Role.POLICY_OFFICE in person.roles(clock.today())


def agencies_visible_to(person: Person | None) -> QuerySet[Agency]:
    """Everybody sees who takes part or did; who is joining, those whose office it is, and the agency itself."""
    if person is not None and person.roles(clock.today()) & KEEPS_MEMBERSHIP:
        return Agency.objects.all()
    open_ = Q(joined_on__isnull=False)
    return Agency.objects.filter(open_ | Q(pk=person.employer_id) if person else open_)


def reads_requests(agency: Agency, person: Person | None) -> bool:
    """Whether this person reads what it wrote when it asked: who decides and signs, and its own people."""
    if person is None:
        return False
    inside = person.employer_id == agency.pk and not person.left
    return inside or bool(person.roles(clock.today()) & KEEPS_MEMBERSHIP)


Procedure = tuple[JoiningRequest | None, list[MemberWord]]


def procedures(agency: Agency, person: Person | None) -> list[Procedure]:
    """What was said of the agency, by its written requests, the newest first, and the request if one may read it.

    Others learn of none that did not lead to its taking part. The last has no request for a member from before this
    program.
    """
    reads = reads_requests(agency, person)
    requests = list(agency.joining_requests.order_by("-pk"))
    newest = requests[0].pk if requests else None
    said: dict[int | None, list[MemberWord]] = {one.pk: [] for one in requests} | {None: []}
    for word in agency.words.select_related("speaker", "by"):
        said[word.joining_request_id].append(word)
    asked = {one.pk: one for one in requests if reads}
    return [
        (asked.get(pk) if pk else None, words)
        for pk, words in said.items()
        if (reads and (pk or words)) or _took_part(agency, words, newest=pk == newest)
    ]


def _took_part(agency: Agency, words: Collection[MemberWord], *, newest: bool) -> bool:
    """Whether it became a member by this procedure, or was one while these words were said."""
    of_a_member = any(word.act in OF_A_MEMBER for word in words)
    return of_a_member or (newest and agency.status in MEMBER and bool(words))


@once
def may_move(codes: Collection[str]) -> Decision:
    """Whether records of all these agencies may be used today: each takes part in the initiative."""
    found = dict(Agency.objects.filter(code__in=codes).values_list("code", "status"))
    return membership.may_move(
        {code: membership.Status(found[code]) if code in found else None for code in codes}
    )


def may_ask(by: Person) -> Decision:
    """Whether entering a written request to join is this person's office."""
    return LIFECYCLE.may(None, Action.ASK_TO_JOIN, by.roles(clock.today()), Facts())


def decisions(agency: Agency, person: Person) -> Mapping[str, Decision]:
    """What this person's office could do about the membership now; a board's meeting is named with the act."""
    status, today = Status(agency.status), clock.today()
    found = {}
    for at, action in LIFECYCLE.table:
        if at == status and LIFECYCLE.table[at, action].roles & person.roles(today):
            known = facts(agency, action, person, met_on=today)
            if known.own or action is not Action.WITHDRAW:  # no page tells other heads that it is not theirs
                found[action.value] = LIFECYCLE.may(status, action, person.roles(today), known)
    return {name: found[name] for name in found if name not in (Action.ADMIT, Action.JOIN)}


def whose_turn(agency: Agency) -> str:
    """Who must do what next for the agency to join, in plain words; empty when nothing is left to do."""
    status = Status(agency.status)
    if status is Status.REQUESTED:
        return _("Data governing board: recommend it or not, in a meeting")
    if status is Status.RECOMMENDED:
        left = sorted({one.code for one in members()} - said(agency, Action.AGREE))
        return _("Heads of %s: agree that it joins") % ", ".join(left)
    if status is Status.ADMITTED:
        left = sorted({agency.code, *(one.code for one in members())} - said(agency, Action.SIGN))
        return _("Heads of %s: sign the memorandum with it") % ", ".join(left)
    return ""


def todo(person: Person) -> list[Item]:
    """Agencies that are joining: those that wait for this person's word, and the others for who keeps them."""
    found = []
    for agency in agencies_visible_to(person).filter(status__in=IN_JOINING):
        mine = any(one.allowed for name, one in decisions(agency, person).items() if name in ONWARDS)
        turn = Turn.YOURS if mine else Turn.OTHERS
        title = _("%s asks to join") % agency.name
        found.append(Item(title, agency.get_absolute_url(), turn, whose_turn(agency)))
    return found

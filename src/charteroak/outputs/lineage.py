"""The chain as people read it: in stages from the released number to the law, with names beside ids."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from charteroak.agencies.models import Agency, Authority, Person
from charteroak.agreements.models import Clause, Party
from charteroak.catalog.models import Variable
from charteroak.outputs.chain import Link, Trace
from charteroak.outputs.models import ReleasedFile
from charteroak.requests.models import DataRequest
from charteroak.workspaces.models import Job


@dataclass(frozen=True)
class Card:
    """One link: what happened, in words, and whose doing it was; `parts` is what a clause allows."""

    name: str
    who: str
    link: Link
    parts: list[str]


@dataclass(frozen=True)
class Stage:
    """Links of one kind of proof; each stage rests on the next."""

    heading: str
    says: str
    icon: str
    cards: list[Card]


STAGES: tuple[tuple[Promise, Promise, str, frozenset[str]], ...] = (
    (
        gettext_lazy("Published"),
        gettext_lazy("These bytes and no others are public."),
        "public",
        frozenset({"released_file", "release"}),
    ),
    (
        gettext_lazy("Checked and agreed to"),
        gettext_lazy("By machine, by two people, by every contributing agency, by the board."),
        "check_circle",
        frozenset(
            {
                "approval",
                "board_vote_on_outputs",
                "clearance",
                "clearance_ahead",
                "consent_to_class",
                "board_vote_on_class",
                "review",
                "automatic_checks",
            }
        ),
    ),
    (
        gettext_lazy("Made in the sealed workspace"),
        gettext_lazy("By a script, from an extract that holds what the agreement names."),
        "assessment",
        frozenset({"job", "workspace", "review_before_access", "extract"}),
    ),
    (
        gettext_lazy("Linked"),
        gettext_lazy("By the hub; the agencies’ stewards confirmed the match."),
        "link",
        frozenset({"match_confirmed", "link_run"}),
    ),
    (
        gettext_lazy("Sent by the agencies"),
        gettext_lazy("Encrypted; names in one file, facts in another."),
        "upload_file",
        frozenset({"submission"}),
    ),
    (
        gettext_lazy("Allowed, clause by clause"),
        gettext_lazy("Every column and every use has its clause."),
        "verified_user",
        frozenset({"clause"}),
    ),
    (
        gettext_lazy("Signed by every party"),
        gettext_lazy("All of them signed the same text."),
        "edit",
        frozenset({"signature"}),
    ),
    (
        gettext_lazy("Permitted by law"),
        gettext_lazy("The board’s vote, and on that day each agency’s authority and the initiative’s own."),
        "account_balance",
        frozenset({"data_request", "board_vote", "authority", "administration"}),
    ),
)
USES = {
    "outputs:release_request:check": gettext_lazy("the automatic checks"),
    "outputs:release_request:review": gettext_lazy("the checkers’ reviews"),
    "outputs:release_request:clear": gettext_lazy("the agencies’ clearances"),
    "outputs:release_request:clear_ahead": gettext_lazy("the agencies’ clearances ahead"),
    "outputs:release_request:approve": gettext_lazy("the approval"),
    "outputs:release_request:release": gettext_lazy("the release"),
    "hub:extract:build": gettext_lazy("the extract"),
    "hub:extract:clear": gettext_lazy("the review before access"),
    "hub:link_run:link": gettext_lazy("the linking"),
    "hub:link_run:confirm": gettext_lazy("the confirmation of the match"),
    "submissions:delivery:accept": gettext_lazy("the deliveries"),
    "workspaces:workspace:open": gettext_lazy("the workspace"),
    "workspaces:job:succeed": gettext_lazy("the job"),
    "workspaces:job:fail": gettext_lazy("the job"),
}


def stages(chain: Trace, *, people: bool = True) -> list[Stage]:
    """The chain's links by stage; without `people` no person is named, for the public."""
    names = Names(chain.links)
    return [
        Stage(str(heading), str(says), icon, [names.card(link, people=people) for link in found])
        for heading, says, icon, kinds in STAGES
        if (found := [link for link in chain.links if link.kind in kinds])
    ]


class Names:
    """What ids, codes and hashes stand for, as far as the records still know; else the id itself."""

    def __init__(self, links: Iterable[Link]) -> None:
        self._links = list(links)
        self._said: dict[str, Callable[[Link], str]] = {
            "released_file": self._released_file,
            "release": lambda link: _("Release %s") % link.id,
            "approval": lambda _link: _("Approved for release"),
            "review": lambda _link: _("Independent review"),
            "clearance": lambda link: _("Cleared by %s") % self._agency(link.id),
            "clearance_ahead": lambda link: _("Cleared ahead: %s") % link.id,
            "consent_to_class": lambda link: _("Consent to the class of outputs %s") % link.id,
            "board_vote_on_class": lambda link: _("The board’s vote on the class of outputs %s") % link.id,
            "board_vote_on_outputs": lambda _link: _("The board’s vote on these outputs"),
            "automatic_checks": lambda _link: _("Every table built again, every rule applied"),
            "job": self._job,
            "workspace": lambda _link: _("Workspace opened"),
            "review_before_access": lambda _link: _("Extract reviewed before anybody saw it"),
            "extract": lambda _link: _("Extract built"),
            "match_confirmed": lambda link: _("Match confirmed by %s") % self._agency(link.id),
            "link_run": lambda _link: _("Matching files compared"),
            "submission": self._submission,
            "clause": self._clause,
            "signature": self._signature,
            "data_request": self._data_request,
            "board_vote": lambda _link: _("The board’s vote on the request"),
            "authority": lambda link: self._authority(link, _("%(agency)s may disclose: %(law)s")),
            "administration": lambda link: self._authority(link, _("%(agency)s administers: %(law)s")),
        }

    def card(self, link: Link, *, people: bool = True) -> Card:
        parts = link.authorises.split(", ") if link.kind == "clause" else []
        who = self._people.get(link.by, "") if people else ""
        name = self._said[link.kind](link)
        if link.kind == "job" and not people:
            name = _("A job, from one script")  # a script is named by its author
        return Card(name, who, link, [self._part(link, part) for part in parts])

    def _part(self, link: Link, part: str) -> str:
        """What a clause allows: a use, or a column of the agency that the clause is numbered after."""
        column = part.rpartition("/")[2]
        return str(USES.get(part) or self._titles.get((link.id.rpartition(".")[2], column)) or column)

    @cached_property
    def _titles(self) -> dict[tuple[str, str], str]:
        found = Variable.objects.values_list("dataset__agency__code", "name", "title")
        return {(code, name): title for code, name, title in found}

    @cached_property
    def _people(self) -> dict[str, str]:
        by = {link.by for link in self._links}
        return dict(Person.objects.filter(username__in=by).values_list("username", "name"))

    @cached_property
    def _agencies(self) -> dict[str, str]:
        return dict(Agency.objects.values_list("code", "name"))

    @cached_property
    def _laws(self) -> dict[tuple[str, str], str]:
        found = Authority.objects.select_related("agency")
        return {(law.agency.code, law.code): law.citation for law in found}

    @cached_property
    def _headings(self) -> dict[str, str]:
        numbers = {link.id.partition("/")[0] for link in self._links if link.kind == "clause"}
        clauses = Clause.objects.filter(agreement__number__in=numbers).select_related("agreement")
        return {f"{clause.agreement.number}/{clause.number}": clause.heading for clause in clauses}

    @cached_property
    def _files(self) -> dict[str, str]:
        hashes = [link.hash for link in self._links if link.kind == "released_file"]
        return dict(ReleasedFile.objects.filter(sha256__in=hashes).values_list("sha256", "name"))

    def _agency(self, code: str) -> str:
        return self._agencies.get(code, code)

    def _released_file(self, link: Link) -> str:
        return self._files.get(link.hash, link.id)

    def _job(self, link: Link) -> str:
        job = Job.objects.filter(pk=link.id.rpartition(":")[2]).first()
        return str(job) if job else link.id

    def _submission(self, link: Link) -> str:
        code, kind, _file = link.id.split(" ")
        return _("%(agency)s: %(kind)s file") % {"agency": self._agency(code), "kind": _(kind)}

    def _clause(self, link: Link) -> str:
        return f"{link.id.partition('/')[2]} {self._headings.get(link.id, '')}".strip()

    def _signature(self, link: Link) -> str:
        code, _as, part = link.id.partition(" as ")
        words = {"agency": self._agency(code), "part": _(Party.Part(part).label).lower()}
        return _("%(agency)s, as %(part)s") % words

    def _data_request(self, link: Link) -> str:
        return str(DataRequest.objects.filter(number=link.id).first() or link.id)

    def _authority(self, link: Link, words: str) -> str:
        law = self._laws.get((link.by, link.id), link.id)
        return words % {"agency": self._agency(link.by), "law": law}

"""Each clause as the reader of an agreement sees it enforced: what the system does, or that people must keep it."""

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from charteroak import disclosure
from charteroak.agreements.checklist import law_in
from charteroak.agreements.models import Clause, Party
from charteroak.policy.legal import on_agencies


def enforced(clause: Clause) -> list[str]:
    """What the system does because of this clause's terms, in sentences; empty where it can only remind people."""
    if clause.kind == "elements":
        return _elements(clause)
    said = clause.terms
    match clause.kind:
        case "purpose":
            return [_("A use for any other purpose is refused: “%(purpose)s”.") % said]
        case "people":
            return [
                _("Only these sign-ins open the workspace: %s.") % ", ".join(said["people"]),
                _("On a day without valid training and pledge, they do not either."),
            ]
        case "place":
            shown = _("A session may show sensitive columns, as a picture; without this clause none does.")
            mounted = _("The extract is mounted in the %(place)s only, without a network.") % said
            return [mounted, shown] if said.get("sensitive_seen") else [mounted]
        case "hub":
            return _hub(said)
        case "thresholds":
            return _thresholds(said["appetites"])
        case "preview":
            return _preview(said)
        case "destruction":
            return _destruction(clause)
        case "parties":
            return [
                _("Nothing is covered until all have signed the same text: %s.") % _parties(said["parties"])
            ]
        case "term":
            return [_term(said)]
        case "consent":
            return [
                _("On a day without the consent of each, every use is refused: %s.")
                % ", ".join(said["nations"])
            ]
        case "irb" if said["expires_on"]:
            last = date_format(date.fromisoformat(said["expires_on"]))
            return [_("After %s every use is refused, until a renewal is signed.") % last]
    return []


def _preview(said: dict[str, Any]) -> list[str]:
    found = [_("Nothing is released until %(days)d days after the last agency’s clearance.") % said]
    if days := said.get("preclear_days"):
        found.append(
            _(
                "A class of outputs that the board and an agency have cleared ahead needs no clearance by that "
                "agency for up to %d days."
            )
            % days
        )
    return found


def _thresholds(names: list[str]) -> list[str]:
    """The figures that every contributor's rules come to together; what they leave open is not mentioned."""
    appetites = [disclosure.shipped(name) for name in names]
    together = disclosure.strictest(*appetites)
    found = [
        _("Every table is checked by the strictest of: %s.") % ", ".join(one.name for one in appetites),
        _("A figure about fewer than %d people is suppressed, in totals too.") % together.minimum_people,
    ]
    if together.minimum_denominator:
        found.append(
            _("A share with fewer than %d people in its denominator is suppressed.")
            % together.minimum_denominator
        )
    if together.minimum_employers:
        found.append(
            _("A wage figure that rests on fewer than %d employers is suppressed.")
            % together.minimum_employers
        )
    if together.complementary:
        found.append(_("Further figures are suppressed, so that none of these can be worked out."))
    return found


def _parties(signing: list[str]) -> str:
    """`DOL:hub` as people say it."""
    parts = (party.partition(":") for party in signing)
    return ", ".join(f"{code} ({_(Party.Part(part).label).lower()})" for code, _colon, part in parts)


def _hub(said: dict[str, Any]) -> list[str]:
    return [
        *(
            _("The %(kind)s file is taken only when encrypted to the key %(key)s.")
            % {"kind": _(kind), "key": key}
            for kind, key in sorted(said["keys"].items(), reverse=True)
        ),
        _("Links are made by %(agency)s’s hub alone; pseudonyms serve this project alone.") % said,
    ]


def _term(said: dict[str, Any]) -> str:
    first, last = (date_format(date.fromisoformat(said[name])) for name in ("starts_on", "ends_on"))
    return _("Before %(first)s, before the last signature and after %(last)s every use is refused.") % {
        "first": first,
        "last": last,
    }


def _elements(clause: Clause) -> list[str]:
    said = clause.terms
    sentences = [
        _("Only these columns of %(agency)s are taken: %(names)s.")
        % {
            "agency": said["agency"],
            "names": ", ".join([*said["linking"], *said["study"], *said["evidence"]]),
        },
        _("Only these reach the workspace: %s.") % (", ".join(said["study"]) or "–"),
        _("Only the years %(first)d to %(last)d.") % {"first": said["years"][0], "last": said["years"][1]},
    ]
    if law_in(said).for_state_employees_only:
        sentences.append(
            _("Only state employees or officials enter the workspace, for it holds unit-level wages.")
        )
    sentences += [
        _("People must keep to this: %(column)s: %(condition)s") % {"column": column, "condition": condition}
        for column, condition in said.get("conditions", {}).items()
    ]
    return sentences


def _destruction(clause: Clause) -> list[str]:
    said = clause.terms
    soonest = on_agencies(
        [other.terms["agency"] for other in clause.agreement.clauses.all() if other.kind == "elements"]
    ).identifiers_days
    days = said["identifiers_business_days"]
    identifiers = (
        ngettext(
            "Identifiers: keys destroyed by %d day after the match is confirmed.",
            "Identifiers: keys destroyed by %d days after the match is confirmed.",
            soonest,
        )
        % soonest
        if soonest is not None
        else ngettext(
            "Identifiers: keys destroyed within %d business day of the confirmed match.",
            "Identifiers: keys destroyed within %d business days of the confirmed match.",
            days,
        )
        % days
    )
    return [identifiers, _("The rest: keys destroyed within %(within_days)d days of the end.") % said]

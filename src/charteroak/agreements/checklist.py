"""What the law requires an agreement to say: the clause that must say it, and whether counsel has read the source."""

from dataclasses import dataclass

from django.utils.translation import gettext_noop as noop


@dataclass(frozen=True)
class Requirement:
    law: str
    verified: bool = False


# by kind of clause; without one of them an agreement cannot be opened for signature
REQUIRED = {
    "purpose": Requirement(noop("34 CFR 99.35(a)(3); 20 CFR 603.10(b); CGS 4-67aa")),
    "elements": Requirement(noop("34 CFR 99.35(a)(3); 20 CFR 603.10(b)")),
    "people": Requirement(noop("CGS 4-67aa: named individuals"), verified=True),
    "place": Requirement(noop("20 CFR 603.9: safeguards; CGS 4-67aa: secure access")),
    "hub": Requirement(noop("P20 WIN manual: the hub matches for the approved purpose only"), verified=True),
    "thresholds": Requirement(noop("P20 WIN data sharing agreement: suppression policy"), verified=True),
    "preview": Requirement(noop("P20 WIN manual: agencies see outputs before release"), verified=True),
    "destruction": Requirement(noop("34 CFR 99.35(a)(3); 20 CFR 603.9(b)(1)(vi)")),
    "onward": Requirement(noop("CGS 4-67aa: no onward sharing"), verified=True),
    "breach": Requirement(noop("CGS 36a-701b; CGS 4-67aa: breach procedure"), verified=True),
    "parties": Requirement(noop("34 CFR 99.35(a)(3): authorized representatives are designated in writing")),
    "term": Requirement(
        noop("20 CFR 603.10: the agency may end the agreement; 34 CFR 99.35(a)(3): time period")
    ),
    "records": Requirement(noop("CGS 4-67dd: referral to the originating agency"), verified=True),
}

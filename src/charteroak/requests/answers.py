"""The parts of the form, as people call them: what a request must say to be sent."""

from django.utils.translation import gettext_noop as noop

from charteroak.policy import irb

PARTS = {
    "title": noop("title"),
    "question": noop("research question"),
    "purpose": noop("purpose"),
    "public_benefit": noop("public benefit"),
    "need": noop("need"),
    "learning_agenda": noop("learning agenda"),
    "analysis_plan": noop("analysis plan"),
    "schedule": noop("schedule"),
    "months": noop("months of work"),
    "funding": noop("funding"),
    "legal_exception": noop("legal exception"),
    "outputs_planned": noop("outputs planned"),
    "publication_plan": noop("publication plan"),
    "first_year": noop("first year"),
    "last_year": noop("last year"),
    "ends_on": noop("end date"),
}
# Of a review by an institutional review board: said where the law asks for one, or where there was one.
REVIEW = {
    irb.BOARD: noop("review board"),
    irb.NUMBER: noop("protocol number"),
    irb.DETERMINATION: noop("determination"),
    irb.APPROVED_ON: noop("determined on"),
    irb.EXPIRES_ON: noop("determination expires on"),
}
ANSWERS = PARTS | REVIEW  # all that a form asks

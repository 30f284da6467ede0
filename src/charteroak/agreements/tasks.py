"""Background work when an agreement comes into force: each process makes its own keys for the project."""

from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from charteroak.adapters import stores
from charteroak.agreements import paper as papers
from charteroak.agreements.models import Agreement
from charteroak.agreements.queries import as_signed
from charteroak.policy.decision import refuse


@app.task(name="agreements:create_keys", pass_context=False)
def create_keys(project: str) -> None:
    """Make this process's key pairs for the project, one for each store it opens. Safe to repeat.

    Whoever asks: only for what every party signed, and never again once something of it was destroyed.
    """
    record = Agreement.objects.filter(number=project, executed_on__isnull=False).first()
    if record is None or not as_signed(record.held) or record.duties.filter(done_at__isnull=False).exists():
        refuse("no_agreement", _("No agreement in force has this number, so it gets no keys.")).require()
    stores.create_project_keys(project)


def order_keys(project: str) -> None:
    """Ask every process that opens a store; within the caller's transaction."""
    for queue in sorted({owner.value for owner in stores.OPENED_BY.values()}):
        create_keys.configure(queue=queue).defer(project=project)


@app.task(name="agreements:print_executed", pass_context=False)
def print_executed(number: str) -> None:
    """Make the executed agreement's PDF file, once, and ask the notary for the seal. Safe to repeat."""
    papers.make(number)


@app.task(name="agreements:seal", pass_context=False)
def seal(paper: int) -> None:
    """As the notary, who alone holds the key. Safe to repeat."""
    papers.seal(paper)


def order_paper(number: str) -> None:
    """Within the caller's transaction: a file that cannot be made undoes no signature."""
    print_executed.configure(queue="post").defer(number=number)

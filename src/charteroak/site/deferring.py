"""Which process may ask for which background job, and of whom; the database refuses every other request.

The table says who may ask, not what may be done: each task asks the rules again before it acts, whoever asked.
"""

from django.db import connection
from psycopg import sql

from charteroak.adapters.environment import Process
from charteroak.adapters.postgres import role
from charteroak.adapters.stores import HUB_KEYS, OPENED_BY

WEB, LINKER, EXTRACTOR = Process.WEB, Process.LINKER, Process.EXTRACTOR
ENCLAVE, OUTPUTS, NOTARY = Process.ENCLAVE, Process.OUTPUTS, Process.NOTARY
POST = Process.POST
KEYHOLDERS = frozenset(OPENED_BY.values())

# Periodic tasks: whichever worker sees first that they are due puts them into their queue.
WORKERS = frozenset({LINKER, EXTRACTOR, ENCLAVE, OUTPUTS, NOTARY, POST})

# task: (who may ask for it, which queues it may wait in); what is done beside what: `workers.queues`
DEFERRED: dict[str, tuple[frozenset[Process], frozenset[str]]] = {
    "agreements:create_keys": (frozenset({WEB}), KEYHOLDERS),
    "agreements:print_executed": (frozenset({WEB}), frozenset({POST})),
    "agreements:seal": (frozenset({POST}), frozenset({NOTARY})),
    "audit.sign": (WORKERS, frozenset({NOTARY})),
    "hub:build_extract": (frozenset({WEB}), frozenset({EXTRACTOR})),
    "hub:destroy": (frozenset({WEB, LINKER}), frozenset({LINKER, EXTRACTOR, ENCLAVE})),
    "hub:destroy_due": (WORKERS, frozenset({LINKER})),
    "hub:link": (frozenset({WEB}), frozenset({LINKER})),
    "hub:show_pairs": (frozenset({WEB}), frozenset({f"{LINKER}.pages"})),
    "hub:write_crosswalk": (frozenset({WEB}), frozenset({LINKER})),
    "inputs:discard": (WORKERS, frozenset({ENCLAVE})),
    "inputs:give_up": (WORKERS, frozenset({ENCLAVE})),
    "inputs:scan": (frozenset({WEB}), frozenset({f"{ENCLAVE}.checks"})),
    "inputs:show": (frozenset({WEB}), frozenset({f"{ENCLAVE}.pages"})),
    "outputs:destroy": (frozenset({OUTPUTS}), frozenset({OUTPUTS, ENCLAVE})),
    "outputs:destroy_due": (WORKERS, frozenset({OUTPUTS})),
    "outputs:give_up": (WORKERS, frozenset({OUTPUTS})),
    "outputs:lapse_over": (WORKERS, frozenset({OUTPUTS})),
    "outputs:prepare_checks": (frozenset({WEB}), frozenset({OUTPUTS})),
    "outputs:rebuild": (frozenset({OUTPUTS}), frozenset({f"{ENCLAVE}.checks"})),
    "outputs:record_checks": (frozenset({ENCLAVE}), frozenset({OUTPUTS})),
    "outputs:release": (frozenset({WEB}), frozenset({OUTPUTS})),
    "outputs:show": (frozenset({WEB}), frozenset({f"{OUTPUTS}.pages"})),
    "outputs:sweep_vault": (WORKERS, frozenset({OUTPUTS})),
    "outputs:sweep_views": (WORKERS, frozenset({OUTPUTS})),
    "site:first_keys": (WORKERS, frozenset({POST})),
    "site:post": (WORKERS, frozenset({POST})),
    "site:webhooks": (WORKERS, frozenset({POST})),
    "site:work_out_figures": (WORKERS, frozenset({POST})),
    "submissions:check": (frozenset({WEB}), frozenset(HUB_KEYS.values())),
    "submissions:make_finder_list": (frozenset({WEB}), frozenset({LINKER})),
    "workspaces:give_up": (WORKERS, frozenset({ENCLAVE})),
    "workspaces:host": (frozenset({WEB}), frozenset({ENCLAVE})),
    "workspaces:host_all": (WORKERS, frozenset({ENCLAVE})),
    "workspaces:take": (frozenset({WEB}), frozenset({f"{ENCLAVE}.folders"})),
    "workspaces:restore": (frozenset({WEB}), frozenset({f"{ENCLAVE}.folders"})),
    "workspaces:run": (frozenset({WEB}), frozenset({f"{ENCLAVE}.jobs"})),
    "workspaces:seal": (WORKERS, frozenset({f"{ENCLAVE}.folders"})),
    "workspaces:tell": (WORKERS, frozenset({ENCLAVE})),
}

# As whoever writes, not as the owner: current_user is the process's role.
GUARD = """
CREATE OR REPLACE FUNCTION charteroak_guard_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = {owner} THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF (current_user || ' ' || NEW.task_name || ' ' || NEW.queue_name) <> ALL ({allowed}) THEN
            RAISE EXCEPTION '% may not ask for the job % in the queue %.', current_user, NEW.task_name, NEW.queue_name
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF NEW.status <> 'todo' OR NEW.attempts <> 0 OR NEW.worker_id IS NOT NULL THEN
            RAISE EXCEPTION 'A job begins by waiting.' USING ERRCODE = 'insufficient_privilege';
        END IF;
    ELSIF current_user <> {prefix} || split_part(OLD.queue_name, '.', 1)
        OR (NEW.task_name, NEW.queue_name, NEW.args) IS DISTINCT FROM (OLD.task_name, OLD.queue_name, OLD.args) THEN
        RAISE EXCEPTION '% may not change the job % in the queue %.', current_user, OLD.task_name, OLD.queue_name
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER charteroak_guard_jobs BEFORE INSERT OR UPDATE ON procrastinate_jobs
    FOR EACH ROW EXECUTE FUNCTION charteroak_guard_jobs();
"""


def apply() -> None:
    """Make the database hold everybody to the table. As the owner."""
    allowed = [
        f"{role(process)} {task} {queue}"
        for task, (askers, queues) in DEFERRED.items()
        for process in askers
        for queue in queues
    ]
    command = sql.SQL(GUARD).format(
        owner=sql.Literal(role(Process.OWNER)),
        prefix=sql.Literal(role(Process.WEB).removesuffix(Process.WEB)),
        allowed=sql.Literal(sorted(allowed)),
    )
    with connection.cursor() as cursor:
        cursor.execute(command)

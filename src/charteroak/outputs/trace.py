"""From a released number back to the law that allowed it: by signed events alone, so after destruction too."""

from collections.abc import Iterable

from charteroak.audit.queries import NotYetSigned, make_receipt
from charteroak.audit.receipt import RELEASED, Receipt
from charteroak.audit.signed import LogAltered
from charteroak.outputs.chain import Entry, Trace, entries, last_of
from charteroak.outputs.class_trace import cleared_ahead
from charteroak.policy.release_request import REVIEWS_NEEDED
from charteroak.policy.sentence import Sentence

EXECUTED = "agreements:agreement:execute"
SHORT = 12  # digits of a hash that tell people which one is meant


class NoSuchRelease(LookupError):
    """No release of that number, and of no file with that hash."""


def release_event(release: str) -> Entry | None:
    """The event that released a request's number or a file's SHA-256."""
    for entry in entries(RELEASED):
        if entry.facts["number"] == release or release in entry.listed("files"):
            return entry
    return None


def receipt_of(release: str) -> Receipt:
    """The proof that the log holds a release. Raises NoSuchRelease, audit's NotYetSigned."""
    found = release_event(release)
    if found is None:
        raise NoSuchRelease(release)
    return make_receipt(found.index)


def trace(release: str) -> Trace:
    """The whole chain, from release to statute; `missing` names every link that the signed log does not hold.

    Every event used is hashed anew and held against the notary's newest checkpoint; at the first that does not
    fit, the chain ends.
    """
    chain = Trace(release)
    try:
        found = release_event(release)
        if found is None:
            chain.lacks(Sentence("release {release}", release=release))
        else:
            _follow(chain, found)
    except (LogAltered, NotYetSigned) as broken:
        chain.lacks(broken.args[0])
    return chain


def _follow(chain: Trace, found: Entry) -> None:
    release, files = chain.release, found.listed("files")
    chosen = [release] if release in files else files
    way: list[Entry] = [found]  # every event on the way: each names the clauses that allowed it
    names = dict(zip(files, found.listed("names"), strict=False))  # older events name no files
    for sha256 in chosen:
        name = names.get(sha256) or found.facts["number"]
        whom = "anyone" if found.facts.get("public", True) else "the project’s people"
        chain.add("released_file", found, f"{whom} to read it", id=name, hash=sha256)
    chain.add("release", found, "publication of these bytes", id=found.facts["number"])
    agreement = last_of(chain, Sentence("agreement in force"), EXECUTED, found.facts["agreement"])
    texts = _texts(agreement) if agreement else {}
    way += _decided(chain, found, chosen, texts)
    way += _made(chain, found, chosen)
    if texts:
        _clauses(chain, way, texts)
    used = {number for entry in way for number in _numbers(entry)}
    for number, text in texts.items():
        if text is agreement or number in used:
            _signed(chain, text)
            _authorised(chain, text)


def _texts(agreement: Entry) -> dict[str, Entry]:
    """Its own text and those of the amendments that took effect on it, by number, as they were executed."""
    amended = entries("agreements:agreement:amend", agreement.subject)
    texts = [agreement, *(text for one in amended for text in entries(EXECUTED, number=one.facts["version"]))]
    return {text.facts["number"]: text for text in texts}


def _decided(chain: Trace, release: Entry, chosen: list[str], texts: dict[str, Entry]) -> list[Entry]:
    """Approval, two reviews of exactly these bytes, every contributor's clearance, the board's vote on outputs."""
    subject, number, round_ = release.subject, release.facts["number"], release.facts["round"]
    way = []
    approval = last_of(chain, Sentence("approval"), "outputs:release_request:approve", subject, round=round_)
    if approval is not None:
        way.append(approval)
        chain.add("approval", approval, f"release {number}")
        for sha256 in set(chosen) - set(approval.listed("files")):
            chain.lacks(Sentence("approval of file {file}", file=sha256[:SHORT]))
    reviews = list(entries("outputs:release_request:review", subject, round=round_))
    for sha256 in chosen:
        approving = {entry.by for entry in reviews if f"{sha256}:approve" in entry.listed("votes")}
        if len(approving) < REVIEWS_NEEDED:
            chain.lacks(Sentence("two reviews of file {file}", file=sha256[:SHORT]))
    clearances = list(entries("outputs:release_request:clear", subject, round=round_))
    ahead = list(entries("outputs:release_request:clear_ahead", subject, round=round_))
    held = [text for number, text in texts.items() if number in _numbers(release)]
    needed = {code for text in held for code in _parties(text, "contributor")}
    for code in sorted(needed - {entry.facts["agency"] for entry in [*clearances, *ahead]}):
        chain.lacks(Sentence("clearance by {agency}", agency=code))
    for entry in reviews:
        chain.add("review", entry, f"release {number}")
    for entry in clearances:
        chain.add("clearance", entry, f"preview of {number}", id=entry.facts["agency"])
    cleared_ahead(chain, ahead)
    vote = last_of(
        chain, Sentence("board's vote on the outputs"), "board:motion:declare_carried",
        kind="approve_outputs", about=number,
    )  # fmt: skip
    if vote is not None:
        chain.add("board_vote_on_outputs", vote, f"approval of {number}")
    return way + reviews + clearances + ahead


def _made(chain: Trace, release: Entry, chosen: list[str]) -> list[Entry]:
    """Job and script, extract, link run, submissions: where the bytes come from."""
    checks = last_of(
        chain, Sentence("automatic checks"), "outputs:release_request:check", release.subject,
        round=release.facts["round"],
    )  # fmt: skip
    if checks is not None:
        chain.add("automatic_checks", checks, "the checkers' review")
    jobs: dict[str, Entry] = {}
    for sha256 in chosen:
        job = _job_of(_left_by_job(sha256, release.subject))
        if job is None:
            chain.lacks(Sentence("job that left file {file}", file=sha256[:SHORT]))
        else:
            jobs[job.subject] = job
    way = [checks] if checks else []
    for job in jobs.values():
        chain.add("job", job, "the files it left", hash=job.facts["script_hash"])
    extracts = {job.facts["extract"]: job for job in jobs.values()}
    for subject, job in extracts.items():
        way += [job, *_extracted(chain, subject, job)]
    return way


def _left_by_job(sha256: str, subject: str) -> str:
    """The file that the job left: for a table of the airlock's own, the one in whose place it stands."""
    for entry in reversed(list(entries("outputs:release_request:check", subject))):
        for pair in entry.listed("protected"):
            made, _, original = pair.partition(":")
            if made == sha256:
                return _left_by_job(original, subject)
    return sha256


def _job_of(sha256: str) -> Entry | None:
    for name in ("workspaces:job:succeed", "workspaces:job:fail"):
        for entry in entries(name):
            if sha256 in entry.listed("outputs"):
                return entry
    return None


def _extracted(chain: Trace, subject: str, job: Entry) -> list[Entry]:
    way = []
    workspace = last_of(chain, Sentence("workspace"), "workspaces:workspace:open", job.facts["workspace"])
    if workspace is not None:
        way.append(workspace)
        chain.add("workspace", workspace, "jobs of the named people")
    review = last_of(chain, Sentence("review before access"), "hub:extract:clear", subject)
    if review is not None:
        way.append(review)
        chain.add("review_before_access", review, "the workspace")
    built = last_of(chain, Sentence("extract"), "hub:extract:build", subject)
    if built is None:
        return way
    for table in job.listed("tables"):
        if table not in built.listed("tables"):
            chain.lacks(Sentence("extract's table {table} as the job saw it", table=table.partition(":")[0]))
    chain.add("extract", built, "the job's data")
    run = last_of(chain, Sentence("link run"), "hub:link_run:link", built.facts["link_run"])
    if run is None:
        return [*way, built]
    confirmed = list(entries("hub:link_run:confirm", run.subject))
    if not confirmed:
        chain.lacks(Sentence("stewards' confirmation of the match"))
    for entry in confirmed:
        chain.add("match_confirmed", entry, "the extract", id=entry.facts["agency"])
    chain.add("link_run", run, "the extract", hash=run.facts["recipe"])
    sent = dict.fromkeys(run.listed("deliveries") + built.listed("deliveries"))
    return [*way, built, run, *confirmed, *_submitted(chain, sent)]


def _submitted(chain: Trace, deliveries: Iterable[str]) -> list[Entry]:
    way = []
    for delivery in deliveries:
        subject, _, ciphertext = delivery.rpartition(":")
        accepted = last_of(
            chain,
            Sentence("accepted {delivery}", delivery=subject),
            "submissions:delivery:accept",
            subject,
            ciphertext=ciphertext,
        )
        if accepted is not None:
            way.append(accepted)
            words = f"{accepted.facts['agency']} {accepted.facts['kind']} file"
            chain.add("submission", accepted, "linking and extract", id=words, hash=ciphertext)
    return way


def _clauses(chain: Trace, way: list[Entry], texts: dict[str, Entry]) -> None:
    """Every clause named on the way was signed; every column of the extract has its clause."""
    columns: dict[str, list[str]] = {}
    for entry in way:
        if not entry.listed("clauses"):
            chain.lacks(Sentence("clause for {event} (event {index})", event=entry.name, index=entry.index))
        for pair in entry.listed("columns"):
            column, _, local = pair.partition(":")
            for number in _numbers(entry):
                columns.setdefault(f"{number}/{local}", []).append(column)
    if not columns:
        chain.lacks(Sentence("clause for each column of the extract"))
    for clause in sorted({clause for entry in way for clause in entry.listed("clauses")}):
        number, _, local = clause.partition("/")
        text = texts.get(number)
        if text is not None and local == "signatures":
            continue
        if text is None or local not in text.listed("clauses"):
            chain.lacks(Sentence("clause {clause}", clause=clause))
            continue
        uses = sorted({entry.name for entry in way if clause in entry.listed("clauses")})
        shared = ", ".join(columns.get(clause, [])) or ", ".join(uses)
        chain.add("clause", text, shared, id=clause, hash=text.facts["text_hash"])


def _numbers(entry: Entry) -> set[str]:
    """The texts by whose clauses it was allowed: 042, or 042-A1 once that amendment held."""
    return {clause.partition("/")[0] for clause in entry.listed("clauses")}


def _parties(agreement: Entry, part: str = "") -> list[str]:
    """Codes of the parties, of one part where it is given; an entry reads CODE:part and may go on."""
    found = [party.split(":") for party in agreement.listed("parties")]
    return [words[0] for words in found if not part or words[1] == part]


def _signed(chain: Trace, agreement: Entry) -> None:
    text = agreement.facts["text_hash"]
    signatures = list(entries("agreements:agreement:sign", agreement.subject, text_hash=text))
    for code in sorted(set(_parties(agreement)) - {entry.facts["party"] for entry in signatures}):
        chain.lacks(Sentence("signature of {party}", party=code))
    for entry in signatures:
        words = f"{entry.facts['party']} as {entry.facts['part']}"
        chain.add("signature", entry, f"agreement {agreement.facts['number']}", id=words, hash=text)


def _authorised(chain: Trace, agreement: Entry) -> None:
    """The board's vote on the request, and on that day each agency's authority and the initiative's own."""
    number = agreement.facts["number"]
    asked = last_of(
        chain, Sentence("data request"), "requests:data_request:submit", agreement.facts["request"]
    )
    if asked is not None:
        chain.add("data_request", asked, "the agencies' decisions", id=number)
    vote = last_of(
        chain, Sentence("board's vote on the request"), "board:motion:declare_carried",
        kind="approve_request", number=number,
    )  # fmt: skip
    if vote is None:
        return
    chain.add("board_vote", vote, f"agreement {number}")
    for authority in vote.listed("authorities"):
        code, _, citation = authority.partition(":")
        if not citation or citation == "none":
            chain.lacks(Sentence("authority of {agency} to disclose", agency=code))
        else:
            chain.add("authority", vote, f"{code} to disclose", id=citation, by=code)
    code, _, citation = str(vote.facts.get("administration") or "").partition(":")
    if not citation:
        chain.lacks(Sentence("administration of the initiative on that day"))
    else:
        chain.add("administration", vote, "the initiative", id=citation, by=code)

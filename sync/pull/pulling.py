"""Fetches page after page, from the cursor on, until there are no more rows.

network fault, 408, 425, 429, 5xx     HL4203: nothing is lost, try again later
429, 503 with a time to wait          wait that long, a few times, then as above
410                                   the centre was restored: begin again at the cursor of its answer
401, 403, any other                   the centre's own problem, for a person
a page that is cut short or invalid   HL4204: not kept
"""

from collections.abc import Callable
from typing import Any

import httpx
import msgspec

from sync.contract.problem import ProblemError
from sync.contract.problem.pull import CENTRE_UNAVAILABLE, PULL_ANSWER_FOREIGN
from sync.contract.problem.table import KINDS
from sync.pull.settings import Job
from sync.pull.state import Spool

PAGE = 10_000
# The most waits in succession before the next run has to continue, and the most seconds of each.
WAITS, LONGEST_WAIT = 5, 60.0
_AGAIN = (408, 425, 429)


def pull(
    client: httpx.Client,
    job: Job,
    spool: Spool,
    progress: Callable[[int], None],
    wait: Callable[[float], object],
) -> int:
    """Fetch everything after the cursor into the spool; returns the number of rows.

    progress: called after every page with its number of rows. wait: sleeps for a number of seconds.
    Raises ProblemError, see above.
    """
    count, restarted, waited = 0, False, 0
    while True:
        answer = _ask(client, job, spool.state.cursor)
        if answer.status_code == 410 and not restarted:
            restarted = True
            spool.restart(_restart(answer))
            continue
        seconds = answer.headers.get("retry-after", "")
        if answer.status_code in (429, 503) and seconds.isdigit() and waited < WAITS:
            waited += 1
            wait(min(float(seconds[:4]), LONGEST_WAIT))
            continue
        if answer.status_code != 200:
            raise _refused(answer)
        waited = 0
        header, lines, rows = _split(answer, job)
        cursor = answer.headers["next-cursor"]
        if rows or cursor != spool.state.cursor:
            spool.add(lines, rows, header, cursor)
        count += rows
        progress(rows)
        if answer.headers["more"] != "true":
            return count


def _ask(client: httpx.Client, job: Job, cursor: str) -> httpx.Response:
    parameters = {**job.filters, "format": job.wire_format, "limit": str(PAGE)}
    if cursor:
        parameters["after"] = cursor
    try:
        return client.get(f"{job.centre.rstrip('/')}/v1/responses", params=parameters)
    except httpx.HTTPError as error:
        raise ProblemError(CENTRE_UNAVAILABLE(where=job.centre, detail=type(error).__name__)) from error


def _split(answer: httpx.Response, job: Job) -> tuple[str, bytes, int]:
    """Header, lines and number of rows of a page; raises ProblemError HL4204 if it is not a page of ours."""
    content = answer.content
    if not {"next-cursor", "more"} <= answer.headers.keys() or (content and content[-1:] != b"\n"):
        raise ProblemError(PULL_ANSWER_FOREIGN(where=job.centre))
    if job.wire_format == "ndjson":
        return "", content, content.count(b"\n")
    header, _, lines = content.partition(b"\n")
    if not header.startswith(b'[["position",'):
        raise ProblemError(PULL_ANSWER_FOREIGN(where=job.centre))
    return header.decode(), lines, lines.count(b"\n")


def _restart(answer: httpx.Response) -> str:
    return str(_document(answer).get("restart", ""))


def _refused(answer: httpx.Response) -> ProblemError:
    status = answer.status_code
    if status in _AGAIN or status >= 500:
        return ProblemError(CENTRE_UNAVAILABLE(where=str(answer.url.host), detail=str(status)))
    document = _document(answer)
    number = str(document.get("number", ""))
    if number not in KINDS:
        return ProblemError(PULL_ANSWER_FOREIGN(where=str(answer.url.host), detail=str(status)))
    return ProblemError(
        KINDS[number](where=str(document.get("where", "")), detail=str(document.get("detail", "")))
    )


def _document(answer: httpx.Response) -> dict[str, Any]:
    try:
        return msgspec.json.decode(answer.content, type=dict[str, Any])
    except msgspec.DecodeError:
        return {}

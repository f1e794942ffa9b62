"""One request to the centre, and an answer that has been checked.

Nothing is believed that the centre could not have said: a reply must be a `BatchReply` for exactly the
request sent and the responses in it. A captive portal's 200, a cached page, a cut-off body are faults like
any other.
Redirects are not followed: the centre has one address.
"""

import gzip
import hashlib
import ssl
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

import httpx
import msgspec
import zstandard
from msgspec import Struct

from sync.agent.retry import Verdict, retry_after, verdict
from sync.contract.batch import BatchReply
from sync.contract.problem import KINDS, Problem, problem
from sync.outbox import StoredResponse

ANSWER_LIMIT = 1024 * 1024  # bytes; a reply for 500 responses is about 100 KiB


class Refused(Struct, frozen=True):
    """The batch has no receipts yet: why, what to do, and the seconds that were asked for."""

    problem: Problem
    verdict: Verdict
    after: float = 0.0


class _ProblemDocument(Struct, frozen=True):
    number: str
    detail: str = ""
    where: str = ""


class Sender:
    """Talks to one centre.

    Args:
        client: from `make_client`, or any httpx client with the centre as its base URL.
        device: this device's id.
        token: its token.
        now: the time, with its offset.
        breakable: a context in which a request may be broken off by a signal.

    """

    def __init__(
        self,
        client: httpx.Client,
        device: str,
        token: str,
        now: Callable[[], datetime],
        breakable: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self._client = client
        self._device = device
        self._token = token
        self._now = now
        self._breakable = breakable
        self._zstd = False

    def push(self, batch: Sequence[StoredResponse]) -> BatchReply | Refused:
        """Send a batch; the centre's reply once it is proven to belong to it, else why there is none."""
        body = b'{"device":"%b","responses":[%b]}' % (
            self._device.encode(),
            b",".join(response.body for response in batch),
        )
        sent, encoding = self._pack(body)
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/json",
            "Content-Encoding": encoding,
        }
        try:
            status, answer_headers, answer = self._exchange("POST", "/v1/batches", sent, headers)
        except httpx.HTTPError as error:
            return Refused(problem("HL4102", where="centre", detail=type(error).__name__), Verdict.AGAIN)
        if status != 200:
            return self._refused(status, answer_headers, answer)
        self._zstd = "zstd" in answer_headers.get("accept-encoding", "")
        return check_reply(answer, batch, hashlib.sha256(sent).hexdigest())

    def _pack(self, body: bytes) -> tuple[bytes, str]:
        if self._zstd:
            return zstandard.ZstdCompressor(level=3).compress(body), "zstd"
        return gzip.compress(body, 6, mtime=0), "gzip"

    def _exchange(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, httpx.Headers, bytes]:
        with self._breakable(), self._client.stream(method, path, content=body, headers=headers) as answer:
            parts = []
            size = 0
            for part in answer.iter_bytes():
                parts.append(part)
                size += len(part)
                if size > ANSWER_LIMIT:
                    raise httpx.DecodingError("the answer is larger than any reply")
            return answer.status_code, answer.headers, b"".join(parts)

    def _refused(self, status: int, headers: httpx.Headers, body: bytes) -> Refused:
        found = _problem_of(headers, body)
        shown = found or problem("HL4103", where="centre", detail=f"status {status}")
        after = retry_after(headers.get("retry-after"), self._now())
        return Refused(shown, verdict(status, from_centre=found is not None), after)


def _problem_of(headers: httpx.Headers, body: bytes) -> Problem | None:
    if not headers.get("content-type", "").startswith("application/problem+json"):
        return None
    try:
        document = msgspec.json.decode(body, type=_ProblemDocument)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    if document.number not in KINDS:
        return None
    return Problem(document.number, document.where[:200], document.detail[:200])


def check_reply(answer: bytes, batch: Sequence[StoredResponse], request: str) -> BatchReply | Refused:
    """The reply in `answer` if it is one for this request and these responses, else HL4104."""
    try:
        reply = msgspec.json.decode(answer, type=BatchReply)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return Refused(problem("HL4104", where="centre", detail="not a reply"), Verdict.AGAIN)
    named = [(receipt.id, receipt.seq, receipt.digest) for receipt in reply.receipts]
    if reply.request != request or named != [(each.id, each.seq, each.digest) for each in batch]:
        return Refused(problem("HL4104", where="centre", detail="a reply to something else"), Verdict.AGAIN)
    return reply


def make_client(centre: str, *, ca: str = "", timeout: float = 30.0) -> httpx.Client:
    """A client for the centre at this address; `ca` is a PEM file with the only authority to trust.

    The environment's proxies and certificates are not used: what a tablet trusts is in its settings.
    """
    context = ssl.create_default_context(cafile=ca or None)
    return httpx.Client(
        base_url=centre,
        verify=context,
        timeout=timeout,
        follow_redirects=False,
        trust_env=False,
        limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
        headers={"User-Agent": "hailong-agent", "Accept": "application/json"},
    )

"""One request to the centre, signed, and an answer that has been checked.

Only an answer that the centre signed for exactly this request is accepted: a captive portal's 200, a cached
page, a truncated body, an answer to an earlier request are faults like any other. Redirects are not followed:
the centre has one address. An answer that is too slow is cancelled: a server that sends it byte by byte could
block the device without end.
"""

import base64
import gzip
import os
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from typing import TypeVar

import httpx
import msgspec
import zstandard
from msgspec import Struct
from nacl.signing import SigningKey

from sync.agent.identity import Identity
from sync.agent.retry import Verdict, retry_after, verdict
from sync.agent.uptime import Uptime, uptime
from sync.contract.batch import UPTIME, BatchReply
from sync.contract.canonical import digest
from sync.contract.encoded import read_key
from sync.contract.enrolment import EnrolmentCode, EnrolReply, EnrolRequest, fingerprint
from sync.contract.heartbeat import Heartbeat, HeartbeatReply
from sync.contract.issue import BundleDocument
from sync.contract.key_list import KeysReply, Trust
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.agent import (
    AGENT_CA_UNUSABLE,
    ANSWER_FOREIGN,
    ANSWER_UNSIGNED,
    CENTRE_UNREACHABLE,
    CERTIFICATE_OUT_OF_DATE,
    DEVICE_SIGNATURE_REFUSED,
    ENROLMENT_CENTRE_WRONG,
    RECEIPTS_MISMATCHED,
)
from sync.contract.problem.table import KINDS
from sync.contract.problem.wire import SIGNATURE_WRONG
from sync.contract.response import Moment
from sync.contract.signing import NONCE_BYTES, Call, sign_request, verify_reply
from sync.contract.tombstones import (
    ForgottenReply,
    ForgottenRequest,
    check_tombstone,
    read_forgotten_reply,
)
from sync.outbox import StoredResponse

ANSWER_LIMIT = 16 * 1024 * 1024  # bytes; a configuration with a long case list is the largest answer
KEYS_LIMIT = 256 * 1024  # bytes; a hundred key lists; unsigned, so any machine on the way may send it
LEAST_RATE = 500  # bytes a second; half of what a line of 8 kbit/s carries
PATIENCE = 30.0  # seconds
# The answer is not signed with a trusted key.
UNSIGNED = (ANSWER_FOREIGN, ANSWER_UNSIGNED, DEVICE_SIGNATURE_REFUSED)
REQUEST_TIMEOUT = 408
PIECE = 16 * 1024  # bytes sent between two calls of `alive`

T = TypeVar("T")


class Refused(Struct, frozen=True):
    """The request did not succeed: why, what to do, and the seconds of Retry-After.

    signed: the centre itself answered. broke_off: the line broke, or was too slow, during the request.
    """

    problem: Problem
    verdict: Verdict
    after: float = 0.0
    server_time: datetime | None = None
    signed: bool = False
    broke_off: bool = False


class Answer(Struct, frozen=True):
    """An answer; headers in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class _ProblemDocument(Struct, frozen=True):
    number: str
    detail: str = ""
    where: str = ""
    server_time: Moment | None = None


class Wire:
    """Signed requests to one address.

    Args:
        client: from `make_client`, or any httpx client with the centre as its base URL.
        now: the time, with its offset.
        random_bytes: for nonces.
        breakable: a context in which a signal may cancel a request.
        alive: called now and then during a request, because a line can be very slow.
        patience: seconds that the body of an answer may take; longer only at LEAST_RATE and more.
        monotonic: a clock in seconds, to measure `patience`.

    """

    def __init__(
        self,
        client: httpx.Client,
        now: Callable[[], datetime],
        *,
        random_bytes: Callable[[int], bytes] = os.urandom,
        breakable: Callable[[], AbstractContextManager[object]] = nullcontext,
        alive: Callable[[], None] = lambda: None,
        patience: float = PATIENCE,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self.now = now
        self._patience = patience
        self._monotonic = monotonic
        self._alive = alive
        self._random_bytes = random_bytes
        self._breakable = breakable

    def ask(
        self,
        method: str,
        target: str,
        body: bytes,
        *,
        key: SigningKey,
        key_id: str,
        trusted: Callable[[Answer], dict[str, bytes]],
        headers: dict[str, str] | None = None,
        offset: timedelta = timedelta(0),
    ) -> Answer | Refused:
        """Send a signed request; returns the centre's signed answer of status 200 or 304, else why not.

        trusted: returns the centre's keys by id; called for the answer. offset: added to our clock for
        `created`.
        """
        host = self._client.build_request(method, target).headers["Host"]
        fields = {name.lower(): value for name, value in {"Host": host, **(headers or {})}.items()}
        created = int((self.now() + offset).timestamp())
        nonce = self._random_bytes(NONCE_BYTES)
        signed = sign_request(key, key_id, Call(method, target, fields), body, created=created, nonce=nonce)
        call = Call(method, target, {**fields, **{name.lower(): value for name, value in signed.items()}})
        try:
            answer = self._exchange(method, target, body, call.headers)
        except httpx.HTTPError as error:
            found = _unreachable(error)
            reached = not isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout))
            return Refused(found, Verdict.AGAIN, broke_off=reached)
        believed = self._is_signed(answer, call, trusted)
        if answer.status in (200, 304) and believed:
            return answer
        after = retry_after(answer.headers.get("retry-after"), self.now())
        if not believed:
            # Only its Retry-After is used: a proxy between us and the centre may ask us to wait.
            slow = answer.status == REQUEST_TIMEOUT
            return Refused(
                _unsigned(answer), verdict(answer.status, from_centre=False), after, broke_off=slow
            )
        found, server_time = _problem_of(answer)
        return Refused(
            found,
            verdict(answer.status, from_centre=True),
            after,
            server_time,
            signed=True,
            broke_off=answer.status == REQUEST_TIMEOUT,
        )

    def fetch(self, target: str, most: int) -> Answer | Refused:
        """Send an unsigned request; the answer, up to `most` bytes, has to carry its own signature."""
        try:
            answer = self._exchange("GET", target, b"", {}, most)
        except httpx.HTTPError as error:
            return Refused(_unreachable(error), Verdict.AGAIN)
        if answer.status == 200:
            return answer
        return Refused(_unsigned(answer), Verdict.AGAIN)

    def _exchange(
        self, method: str, target: str, body: bytes, headers: Mapping[str, str], most: int = ANSWER_LIMIT
    ) -> Answer:
        length = {**headers, "Content-Length": str(len(body))}
        with (
            self._breakable(),
            self._client.stream(method, target, content=self._pieces(body), headers=length) as answer,
        ):
            parts = []
            size = 0
            began = self._monotonic()
            for part in answer.iter_raw():
                self._alive()
                parts.append(part)
                size += len(part)
                if size > most:
                    raise httpx.DecodingError("the answer is larger than any of the centre's")
                if self._monotonic() - began > self._patience + size / LEAST_RATE:
                    raise httpx.ReadTimeout("the answer drips")
            names = {name.lower(): value for name, value in answer.headers.items()}
            return Answer(answer.status_code, names, b"".join(parts))

    def _pieces(self, body: bytes) -> Iterator[bytes]:
        for at in range(0, len(body), PIECE):
            yield body[at : at + PIECE]
            self._alive()

    def _is_signed(self, answer: Answer, call: Call, trusted: Callable[[Answer], dict[str, bytes]]) -> bool:
        try:
            verify_reply(
                trusted(answer), call, status=answer.status, headers=answer.headers, body=answer.body
            )
        except ProblemError:
            return False
        return True


class Sender:
    """The requests of an enrolled device to its centre.

    Args:
        wire: sends them.
        identity: this device's identity, and the keys to trust.
        running: how long this machine has run.

    """

    def __init__(self, wire: Wire, identity: Identity, running: Callable[[], Uptime] = uptime) -> None:
        self._uptime = running
        self._wire = wire
        self._identity = identity
        self._zstd = False

    def push(self, batch: Sequence[StoredResponse]) -> BatchReply | Refused:
        """Send a batch; returns the centre's receipts for it, else why there are none."""
        body = b'{"device":"%b","responses":[%b]}' % (
            self._identity.device.encode(),
            b",".join(response.body for response in batch),
        )
        sent, encoding = self._pack(body)
        headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
        now = self._uptime()
        if now.boot:
            headers[UPTIME] = f"{now.boot};ms={now.running}"
        answer = self._ask("POST", "/v1/batches", sent, headers)
        if isinstance(answer, Refused):
            return answer
        self._zstd = "zstd" in answer.headers.get("accept-encoding", "")
        return check_reply(answer.body, batch, digest(sent))

    def heartbeat(self, beat: Heartbeat, offset: timedelta) -> HeartbeatReply | Refused:
        """Send this device's state. offset: how far the centre's clock is known to be ahead of ours."""
        body = msgspec.json.encode(beat)
        answer = self._ask("POST", "/v1/heartbeat", body, {"Content-Type": "application/json"}, offset)
        return answer if isinstance(answer, Refused) else _decode(answer.body, HeartbeatReply)

    def forgotten(self, request: ForgottenRequest) -> tuple[ForgottenReply, Problem | None] | Refused:
        """Fetch tombstones, each verified, else HL4108; and a problem about entries that can't be read."""
        body = msgspec.json.encode(request)
        answer = self._ask("POST", "/v1/forgotten", body, {"Content-Type": "application/json"})
        if isinstance(answer, Refused):
            return answer
        try:
            reply, unread = read_forgotten_reply(answer.body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return _unreadable()
        try:
            for each in reply.tombstones:
                check_tombstone(each, self._identity.centre(self._wire.now()))
        except ProblemError as error:
            return Refused(error.problem, Verdict.AGAIN)
        return reply, unread

    def config(self, known: str) -> tuple[BundleDocument, str] | Refused | None:
        """Fetch the newest configuration and its tag; None if its tag is still `known`."""
        answer = self._ask("GET", "/v1/config", b"", {"If-None-Match": known} if known else {})
        if isinstance(answer, Refused):
            return answer
        if answer.status == 304:
            return None
        document = _decode(answer.body, BundleDocument)
        return document if isinstance(document, Refused) else (document, answer.headers.get("etag", ""))

    def keys(self) -> KeysReply | Refused:
        """Fetch the centre's key lists. While no root is known the answer has to be signed like any other.

        With a root it may come from any machine: the root's signature on the lists is verified.
        """
        if self._identity.trust is None:
            answer = self._ask("GET", "/v1/keys", b"", {})
        else:
            answer = self._wire.fetch("/v1/keys", KEYS_LIMIT)
        return answer if isinstance(answer, Refused) else _decode(answer.body, KeysReply)

    @property
    def trust(self) -> Trust | None:
        """The root and its newest key list; None while there is none."""
        return self._identity.trust

    @property
    def believed(self) -> frozenset[str]:
        """See `Identity.believed`."""
        return self._identity.believed

    def become(self, identity: Identity) -> None:
        """Use this identity and the keys it trusts from the next request on."""
        self._identity = identity

    def _ask(
        self,
        method: str,
        target: str,
        body: bytes,
        headers: dict[str, str],
        offset: timedelta = timedelta(0),
    ) -> Answer | Refused:
        return self._wire.ask(
            method,
            target,
            body,
            key=self._identity.key,
            key_id=self._identity.device,
            trusted=lambda _: self._identity.centre(self._wire.now()),
            headers=headers,
            offset=offset,
        )

    def _pack(self, body: bytes) -> tuple[bytes, str]:
        if self._zstd:
            return zstandard.ZstdCompressor(level=3).compress(body), "zstd"
        return gzip.compress(body, 6, mtime=0), "gzip"


def enrol(wire: Wire, code: EnrolmentCode, device: str, key: SigningKey) -> EnrolReply | Refused:
    """Exchange a code for an identity. Only the key whose fingerprint the code holds is trusted.

    device: this device's id, or `NEWCOMER`.
    """
    public = base64.b64encode(bytes(key.verify_key)).decode()
    body = msgspec.json.encode(EnrolRequest(code.secret, public))

    def trusted(answer: Answer) -> dict[str, bytes]:
        id, _, text = answer.headers.get("centre-key", "").partition(" ")
        found = read_key(text)
        return {id: found} if found and fingerprint(found) == code.fingerprint else {}

    def ask(offset: timedelta) -> Answer | Refused:
        return wire.ask(
            "POST",
            "/v1/enrol",
            body,
            key=key,
            key_id=device,
            trusted=trusted,
            headers={"Content-Type": "application/json"},
            offset=offset,
        )

    answer = ask(timedelta(0))
    if isinstance(answer, Refused) and answer.server_time is not None:
        answer = ask(answer.server_time - wire.now())  # our clock is off: use the centre's
    if isinstance(answer, Refused):
        if answer.problem.kind in UNSIGNED:
            strange = ENROLMENT_CENTRE_WRONG(where="centre", detail=answer.problem.detail)
            return msgspec.structs.replace(answer, problem=strange)
        return answer
    return _decode(answer.body, EnrolReply)


def _unreachable(error: httpx.HTTPError) -> Problem:
    """HL4102, or HL4111 if the certificate is not valid at the time that this clock shows."""
    if any(words in str(error) for words in ("certificate has expired", "certificate is not yet valid")):
        return CERTIFICATE_OUT_OF_DATE(where="centre", detail=str(error)[:120])
    return CENTRE_UNREACHABLE(where="centre", detail=type(error).__name__)


def _problem_of(answer: Answer) -> tuple[Problem, datetime | None]:
    document = _document(answer)
    if document is None:
        return ANSWER_FOREIGN(where="centre", detail=f"mã {answer.status}"), None
    return Problem(document.number, document.where[:200], document.detail[:200]), document.server_time


def _unsigned(answer: Answer) -> Problem:
    """The problem for an unsigned answer; its own title is repeated, for a person to read."""
    if answer.status in (200, 304):
        return ANSWER_UNSIGNED(where="centre", detail=f"mã {answer.status}")
    document = _document(answer)
    if document is None:
        return ANSWER_FOREIGN(where="centre", detail=f"mã {answer.status}")
    detail = f"mã {answer.status}, không có chữ ký: {document.number} {document.where[:60]}".rstrip()
    kind = DEVICE_SIGNATURE_REFUSED if document.number == SIGNATURE_WRONG.number else ANSWER_FOREIGN
    return kind(where="centre", detail=detail)


def _document(answer: Answer) -> _ProblemDocument | None:
    """The problem in an answer; None if it is not a problem document of the centre."""
    try:
        document = msgspec.json.decode(answer.body, type=_ProblemDocument)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    return document if document.number in KINDS else None


def _decode(body: bytes, type: type[T]) -> T | Refused:
    try:
        return msgspec.json.decode(body, type=type)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return _unreadable()


def _unreadable() -> Refused:
    return Refused(RECEIPTS_MISMATCHED(where="centre", detail="không đọc được"), Verdict.AGAIN)


def check_reply(answer: bytes, batch: Sequence[StoredResponse], request: str) -> BatchReply | Refused:
    """The reply in `answer` if it is one for this request and these responses, else HL4104."""
    reply = _decode(answer, BatchReply)
    if isinstance(reply, Refused):
        return reply
    named = [(receipt.id, receipt.seq, receipt.digest) for receipt in reply.receipts]
    if reply.request != request or named != [(each.id, each.seq, each.digest) for each in batch]:
        return Refused(RECEIPTS_MISMATCHED(where="centre", detail="trả lời cho việc khác"), Verdict.AGAIN)
    return reply


def make_client(centre: str, *, ca: str = "", timeout: float = PATIENCE) -> httpx.Client:
    """A client for the centre at this address; `ca` is a PEM file with the only authority to trust.

    Raises ProblemError HL4110 if `ca` is not such a file.

    The environment's proxies and certificates are not used: a tablet trusts only what its settings name.
    """
    try:
        context = ssl.create_default_context(cafile=ca or None)
    except OSError as error:  # an SSLError is one
        raise ProblemError(
            AGENT_CA_UNUSABLE(where=ca, detail="không đọc được, hoặc không phải chứng thư PEM")
        ) from error
    return httpx.Client(
        base_url=centre,
        verify=context,
        timeout=timeout,
        follow_redirects=False,
        trust_env=False,
        limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
        headers={
            "User-Agent": "hailong-agent",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
        },
    )

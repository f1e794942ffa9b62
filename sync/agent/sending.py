"""One request to the centre, signed, and an answer that has been checked.

Only an answer that the centre signed for exactly this request is accepted: a captive portal's 200, a cached
page, a truncated body, an answer to an earlier request are faults like any other. Redirects are not followed:
the centre has one address. An answer that is too slow is cancelled: a server that sends it byte by byte could
block the device without end.
"""

import base64
import gzip
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

import httpx
import msgspec
import zstandard
from msgspec import Struct
from nacl.signing import SigningKey

from sync.agent.centre_clock import CentreClock
from sync.agent.certificates import Dates, is_out_of_date, make_context
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


class Asking(Protocol):
    """How a device's requests are answered: by the wire, or by what lies on a USB stick."""

    clock: CentreClock

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
        """See `Wire.ask`."""

    def fetch(self, target: str, most: int) -> Answer | Refused:
        """See `Wire.fetch`."""

    def learn_time(
        self,
        method: str,
        target: str,
        body: bytes,
        *,
        key: SigningKey,
        key_id: str,
        trusted: Callable[[Answer], dict[str, bytes]],
        headers: dict[str, str] | None = None,
    ) -> bool:
        """See `Wire.learn_time`."""


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
        clock: the centre's time.
        undated: makes a client that accepts a certificate of any dates, to learn that time.

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
        clock: CentreClock | None = None,
        undated: Callable[[], httpx.Client] | None = None,
    ) -> None:
        self._client = client
        self.now = now
        self.clock = clock or CentreClock(now)
        self._undated = undated
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
        call = self._signed_call(method, target, body, headers or {}, key=key, key_id=key_id, offset=offset)
        try:
            answer = self._exchange(self._client, call, body)
        except httpx.HTTPError as error:
            found = _unreachable(error)
            reached = not isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout))
            return Refused(found, Verdict.AGAIN, broke_off=reached)
        return self._checked(answer, call, trusted)

    def learn_time(
        self,
        method: str,
        target: str,
        body: bytes,
        *,
        key: SigningKey,
        key_id: str,
        trusted: Callable[[Answer], dict[str, bytes]],
        headers: dict[str, str] | None = None,
    ) -> bool:
        """Learn the centre's time from its signed answer to this request, whatever it answers.

        The only request whose certificate may have any dates: nothing but the signature on the answer, which
        covers the random part of the request, is believed. So the request must hold nothing that is secret.
        False: there is no such answer.
        """
        if self._undated is None:
            return False
        call = self._signed_call(method, target, body, headers or {}, key=key, key_id=key_id)
        try:
            with self._undated() as client:
                answer = self._exchange(client, call, body)
        except httpx.HTTPError:
            return False
        at = _signed_at(answer, call, trusted)
        if at is not None:
            self.clock.learn(datetime.fromtimestamp(at, UTC))
        return at is not None

    def _signed_call(
        self,
        method: str,
        target: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        key: SigningKey,
        key_id: str,
        offset: timedelta = timedelta(0),
    ) -> Call:
        host = self._client.build_request(method, target).headers["Host"]
        created = int((self.now() + offset).timestamp())
        nonce = self._random_bytes(NONCE_BYTES)
        return signed_call(
            key, key_id, Call(method, target, {"Host": host, **headers}), body, created=created, nonce=nonce
        )

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def fetch(self, target: str, most: int) -> Answer | Refused:
        """Send an unsigned request; the answer, up to `most` bytes, has to carry its own signature."""
        try:
            answer = self._exchange(self._client, Call("GET", target, {}), b"", most)
        except httpx.HTTPError as error:
            return Refused(_unreachable(error), Verdict.AGAIN)
        if answer.status == 200:
            return answer
        return Refused(_unsigned(answer), Verdict.AGAIN)

    def _exchange(self, client: httpx.Client, call: Call, body: bytes, most: int = ANSWER_LIMIT) -> Answer:
        headers = {**call.headers, "Content-Length": str(len(body))}
        with (
            self._breakable(),
            client.stream(call.method, call.target, content=self._pieces(body), headers=headers) as answer,
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

    def _checked(
        self, answer: Answer, call: Call, trusted: Callable[[Answer], dict[str, bytes]]
    ) -> Answer | Refused:
        return check_answer(answer, call, trusted, self.now())

    def _pieces(self, body: bytes) -> Iterator[bytes]:
        for at in range(0, len(body), PIECE):
            yield body[at : at + PIECE]
            self._alive()


def signed_call(key: SigningKey, key_id: str, call: Call, body: bytes, *, created: int, nonce: bytes) -> Call:
    """`call` with the headers that sign it; the names of all in lower case."""
    fields = {name.lower(): value for name, value in call.headers.items()}
    signed = sign_request(
        key, key_id, Call(call.method, call.target, fields), body, created=created, nonce=nonce
    )
    return Call(
        call.method, call.target, {**fields, **{name.lower(): value for name, value in signed.items()}}
    )


def check_answer(
    answer: Answer, call: Call, trusted: Callable[[Answer], dict[str, bytes]], now: datetime
) -> Answer | Refused:
    """The answer to `call` if it is signed with a key of `trusted` and of status 200 or 304, else why not."""
    believed = _signed_at(answer, call, trusted) is not None
    if answer.status in (200, 304) and believed:
        return answer
    after = retry_after(answer.headers.get("retry-after"), now)
    if not believed:
        # Only its Retry-After is used: a proxy between us and the centre may ask us to wait.
        slow = answer.status == REQUEST_TIMEOUT
        return Refused(_unsigned(answer), verdict(answer.status, from_centre=False), after, broke_off=slow)
    found, server_time = _problem_of(answer)
    return Refused(
        found,
        verdict(answer.status, from_centre=True),
        after,
        server_time,
        signed=True,
        broke_off=answer.status == REQUEST_TIMEOUT,
    )


def _signed_at(answer: Answer, call: Call, trusted: Callable[[Answer], dict[str, bytes]]) -> int | None:
    """When the centre signed this answer to `call`, in seconds since 1970; None if it did not."""
    try:
        return verify_reply(
            trusted(answer), call, status=answer.status, headers=answer.headers, body=answer.body
        )
    except ProblemError:
        return None


class Sender:
    """The requests of an enrolled device to its centre.

    Args:
        wire: sends them.
        identity: this device's identity, and the keys to trust.
        running: how long this machine has run.

    """

    def __init__(self, wire: Asking, identity: Identity, running: Callable[[], Uptime] = uptime) -> None:
        self._uptime = running
        self._wire = wire
        self._identity = identity
        self._zstd = False

    def push(self, batch: Sequence[StoredResponse]) -> BatchReply | Refused:
        """Send a batch; returns the centre's receipts for it, else why there are none."""
        sent, encoding = self._pack(batch_body(self._identity.device, batch))
        headers = batch_headers(encoding, self._uptime())
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
                check_tombstone(each, self.signers())
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

    def release_piece(self, digest: str, at: int, most: int) -> bytes | Refused:
        """Fetch a piece of a release of the software."""
        answer = self._ask("GET", f"/v1/releases/{digest}?at={at}&most={most}", b"", {})
        return answer if isinstance(answer, Refused) else answer.body

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
    def clock(self) -> CentreClock:
        """The centre's time, as far as it is known."""
        return self._wire.clock

    def now(self) -> datetime:
        """The time that the keys of the centre have to be valid at."""
        return self._wire.clock.now()

    def signers(self) -> dict[str, bytes]:
        """The keys that the centre signs with now, by id."""
        return self._identity.centre(self.now())

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
        def ask() -> Answer | Refused:
            return self._wire.ask(
                method,
                target,
                body,
                key=self._identity.key,
                key_id=self._identity.device,
                trusted=lambda _: self.signers(),
                headers=headers,
                offset=offset,
            )

        answer = ask()
        return ask() if _blames_the_clock(answer) and self._learn_time() else answer

    def _learn_time(self) -> bool:
        """Ask for the key lists, which are public: the centre signs that answer like any other."""
        return self._wire.learn_time(
            "GET",
            "/v1/keys",
            b"",
            key=self._identity.key,
            key_id=self._identity.device,
            trusted=lambda _: self._identity.signers(),
        )

    def _pack(self, body: bytes) -> tuple[bytes, str]:
        if self._zstd:
            return zstandard.ZstdCompressor(level=3).compress(body), "zstd"
        return gzip.compress(body, 6, mtime=0), "gzip"


def batch_body(device: str, batch: Sequence[StoredResponse]) -> bytes:
    """The body of a batch, not packed yet."""
    return b'{"device":"%b","responses":[%b]}' % (
        device.encode(),
        b",".join(response.body for response in batch),
    )


def batch_headers(encoding: str, now: Uptime) -> dict[str, str]:
    """The headers of a batch. now: how long this machine has run."""
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    return {**headers, UPTIME: f"{now.boot};ms={now.running}"} if now.boot else headers


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
    if _blames_the_clock(answer) and wire.learn_time(
        "POST",
        "/v1/enrol",
        # No secret: the centre refuses this, and signs the refusal for the key that signed the request.
        msgspec.json.encode(EnrolRequest("", public)),
        key=key,
        key_id=device,
        trusted=trusted,
        headers={"Content-Type": "application/json"},
    ):
        answer = ask(wire.clock.ahead)
    if isinstance(answer, Refused) and answer.server_time is not None:
        answer = ask(answer.server_time - wire.now())  # our clock is off: use the centre's
    if isinstance(answer, Refused):
        if answer.problem.kind in UNSIGNED:
            strange = ENROLMENT_CENTRE_WRONG(where="centre", detail=answer.problem.detail)
            return msgspec.structs.replace(answer, problem=strange)
        return answer
    return _decode(answer.body, EnrolReply)


def _blames_the_clock(answer: Answer | Refused) -> bool:
    return isinstance(answer, Refused) and answer.problem.kind is CERTIFICATE_OUT_OF_DATE


def _unreachable(error: httpx.HTTPError) -> Problem:
    """HL4102, or HL4111 if the certificate is not valid at the time that this clock shows."""
    if is_out_of_date(error):
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


def make_client(
    centre: str,
    *,
    ca: str = "",
    own: str = "",
    timeout: float = PATIENCE,
    dates: Dates | None = lambda: None,
) -> httpx.Client:
    """A client for the centre at this address; `ca` is a PEM file with the only authority to trust.

    own, dates: the centre's own certificate, and when one has to be valid, see `make_context`.
    Raises ProblemError HL4110 if `ca` is not such a file.

    The environment's proxies and certificates are not used: a tablet trusts only what its settings name.
    """
    return httpx.Client(
        base_url=centre,
        verify=make_context(ca, dates, own),
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


def make_wire(
    centre: str,
    now: Callable[[], datetime],
    *,
    ca: str = "",
    own: str = "",
    timeout: float = PATIENCE,
    breakable: Callable[[], AbstractContextManager[object]] = nullcontext,
    alive: Callable[[], None] = lambda: None,
) -> Wire:
    """A wire to the centre at this address, which also gets through with a wrong clock; close its client.

    now: this machine's clock. The others: see `make_client` and `Wire`.
    """
    clock = CentreClock(now)

    def dates() -> datetime | None:
        return clock.now() if clock.is_known else None

    client = partial(make_client, centre, ca=ca, own=own, timeout=timeout)
    return Wire(
        client(dates=dates),
        now,
        breakable=breakable,
        alive=alive,
        patience=timeout,
        clock=clock,
        undated=partial(client, dates=None),
    )

"""Without a network: what is unsent goes to the centre on a USB stick, and its answers come back on it.

Promises:
- the stick holds the very requests that the wire would carry, signed by this device, sealed to the centre;
- an answer on the stick passes the checks that it would pass by the wire, and takes effect the same way:
  receipts, key lists and configuration;
- nothing of an answer takes effect unless all of it is whole, signed by the centre, for this device, and
  newer than the last one that was taken;
- what is sent by the wire later is a duplicate; nothing is there twice.

Times in an answer are not used: nobody knows how long the stick was on its way.
"""

import base64
import gzip
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct
from nacl.signing import SigningKey

from sync.agent.caring import with_keys
from sync.agent.centre_clock import CentreClock
from sync.agent.configuration import BundleKeeper
from sync.agent.identity import Identity, keep_keys
from sync.agent.pushing import Pusher
from sync.agent.sending import (
    Answer,
    Refused,
    Sender,
    batch_body,
    batch_headers,
    check_answer,
    check_reply,
    signed_call,
)
from sync.agent.trusting import RootFollower
from sync.agent.uptime import Uptime
from sync.contract.batch import BATCH_BYTES, BATCH_LIMIT, BatchReply
from sync.contract.problem import ProblemError
from sync.contract.problem.offline import USB_CHANGED, USB_TAKEN, USB_UNUSABLE
from sync.contract.signing import NONCE_BYTES, Call, read_request_signature, verify_head
from sync.contract.usb import (
    AUTHORITY,
    MANIFEST,
    PARTS,
    TO_CENTRE,
    TO_TERMINAL,
    TOP,
    CarriedReply,
    CarriedRequest,
    Manifest,
    check_signed,
    folder_name,
    open_manifest,
    open_parts,
    pack,
    part_name,
)
from sync.host.usb_folder import read_parcel, write_parcel
from sync.outbox import OutboxReader, Receipts, ReceiptsView, StoredResponse


class Copied(Struct, frozen=True):
    """responses: how many the stick has now; left: how many more wait, for which it has no room."""

    responses: int
    left: int


class Taken(Struct, frozen=True):
    """receipts: how many came; bundle: the version of the configuration that came, 0 without one."""

    receipts: int
    bundle: int


def copy_out(
    stick: Path,
    identity: Identity,
    outbox: OutboxReader,
    view: ReceiptsView,
    *,
    now: datetime,
    uptime: Uptime,
    random_bytes: Callable[[int], bytes] = os.urandom,
    limit: int = BATCH_LIMIT,
) -> Copied:
    """Write everything without a receipt to the stick, in place of what this device copied before.

    limit: the most responses in a part. Raises OSError, ForeignFormat, ProblemError HL4221 (the stick).
    """
    created = int(now.timestamp())

    def request(method: str, target: str, headers: dict[str, str], body: bytes) -> CarriedRequest:
        call = Call(method, target, {"Host": AUTHORITY, **headers})
        nonce = random_bytes(NONCE_BYTES)
        signed = signed_call(identity.key, identity.device, call, body, created=created, nonce=nonce)
        return CarriedRequest(signed, body)

    requests = [request("GET", "/v1/keys", {}, b""), request("GET", "/v1/config", {}, b"")]
    count = 0
    for batch in _unsent(outbox, view, limit):
        if len(requests) == PARTS:
            break
        body = gzip.compress(batch_body(identity.device, batch), 6, mtime=0)
        requests.append(request("POST", "/v1/batches", batch_headers("gzip", uptime), body))
        count += len(batch)
    manifest = Manifest(
        device=identity.device, created=created, parts=(), ahead=view.notes.clock_offset_seconds
    )
    parcel = pack(manifest, requests, identity.key, _newest(identity))
    with _using(stick):
        write_parcel(_own_folder(stick, identity) / TO_CENTRE, parcel)
    return Copied(count, view.queue(outbox.watermark()) - count)


def take_back(
    stick: Path,
    identity: Identity,
    outbox: OutboxReader,
    receipts: Receipts,
    *,
    folder: Path,
    bundles: BundleKeeper | None,
    now: Callable[[], datetime],
) -> Taken:
    """Take in the centre's answer on the stick.

    folder: the agent's own. bundles: None if the device gets no configuration.

    Raises ProblemError: HL4217 (there is none), HL4218 … HL4221, HL4103 … HL4105, HL4109; nothing has changed
    then. HL1001 … HL1009 if the configuration can't be used, StorageFailed, OSError: what was taken before
    that is whole, and copying again repeats the rest.
    """
    with _using(stick):
        parcel = read_parcel(_own_folder(stick, identity) / TO_TERMINAL)
    opened = open_manifest(parcel.manifest, [identity.key])
    replies = open_parts(opened.manifest, parcel.parts, [identity.key], CarriedReply)
    for number, reply in enumerate(replies, 1):
        _check_own(reply.call, identity, part_name(number))
    wire = StickWire(replies, CentreClock(now))
    sender = Sender(wire, identity)
    trusting = RootFollower(sender, receipts, folder, now)
    trusting.settle()
    learned = trusting.learn()
    if not isinstance(learned, bool):
        raise ProblemError(learned)
    check_signed(opened, sender.signers().values())
    if opened.manifest.created <= receipts.view.notes.usb_taken:
        raise ProblemError(USB_TAKEN(where=MANIFEST))
    batches = [_receipts_in(reply, sender, outbox, wire) for reply in wire.batches()]
    found = sender.config("") if bundles else None
    if isinstance(found, Refused) and not found.signed:
        raise ProblemError(found.problem)
    pusher = Pusher(outbox, receipts, sender, now)
    for batch in batches:
        pusher.take(batch)
    receipts.note(usb_taken=opened.manifest.created)
    version = 0
    if bundles and found is not None and not isinstance(found, Refused):
        document, _ = found
        keys = sender.trust.public(now()) if sender.trust else None
        bundle = bundles.apply(with_keys(document, keys), older=trusting.doubted)
        trusting.trusted_again()
        keep_keys(folder, bundle.keys)
        version = document.version
    return Taken(sum(len(batch.receipts) for batch in batches), version)


class StickWire:
    """Answers requests with what lies on a stick; nothing is sent.

    Args:
        replies: opened; each answers a request that this device has signed.
        clock: the time that keys have to be valid at.

    """

    def __init__(self, replies: Sequence[CarriedReply], clock: CentreClock) -> None:
        self._replies = replies
        self.clock = clock

    def batches(self) -> Iterator[CarriedReply]:
        """The answers to batches, in their order."""
        return (reply for reply in self._replies if reply.call.target == "/v1/batches")

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
        """The answer to this question; raises ProblemError HL4218 if there is none."""
        del body, key, key_id, headers, offset  # those of the request on the stick count
        return self.answer(self._find(method, target), trusted)

    def answer(self, reply: CarriedReply, trusted: Callable[[Answer], dict[str, bytes]]) -> Answer | Refused:
        """This answer if it is signed with one of the keys `trusted`, else why it can't be used."""
        found = Answer(reply.status, reply.headers, reply.body)
        return check_answer(found, reply.call, trusted, self.clock.now())

    def fetch(self, target: str, most: int) -> Answer | Refused:
        """An answer that carries its own signature; raises ProblemError HL4218 if there is none."""
        del most
        reply = self._find("GET", target)
        return Answer(reply.status, reply.headers, reply.body)

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
        """False: a stick may have been on its way for long."""
        del method, target, body, key, key_id, trusted, headers
        return False

    def _find(self, method: str, target: str) -> CarriedReply:
        for reply in self._replies:
            if (reply.call.method, reply.call.target) == (method, target):
                return reply
        raise ProblemError(USB_CHANGED(where=target, detail="không có câu trả lời"))


@contextmanager
def _using(stick: Path) -> Iterator[None]:
    """Raises ProblemError HL4221 where the stick can't be read or written."""
    try:
        yield
    except OSError as error:
        raise ProblemError(USB_UNUSABLE(where=str(stick), detail=error.strerror or "")) from error


def _own_folder(stick: Path, identity: Identity) -> Path:
    return stick / TOP / folder_name(bytes(identity.key.verify_key))


def _newest(identity: Identity) -> bytes:
    """The centre's newest key, which opens what is sealed to it."""
    return list(identity.signers().values())[-1]


def _unsent(outbox: OutboxReader, view: ReceiptsView, limit: int) -> Iterator[list[StoredResponse]]:
    """The readable responses without a receipt, oldest first, within the limits of a batch."""
    cursor = view.through
    while found := outbox.after(cursor, limit=limit, max_bytes=BATCH_BYTES):
        wanted = [
            each for each in found if not any(first <= each.seq <= last for first, last in view.received)
        ]
        if wanted:
            yield wanted
        cursor = found[-1].seq


def _check_own(call: Call, identity: Identity, where: str) -> None:
    """Return if this device signed the request that was answered; raises ProblemError HL4218."""
    try:
        verify_head(read_request_signature(call.headers), bytes(identity.key.verify_key), call)
    except ProblemError as error:
        raise ProblemError(USB_CHANGED(where=where, detail="trả lời cho việc khác")) from error


def _receipts_in(reply: CarriedReply, sender: Sender, outbox: OutboxReader, wire: StickWire) -> BatchReply:
    """The receipts in an answer, if they are for responses that are in the outbox; raises ProblemError."""
    answer = wire.answer(reply, lambda _: sender.signers())
    if isinstance(answer, Refused):
        raise ProblemError(answer.problem)
    found = _named(answer.body, outbox)
    sent = base64.b64decode(reply.call.headers["content-digest"].removeprefix("sha-256=:").rstrip(":"))
    checked = check_reply(answer.body, found, sent.hex())
    if isinstance(checked, Refused):
        raise ProblemError(checked.problem)
    return checked


class _Numbers(Struct):
    seq: int


class _Receipts(Struct):
    receipts: tuple[_Numbers, ...]


def _named(body: bytes, outbox: OutboxReader) -> list[StoredResponse]:
    """The responses whose numbers an answer names, as far as the outbox has them."""
    try:
        numbers = [each.seq for each in msgspec.json.decode(body, type=_Receipts).receipts]
    except msgspec.DecodeError:
        return []
    found: dict[int, StoredResponse] = {}
    cursor = min(numbers, default=1) - 1
    last = max(numbers, default=0)
    while cursor < last and (read := outbox.after(cursor, limit=BATCH_LIMIT, max_bytes=BATCH_BYTES)):
        found |= {each.seq: each for each in read}
        cursor = read[-1].seq
    return [found[number] for number in numbers if number in found]

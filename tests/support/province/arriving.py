"""Devices of an invented province on the wire: signed as a tablet signs, without a network in between."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from importlib.metadata import version

import msgspec
from nacl.signing import SigningKey

from sync.central.api.device_desk import DeviceDesk
from sync.contract.batch import BATCH_LIMIT, BatchReply
from sync.contract.canonical import canonical_bytes
from sync.contract.enrolment import EnrolRequest
from sync.contract.heartbeat import Heartbeat
from sync.contract.response import Response
from sync.contract.signing import Call, sign_request

HOST = "centre"
RELEASE = version("hailong")


def key_of(device: str, seed: int) -> SigningKey:
    """The key of an invented device: anyone can compute it, and continue the province."""
    return SigningKey(hashlib.sha256(f"invented {seed} {device}".encode()).digest())


def signed(key: SigningKey, device: str, target: str, body: bytes, at: datetime, host: str = HOST) -> Call:
    """A signed POST of a device."""
    fields = {"host": host, "content-type": "application/json"}
    call = Call("POST", target, fields)
    nonce = hashlib.sha256(f"{device} {at}".encode() + body).digest()[:16]
    signature = sign_request(key, device, call, body, created=int(at.timestamp()), nonce=nonce)
    return Call("POST", target, {**fields, **{name.lower(): value for name, value in signature.items()}})


class Tablet:
    """One invented device, which numbers what it sends. behind: how late its clock is.

    made: the last number. bundle: the newest configuration that the centre has named, which it has at once.
    """

    def __init__(self, device: str, seed: int, behind: timedelta = timedelta(0)) -> None:
        self.device = device
        self.made = self.bundle = 0
        self._key = key_of(device, seed)
        self._behind = behind

    def enrol(self, desk: DeviceDesk, secret: str, now: datetime) -> None:
        """Give this device its identity, with the secret of a code."""
        public = base64.b64encode(bytes(self._key.verify_key)).decode()
        body = msgspec.json.encode(EnrolRequest(secret, public))
        call = signed(self._key, self.device, "/v1/enrol", body, now)
        desk.enrol(desk.newcomer(call, body))

    def number(self, visits: Sequence[Response]) -> list[bytes]:
        """These visits as the outbox would have stored them."""
        bodies = []
        for visit in visits:
            self.made += 1
            bodies.append(canonical_bytes(msgspec.structs.replace(visit, seq=self.made)))
        return bodies

    def push(self, desk: DeviceDesk, bodies: Sequence[bytes], now: datetime) -> list[BatchReply]:
        """Send these in signed batches, as they are: what a tablet packs is unpacked before it is judged."""
        replies = []
        for start in range(0, len(bodies), BATCH_LIMIT):
            joined = b",".join(bodies[start : start + BATCH_LIMIT])
            body = b'{"device":"%b","responses":[%b]}' % (self.device.encode(), joined)
            call = signed(self._key, self.device, "/v1/batches", body, now - self._behind)
            replies.append(desk.receive(desk.check(desk.arriving(call), call, body)))
            self.bundle = replies[-1].bundle
        return replies

    def beat(self, desk: DeviceDesk, beat: Heartbeat, now: datetime) -> None:
        """Send a heartbeat."""
        body = msgspec.json.encode(beat)
        call = signed(self._key, self.device, "/v1/heartbeat", body, now)
        desk.heartbeat(desk.arriving(call), call, body)

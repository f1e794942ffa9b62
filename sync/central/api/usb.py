"""What a terminal without a network sent on a USB stick, taken in as if it had come by the wire.

Promises:
- every request on the stick passes the checks that it would pass on its way through HTTP: signature, form,
  limits, judgement; the answers are the same, and signed the same;
- a copy is stored whole or not at all, and once; which it was is recorded in the audit log;
- how long a stick was on its way is in no figure: moment.py.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from http import HTTPStatus

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from nacl.signing import SigningKey

from sync.central.api.device_desk import CheckedBatch, DeviceDesk, read_uptime
from sync.central.intake.moment import carried_clock
from sync.central.office.audit.acts import By
from sync.central.office.devices import Device
from sync.central.office.keys.stored import Keys
from sync.central.office.usb_copies import take_once
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.offline import USB_CHANGED, USB_FOREIGN
from sync.contract.signing import sign_reply
from sync.contract.usb import (
    AUTHORITY,
    MANIFEST,
    CarriedReply,
    CarriedRequest,
    Manifest,
    Opened,
    Parcel,
    check_signed,
    digest,
    open_manifest,
    open_parts,
    pack,
    part_name,
)

_BATCHES, _CONFIG, _KEYS = ("POST", "/v1/batches"), ("GET", "/v1/config"), ("GET", "/v1/keys")


class TakenIn(Struct, frozen=True, kw_only=True):
    """What came of a copy: whose it was, how many responses it had by what became of them, and the answer."""

    device: str
    receipts: dict[str, int]
    answer: Parcel


class _Checked(Struct, frozen=True):
    """A request whose signature is right; batch: what it brings, if that is what it does."""

    request: CarriedRequest
    device: Device
    batch: CheckedBatch | None = None


class StickDesk:
    """Takes copies in.

    Args:
        desk: what devices can ask of this centre.
        keys: the centre's.
        now: the time, with its offset.

    """

    def __init__(self, desk: DeviceDesk, keys: Keys, now: Callable[[], datetime]) -> None:
        self._desk = desk
        self._keys = keys
        self._now = now

    def take_in(self, parcel: Parcel, by: By) -> TakenIn:
        """Store what is in a copy and answer it.

        Raises ProblemError: HL4218 … HL4220 about the copy, and what a batch by the wire can raise; then
        nothing is stored.
        """
        own = [SigningKey(key.raw) for key in self._keys.signing]
        opened = open_manifest(parcel.manifest, own)
        manifest, copy = opened.manifest, digest(parcel.manifest)
        device = self._sender(opened)
        requests = open_parts(manifest, parcel.parts, own, CarriedRequest)
        checked = [
            self._check(request, device, manifest, part_name(number))
            for number, request in enumerate(requests, 1)
        ]
        batches = [each.batch for each in checked if each.batch is not None]
        count = sum(len(batch.judged) for batch in batches)
        record = partial(take_once, device=device.id, copy=copy, count=count)
        replies = iter(self._desk.receive_carried(device, batches, by, record))
        answers, tally = [], dict[str, int]()
        for each in checked:
            if each.batch is None:
                answers.append(self._answered(each))
                continue
            reply = next(replies)
            answers.append(self._signed(each.request, 200, msgspec.json.encode(reply)))
            for receipt in reply.receipts:
                tally[receipt.status] = tally.get(receipt.status, 0) + 1
        back = Manifest(device=device.id, created=int(self._now().timestamp()), parts=(), answers=copy)
        answer = pack(back, answers, self._keys.signing_key()[1], device.key)
        return TakenIn(device=device.id, receipts=tally, answer=answer)

    def _sender(self, opened: Opened) -> Device:
        """The device that signed this manifest."""
        device = self._desk.known(opened.manifest.device)
        if device is None or not device.key:
            raise ProblemError(USB_FOREIGN(where=MANIFEST, detail="không phải máy của trung tâm này"))
        check_signed(opened, [device.key])
        return device

    def _check(self, request: CarriedRequest, device: Device, manifest: Manifest, where: str) -> _Checked:
        call = request.call
        signer = self._desk.arriving(call)
        if signer.id != device.id or signer.claimed is None or call.authority != AUTHORITY:
            raise ProblemError(USB_CHANGED(where=where, detail="không phải do máy này chép"))
        self._desk.authentic(signer, call, request.body)
        if (call.method, call.target) in (_CONFIG, _KEYS):
            return _Checked(request, signer)
        if (call.method, call.target) != _BATCHES:
            raise ProblemError(USB_CHANGED(where=where, detail="không phải lô phiếu"))
        received = int(self._now().timestamp() * 1000)
        clock = carried_clock(received, signer.claimed.created, manifest.ahead, *read_uptime(call))
        return _Checked(request, signer, self._desk.check(replace(signer, clock=clock), call, request.body))

    def _answered(self, each: _Checked) -> CarriedReply:
        """The answer to a question; a problem is one, too."""
        call = each.request.call
        if (call.method, call.target) == _KEYS:
            return self._signed(each.request, 200, msgspec.json.encode(self._desk.keys(), order="sorted"))
        try:
            configuration = self._desk.config(each.device, call)
        except ProblemError as error:
            return self._refused(each.request, error.problem)
        headers = {"etag": configuration.tag}
        if configuration.body is None:
            return self._signed(each.request, HTTPStatus.NOT_MODIFIED, b"", headers)
        return self._signed(each.request, 200, configuration.body, headers)

    def _refused(self, request: CarriedRequest, problem: Problem) -> CarriedReply:
        return self._signed(request, problem.kind.status, msgspec.json.encode(problem.rfc9457()))

    def _signed(
        self, request: CarriedRequest, status: int, body: bytes, more: dict[str, str] | None = None
    ) -> CarriedReply:
        key_id, key = self._keys.signing_key()
        headers = {"content-type": "application/json", **(more or {})}
        signed = sign_reply(
            key,
            key_id,
            request.call,
            status=status,
            headers=headers,
            body=body,
            created=int(self._now().timestamp()),
        )
        headers |= {name.lower(): value for name, value in signed.items()}
        return CarriedReply(call=request.call, status=status, headers=headers, body=body)

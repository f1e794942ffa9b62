"""Heartbeats: a device reports its state, and the centre answers. Numbers and versions, never a name."""

from typing import Annotated

from msgspec import Meta, Struct

from sync.contract.offer import Offer
from sync.contract.ranges import Ranges
from sync.contract.response import Count, Moment, Seq

WHERE_LIMIT = 200  # characters of `refused_where`


class Heartbeat(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """made: the highest durable `seq`. queue: responses without a receipt; oldest_unsent: end of the oldest.

    set_aside: responses a person has to look at. disk_free: bytes. bundle: version of the configuration in
    use. problem: number of the last problem that still exists. erased: the device has erased everything that
    the centre, in its present epoch, asked it to forget up to this number (`tombstones.py`).
    refused: version of a newer configuration that the terminal can't use; refused_problem, refused_where: the
    number of the reason, and its file and key. crashes: how often the terminal ended unexpectedly in a day.
    release: the last version of the software, or the beginning of its file's digest, that was not kept here;
    release_problem: the number of the reason.
    """

    at: Moment
    made: Seq
    queue: Count
    oldest_unsent: Moment | None = None
    set_aside: Count = 0
    disk_free: Count = 0
    app: Annotated[str, Meta(max_length=32)] = ""
    bundle: Count = 0
    problem: Annotated[str, Meta(max_length=8)] = ""
    epoch: Count = 0
    erased: Count = 0
    refused: Count = 0
    refused_problem: Annotated[str, Meta(max_length=8)] = ""
    refused_where: Annotated[str, Meta(max_length=WHERE_LIMIT)] = ""
    crashes: Count = 0
    release: Annotated[str, Meta(max_length=40)] = ""
    release_problem: Annotated[str, Meta(max_length=8)] = ""


class HeartbeatReply(Struct, frozen=True, kw_only=True):
    """epoch, held, server_time: as in `BatchReply`. bundle: the newest version for the device's
    unit.

    forgotten: number of the newest tombstone for this device. keys: version of the newest key list, or 0.
    made: the highest known `seq` of this device, stored here or reported by an earlier heartbeat.
    aside: ranges of its `seq` that are set aside for a person; receipts that say so of others are outdated.
    releases: the files of the version of the software that this device is offered; withdrawn: versions that
    it must not use.
    """

    epoch: int
    held: Ranges
    server_time: Moment
    bundle: int
    forgotten: int = 0
    keys: int = 0
    aside: Ranges | None = None
    made: int = 0
    releases: tuple[Offer, ...] = ()
    withdrawn: tuple[str, ...] = ()

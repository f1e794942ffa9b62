"""The outbox: every visit is on the disk before "Thank you" is shown.

TinyDB keeps the documents, on a storage of ours that a power cut can't hurt. The kiosk writes, on one thread
of one process; any number of other processes read. They share no lock, and each may be killed at any instant.

## Promises

 1. A response whose `append` returned is there after a power cut, a crash, a full or a failing disk.
 2. `seq` is 1, 2, 3 … for a device, without a gap. No two responses that anyone could have seen share a
    `seq`: not after a crash, a full disk, a clock set back, or the deletion of old segments. If the centre
    knows higher numbers of this device (its disk was replaced, or an older copy of it put back), the next
    response gets the number after those: `begin_after`.
 3. A reader in another process sees only what no power cut can erase (up to the *watermark*).
 4. A response is read back as exactly the canonical bytes that were stored.
 5. A response and the end of its draft are one commit: a visit is never there twice, and never lost.
 6. Opening reads the newest segment only, so its duration doesn't grow with what is stored. Older segments
    are verified step by step (`maintain`) before one is deleted, and by every reader as it reads.
 7. Damage loses only the records that it touches. It is noticed, copied to `quarantine/` and shown as an
    alarm, and the terminal starts anyway.
 8. A file that is not ours, or of a newer version, is refused and not touched.
 9. What the centre has not confirmed as kept safe is never deleted.
10. Only what was given is written. A citizen's own words arrive here sealed; a visit in progress is sealed
    here, and an answer that was changed or taken back can't be read any more: draft_keys.py.
11. What the centre asks to forget is in no file any more once `erased` says so; its number stays, and so does
    every other byte. Until then the old segment is there or the new one, never half of each.

## Files

    outbox/
      000001-000000000001.journal   a segment: its number and the first `seq` in it. A TinyDB file: journal.py
      000002-000000000413.journal   the newest, the one that is written
      watermark                     the end of what is durable: watermark.py
      lock                          flock of the one writer, with its process id
      draft-keys                    what opens the visits in progress: draft_keys.py
      reserve                       disk space for finishing the visit in progress on a full disk
      erased                        the responses that are completely erased: erasing.py
      quarantine/                   copies of damaged bytes; the alarm stays until a person removes them
    receipts/
      receipts.journal              the agent's: the receipt of each response: receipts.py

The first `seq` of a segment ends the previous one: a record there with this number or a higher one was never
acknowledged (its sync had failed) and does not count. Line 0 of a segment has `segment`, `device`,
`first_seq`, `opened_at`, and `skipped_from` if the numbers before it were used in another outbox of this
device. Table `responses`: the document id is `seq`. Table `drafts`: visits in progress, sealed; the document
id is the response's id as a number. Open drafts are copied into each new segment, so those of the newest
segment count.

A commit is one line, one write, one fdatasync; then the watermark moves; then `append` returns. A new segment
is written under another name, synced, renamed, and its folder is synced.

To forget a response, its segment is replaced in the same way by one of the same length (erasing.py). If it
is in the newest segment, a new one is begun first, because a segment that is being written is never replaced.
Every start looks through all segments again. On flash, no program can overwrite the blocks that the disk has
given up: the words in them are sealed, and an encrypted disk protects the rest.

## Failures

Power cut or kill during a commit
    Lost: at most that step, which was not acknowledged; the draft is there. Opening cuts the torn line off.
    If the commit turns out whole, it counts.
Power cut during first creation, rotation, deletion
    Lost: nothing. What is unfinished is removed; the old segment or the new one is used.
Process killed between write and sync
    Lost: nothing acknowledged. Opening rewrites the bytes behind the watermark before it trusts them.
fdatasync fails
    Lost: nothing acknowledged. That file is never written again: one retry in a new segment, then
    StorageFailed (HL2001).
Sync of a folder fails
    Lost: nothing acknowledged. A later sync proves nothing: the creation, replacement or removal is repeated
    before it is reported as done. A deleted segment may come back after a power cut, and is deleted again.
Disk full
    Lost: nothing. The reserve is given up, so that the visit in progress can be finished; after that the
    outbox is not healthy (HL2002) until `maintain`, `recover` or a commit finds room again.
File system turned read-only
    Lost: nothing. StorageFailed (HL2001) until it can be written.
No file descriptor left
    Lost: nothing. The open segment stays in use; a new one is begun later.
Watermark not publishable, lost or torn
    Lost: nothing. Readers wait for the next commit or `maintain`, or until the outbox is opened.
Power cut, kill, failure while a response is being erased
    Lost: nothing. The old segment or the new one is there; the next round of `maintain`, or the next start,
    continues. If the disk has no room for a second copy of a segment in addition to the reserve, erasing
    waits, with an alarm (HL2002), and visits go on. If a segment can't be read, erasing waits and is tried
    again after some rounds. Nothing is reported as erased until everything is.
Keys of drafts lost or damaged
    Lost: the answers in interrupted visits (HL2005).
Bytes changed
    Lost: the records they belong to. HL2005; writing goes on in a new segment.
A segment that the disk can't read
    Lost: nothing that can be read again later. An older segment and the one behind it are kept, with an alarm
    (HL2001), until `maintain` has read it (it retries after some rounds). Readers skip what the disk can't
    return, and report it. While the newest can't be read, opening raises StorageFailed.
Segment shortened or gone
    Lost: what was in it. HL2006 names the numbers; the watermark keeps them from being used again.
Folder replaced by an older copy, or by an empty one
    Lost: what came after, unless the centre has it. The centre names the highest number it knows, and the
    next response gets the number after it; responses that reused a number before that are set aside at the
    centre (HL4010).
Second writer
    Refused (HL2003).
Foreign or newer file, folder of another device
    Refused (HL2004, HL2007).
Receipts of another version
    Refused (HL2004), an alarm. Nothing is deleted or erased until they can be read; visits go on.
Receipts lost or damaged
    Lost: nothing. Everything, or what came after the damage, is sent again; the centre answers `duplicate`.

The outbox relies on a disk that keeps what it has reported as flushed and writes a sector whole or not at
all, and on a POSIX file system with an atomic rename (tested on ext4). After a folder could not be synced, a
program that starts again relies on its own sync of it: it can't know what the file system lost before.
"""

from sync.outbox.caretaker import Maintained
from sync.outbox.notes import Cause, Notes
from sync.outbox.problems import ForeignFormat, OutboxLocked, StorageFailed, storage_problem
from sync.outbox.reader import OutboxReader, StoredResponse, Unreadable
from sync.outbox.receipts import Receipts, ReceiptsReader, ReceiptsView, SetAside
from sync.outbox.waiting import oldest_unsent
from sync.outbox.writer import Outbox, OutboxSettings, OutboxStatus

__all__ = [
    "Cause",
    "ForeignFormat",
    "Maintained",
    "Notes",
    "Outbox",
    "OutboxLocked",
    "OutboxReader",
    "OutboxSettings",
    "OutboxStatus",
    "Receipts",
    "ReceiptsReader",
    "ReceiptsView",
    "SetAside",
    "StorageFailed",
    "StoredResponse",
    "Unreadable",
    "oldest_unsent",
    "storage_problem",
]

"""The outbox: every visit is on the disk before "Thank you" is shown.

TinyDB keeps the documents; the outbox gives it a storage that a power cut can't hurt. The kiosk writes, on
one thread of one process; any number of other processes read. They share no lock, and each may be killed at
any instant.

## Promises

 1. A response whose `append` returned is there after a power cut, a crash, a full or a failing disk.
 2. `seq` is 1, 2, 3 … for a device, without a gap, and never given to two responses that anyone could have
    seen: not after a crash, a full disk, a clock set back, or the deletion of old segments. Where the centre
    knows higher numbers of this device (its disk was replaced, or an older copy of it put back), the next
    response gets the number after those: `begin_after`.
 3. A reader in another process sees only what no power cut can erase (up to the *watermark*).
 4. A response is read back as the very canonical bytes that were stored.
 5. A response and the end of its draft are one commit: a visit is not there twice, and not lost in between.
 6. Opening reads the newest segment only, so it takes the same short time however much is stored. Older
    segments are verified step by step (`maintain`) before one is deleted, and by every reader as it reads.
 7. One damaged place costs the records it touches and no other. It is noticed, copied to `quarantine/`,
    shown as an alarm, and the terminal starts all the same.
 8. A file that is not ours, or of a newer version, is refused and not touched.
 9. What the centre has not confirmed as kept safe is never deleted.
10. Nothing is written but what was given. A citizen's own words arrive here sealed; a visit in progress is
    sealed here, and of an answer that was changed or taken back nothing can be read any more: draft_keys.py.
11. What the centre asks to forget is in no file any more once `erased` says so; its number stays, every other
    byte too. Until then the old segment is there or the new one, never half of each.

## Files

    outbox/
      000001-000000000001.journal   a segment: its number and the first `seq` in it. A TinyDB file: journal.py
      000002-000000000413.journal   the newest, the one that is written
      watermark                     up to where everything is durable: watermark.py
      lock                          flock of the one writer, with its process id
      draft-keys                    what opens the visits in progress: draft_keys.py
      reserve                       disk space for finishing the visit in progress on a full disk
      erased                        which responses nothing is left of: erasing.py
      quarantine/                   copies of damaged bytes; the alarm stays until a person takes them away
    receipts/
      receipts.journal              the agent's: what became of each response: receipts.py

The first `seq` of a segment ends the one before: what that may hold at or behind it was never acknowledged
(its sync had failed) and does not count. Line 0 of a segment has `segment`, `device`, `first_seq`,
`opened_at`, and `skipped_from` where the numbers before it were used in another outbox of this device. Table
`responses`: the document id is `seq`. Table `drafts`: visits in progress, sealed, the document id is the
response's id as a number; open drafts move on into each new segment, so those of the newest count.

A commit is one line, one write, one fdatasync; then the watermark moves; then `append` returns. A new segment
is written under another name, synced, renamed, and its folder is synced.

To forget a response its segment is replaced in the same way, by one of the same length (erasing.py); the
newest is ended first, for what is being written is never replaced. Every start looks through all segments
again. What the disk itself keeps of blocks that were given up is out of reach of any program on flash: the
words in them are sealed, and who wants more than that encrypts the disk.

## Failures

Power cut or kill during a commit
    Lost: at most that step, never acknowledged; the draft is there. Opening cuts the torn line off. The
    commit may also turn out whole, and then counts.
Power cut during first creation, rotation, deletion
    Lost: nothing. What is unfinished is removed; the old segment goes on, or the new one does.
Process killed between write and sync
    Lost: nothing acknowledged. Opening writes the bytes behind the watermark anew before it trusts them.
fdatasync fails
    Lost: nothing acknowledged. That file is never written again: a new segment, one more try, else
    StorageFailed (HL2001).
Sync of a folder fails
    Lost: nothing acknowledged. A later sync proves nothing: what was made, replaced or taken out of
    quarantine is so once more, before anything is said of it. A deleted segment may come back with a power
    cut, and goes again.
Disk full
    Lost: nothing. The reserve is given up, so that the visit in progress ends well; from then on not healthy
    (HL2002), until `maintain`, `recover` or a commit finds room again.
File system turned read-only
    Lost: nothing. StorageFailed (HL2001) until it can be written.
No file descriptor left
    Lost: nothing. The open segment goes on, a new one waits.
Watermark not publishable, lost or torn
    Lost: nothing. Readers wait: for the next commit or `maintain`, or for the outbox to be opened.
Power cut, kill, failure while a response is being erased
    Lost: nothing. The old segment or the new one is there; the next round of `maintain`, or start, goes on.
    Where the disk has no room for a second copy of a segment beside the reserve, it waits, with an alarm
    (HL2002), and visits go on; where a segment can't be read, it waits, and that is tried again after some
    rounds. Until everything is done nothing is reported.
Keys of drafts lost or damaged
    Lost: what was answered in the visits that were interrupted (HL2005).
Bytes changed
    Lost: the records they belong to. HL2005; writing goes on in a new segment.
A segment that the disk can't read
    Lost: nothing that can be read again. An older one is kept, and the one behind it, with an alarm
    (HL2001), until `maintain`, which tries it again after some rounds, has read it; readers pass over what
    the disk does not give back, and say so. While the newest can't be read, opening is StorageFailed.
Segment shortened or gone
    Lost: what was in it. HL2006 names the numbers; the watermark keeps them from being used again.
Folder replaced by an older copy, or by an empty one
    Lost: what came after, unless the centre has it. The centre names the highest number it knows, and the
    next response gets the one after; what got a number twice before that is set aside there (HL4010).
Second writer
    Refused (HL2003).
Foreign or newer file, folder of another device
    Refused (HL2004, HL2007).
Receipts of another version
    Refused (HL2004), an alarm. Nothing is deleted or erased until they can be read; visits go on.
Receipts lost or damaged
    Lost: nothing. All, or what came after the damage, is offered again, the centre answers `duplicate`.

It relies on a disk that keeps what it has reported as flushed and writes a sector whole or not at all, and on
a POSIX file system with an atomic rename (tested on ext4). After a folder that could not be synced, a program
that starts anew relies on its own sync of it: what a file system lost by then it can't know.
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

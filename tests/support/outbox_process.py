"""A process of its own that writes or reads an outbox; each line it prints is `seq digest`.

python -m tests.support.outbox_process write FOLDER FIRST
python -m tests.support.outbox_process read FOLDER       until its standard input is closed
"""

import itertools
import select
import sys
from pathlib import Path

from sync.contract.canonical import canonical_bytes, digest
from sync.outbox import Outbox, OutboxLocked, OutboxReader
from tests.support.outbox_session import SETTINGS, Clock
from tests.support.responses import DEVICE, response

LOCKED = 3


def write(folder: Path, first: int) -> int:
    """Append until the process is killed."""
    try:
        outbox = Outbox(folder, DEVICE, clock=Clock(), settings=SETTINGS)
    except OutboxLocked as error:
        print(error.problem.number, flush=True)
        return LOCKED
    for number in itertools.count(first):
        stored = outbox.append(response(number))
        print(stored.seq, digest(canonical_bytes(stored)), flush=True)
    return 0


def read(folder: Path) -> int:
    """Tail the outbox as the agent does."""
    reader = OutboxReader(folder)
    last = 0
    while True:
        ending = bool(select.select([sys.stdin], [], [], 0.002)[0])
        while found := reader.after(last, limit=7, max_bytes=10_000):
            for each in found:
                print(each.seq, each.digest)
            last = found[-1].seq
        if ending:
            return 0


if __name__ == "__main__":
    place = Path(sys.argv[2])
    sys.exit(write(place, int(sys.argv[3])) if sys.argv[1] == "write" else read(place))

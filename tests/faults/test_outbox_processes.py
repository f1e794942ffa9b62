"""One writer, four readers, a second writer, and kill -9: real processes."""

import subprocess
import sys
from pathlib import Path

from tests.support.outbox_process import LOCKED


def start(*arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.outbox_process", *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def lines(process: subprocess.Popen[str], count: int) -> dict[int, str]:
    assert process.stdout is not None
    found = {}
    for _ in range(count):
        seq, digest = process.stdout.readline().split()
        found[int(seq)] = digest
    return found


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_four_readers_see_the_same_through_a_killed_writer_and_its_successor(tmp_path: Path) -> None:
    folder = tmp_path / "outbox"
    readers = [start("read", folder) for _ in range(4)]
    acknowledged: dict[int, str] = {}
    for turn in range(3):
        writer = start("write", folder, 1000 * turn)
        acknowledged |= lines(writer, 60)
        if turn == 0:
            second = start("write", folder, 9000)
            said, _ = second.communicate(timeout=60)
            assert (second.returncode, said) == (LOCKED, "HL2003\n")
        kill(writer)
    seen = []
    for reader in readers:
        said, _ = reader.communicate(timeout=60)
        assert reader.returncode == 0
        rows = [line.split() for line in said.splitlines()]
        assert [int(seq) for seq, _ in rows] == list(range(1, len(rows) + 1)), "no gap, nothing twice"
        seen.append({int(seq): digest for seq, digest in rows})
    assert seen[0] == seen[1] == seen[2] == seen[3]
    assert acknowledged.items() <= seen[0].items()

"""Who tries every dossier code there is learns none, whatever else they hold; and forgotten is forgotten."""

import base64
import hashlib
import re
import secrets
import subprocess
from collections.abc import Iterable, Iterator

import msgspec
import pytest
from msgspec.structs import replace

from sync.contract.batch import BatchReply
from sync.contract.bundle import Cases
from sync.contract.case_box import seal_case
from sync.contract.codes import case_hash
from sync.contract.response import Response
from tests.support.served import WARDS, ServedCentre, Tablet

# All codes of one office on one day: in truth a year of a ward has no more than a few hundred times as many.
CODES = [f"000.00.12.H26-260302-{number:04}" for number in range(2000)]


class Wards:
    """Two wards with keys: `mine` is a tablet of the first, `other` one of the second."""

    def __init__(self, served: ServedCentre) -> None:
        self.served = served
        for ward in WARDS:
            served.command("case-key", "--bundle", str(served.folder / "bundle"), "--unit", ward)
        self.mine, self.other = served.device(WARDS[0]), served.device(WARDS[1])

    def visit(self, code: str) -> Response:
        """A visit at `mine` for this dossier, as a terminal writes it."""
        cases = cases_of(self.mine)
        visit = self.mine.visit()
        assert visit.tag is not None
        box = seal_case(case_hash(code, key_of(self.mine)), cases.public)
        return replace(visit, tag=replace(visit.tag, cases=(box,)))

    def send(self, visit: Response) -> str:
        reply = self.mine.push(visit)
        assert isinstance(reply, BatchReply), reply
        return reply.receipts[0].status

    def announced(self, tablet: Tablet) -> set[str]:
        return {case.case for case in cases_of(tablet).case if case.rated}


@pytest.fixture(scope="module")
def wards(served: ServedCentre) -> Wards:
    return Wards(served)


def cases_of(tablet: Tablet) -> Cases:
    answer = tablet.sender.config("")
    assert isinstance(answer, tuple), answer
    return msgspec.json.decode(answer[0].files["cases.json"], type=Cases)


def key_of(tablet: Tablet) -> bytes:
    return base64.b64decode(cases_of(tablet).key)


def test_no_dossier_is_found_with_the_database_a_backup_and_the_keys_of_both_wards(wards: Wards) -> None:
    rated, refused = secrets.choice(CODES), secrets.choice(CODES)
    assert wards.send(wards.visit(rated)) == "stored"
    assert wards.send(replace(wards.visit(refused), answers={"result": 99})) == "refused"
    mine, other = key_of(wards.mine), key_of(wards.other)
    stolen = b"".join(copies(wards.served))
    # The key of the ward itself can only come from one of its tablets; it lies in nothing else.
    assert not {mine, base64.b64encode(mine), mine.hex().encode()} & pieces(stolen, mine)
    for key in (mine, other):
        hashes = {case_hash(code, key): code for code in CODES}
        assert found_in(stolen, hashes) == set()
        # The search is no empty one: what it is to find, it finds.
        planted = case_hash(rated, key)
        for form in (planted.encode(), bytes.fromhex(planted), base64.b64encode(bytes.fromhex(planted))):
            assert found_in(stolen + form, hashes) == {rated}


def test_another_ward_learns_neither_the_key_nor_a_case(wards: Wards) -> None:
    code = secrets.choice(CODES)
    mine = key_of(wards.mine)
    assert wards.send(wards.visit(code)) == "stored"
    assert case_hash(code, mine) in wards.announced(wards.mine)
    assert key_of(wards.other) != mine
    answer = wards.other.sender.config("")
    assert isinstance(answer, tuple)
    given = msgspec.json.encode(answer[0])
    assert base64.b64encode(mine) not in given
    assert found_in(given, {case_hash(code, mine): code for code in CODES}) == set()


def test_a_case_that_is_forgotten_is_announced_no_more_by_the_centre_that_runs(wards: Wards) -> None:
    visit = wards.visit(CODES[7])
    hashed = case_hash(CODES[7], key_of(wards.mine))
    assert wards.send(visit) == "stored"
    assert hashed in wards.announced(wards.mine)
    wards.served.command("forget", visit.id, "--reason", "asked for")
    assert hashed not in wards.announced(wards.mine)


def copies(served: ServedCentre) -> Iterator[bytes]:
    """What lies in a backup and, on SQLite, in the files of the database itself."""
    backup = served.folder / f"backup-{secrets.token_hex(4)}"
    served.command("backup", "--to", str(backup))
    if served.url is None:
        yield backup.read_bytes()
        for path in sorted(served.data.glob("central.db*")):
            yield path.read_bytes()
        return
    done = subprocess.run(["pg_restore", "--file=-", str(backup)], capture_output=True, check=True)
    yield done.stdout
    for column in re.findall(rb"\\\\x([0-9a-f]+)", done.stdout):
        yield bytes.fromhex(column.decode())


def pieces(text: bytes, key: bytes) -> set[bytes]:
    """Those forms of a key that stand in `text`."""
    forms = (key, base64.b64encode(key), key.hex().encode())
    return {form for form in forms if form in text}


def found_in(text: bytes, hashes: dict[str, str]) -> set[str]:
    """The codes whose hash stands in `text`: as digits, as bytes, in base64, or hashed once more."""
    wanted = {bytes.fromhex(hashed): code for hashed, code in hashes.items()}
    wanted |= {hashlib.sha256(hashed.encode()).digest()[:16]: code for hashed, code in hashes.items()}
    return {wanted[window] for window in windows(text) if window in wanted}


def windows(text: bytes) -> Iterable[bytes]:
    """Every 16 bytes that stand in `text`, also those that are written in digits or in base64."""
    yield from (text[place : place + 16] for place in range(len(text) - 15))
    for digits in re.findall(rb"[0-9a-f]{32,}", text):
        yield from (bytes.fromhex(digits[at : at + 32].decode()) for at in range(len(digits) - 31))
    for letters in re.findall(rb"[A-Za-z0-9+/]{22,}={0,2}", text):
        for start in range(4):
            whole = letters.rstrip(b"=")[start:]
            whole = whole[: len(whole) - (len(whole) % 4 == 1)]
            plain = base64.b64decode(whole + b"=" * (-len(whole) % 4))
            yield from (plain[at : at + 16] for at in range(len(plain) - 15))

"""Scans that must not become a tag, and scans that must: the right result of each is known beforehand."""

import re
import string
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from nacl.signing import SigningKey

from tests.support.codes import DOSSIER, HEALTH_CARD, IDENTITY_CARD, TODAY, UNIT, code, signed

CANARY = "KENARI"
_STRANGER = SigningKey(bytes(32))
_GOOD_SIGNED = (
    signed(code()),
    signed(code("procedure", "1.001193")),
    signed(code("procedure", "1.000894", unit="h26")),
)
_BAD_SIGNED = (
    signed(code(), key=_STRANGER),
    signed(code(unit="h26.other")),
    signed(code(expires=TODAY - timedelta(days=1))),
    signed(code(serial="REVQKEDA")),
)
REVOKED = "REVQKEDA"


def hostile_scans(random: Random, count: int) -> Iterator[str]:
    """`count` scans; about one in ten is good."""
    makers = (_good, _bent, _forged, _personal, _digits, _address, _payment, _noise, _binary, _almost_dossier)
    for _ in range(count):
        yield random.choice(makers)(random)


def is_good(text: str) -> bool:
    """Whether a scan has to be accepted: decided here without the product's code."""
    text = text.strip()
    if text.isascii() and text == text.lower():
        text = text.upper()
    if text in _GOOD_SIGNED:
        return True
    shape = re.fullmatch(
        r"([0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}|[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}"
        r"|[A-Z][0-9]{2}(\.[0-9]{1,3}){0,4})-([0-9]{2})([0-9]{2})([0-9]{2})-([0-9]{4}|[0-9]{6,7})",
        text,
    )
    if shape is None:
        return False
    try:
        date(2000 + int(shape[3]), int(shape[4]), int(shape[5]))
    except ValueError:
        return False
    return True


def _good(random: Random) -> str:
    day = (date(2026, 1, 1) + timedelta(days=random.randrange(60))).strftime("%y%m%d")
    dossier = f"000.00.12.H26-{day}-{random.randrange(10_000):04}"
    return random.choice((*_GOOD_SIGNED, dossier, dossier.lower()))


def _bent(random: Random) -> str:
    text = random.choice((*_GOOD_SIGNED, DOSSIER))
    place = random.randrange(len(text))
    how = random.randrange(4)
    if how == 0:
        return text[:place]
    if how == 1:
        return text[:place] + random.choice(string.printable[:94]) + text[place + 1 :]
    if how == 2:
        return text[:place] + text[place:].swapcase()
    return text + text[place:]


def _forged(random: Random) -> str:
    return random.choice(_BAD_SIGNED)


def _personal(random: Random) -> str:
    card = random.choice((IDENTITY_CARD, HEALTH_CARD))
    return card.replace("Không Có", CANARY).replace("Phố", f"{random.randrange(999)} {CANARY}")


def _digits(random: Random) -> str:
    return "".join(random.choice("0123456789") for _ in range(random.choice((1, 9, 12, 13))))


def _address(random: Random) -> str:
    number = random.randrange(10**12)
    start = random.choice(("https://", "http://", "HTTPS://", "www.", "ftp://"))
    return f"{start}example.vn/{CANARY}?so={number:012}&ma={DOSSIER}"


def _payment(random: Random) -> str:
    return random.choice((f"G22.99.3-{random.randrange(10**12):012}", f"00020101021238{CANARY}5303704"))


def _noise(random: Random) -> str:
    letters = string.ascii_letters + string.digits + " .-:/+_=" + "ăâđêôơưếộ"
    return CANARY + "".join(random.choice(letters) for _ in range(random.randrange(1, 120)))


def _binary(random: Random) -> str:
    return "".join(chr(random.randrange(1, 0x2FF)) for _ in range(random.randrange(5, 60))).replace("\r", "")


def _almost_dossier(random: Random) -> str:
    day = f"{random.randrange(100):02}{random.randrange(100):02}{random.randrange(100):02}"
    head = random.choice(("000.00.12.H26", "38.98.H29", "H15.50.05.13", "00.00.12.H26", f"{UNIT}", "H2"))
    return f"{head}-{day}-{random.randrange(10**5)}"

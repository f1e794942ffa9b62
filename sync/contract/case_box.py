"""A case in a response: the hash of a dossier code, sealed to the centre before it touches a disk.

There are few dossier codes: with a unit's key one can try them all and find the one behind a hash. So no hash
is stored where a rating is: not on the tablet, not in the centre's database and not in a backup of it.

Promises:
- a holder of the unit's key and of a response, but not the centre's key for cases, learns no dossier code;
- two boxes of the same case can't be recognised as such;
- the centre gets back exactly the hash that was sealed.

Format: base64 of a libsodium sealed box (X25519, XSalsa20-Poly1305, an ephemeral sender) around the hash's
16 bytes.

Failure table: no key of the centre → the response names no case; unknown key or damaged box at the centre →
that case is ignored, the response counts as usual.
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable


def seal_case(case: str, public: str) -> str:
    """The hash `case` sealed to the centre's public key (base64, 32 bytes)."""
    from nacl.public import PublicKey, SealedBox  # late: the first screen does not need it

    box = SealedBox(PublicKey(b64decode(public))).encrypt(bytes.fromhex(case))
    return b64encode(box).decode()


def open_case(box: str, private_keys: Iterable[bytes]) -> str | None:
    """The hash in `box`; None if none of these private keys (32 bytes each) opens it."""
    from nacl.exceptions import CryptoError
    from nacl.public import PrivateKey, SealedBox

    try:
        sealed = b64decode(box, validate=True)
    except (Base64Error, ValueError):
        return None
    for private in private_keys:
        try:
            return SealedBox(PrivateKey(private)).decrypt(sealed).hex()
        except (CryptoError, TypeError, ValueError):
            continue
    return None

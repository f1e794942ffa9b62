"""Organisations of a list, sealed with the codes of their links, and opened while a file of letters is made.

The code of a link is 128 random bits. It is in the sealed box, because a letter may be printed twice and its
reminder names the same link; the database has its SHA-256 alone.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from sync.central.office.keys.stored import Keys
from sync.central.office.letter_rows import link_digest
from sync.central.office.post.letters import Letter
from sync.central.office.sample.people_list import PeopleList
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import KEY_FILE_UNUSABLE
from sync.contract.problem.posting import LETTER_CLOSED
from sync.contract.response import Sealed
from sync.contract.sealing import open_words, seal_words

CODE_BYTES: Final = 16
_SHOWN: Final = ("name", "address", "phone")


class SealedOrganisation(Struct, frozen=True):
    """One organisation, ready to be written. link: the digest of its code. drafts: it is asked about."""

    sealed: Sealed
    link: bytes
    drafts: tuple[str, ...] = ()


class ClosedLetter(Struct, frozen=True):
    """A letter with its organisation still sealed."""

    letter: Letter
    sealed: Sealed


class AddressedLetter(Struct, frozen=True, kw_only=True):
    """A letter with its organisation in clear: held in memory while a file is made, and nowhere else.

    code: of its link.
    """

    letter: Letter
    name: str
    address: str
    phone: str
    code: str


def new_code(random_bytes: Callable[[int], bytes]) -> str:
    """The code of a link: 26 letters and digits that are the same in capitals."""
    return base64.b32encode(random_bytes(CODE_BYTES)).decode().rstrip("=")


def seal_organisations(
    found: PeopleList, keys: Keys, random_bytes: Callable[[int], bytes]
) -> tuple[SealedOrganisation, ...]:
    """The organisations of a list in its order, each with a new link, sealed with the newest sealing key.

    Raises ProblemError HL5002 without a key.
    """
    public = keys.public().sealing
    if not public:
        raise ProblemError(KEY_FILE_UNUSABLE(where="sealing.json", detail="không có khóa nào trong đó"))
    made = []
    for listed in found.people.values():
        code = new_code(random_bytes)
        said = {name: getattr(listed, name) for name in _SHOWN}
        sealed = seal_words({"organisation": said, "link": code}, public[-1].id, public[-1].public)
        assert sealed is not None
        made.append(SealedOrganisation(sealed, link_digest(code), listed.drafts))
    return tuple(made)


def open_letters(closed: Sequence[ClosedLetter], keys: Mapping[str, bytes]) -> tuple[AddressedLetter, ...]:
    """The same in clear, for a file that is made now. keys: the sealing keys. Raises ProblemError HL4347."""
    return tuple(_opened(each, keys) for each in closed)


def _opened(closed: ClosedLetter, keys: Mapping[str, bytes]) -> AddressedLetter:
    if closed.sealed.key not in keys or not closed.sealed.box:
        raise ProblemError(LETTER_CLOSED(where=str(closed.letter.form)))
    said = open_words(closed.sealed, keys)
    organisation, code = said.get("organisation", {}), said.get("link", "")
    assert isinstance(organisation, dict)
    assert isinstance(code, str)
    return AddressedLetter(
        letter=closed.letter, **{name: organisation.get(name, "") for name in _SHOWN}, code=code
    )

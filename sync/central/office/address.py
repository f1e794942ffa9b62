"""The centre's own address, which every enrolment code carries, so that a terminal needs nothing else.

Where the HTTPS certificate of that address is the centre's own, its fingerprint goes into the codes as well:
another address has another certificate, so the fingerprint is dropped unless it comes with the address.
"""

import ssl
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select

from sync.central.office.audit.acts import Act
from sync.central.store.database import one_at_a_time
from sync.central.store.schema import facts
from sync.contract.address import read_address
from sync.contract.enrolment import fingerprint
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import CERTIFICATE_UNREADABLE

_NAME = "address"
_FINGERPRINT = "certificate"


def own_address(connection: Connection) -> str:
    """The address under which terminals reach this centre; "" while nobody has named it."""
    return _fact(connection, _NAME)


def own_fingerprint(connection: Connection) -> str:
    """The fingerprint of the centre's own certificate; "" where the system knows who issued it."""
    return _fact(connection, _FINGERPRINT)


def name_own_address(act: Act, text: str, certificate: Path | None = None) -> str:
    """Put this address into every code from now on; returns it.

    certificate: a PEM file with the certificate of its own. Raises ProblemError HL4116, HL5202.
    """
    address = read_address(text, "address")
    known = fingerprint_of(certificate) if certificate else ""
    one_at_a_time(act.connection)
    act.connection.execute(delete(facts).where(facts.c.name.in_([_NAME, _FINGERPRINT])))
    act.connection.execute(insert(facts).values(name=_NAME, value=address))
    if known:
        act.connection.execute(insert(facts).values(name=_FINGERPRINT, value=known))
    act.note("address", address, known)
    return address


def fingerprint_of(certificate: Path) -> str:
    """The fingerprint of a certificate (PEM), as codes carry it; raises ProblemError HL5202."""
    try:
        return fingerprint(ssl.PEM_cert_to_DER_cert(certificate.read_text("ascii")))
    except (OSError, ValueError) as error:
        raise ProblemError(CERTIFICATE_UNREADABLE(where=str(certificate))) from error


def _fact(connection: Connection, name: str) -> str:
    return connection.execute(select(facts.c.value).where(facts.c.name == name)).scalar() or ""

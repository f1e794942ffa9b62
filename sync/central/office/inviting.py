"""A code for a device, as it is scanned: with the centre's address, and for a unit that has its case key."""

from sync.central.office.address import own_address, own_fingerprint
from sync.central.office.audit.acts import Act
from sync.central.office.cases import give_keys
from sync.central.office.devices import create_enrolment
from sync.central.office.keys.stored import Keys
from sync.contract.enrolment import Invitation


def invite(act: Act, keys: Keys, *, device: str, secret: bytes, address: str = "") -> Invitation:
    """A new code for this device; earlier ones become invalid.

    secret: SECRET_BYTES random bytes. address: instead of the centre's own. Raises ProblemError HL5004.
    """
    give_keys(act, keys.folder)
    _, key = keys.signing_key()
    own = own_address(act.connection)
    code = create_enrolment(
        act,
        device=device,
        secret=secret,
        centre_key=bytes(key.verify_key),
        certificate=own_fingerprint(act.connection) if address in ("", own) else "",
    )
    return Invitation(code, address or own)

"""Bytes that somebody else wrote as base64: read here, whatever stands there instead."""

import base64


def read_base64(text: str) -> bytes | None:
    """The bytes; None where it is not base64, such as for a letter outside ASCII."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:  # binascii.Error is one
        return None


def read_key(text: str) -> bytes | None:
    """A public key of 32 bytes; None where it is none."""
    found = read_base64(text)
    return found if found is not None and len(found) == 32 else None

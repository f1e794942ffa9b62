"""Bytes as base64 from elsewhere: decoded here, with None for anything that is not base64."""

import base64


def read_base64(text: str) -> bytes | None:
    """The bytes; None if it is not base64, for example if it has a letter outside ASCII."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:  # binascii.Error is one
        return None


def read_key(text: str) -> bytes | None:
    """A public key of 32 bytes; None if it is not one."""
    found = read_base64(text)
    return found if found is not None and len(found) == 32 else None

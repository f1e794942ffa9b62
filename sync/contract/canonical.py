"""The bytes of a response: one way to write it, for the terminal, the wire, the hash and the archive.

The form is JSON as RFC 8785 (JSON Canonicalization Scheme) defines it, for the part of JSON that a response
uses, so any JCS library reproduces it:
- UTF-8, no white space, no byte order mark; object keys in code-point order (they are ASCII);
- numbers are whole, |n| < 2**53; no floats, no NaN;
- strings in Unicode NFC; escaped are only `"`, `\\` and U+0000 … U+001F, the latter as
  \\b \\t \\n \\f \\r or \\u00xx in lower-case hex;
- times as RFC 3339: `Z` for UTC, else +hh:mm; no fraction where it is zero, else six digits;
- a member with its default value is left out; an unknown member makes the bytes non-canonical.

Invariants (each has a test of this name):
- decoding and encoding canonical bytes gives the same bytes;
- other bytes of the same response (order, spaces, escapes, duplicate keys, unknown members) are refused;
- the published vectors in tests/contract/vectors/ hold.

Failure table: not JSON, wrong types, out of range → HL4003; valid content in other bytes → HL4006.
"""

import hashlib
from typing import Any

import msgspec

from sync.contract.problem import ProblemError
from sync.contract.problem.wire import BODY_UNREADABLE, RESPONSE_NOT_CANONICAL
from sync.contract.response import Response
from sync.contract.text import nfc

_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(Response)


def canonical_bytes(response: Response) -> bytes:
    """The canonical bytes of `response`, with its strings normalised to NFC."""
    data = _encoder.encode(response)
    if data.isascii():
        return data
    return nfc(data.decode()).encode()


def decode_response(data: bytes) -> Response:
    """The response in canonical bytes; raises ProblemError HL4003 (unreadable) or HL4006 (not canonical)."""
    try:
        response = _decoder.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        # A decoder's reason can quote the value: only the path after "at" is safe to show.
        where = str(error).rpartition(" - at ")[2].strip("`") if " - at " in str(error) else ""
        raise ProblemError(BODY_UNREADABLE(where=where)) from error
    if canonical_bytes(response) != data:
        raise ProblemError(RESPONSE_NOT_CANONICAL(where="$"))
    return response


def digest(data: bytes) -> str:
    """SHA-256 of canonical bytes, hex. Two copies with the same id and digest are the same response."""
    return hashlib.sha256(data).hexdigest()


def as_document(response: Response) -> dict[str, Any]:
    """The response as plain dicts, lists and strings, for a TinyDB document."""
    document: dict[str, Any] = msgspec.json.decode(canonical_bytes(response))
    return document


def from_document(document: dict[str, Any]) -> Response:
    """The response in a TinyDB document; raises msgspec.ValidationError if it is not one."""
    return msgspec.convert(document, Response)

"""A form that a page sends: where it may come from, and its fields as a struct.

A form is accepted only from a page of this site. Browsers report that in `Sec-Fetch-Site`, older ones in
`Origin`; a request with neither is refused. A form of a signed-in person also carries the session's token.
"""

import hmac
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec
from litestar.datastructures import FormMultiDict, UploadFile
from msgspec import Struct

from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID, FORM_NOT_OURS

TOKEN = "_csrf"
LARGEST = 2**63 - 1
"""The largest number that a database can compare with."""
T = TypeVar("T", bound=Struct)


def check_origin(headers: Mapping[str, str]) -> None:
    """Return if a request that changes something comes from a page of this site; raises HL4240."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        ours = site == "same-origin"
    else:
        ours = bool(headers.get("host")) and urlsplit(headers.get("origin", "")).netloc == headers["host"]
    if not ours:
        raise ProblemError(FORM_NOT_OURS(where="Origin"))


def check_token(form: FormMultiDict, token: str) -> None:
    """Return if the form carries the token of the session; raises HL4240."""
    given = form.get(TOKEN, "")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), token.encode()):
        raise ProblemError(FORM_NOT_OURS(where=TOKEN))


def read_fields(form: FormMultiDict, fields: type[T]) -> T:
    """The fields of a form as a struct; a name that comes several times is a list; raises HL4241.

    Surrounding spaces are left out. A field that the struct does not name is refused.
    """
    values: dict[str, object] = {}
    lists = {field.encode_name for field in msgspec.structs.fields(fields) if _is_list(field.type)}
    for name in dict.fromkeys(form.keys()):
        given = [each if isinstance(each, UploadFile) else each.strip() for each in form.getall(name)]
        if any("\0" in each for each in given if isinstance(each, str)):
            raise ProblemError(FORM_INVALID(where="form"))  # PostgreSQL stores none
        if name != TOKEN and not any(isinstance(each, UploadFile) for each in given):
            values[name] = given if name in lists else given[-1]
    try:
        form_fields = msgspec.convert(values, fields, strict=False)
    except msgspec.ValidationError as error:
        raise ProblemError(FORM_INVALID(where=_field(str(error)))) from error
    for field in msgspec.structs.fields(fields):
        value = getattr(form_fields, field.name)
        if isinstance(value, int) and abs(value) > LARGEST:
            raise ProblemError(FORM_INVALID(where=field.encode_name))
    return form_fields


def _is_list(hint: object) -> bool:
    return getattr(hint, "__origin__", hint) in (list, tuple)


def _field(text: str) -> str:
    """The field that msgspec's message names, never its value."""
    return text.rpartition("$.")[2].rstrip("`") if "$." in text else "form"

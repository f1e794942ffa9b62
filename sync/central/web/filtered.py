"""What a list is filtered by, and its address. Pure."""

from urllib.parse import urlencode

from msgspec import Struct
from msgspec.structs import fields


def filters_used(asked: Struct) -> dict[str, str]:
    """The fields of a query as its address names them; a filter that is not used is not among them."""
    return {
        each.encode_name: value
        for each in fields(asked)
        if (value := getattr(asked, each.name)) != each.default
    }


def filtered_address(path: str, asked: Struct) -> str:
    """The address of a list with its filter."""
    used = filters_used(asked)
    return f"{path}?{urlencode(used)}" if used else path

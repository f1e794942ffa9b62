"""Everything in which decoded data differs from a type: a decoder reports only the first. Pure."""

from collections.abc import Iterator
from datetime import date, datetime, time
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from msgspec import Struct

from sync.contract.decoding import decoder_reason, reason_and_key
from sync.contract.toml_lines import Path

_BUILTIN = (datetime, date, time)


class Fault(Struct, frozen=True):
    """One value that is not as it should be: where, and why (in Vietnamese)."""

    path: Path
    reason: str


def faults(value: object, type: Any, path: Path = ()) -> Iterator[Fault]:
    """Each fault of `value` as a `type`, the innermost place that shows it; nothing if there is none."""
    try:
        msgspec.convert(value, type, builtin_types=_BUILTIN, str_keys=True)
    except msgspec.ValidationError as error:
        inner = list(_within(value, _plain(type, value), path))
        yield from inner or (Fault(path, reason_and_key(error)[0]),)


def key_words(path: Path) -> str:
    """A path as it is shown: officers[3].unit."""
    words = ""
    for step in path:
        words += f"[{step}]" if isinstance(step, int) else f".{step}"
    return words.removeprefix(".")


def _within(value: object, type: Any, path: Path) -> Iterator[Fault]:
    origin, arguments = get_origin(type), get_args(type)
    if isinstance(value, dict) and isinstance(type, _STRUCT):
        yield from _of_struct(value, type, path)
    elif isinstance(value, list) and origin is tuple and arguments[1:] == (...,):
        for index, item in enumerate(value):
            yield from faults(item, arguments[0], (*path, index))
    elif isinstance(value, dict) and origin is dict:
        for name, item in value.items():
            yield from faults(item, arguments[1], (*path, name))


_STRUCT = type(Struct)


def _of_struct(value: dict[str, object], struct: Any, path: Path) -> Iterator[Fault]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    config = struct.__struct_config__
    for name, item in value.items():
        if name in fields:
            yield from faults(item, fields[name].type, (*path, name))
        elif config.forbid_unknown_fields and name != config.tag_field:
            yield Fault((*path, name), decoder_reason(f"Object contains unknown field `{name}`"))
    for name, field in fields.items():
        if field.required and name not in value:
            yield Fault(path, decoder_reason(f"Object missing required field `{name}`"))


def _plain(type: Any, value: object) -> Any:
    """The type without its limits; of several possible ones, the one that `value` is meant to be."""
    while get_origin(type) is Annotated:
        type = get_args(type)[0]
    if get_origin(type) not in (Union, UnionType):
        return type
    choices = [choice for choice in get_args(type) if choice is not _NONE]
    if len(choices) == 1:
        return _plain(choices[0], value)
    for choice in choices:
        config = getattr(choice, "__struct_config__", None)
        if config and isinstance(value, dict) and value.get(config.tag_field) == config.tag:
            return choice
    return type


_NONE = type(None)

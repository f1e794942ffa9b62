"""Everything in which decoded data differs from a type: a decoder reports only the first. Pure."""

import re
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


def path_of(words: str, value: object) -> Path:
    """The path in `value` that a problem names, such as "officers cb-01.unit" or "questions[2] q3.text".

    As much of it as there is: an entry of a list is named by its place, or by its id.
    """
    path: Path = ()
    rest = words
    while True:
        name = _NAME.match(rest)
        if isinstance(value, dict) and name and name[0] in value:
            path, value, rest = (*path, name[0]), value[name[0]], rest[name.end() :]
        elif isinstance(value, list) and (place := _entry(rest, value)):
            index, length = place
            path, value, rest = (*path, index), value[index], rest[length:]
        else:
            return path
        rest = rest.removeprefix(".")


def _entry(rest: str, entries: list[object]) -> tuple[int, int] | None:
    """Which entry the words begin with, and how many characters name it: "[2] q3", "[2]" or " q3"."""
    numbered = _INDEX.match(rest)
    if numbered:
        index = int(numbered[1])
        if index >= len(entries):
            return None
        named = [id for id in _ids(entries[index]) if rest.startswith(f" {id}", numbered.end())]
        return index, numbered.end() + max((1 + len(id) for id in named), default=0)
    named_places = [
        (len(id), index)
        for index, entry in enumerate(entries)
        for id in _ids(entry)
        if _is_first_word(f" {id}", rest)
    ]
    if not named_places:
        return None
    length, index = max(named_places, key=lambda place: (place[0], -place[1]))
    return index, 1 + length


def _is_first_word(word: str, words: str) -> bool:
    return words.startswith(word) and words[len(word) : len(word) + 1] in ("", ".", ",", " ", "[")


def _ids(entry: object) -> Iterator[str]:
    if isinstance(entry, dict):
        for name in ("id", "code", "value", "day"):
            if name in entry:
                yield str(entry[name])


_NAME = re.compile(r"[A-Za-z0-9_-]+")
_INDEX = re.compile(r"\[(\d+)\]")


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

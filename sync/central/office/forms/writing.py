"""A form or a plan as TOML, without keys that have their default: to be edited, and read back as the same."""

from typing import Any

import msgspec
import tomli_w
from msgspec import NODEFAULT, Struct

from sync.contract.plan import Plan
from sync.contract.survey import Survey


def form_toml(survey: Survey) -> str:
    """The form as a file of `assets/surveys` has it."""
    return _written(survey)


def plan_toml(plan: Plan) -> str:
    """The plan as a file of `assets/plans` has it."""
    return _written(plan)


def _written(value: Struct) -> str:
    written: str = tomli_w.dumps(_plain(value), multiline_strings=False)
    return written


def _plain(value: Any) -> Any:
    if isinstance(value, Struct):
        tag = {"kind": value.__struct_config__.tag} if value.__struct_config__.tag_field else {}
        fields = msgspec.structs.fields(value)
        given = {field.name: getattr(value, field.name) for field in fields if _is_given(value, field)}
        return {**_first(given, "id"), **tag, **{name: _plain(each) for name, each in given.items()}}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value


def _first(given: dict[str, Any], name: str) -> dict[str, Any]:
    return {name: given[name]} if name in given else {}


def _is_given(value: Struct, field: msgspec.structs.FieldInfo) -> bool:
    if field.default is not NODEFAULT:
        return bool(getattr(value, field.name) != field.default)
    if field.default_factory is not NODEFAULT:
        return bool(getattr(value, field.name) != field.default_factory())
    return True

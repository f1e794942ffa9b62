"""A plan as the fields of a page, section by section, and the plan again from what was typed. Pure.

A list, such as the tasks, is a table of rows with some empty ones below; a row whose fields are all cleared
is left out. What a section has no field for stays as it is, and can be edited as TOML.
"""

from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any, Literal, get_args

import msgspec
from msgspec import Struct

from sync.contract.faults import faults, key_words
from sync.contract.official import Purpose
from sync.contract.plan import Design, Plan, StepKind
from sync.contract.problem import Problem
from sync.contract.problem.files import ENTRY_INVALID
from sync.contract.response import Channel, Respondent
from sync.contract.text import nfc

Section = Literal["chung", "nhom", "tien-do", "ky"]
SECTIONS: tuple[Section, ...] = get_args(Section)
FieldKind = Literal["line", "long", "day", "number", "choice", "several", "tick"]
NEW_ROWS = 2
"""Empty rows below the rows of a table."""
LONGEST = 20_000
"""Characters of one field."""
_BUILTIN = (date, time)
_CHOSEN = ("choice", "several", "tick")


class Field(Struct, frozen=True, kw_only=True):
    """One thing to type. key: in the plan; "name.vi" is the Vietnamese of a text. choices: of a choice.

    long: one line of the plan in each line.
    """

    key: str
    kind: FieldKind = "line"
    choices: tuple[str, ...] = ()


class Table(Struct, frozen=True, kw_only=True):
    """A list of the plan. key: in the plan; of a list in each row of another table, `inner` has it."""

    key: str
    fields: tuple[Field, ...]
    inner: "Table | None" = None


_BASIS = Table(
    key="basis",
    fields=(
        Field(key="opening"),
        Field(key="document"),
        Field(key="number"),
        Field(key="issued", kind="day"),
        Field(key="authority"),
        Field(key="about"),
    ),
)
_GROUPS = Table(
    key="groups",
    fields=(
        Field(key="id"),
        Field(key="name.vi"),
        Field(key="survey"),
        Field(key="form_code"),
        Field(key="respondents", kind="several", choices=get_args(Respondent)),
        Field(key="channels", kind="several", choices=get_args(Channel)),
        Field(key="who"),
        Field(key="starts", kind="day"),
        Field(key="ends", kind="day"),
        Field(key="unit_kind"),
        Field(key="units", kind="number"),
        Field(key="per_unit", kind="number"),
        Field(key="total", kind="number"),
        Field(key="population", kind="number"),
        Field(key="frame"),
        Field(key="every", kind="number"),
        Field(key="per_day", kind="number"),
    ),
    inner=Table(
        key="parts",
        fields=(
            Field(key="id"),
            Field(key="name.vi"),
            Field(key="forms", kind="number"),
            Field(key="units", kind="number"),
            Field(key="who"),
        ),
    ),
)
_STEPS = Table(
    key="steps",
    fields=(
        Field(key="kind", kind="choice", choices=get_args(StepKind)),
        Field(key="name.vi"),
        Field(key="starts", kind="day"),
        Field(key="ends", kind="day"),
        Field(key="before", kind="day"),
        Field(key="who"),
        Field(key="to"),
    ),
)
_TASKS = Table(
    key="tasks",
    fields=(
        Field(key="owner"),
        Field(key="name"),
        Field(key="due", kind="day"),
        Field(key="before", kind="day"),
        Field(key="to"),
    ),
)
_RECIPIENTS = Table(
    key="recipients",
    fields=(
        Field(key="name"),
        Field(key="purpose", kind="choice", choices=get_args(Purpose)),
        Field(key="electronic", kind="tick"),
        Field(key="copies", kind="number"),
    ),
)
_COSTS = Table(
    key="budget.costs",
    fields=(Field(key="name"), Field(key="count", kind="number"), Field(key="price", kind="number")),
)

FIELDS: Mapping[Section, tuple[Field | Table, ...]] = {
    "chung": (
        Field(key="title.vi"),
        Field(key="title.en"),
        Field(key="authority"),
        Field(key="starts", kind="day"),
        Field(key="ends", kind="day"),
        Field(key="design", kind="choice", choices=get_args(Design)),
        Field(key="purposes", kind="long"),
        Field(key="requirements", kind="long"),
        _BASIS,
    ),
    "nhom": (Field(key="recheck_percent", kind="number"), _GROUPS),
    "tien-do": (_STEPS, _TASKS),
    "ky": (
        Field(key="report_day", kind="number"),
        Field(key="report_to"),
        Field(key="signer.capacity", kind="long"),
        Field(key="signer.title"),
        _RECIPIENTS,
        Field(key="budget.source"),
        _COSTS,
    ),
}


class Checked(Struct, frozen=True):
    """What was typed as a plan, if it has the form of one, and everything that is wrong with it."""

    plan: Plan | None
    wrong: tuple[Problem, ...]


def plain(plan: Plan) -> dict[str, Any]:
    """The plan as plain data, with its days as days."""
    data: dict[str, Any] = msgspec.to_builtins(plan, builtin_types=_BUILTIN)
    return data


def check(data: Mapping[str, Any]) -> Checked:
    """The plan that these values are, or everything that is wrong with their form."""
    wrong = tuple(
        ENTRY_INVALID(where=key_words(fault.path), detail=fault.reason) for fault in faults(data, Plan)
    )
    return Checked(None if wrong else msgspec.convert(data, Plan, builtin_types=_BUILTIN), wrong)


def read_fields(before: Plan, section: Section, typed: Mapping[str, str]) -> Checked:
    """The plan `before` with what was typed in the fields of a section; its id and unit stay."""
    data = plain(before)
    typed = {name: nfc(text)[:LONGEST] for name, text in typed.items()}
    for each in FIELDS[section]:
        if isinstance(each, Table):
            rows = _rows(_at(data, each.key) or [], each, each.key, typed)
            _set(data, each.key, rows)
        else:
            _put(data, each, each.key, typed)
    _without_empty(data)
    return check(data)


def value_of(data: Mapping[str, Any], field: Field) -> str:
    """What is in a field for this part of a plan."""
    value = _at(data, field.key)
    if value is None or value is False or value == ():
        return ""
    if field.kind == "long":
        return "\n".join(value)
    if field.kind == "several":
        return " ".join(value)
    return "1" if value is True else str(value)


def _rows(
    before: list[dict[str, Any]], table: Table, name: str, typed: Mapping[str, str]
) -> list[dict[str, Any]]:
    rows = []
    for place in range(len(before) + NEW_ROWS):
        row = dict(before[place]) if place < len(before) else {}
        prefix = f"{name}:{place}"
        sent = [field for field in table.fields if f"{prefix}:{field.key}" in typed]
        # What is only chosen makes no row: one without words is empty.
        words = [typed[f"{prefix}:{f.key}"].strip() for f in sent if f.kind not in _CHOSEN]
        if sent and not any(words):
            continue
        if not sent and not row:
            continue
        for field in table.fields:
            _put(row, field, f"{prefix}:{field.key}", typed, within=bool(sent))
        if table.inner:
            inner = _rows(list(row.get(table.inner.key) or []), table.inner, f"{prefix}:parts", typed)
            _set(row, table.inner.key, inner)
        rows.append(row)
    return rows


def _put(
    data: dict[str, Any], field: Field, name: str, typed: Mapping[str, str], *, within: bool = False
) -> None:
    """Put what was typed under `name`; a tick that is not sent is not set, if its row was sent."""
    if name not in typed:
        if field.kind == "tick" and within:
            _set(data, field.key, None)
        return
    _set(data, field.key, _READ[field.kind](typed[name]))


def _line(text: str) -> str | None:
    return " ".join(text.split()) or None


def _lines(text: str) -> list[str] | None:
    return [line for line in (" ".join(each.split()) for each in text.splitlines()) if line] or None


def _number(text: str) -> int | str | None:
    digits = text.strip().replace(".", "").replace(" ", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else digits or None


def _day(text: str) -> date | str | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        return text.strip()


_READ: Mapping[FieldKind, Callable[[str], Any]] = {
    "line": _line,
    "long": _lines,
    "day": _day,
    "number": _number,
    "choice": _line,
    "several": lambda text: text.split() or None,
    "tick": lambda text: True if text else None,
}


def _at(data: Mapping[str, Any], key: str) -> Any:
    first, _, rest = key.partition(".")
    inner = data.get(first)
    return _at(inner, rest) if rest and isinstance(inner, dict) else None if rest else inner


def _set(data: dict[str, Any], key: str, value: Any) -> None:
    """Put a value; None takes the key out, so that it has its default."""
    first, _, rest = key.partition(".")
    if rest:
        inner = dict(data.get(first) or {})
        _set(inner, rest, value)
        data[first] = inner
    elif value is None:
        data.pop(first, None)
    else:
        data[first] = value


def _without_empty(data: dict[str, Any]) -> None:
    """Take out what a plan may lack altogether, if nothing of it was typed."""
    for name in ("signer", "budget"):
        inner = data.get(name)
        if isinstance(inner, dict) and not any(inner.values()):
            data.pop(name)

"""What a request asks of the feed. Pure; whatever is not here is refused by its number, never ignored.

    filter     = compare *( " and " compare )
    compare    = property " " ( "eq" / "ge" / "le" ) " " literal        parentheses around any of it
    literal    = 'text' ('' is one quote) / whole number / YYYY-MM-DD / null (with eq)

HL4030: an option or an operator that there is not. HL4031: one that is not well formed, or of another type.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from msgspec import Struct
from sqlalchemy import ColumnElement

from sync.central.pulling.odata.model import KEY, Property, by_name
from sync.contract.problem import ProblemError, problem

Operator = Literal["eq", "ge", "le"]
OPTIONS = frozenset({"$filter", "$select", "$top", "$skiptoken", "$count", "$orderby", "$format"})
LONGEST_FILTER = 2000
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<day>\d{4}-\d{2}-\d{2})|(?P<number>-?\d{1,18})"
    r"|(?P<name>[A-Za-z_]\w*))(?=[\s()]|$)|\s*(?P<sign>[()])",
    re.ASCII,
)
_OTHER_OPERATORS = frozenset({"ne", "gt", "lt", "or", "not", "in", "has", "add", "sub", "mul", "div", "mod"})


class Comparison(Struct, frozen=True):
    """One property beside one value."""

    property: Property
    operator: Operator
    value: str | int | None

    def condition(self) -> ColumnElement[bool]:
        """The same, for the table of responses."""
        column = self.property.column
        assert column is not None
        if self.operator == "ge":
            return column >= self.value
        return column <= self.value if self.operator == "le" else column == self.value


class Query(Struct, frozen=True, kw_only=True):
    """One request. select: the properties wanted, in order. top: rows at most, None for all."""

    select: tuple[Property, ...]
    filter: tuple[Comparison, ...] = ()
    top: int | None = None
    after: str = ""
    count: bool = False


def read_query(options: Sequence[tuple[str, str]], every: Sequence[Property]) -> Query:
    """The query of a request's options; raises ProblemError HL4030 or HL4031."""
    given: dict[str, str] = {}
    for name, value in options:
        plain = name if name.startswith("$") else f"${name}"
        if plain not in OPTIONS:
            raise ProblemError(problem("HL4030", where=name[:40]))
        if plain in given:
            raise _wrong(plain, "there twice")
        given[plain] = value.strip()
    known = by_name(every)
    if given.get("$orderby", KEY) not in (KEY, f"{KEY} asc"):
        raise ProblemError(problem("HL4030", where="$orderby"))
    if given.get("$format", "json") not in ("json", "application/json"):
        raise ProblemError(problem("HL4030", where="$format"))
    if given.get("$count", "false") not in ("true", "false"):
        raise _wrong("$count", "true or false")
    top = given.get("$top")
    if top is not None and not (top.isascii() and top.isdigit() and len(top) < 10):
        raise _wrong("$top", "a whole number")
    return Query(
        select=_select(given.get("$select", "*"), known),
        filter=read_filter(given["$filter"], known) if "$filter" in given else (),
        top=None if top is None else int(top),
        after=given.get("$skiptoken", ""),
        count=given.get("$count") == "true",
    )


def _select(text: str, known: Mapping[str, Property]) -> tuple[Property, ...]:
    names = [name.strip() for name in text.split(",")]
    if names == ["*"]:
        return tuple(known.values())
    for name in names:
        if name not in known:
            raise _wrong("$select", "no such property")
    return tuple(known[name] for name in dict.fromkeys(names))


def read_filter(text: str, known: Mapping[str, Property]) -> tuple[Comparison, ...]:
    """The comparisons of a filter, all of which have to hold; raises ProblemError HL4030 or HL4031."""
    if len(text) > LONGEST_FILTER:
        raise _wrong("$filter", f"longer than {LONGEST_FILTER}")
    tokens = _tokens(text)
    found: list[Comparison] = []
    depth, wants_comparison, at = 0, True, 0
    while at < len(tokens):
        kind, word = tokens[at]
        if wants_comparison and word == "(" and kind == "sign":
            depth, at = depth + 1, at + 1
        elif wants_comparison:
            found.append(_comparison(tokens[at : at + 3], known))
            wants_comparison, at = False, at + 3
        elif kind == "sign" and word == ")" and depth:
            depth, at = depth - 1, at + 1
        elif kind == "name" and word == "and":
            wants_comparison, at = True, at + 1
        elif kind == "name" and word in _OTHER_OPERATORS:
            raise ProblemError(problem("HL4030", where="$filter", detail=word))
        else:
            raise _wrong("$filter", "expected: and")
    if depth or wants_comparison:
        raise _wrong("$filter", "it ends too early")
    return tuple(found)


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        # A function such as contains(…) is a name right before a parenthesis.
        if match is None or match.lastgroup is None:
            raise _wrong("$filter", f"at character {at + 1}")
        if match.lastgroup == "name" and text[match.end() : match.end() + 1] == "(":
            raise ProblemError(problem("HL4030", where="$filter", detail="functions"))
        found.append((match.lastgroup, match.group(match.lastgroup)))
        at = match.end()
    return found


def _comparison(tokens: Sequence[tuple[str, str]], known: Mapping[str, Property]) -> Comparison:
    if len(tokens) < 3 or tokens[0][0] != "name" or tokens[1][0] != "name":
        raise _wrong("$filter", "expected: property eq literal")
    (_, name), (_, operator), (kind, literal) = tokens
    one = known.get(name)
    if one is None or one.column is None:
        raise _wrong("$filter", "no property that can be compared")
    if operator not in ("eq", "ge", "le"):
        raise ProblemError(problem("HL4030", where="$filter", detail="eq, ge, le and and"))
    return Comparison(one, operator, _value(one, operator, kind, literal))  # type: ignore[arg-type]


def _value(one: Property, operator: str, kind: str, literal: str) -> str | int | None:
    if kind == "name" and literal == "null" and operator == "eq" and one.nullable:
        return None
    if one.type == "Edm.String" and kind == "text":
        return literal[1:-1].replace("''", "'")
    if one.type == "Edm.Int64" and kind == "number":
        return int(literal)
    if one.type == "Edm.Date" and kind == "day":
        try:
            return date.fromisoformat(literal).isoformat()
        except ValueError as error:
            raise _wrong("$filter", "no such day") from error
    raise _wrong("$filter", f"{one.name} is {one.type}")


def _wrong(where: str, detail: str) -> ProblemError:
    return ProblemError(problem("HL4031", where=where, detail=detail))

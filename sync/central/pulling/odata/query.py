"""Parses a request to the feed. Pure; an OData option that is not supported is a numbered problem.

    filter     = both *( " or " both )
    both       = one *( " and " one )
    one        = "not " one / "(" filter ")" / test / compare
    test       = ( "contains" / "startswith" / "endswith" ) "(" term "," literal ")"
                 [ " eq " ( "true" / "false" ) ]
    compare    = term " " ( "eq" / "ne" / "ge" / "gt" / "le" / "lt" ) " " literal
               / term " in (" literal *( "," literal ) ")"
    term       = property / function "(" term ")", see functions.py
    literal    = 'text' ('' is one quote) / whole number / YYYY-MM-DD / true / false / null (eq and ne)

A custom option of the client, without the `$` of OData's own, is ignored, as OData requires.

HL4030: an option or an operator that is not supported. HL4031: one that is malformed, or of another type.
"""

import operator
import re
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Literal, TypeVar

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, false, func, not_, or_

from sync.central.pulling.odata.functions import FUNCTIONS, TESTS, Function
from sync.central.pulling.odata.model import KEY, Property, by_name
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import ODATA_INVALID, ODATA_UNSUPPORTED

T = TypeVar("T")

Operator = Literal["eq", "ne", "ge", "gt", "le", "lt", "in"]
Literal_ = str | int | bool | None
OPTIONS = frozenset({"$filter", "$select", "$top", "$skiptoken", "$count", "$orderby", "$format"})
# OData's other options; they may also be written without the dollar sign.
_OTHER_OPTIONS = frozenset(
    {
        "$apply",
        "$compute",
        "$deltatoken",
        "$expand",
        "$id",
        "$index",
        "$levels",
        "$schemaversion",
        "$search",
        "$skip",
    }
)
_BEFORE_PARENTHESES = frozenset({"in", "and", "or", "not", *FUNCTIONS, *TESTS})
LONGEST_FILTER = 2000
DEEPEST_FILTER = 20
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<day>\d{4}-\d{2}-\d{2})|(?P<number>-?\d{1,18})"
    r"|(?P<name>[A-Za-z_]\w*))(?![^\s(),])|\s*(?P<sign>[(),])",
    re.ASCII,
)
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "ge": operator.ge,
    "gt": operator.gt,
    "le": operator.le,
    "lt": operator.lt,
}
_OTHER_OPERATORS = frozenset({"has", "add", "sub", "mul", "div", "divby", "mod"})


class Term(Struct, frozen=True):
    """A property, or a function of one. functions: the innermost first."""

    of: Property
    functions: tuple[Function, ...] = ()

    @property
    def type(self) -> str:
        """The type of its values."""
        return self.functions[-1].gives if self.functions else self.of.type

    def column(self) -> ColumnElement[Any]:
        """The same, for the table of responses."""
        made = self.of.column
        assert made is not None
        for function in self.functions:
            made = function.make(made)
        return made


class Comparison(Struct, frozen=True):
    """One term next to one value, or to several with `in`."""

    term: Term
    operator: Operator
    values: tuple[Literal_, ...]

    def condition(self) -> ColumnElement[bool]:
        """The same, for the table of responses. To OData, null is another value than any (eq, ne)."""
        column = self.term.column()
        if self.operator == "in":
            return or_(*(column.is_not_distinct_from(value) for value in self.values))
        (value,) = self.values
        if self.operator == "eq":
            return column.is_not_distinct_from(value)
        if self.operator == "ne":
            return column.is_distinct_from(value)
        compared: ColumnElement[bool] = _OPERATORS[self.operator](column, value)
        # To OData this is false for null, so that `not` finds it; to SQL it is null.
        return func.coalesce(compared, false()) if self.term.of.nullable else compared

    def days(self) -> tuple[str, str]:
        """The first and the last day of matching rows; "" if this sets no limit."""
        values = [value for value in self.values if isinstance(value, str)]
        if self.term.of.name != "day" or self.term.functions or self.operator == "ne" or not values:
            return "", ""
        first = "" if self.operator in ("le", "lt") else min(values)
        last = "" if self.operator in ("ge", "gt") else max(values)
        return first, last


class Test(Struct, frozen=True):
    """Whether a text begins with another, ends with it or contains it. name: a key of functions.TESTS."""

    name: str
    term: Term
    text: str

    def condition(self) -> ColumnElement[bool]:
        """The same, for the table of responses."""
        return TESTS[self.name](self.term.column(), self.text)

    def days(self) -> tuple[str, str]:
        """None are set."""
        return "", ""


class Negation(Struct, frozen=True):
    """A condition that must not hold."""

    part: "Condition"

    def condition(self) -> ColumnElement[bool]:
        """The same, for the table of responses."""
        return not_(self.part.condition())

    def days(self) -> tuple[str, str]:
        """None are set."""
        return "", ""


class Both(Struct, frozen=True):
    """Conditions that all have to hold."""

    parts: tuple["Condition", ...]

    def condition(self) -> ColumnElement[bool]:
        """The same, for the table of responses."""
        return and_(*(part.condition() for part in self.parts))

    def days(self) -> tuple[str, str]:
        """The first and the last day that all parts allow."""
        firsts, lasts = zip(*(part.days() for part in self.parts), strict=True)
        return max(firsts), min(filter(None, lasts), default="")


class Either(Struct, frozen=True):
    """Conditions of which one has to hold."""

    parts: tuple["Condition", ...]

    def condition(self) -> ColumnElement[bool]:
        """The same, for the table of responses."""
        return or_(*(part.condition() for part in self.parts))

    def days(self) -> tuple[str, str]:
        """None are set."""
        return "", ""


Condition = Comparison | Test | Negation | Both | Either


class Query(Struct, frozen=True, kw_only=True):
    """One request. select: the properties wanted, in order. top: rows at most, None for all."""

    select: tuple[Property, ...]
    filter: Condition | None = None
    top: int | None = None
    after: str = ""
    count: bool = False


def read_query(options: Sequence[tuple[str, str]], every: Sequence[Property]) -> Query:
    """The query of a request's options; raises ProblemError HL4030 or HL4031."""
    given: dict[str, str] = {}
    for name, value in options:
        plain = name if name.startswith("$") else f"${name}"
        if plain not in OPTIONS:
            if plain == name or plain.lower() in _OTHER_OPTIONS:
                raise ProblemError(ODATA_UNSUPPORTED(where=name[:40]))
            continue
        if plain in given:
            raise _wrong(plain, "ghi hai lần")
        given[plain] = value.strip()
    known = by_name(every)
    if given.get("$orderby", KEY) not in (KEY, f"{KEY} asc"):
        raise ProblemError(ODATA_UNSUPPORTED(where="$orderby"))
    if given.get("$format", "json") not in ("json", "application/json"):
        raise ProblemError(ODATA_UNSUPPORTED(where="$format"))
    if given.get("$count", "false") not in ("true", "false"):
        raise _wrong("$count", "true hoặc false")
    top = given.get("$top")
    if top is not None and not (top.isascii() and top.isdigit() and len(top) < 10):
        raise _wrong("$top", "cần một số nguyên")
    return Query(
        select=_select(given.get("$select", "*"), known),
        filter=read_filter(given["$filter"], known) if "$filter" in given else None,
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
            raise _wrong("$select", f"không có cột “{name[:40]}”")
    return tuple(known[name] for name in dict.fromkeys(names))


def read_filter(text: str, known: Mapping[str, Property]) -> Condition:
    """The condition of a filter's text; raises ProblemError HL4030 or HL4031."""
    if len(text) > LONGEST_FILTER:
        raise _wrong("$filter", f"dài quá {LONGEST_FILTER} ký tự")
    reader = _Reader(_tokens(text), known)
    found = reader.either()
    if reader.left:
        raise _wrong("$filter", f"thừa ở “{reader.left[0][1]}”; cần: and, or")
    return found


class _Reader:
    """Reads the tokens of a filter from the left; `left` are those not yet read."""

    def __init__(self, tokens: Sequence[tuple[str, str]], known: Mapping[str, Property]) -> None:
        self.left = deque(tokens)
        self._known = known
        self._depth = 0

    def either(self) -> Condition:
        """Conditions with `or` between them."""
        parts = [self._both()]
        while self._took("name", "or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _both(self) -> Condition:
        parts = [self._one()]
        while self._took("name", "and"):
            parts.append(self._one())
        if self.left and self.left[0][0] == "name" and self.left[0][1] in _OTHER_OPERATORS:
            raise ProblemError(ODATA_UNSUPPORTED(where="$filter", detail=self.left[0][1]))
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def _one(self) -> Condition:
        if self._took("name", "not"):
            return Negation(self._within(self._one))
        if self._took("sign", "("):
            found = self._within(self.either)
            self._expect(")")
            return found
        if len(self.left) > 1 and self.left[0][1] in TESTS and self.left[1][1] == "(":
            return self._test()
        return self._comparison()

    def _within(self, read: Callable[[], T]) -> T:
        """The result of `read` one level deeper; the depth is limited, so parsing can't exhaust the stack."""
        self._depth += 1
        if self._depth > DEEPEST_FILTER:
            raise _wrong("$filter", f"quá {DEEPEST_FILTER} lớp ngoặc, not và hàm")
        found = read()
        self._depth -= 1
        return found

    def _test(self) -> Condition:
        _, name = self._next()
        self._expect("(")
        term = self._term()
        self._expect(",")
        text = self._literal(term, name)
        self._expect(")")
        if term.type != "Edm.String" or not isinstance(text, str):
            raise _wrong("$filter", f"{name} cần một cột chữ và một chữ")
        found = Test(name, term, text)
        if not self._took("name", "eq"):
            return found
        _, truth = self._next()
        if truth not in ("true", "false"):
            raise _wrong("$filter", f"{name}(…) eq true hoặc false")
        return found if truth == "true" else Negation(found)

    def _term(self) -> Term:
        kind, name = self._next()
        if name in FUNCTIONS and self._took("sign", "("):
            inner = self._within(self._term)
            self._expect(")")
            function = FUNCTIONS[name]
            if inner.type != function.takes:
                raise _wrong("$filter", f"{name} cần {function.takes}, không phải {inner.type}")
            return Term(inner.of, (*inner.functions, function))
        one = self._known.get(name) if kind == "name" else None
        if one is None or one.column is None:
            raise _wrong("$filter", f"“{name}” không phải cột so sánh được")
        return Term(one)

    def _comparison(self) -> Comparison:
        one = self._term()
        name = one.of.name
        kind, sign = self._next()
        if kind == "name" and sign == "in":
            self._expect("(")
            values = [self._literal(one, "eq")]
            while self._took("sign", ","):
                values.append(self._literal(one, "eq"))
            self._expect(")")
            return Comparison(one, "in", tuple(values))
        if kind != "name" or (sign not in _OPERATORS and sign not in _OTHER_OPERATORS):
            raise _wrong("$filter", f"cần phép so sánh sau “{name}”")
        if sign in _OTHER_OPERATORS:
            raise ProblemError(ODATA_UNSUPPORTED(where="$filter", detail=sign))
        return Comparison(one, sign, (self._literal(one, sign),))  # type: ignore[arg-type]

    def _literal(self, one: Term, sign: str) -> Literal_:
        return _value(one, sign, *self._next())

    def _next(self) -> tuple[str, str]:
        if not self.left:
            raise _wrong("$filter", "kết thúc quá sớm")
        return self.left.popleft()

    def _took(self, kind: str, word: str) -> bool:
        there = bool(self.left) and self.left[0] == (kind, word)
        if there:
            self.left.popleft()
        return there

    def _expect(self, sign: str) -> None:
        if not self._took("sign", sign):
            raise _wrong("$filter", f"cần “{sign}”")


def _tokens(text: str) -> list[tuple[str, str]]:
    fields: list[tuple[str, str]] = []
    at = 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise _wrong("$filter", f"không hiểu từ ký tự thứ {at + 1}")
        # A function is a name right before a parenthesis.
        called = match.lastgroup == "name" and text[match.end() : match.end() + 1] == "("
        if called and match.group("name") not in _BEFORE_PARENTHESES:
            raise ProblemError(ODATA_UNSUPPORTED(where="$filter", detail=f"hàm {match.group('name')[:40]}"))
        fields.append((match.lastgroup, match.group(match.lastgroup)))
        at = match.end()
    return fields


def _value(one: Term, sign: str, kind: str, literal: str) -> Literal_:
    if kind == "name" and literal == "null" and sign in ("eq", "ne") and one.of.nullable:
        return None
    if one.type == "Edm.Boolean" and sign in ("eq", "ne") and literal in ("true", "false"):
        return literal == "true"
    if one.type == "Edm.String" and kind == "text":
        return literal[1:-1].replace("''", "'")
    if one.type == "Edm.Int64" and kind == "number":
        return int(literal)
    if one.type == "Edm.Date" and kind == "day":
        try:
            return date.fromisoformat(literal).isoformat()
        except ValueError as error:
            raise _wrong("$filter", f"không có ngày {literal}") from error
    raise _wrong("$filter", f"{one.of.name}: giá trị không thuộc kiểu {one.type}")


def _wrong(where: str, detail: str) -> ProblemError:
    return ProblemError(ODATA_INVALID(where=where, detail=detail))

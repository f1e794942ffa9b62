"""No pattern takes a text with a line break behind it: in Python `$` alone would."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from re import _constants, _parser
from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient

import kiosk
import sync
from sync.contract.patterns import whole
from tests.support.wire import CentreUnderTest

DRAWING = ("kiosk.screens", "kiosk.window", "kiosk.app", "kiosk.glass", "kiosk.loop")  # these open a window


def modules() -> Iterator[Any]:
    for package in (sync, kiosk):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            name = found.name
            if not name.startswith(DRAWING) and "migrations" not in name and not name.endswith("__main__"):
                yield importlib.import_module(name)


MODULES = [module for module in modules() if "kivy" not in vars(module)]


def compiled() -> dict[str, str]:
    """Every pattern that a module has compiled, by its name."""
    return {
        f"{module.__name__}.{name}": value.pattern
        for module in MODULES
        for name, value in vars(module).items()
        if isinstance(value, re.Pattern) and isinstance(value.pattern, str)
    }


def metas(kind: Any) -> Iterator[msgspec.Meta]:
    if isinstance(kind, type):  # it has no annotation of its own
        return
    for each in getattr(kind, "__metadata__", ()):
        if isinstance(each, msgspec.Meta):
            yield each
    for inner in (getattr(kind, "__origin__", None), *getattr(kind, "__args__", ())):
        if inner is not None and inner is not kind and not isinstance(inner, type):
            yield from metas(inner)


def annotated() -> dict[str, str]:
    """Every pattern of a field of a struct, and of a type that a module names."""
    found = {}
    for module in MODULES:
        for name, value in vars(module).items():
            kinds = {name: value}
            if isinstance(value, type) and issubclass(value, msgspec.Struct):
                kinds = {f"{name}.{field}": kind for field, kind in msgspec_hints(value).items()}
            for where, kind in kinds.items():
                for meta in metas(kind):
                    if meta.pattern is not None:
                        found[f"{module.__name__}.{where}"] = meta.pattern
    return found


def msgspec_hints(struct: type[msgspec.Struct]) -> dict[str, Any]:
    return {field.name: field.type for field in msgspec.structs.fields(struct)}


COMPILED, ANNOTATED = compiled(), annotated()


def ends(tokens: Any) -> Iterator[Any]:
    """Every end of a text or line that is asserted, wherever in the pattern."""
    for operator, argument in tokens:
        if operator is _constants.AT and argument in (_constants.AT_END, _constants.AT_END_LINE):
            yield argument
        for inner in _inner(argument):
            yield from ends(inner)


def _inner(argument: Any) -> Iterator[Any]:
    if isinstance(argument, _parser.SubPattern):
        yield argument
    elif isinstance(argument, list | tuple):
        for each in argument:
            yield from _inner(each)


def test_the_walk_finds_what_there_is() -> None:
    assert "sync.contract.text.Id" in ANNOTATED
    assert "sync.contract.response.Response.id" in ANNOTATED
    assert "sync.contract.office.Colour" in ANNOTATED
    assert "sync.central.store.arrival._CURSOR" in COMPILED
    assert "kiosk.widgets.even_lines._BREAKS" in COMPILED


@pytest.mark.parametrize("pattern", sorted({*COMPILED.values(), *ANNOTATED.values()}))
def test_no_pattern_ends_with_an_anchor_that_lets_a_line_break_pass(pattern: str) -> None:
    assert list(ends(_parser.parse(pattern))) == []


@pytest.mark.parametrize("pattern", sorted(set(ANNOTATED.values())))
def test_no_field_takes_a_line_break_behind_or_before_its_value(pattern: str) -> None:
    field: Any = Annotated[str, msgspec.Meta(pattern=pattern)]

    @settings(max_examples=30, deadline=None, derandomize=True, database=None)
    @given(text=st.from_regex(pattern), before=st.sampled_from(["", "\n", "x\n"]))
    def refused(text: str, before: str) -> None:
        decoder = msgspec.json.Decoder(field)
        assert decoder.decode(msgspec.json.encode(text)) == text
        for more in ("\n", "\nx", "\r\n", "\u2028"):
            with pytest.raises(msgspec.ValidationError):
                decoder.decode(msgspec.json.encode(f"{before}{text}{more}"))

    refused()


def test_the_documented_patterns_are_the_ones_that_are_checked(tmp_path: Path) -> None:
    central = CentreUnderTest(tmp_path)
    with TestClient(central.app) as client:
        document = client.get("/openapi.json").text
    central.close()
    patterns = set(re.findall(r'"pattern":("(?:[^"\\]|\\.)*")', document))
    assert patterns
    for pattern in patterns:
        assert list(ends(_parser.parse(msgspec.json.decode(pattern, type=str)))) == []


def test_a_whole_pattern_matches_no_part_of_a_text() -> None:
    assert re.search(whole("a|b"), "a")
    assert not re.search(whole("a|b"), "ab")
    assert not re.search(whole("a|b"), "a\n")

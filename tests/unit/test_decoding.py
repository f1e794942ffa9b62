"""What msgspec and tomllib say of a wrong file reaches a person in Vietnamese, whatever is wrong."""

import ast
import inspect
import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from tomllib import _parser  # type: ignore[attr-defined]
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import pytest
from msgspec import Meta, Struct

from sync.contract.decoding import decoder_reason, reason_and_key
from sync.contract.problem import ProblemError
from sync.contract.survey import Survey
from tests.support.assets import load_survey

GENERAL = "nội dung không đúng dạng"


class Wrong(Struct, forbid_unknown_fields=True):
    """A field of every kind and with every bound that a structure of ours can have."""

    a: int = 0
    text: Annotated[str, Meta(min_length=2, max_length=4)] = "ab"
    shape: Annotated[str, Meta(pattern="^[a-z]+$")] = "a"
    least: Annotated[int, Meta(ge=1, le=9)] = 1
    above: Annotated[int, Meta(gt=1, lt=9)] = 2
    share: Annotated[float, Meta(gt=0, le=1)] = 1
    even: Annotated[int, Meta(multiple_of=2)] = 2
    choice: Literal["x", "y"] = "x"
    either: int | str | None = None
    pair: tuple[int, int] = (1, 2)
    some: Annotated[list[int], Meta(min_length=1, max_length=2)] = []
    table: Annotated[dict[str, int], Meta(min_length=1)] = {}
    zoned: Annotated[datetime, Meta(tz=True)] | None = None
    plain: Annotated[datetime, Meta(tz=False)] | None = None
    day: date | None = None
    hour: time | None = None
    span: timedelta | None = None
    raw: bytes = b""
    uuid: UUID | None = None
    sum: Decimal = Decimal(0)


class Array(Struct, array_like=True, forbid_unknown_fields=True):
    a: int
    b: int = 0


CASES: tuple[tuple[str, type[Any]], ...] = (
    *(
        (text, Wrong)
        for text in (
            '{"a":"x"}',
            '{"a":1.5}',
            '{"least":99999999999999999999999}',
            '{"text":"a"}',
            '{"text":"abcde"}',
            '{"shape":"A"}',
            '{"least":0}',
            '{"least":10}',
            '{"above":1}',
            '{"above":9}',
            '{"share":0}',
            '{"share":1.5}',
            '{"even":3}',
            '{"choice":"z"}',
            '{"choice":1}',
            '{"either":[]}',
            '{"pair":[1]}',
            '{"pair":{}}',
            '{"some":[]}',
            '{"some":[1,2,3]}',
            '{"table":{}}',
            '{"table":{"k":"v"}}',
            '{"zoned":"2026-01-01T00:00:00"}',
            '{"plain":"2026-01-01T00:00:00Z"}',
            '{"zoned":"hôm qua"}',
            '{"day":"2026-02-30"}',
            '{"hour":"25:00"}',
            '{"span":"x"}',
            '{"raw":"*"}',
            '{"uuid":"x"}',
            '{"sum":"x"}',
            '{"other":1}',
            "[]",
            "{",
            '{"a":}',
            "{} x",
        )
    ),
    ("[]", Array),
    ("[1,2,3]", Array),
    ("{}", Array),
    ('{"kind":"nothing"}', Survey),
)


@pytest.mark.parametrize(("text", "type"), CASES)
def test_every_kind_of_refusal_is_said_in_vietnamese(text: str, type: type[Any]) -> None:
    with pytest.raises(msgspec.DecodeError) as refused:
        msgspec.json.decode(text, type=type)
    reason, _ = reason_and_key(refused.value)
    assert reason != GENERAL
    assert_vietnamese(reason)


def test_every_sentence_of_tomllib_is_known() -> None:
    sentences = []
    for node in ast.walk(ast.parse(inspect.getsource(_parser))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "suffixed_err":
            said = node.args[2]
            parts = said.values if isinstance(said, ast.JoinedStr) else [said]
            sentences.append(
                "".join(str(part.value) if isinstance(part, ast.Constant) else "'x'" for part in parts)
            )
    assert len(sentences) > 15
    for sentence in sentences:
        reason = decoder_reason(f"{sentence} (at line 3, column 7)")
        assert reason.startswith("dòng 3, cột 7: ")
        assert GENERAL not in reason, sentence
        assert_vietnamese(reason)


def test_what_no_version_said_until_now_is_a_general_sentence() -> None:
    assert decoder_reason("Something quite new") == GENERAL
    assert decoder_reason("Something quite new (at end of document)") == f"cuối tệp: {GENERAL}"


def test_the_key_is_kept() -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.json.decode('{"table":{"k":"v"},"a":1}', type=Wrong)
    assert reason_and_key(refused.value) == ("cần số nguyên, không phải chữ", "table[...]")
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.json.decode('{"pair":[1,"x"]}', type=Wrong)
    assert reason_and_key(refused.value) == ("cần số nguyên, không phải chữ", "pair[1]")


@pytest.mark.parametrize(
    ("line", "number", "detail"),
    [
        ('id = "a', "HL1002", "dòng 1, cột 8: chuỗi chưa đóng ngoặc kép ở cuối dòng"),
        ("id = 5", "HL1003", "cần chữ, không phải số nguyên"),
        ('idd = "a"', "HL1003", "có mục lạ “idd”"),
        ("id = abc", "HL1002", "dòng 1, cột 6: giá trị sai; chữ phải nằm trong ngoặc kép"),
    ],
)
def test_a_wrong_survey_is_refused_in_vietnamese(tmp_path: Path, line: str, number: str, detail: str) -> None:
    path = tmp_path / "a.toml"
    path.write_text(f"{line}\n", "utf-8")
    with pytest.raises(ProblemError) as refused:
        load_survey(path)
    assert (refused.value.problem.number, refused.value.problem.detail) == (number, detail)


def assert_vietnamese(reason: str) -> None:
    assert not re.search(
        r"\b(expected|got|invalid|object|missing|field|length|value|array|cannot)\b", reason, re.I
    )

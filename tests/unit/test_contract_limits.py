"""Every text, list and number that a device may send has a limit; what the centre keeps of it, too."""

import multiprocessing
import re
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from re import _constants, _parser
from typing import Any

import msgspec
import pytest
from msgspec import inspect
from msgspec.structs import replace

from sync.central.intake.judge import DETAIL_LIMIT, REMEMBERED_BYTES, Form, judge
from sync.contract.batch import Batch
from sync.contract.canonical import canonical_bytes
from sync.contract.enrolment import EnrolRequest
from sync.contract.heartbeat import Heartbeat
from sync.contract.response import BOX_LIMIT, QUESTIONS, RESPONSE_BYTES, Response, SurveyRef
from sync.contract.sealing import longest_box, seal_words
from sync.contract.survey import Number, OpenText, Survey, longest_words, survey_problems
from sync.contract.tombstones import Forgotten, ForgottenRequest
from sync.contract.validation import REASONS
from tests.support.surveys import every_kind
from tests.support.wire import numbered

SENT = (Batch, Response, Forgotten, Heartbeat, EnrolRequest, ForgottenRequest)


def unlimited(kind: inspect.Type, where: str, seen: frozenset[type]) -> Iterator[str]:
    """The places within `kind` where a sender decides how much there is."""
    if isinstance(kind, inspect.StrType):
        width = _parser.parse(kind.pattern).getwidth()[1] if kind.pattern else _constants.MAXREPEAT
        if kind.max_length is None and width >= 1000:
            yield where
    elif isinstance(kind, inspect.IntType):
        if None in (kind.ge, kind.le):
            yield where
    elif isinstance(kind, inspect.BytesType):
        if kind.max_length is None:
            yield where
    elif isinstance(kind, inspect.DictType):
        if kind.max_length is None:
            yield where
        yield from unlimited(kind.key_type, f"{where} key", seen)
        yield from unlimited(kind.value_type, f"{where} value", seen)
    elif isinstance(kind, inspect.VarTupleType | inspect.ListType):
        if kind.max_length is None:
            yield where
        yield from unlimited(kind.item_type, f"{where}[]", seen)
    elif isinstance(kind, inspect.UnionType):
        for each in kind.types:
            yield from unlimited(each, where, seen)
    elif isinstance(kind, inspect.StructType):
        if kind.cls not in seen:
            for field in kind.fields:
                yield from unlimited(field.type, f"{where}.{field.name}", seen | {kind.cls})
    elif isinstance(kind, inspect.Metadata):
        yield from unlimited(kind.type, where, seen)
    elif not isinstance(
        kind,
        inspect.BoolType | inspect.DateTimeType | inspect.LiteralType | inspect.NoneType | inspect.RawType,
    ):
        yield f"{where}: {kind}"


@pytest.mark.parametrize("sent", SENT)
def test_whatever_a_device_sends_has_a_limit(sent: type[msgspec.Struct]) -> None:
    found = list(unlimited(inspect.type_info(sent), sent.__name__, frozenset()))
    # The centre counts them, to answer with a number of its own (HL4007).
    assert found == (["Batch.responses"] if sent is Batch else [])


def survey(**changes: Any) -> Survey:
    return replace(every_kind(), **changes)


def sent(**changes: Any) -> Response:
    found = survey()
    return replace(numbered(1)[0], survey=SurveyRef(found.id, found.version), **changes)


def test_a_reason_is_short_however_much_was_made_up() -> None:
    form = Form(survey())
    made_up = {f"made-up-{number}": "x" * 64 for number in range(QUESTIONS)}
    reasons, cells = form.judge(sent(answers=made_up, timing=dict.fromkeys(made_up, 1)))
    assert reasons
    assert len(reasons) <= DETAIL_LIMIT
    assert reasons.count("; ") < REASONS
    assert "made-up" not in reasons
    assert cells == ""


def test_a_survey_with_many_questions_gets_ten_reasons_at_most() -> None:
    number = next(each for each in survey().questions if isinstance(each, Number))
    questions = tuple(replace(number, id=f"{'n' * 50}-{at}", when=None) for at in range(QUESTIONS))
    form = Form(survey(questions=questions))
    reasons, _ = form.judge(sent(answers={each.id: "wrong" for each in questions}))
    assert len(reasons) <= DETAIL_LIMIT
    assert reasons.count("; ") < REASONS


@pytest.mark.programs
def test_what_is_refused_is_not_remembered_and_what_fits_within_a_limit() -> None:
    """In a process of its own, because threads of other tests take memory, too."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        process.submit(judge_many).result()


def judge_many() -> None:
    number = next(each for each in survey().questions if isinstance(each, Number))
    question = replace(number, id="n", required=False, when=None, minimum=0, maximum=10**9)
    form = Form(survey(questions=(question,)))
    good = sent(answers={}, timing={}, sealed=None)
    assert form.judge(replace(good, answers={"n": 1})) == ("", "1")
    tracemalloc.start()
    for at in range(1000):
        assert form.judge(replace(good, answers={f"{at}-{n}": "x" * 64 for n in range(50)}))[0]
    assert tracemalloc.get_traced_memory()[0] < 100_000
    for at in range(20_000):
        assert not form.judge(replace(good, answers={"n": 10**6 + at}))[0]
    kept = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert REMEMBERED_BYTES / 20 < kept < REMEMBERED_BYTES * 1.2


def test_the_longest_words_of_a_survey_fit_their_box_and_no_longer_ones_do() -> None:
    asked = survey()
    words: dict[str, str | dict[str, str]] = {}
    for name, length in longest_words(asked).items():
        question, _, field = name.partition(".")
        text = "𠀋" * length
        if field:
            fields = words.setdefault(question, {})
            assert isinstance(fields, dict)
            fields[field] = text
        else:
            words[question] = text
    public = "CQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="  # the base point of the curve
    longest = seal_words(words, "k1", public)
    longer = seal_words({**words, "more": "x" * 1000}, "k1", public)
    assert longest
    assert longer
    assert len(longest.box) <= longest_box(longest_words(asked)) < len(longer.box)
    form = Form(asked)
    good = replace(sent(answers={}, timing={}), outcome="partial")
    assert form.judge(replace(good, sealed=longest))[0] == ""
    assert "sealed" in form.judge(replace(good, sealed=longer))[0]


def test_a_survey_that_could_need_more_than_a_response_holds_is_refused() -> None:
    text = next(each for each in survey().questions if isinstance(each, OpenText))
    many = tuple(replace(text, id=f"t{at}", maximum=1000, when=None) for at in range(12))
    assert {each.number for each in survey_problems(survey(questions=many))} == {"HL1003"}
    assert longest_box(longest_words(survey(questions=many[:8]))) < BOX_LIMIT < RESPONSE_BYTES


def test_a_number_beyond_the_ledgers_limit_names_nothing() -> None:
    body = re.sub(rb'"seq":1\b', b'"seq":%d' % 2**31, canonical_bytes(numbered(1)[0]))
    with pytest.raises(Exception, match="HL4003"):
        judge(body, device="kiosk-1", unit="phuong-mot", forms={}, received_at=0)

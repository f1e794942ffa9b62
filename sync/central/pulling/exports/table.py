"""The columns of a table of responses: one response a row, one column for each question of any survey here.

Every kind of table uses this: CSV, XLSX, Parquet and the feed differ in how they write a value, never in the
value. A question's column has a prefix (`answers.…`, `words.…`), because a survey can have a question called
"officer" or "outcome".
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row

from sync.central.office.keys.unsealing import Opener
from sync.central.office.names import Names
from sync.central.pulling.rows.form_number import KEYED, form_no
from sync.central.pulling.rows.views import ADMIN, FOR_ADMINISTRATORS, FOR_ALL, View
from sync.central.store.cells import columns as asked_by
from sync.central.store.schema import responses
from sync.contract.survey import NOT_APPLICABLE, SEALED_KINDS, Number, Question, Rating, Survey, YesNo
from sync.contract.text import pick
from sync.tables.column import Column, Kind, Value


def read(view: View) -> tuple[ColumnElement[Any], ...]:
    """The columns that are read for a table, in this order."""
    c, counting = responses.c, view.counting
    return (
        *(*view.place, counting.counts, counting.voids, counting.corrects, view.counter),
        *(c[name] for name in FOR_ALL),
        *(c[name] for name in FOR_ADMINISTRATORS),
        *(KEYED, c.cells, c.sealed_key, c.sealed_box),
    )


READ = read(ADMIN)
_HEAD = (
    Column("position", "whole", "Số thứ tự"),
    Column("id", "text", "Mã phiếu"),
    Column("device", "text", "Máy"),
    Column("seq", "whole", "Số trên máy"),
    Column("survey", "text", "Mẫu phiếu"),
    Column("survey_version", "whole", "Phiên bản mẫu phiếu"),
    Column("plan", "text", "Kế hoạch"),
    Column("unit", "text", "Mã đơn vị"),
    Column("unit_name", "text", "Đơn vị"),
    Column("counter", "text", "Quầy"),
    Column("procedure", "text", "Mã thủ tục"),
    Column("procedure_name", "text", "Thủ tục"),
    Column("channel", "text", "Kênh"),
    Column("respondent", "text", "Người trả lời"),
    Column("form_no", "text", "Số phiếu giấy"),
    Column("outcome", "text", "Kết quả lượt hỏi"),
    Column("counts", "truth", "Được tính"),
    Column("voids", "whole", "Hủy dòng"),
    Column("corrects", "whole", "Sửa dòng"),
    Column("day", "day", "Ngày"),
    Column("officer", "text", "Mã cán bộ"),
    Column("officer_name", "text", "Cán bộ"),
    Column("started_at", "moment", "Bắt đầu"),
    Column("finished_at", "moment", "Kết thúc"),
    Column("clock_offset", "whole", "Giây chỉnh đồng hồ"),
)
_CODES = {"unit_name": "unit", "procedure_name": "procedure", "officer_name": "officer"}
_PLACES = {column.name: place for place, column in enumerate(READ)}
_SURVEY, _VERSION, _CELLS, _KEY, _BOX = map(
    _PLACES.__getitem__, ("survey", "survey_version", "cells", "sealed_key", "sealed_box")
)
_REMEMBERED = 20_000


class Layout:
    """The columns for a role, and the values of a row under them.

    names: what codes mean. keys: open what citizens wrote, used for administrators alone. words: whether
    there are columns for it.
    """

    def __init__(self, names: Names, *, admin: bool, keys: Mapping[str, bytes], words: bool = True) -> None:
        self.names = names
        self.admin = admin
        self._opener = Opener(names.surveys, keys)
        kinds: dict[str, Kind] = {}
        written: dict[str, None] = {}
        for survey in names.surveys.values():
            for question in survey.questions:
                if isinstance(question, SEALED_KINDS):
                    written[question.id] = None
                else:
                    kind = _kind(question)
                    kinds[question.id] = kind if kinds.get(question.id, kind) == kind else "text"
        self.head = tuple(column for column in _HEAD if admin or not _is_for_administrators(column))
        self._texts = _texts(names.surveys)
        self.asked = tuple(
            Column(f"answers.{question}", kind, self._texts[question]) for question, kind in kinds.items()
        )
        self.written = tuple(written) if admin and words else ()
        order = list(kinds)
        # The places of a survey's answers among the columns of all questions.
        self.places = {
            key: tuple(order.index(question) for question in asked_by(survey))
            for key, survey in names.surveys.items()
        }
        self._answers: dict[tuple[str, int, str], list[Value]] = {}
        # The place in a row of the value of each head column; for a name, the place of its code.
        self._head = [_PLACES[_CODES.get(column.name, column.name)] for column in self.head]
        books = {
            "unit_name": names.units,
            "procedure_name": names.procedures,
            "officer_name": names.officers,
        }
        self._named = [
            (at, self._head[at], books[column.name])
            for at, column in enumerate(self.head)
            if column.name in books
        ]
        self._form_no = [column.name for column in self.head].index("form_no")

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns in order."""
        words = (Column(f"words.{question}", "text", self._texts[question]) for question in self.written)
        return (*self.head, *self.asked, *words)

    def values(self, row: Row[Any]) -> list[Value]:
        """The typed values of a row, one a column."""
        key = (row[_SURVEY], row[_VERSION], row[_CELLS])
        answers = self._answers.get(key)
        if answers is None:
            answers = self._given(key)
        head = [row[place] for place in self._head]
        for column, place, names in self._named:
            head[column] = names.get(row[place])
        head[self._form_no] = form_no(head[self._form_no])
        if not self.written:
            return [*head, *answers]
        return [*head, *answers, *(text or None for text in self.words(row[_KEY], row[_BOX]))]

    def _given(self, key: tuple[str, int, str]) -> list[Value]:
        """The answers of a row under all questions. Rows repeat, so each distinct set is parsed once."""
        survey, version, cells = key
        answers: list[Value] = [None] * len(self.asked)
        for place, cell in zip(self.places[survey, version], cells.split(","), strict=False):
            answers[place] = _typed(cell, self.asked[place].kind)
        if len(self._answers) > _REMEMBERED:
            self._answers.clear()
        self._answers[key] = answers
        return answers

    def words(self, key: str | None, box: str | None) -> Iterator[str]:
        """What the citizen wrote, one text a column; "" if there is none, or its key is not at hand."""
        words = self._opener.words(key, box) if self.written else {}
        for question in self.written:
            value = words.get(question, "")
            yield value if isinstance(value, str) else "; ".join(value.values())


def _is_for_administrators(column: Column) -> bool:
    return _CODES.get(column.name, column.name) in FOR_ADMINISTRATORS


def _texts(surveys: Mapping[tuple[str, int], Survey]) -> dict[str, str]:
    """The Vietnamese text of each question, from the newest version of its form."""
    texts_of: dict[str, dict[str, str]] = {}
    for (form, _), survey in sorted(surveys.items()):
        for question in survey.questions:
            texts_of.setdefault(question.id, {})[form] = pick(question.text, "vi")
    return {question: " / ".join(dict.fromkeys(texts.values())) for question, texts in texts_of.items()}


def _kind(question: Question) -> Kind:
    if isinstance(question, Rating | Number):
        return "whole"
    return "truth" if isinstance(question, YesNo) else "text"


def _typed(cell: str, kind: Kind) -> Value:
    """The value of a cell; "na" in a column of numbers or booleans becomes None."""
    if kind == "text":
        return cell or None
    if not cell or cell == NOT_APPLICABLE:
        return None
    return int(cell) if kind == "whole" else cell == "true"

"""A form out of an XLSForm: the whole form, or everything that is wrong with it, by sheet, row and column.

Promises (each has a test of this name):
- a cell that has no counterpart is refused by its place, and all of them are named at once;
- what is wrong with the form itself is named at the same time, by sheet, row and column;
- what is left out because citizens never see it is named, too;
- a form that was written by `outgoing.py` is read as the same form.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any

import msgspec
from msgspec import Struct

from sync.central.office.forms.xlsform.book import Book, Column, Row, read_book
from sync.central.office.forms.xlsform.cells import (
    APPEARANCE,
    CONSTRAINT,
    FILTER,
    GROUP,
    NAME,
    NONE_OFFERED,
    PARAMETERS,
    RELEVANT,
    REQUIRED,
    TYPE,
    Asked,
    Cells,
)
from sync.central.office.forms.xlsform.expressions import (
    read_condition,
    read_filter,
    read_length,
    read_limits,
    read_range,
)
from sync.central.office.forms.xlsform.vocabulary import (
    CONTACT,
    FIELD_LIST,
    LIKERT,
    METADATA,
    PRIVACY,
    RESPONDENTS,
    SCALE,
    WHOLE_NUMBER,
    WORDS,
    group_of,
    id_of,
    id_of_file,
    is_yes_no,
    language_code,
    select_kind,
    truth,
    yes_or_no,
)
from sync.contract.decoding import reason_and_key
from sync.contract.problem import Problem
from sync.contract.problem.files import (
    ENTRY_INVALID,
    ID_REPEATED,
    RATING_BETRAYED,
    REFERENCE_DANGLING,
    XLSFORM_UNSUPPORTED,
)
from sync.contract.survey import NOT_APPLICABLE, Survey, survey_problems
from sync.contract.text import Text

MOST_VERSION = 2**31 - 1

_ID = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")

# Columns of the sheet survey that citizens would notice, and that no form here has.
_REFUSED = {
    ("bind", "calculate"): "máy không tính toán",
    ("bind", "readonly"): "máy không có câu chỉ đọc",
    ("default",): "máy không điền sẵn câu trả lời",
    ("trigger",): "máy không tính toán",
    ("control", "jr:count"): "máy không lặp lại câu hỏi",
    ("media",): "phiếu chỉ có chữ, không có hình, tiếng hay phim",
}
_TAKEN = (TYPE, NAME, REQUIRED, RELEVANT, CONSTRAINT, APPEARANCE, FILTER, PARAMETERS, NONE_OFFERED)
_TRANSLATED = ("label", "hint")


class Incoming(Struct, frozen=True, kw_only=True):
    """What was read. survey: None if there are faults. left_out: places whose content was not taken."""

    survey: Survey | None
    faults: tuple[Problem, ...]
    left_out: tuple[str, ...]


def read_xlsform(data: bytes, name: str, like: Survey | None = None) -> Incoming:
    """The form in this workbook. name: of the file, in problems.

    like: gives what XLSForms of others lack: privacy notice, thanks, respondents, and the scale of a form
    without ratings. Raises ProblemError as `read_book`.
    """
    book = read_book(data, name)
    reader = _Reader(book, like, id_of_file(name))
    survey = reader.read()
    faults = tuple(Problem(fault.number, f"{name}: {fault.where}", fault.detail) for fault in reader.faults)
    faults = faults or book.faults
    return Incoming(
        survey=None if faults else survey,
        faults=faults,
        left_out=tuple(dict.fromkeys(reader.left_out)),
    )


class _Group(Struct, frozen=True, kw_only=True):
    """A group that is open: the group whose questions share a page, and the condition of all within."""

    row: Row
    name: str
    shared: str
    when: dict[str, Any] | None


class _Scale(Struct, frozen=True, kw_only=True):
    """The levels of the form. rating: the first row that has them; rows: of each level."""

    rating: Row
    list_name: str
    levels: list[dict[str, Any]]
    rows: list[Row]


class _Reader:
    def __init__(self, book: Book, like: Survey | None, id: str) -> None:
        self.faults: list[Problem] = []
        self.left_out: list[str] = []
        self._book = book
        self._like = like
        self._languages: dict[str, None] = {}
        self._unknown_languages: set[str] = set()
        self._file_id = id
        self._settings = next(iter(book.settings), Row(sheet="settings", number=2, cells={}, headings={}))
        named = self._settings.get("default_language")
        self._default = language_code(named) if named else "vi"
        self._options = self._read_options()
        self._questions: list[dict[str, Any]] = []
        self._asked: list[Asked] = []
        # Names of rows that were refused as a whole: what asks about them isn't wrong by itself.
        self._refused: set[str] = set()
        self._notes: dict[str, tuple[Row, Text]] = {}
        self._scale: _Scale | None = None
        # By question: what its names of answers mean in a condition.
        self._answers: dict[str, dict[str, bool | str]] = {}

    def read(self) -> Survey | None:
        """The form; None if there are faults."""
        self._read_rows()
        raw = self._form()
        cells = self._cells()
        refused = bool(self.faults)
        try:
            survey = msgspec.convert(raw, Survey)
        except msgspec.ValidationError as error:
            reason, key = reason_and_key(error)
            self.faults.append(ENTRY_INVALID(where=cells.place(key), detail=reason))
            return None
        self.faults += cells.repeated()
        for problem in survey_problems(survey):
            if problem.kind is ID_REPEATED or (refused and self._follows(problem)):
                continue
            self.faults.append(problem.kind(where=cells.place(problem.where), detail=problem.detail))
        self.faults = list(dict.fromkeys(self.faults))  # two questions may have the same list
        return survey

    def _cells(self) -> Cells:
        scale = self._scale
        values = [level["value"] for level in scale.levels] if scale else []
        return Cells(
            settings=self._settings,
            notes={name: row for name, (row, _) in self._notes.items()},
            questions=self._asked,
            levels=list(zip(values, scale.rows if scale else [], strict=True)),
            rating=scale.rating if scale else None,
        )

    # --- faults -------------------------------------------------------------------------------------

    def _unsupported(self, row: Row, column: Column, detail: str) -> None:
        self.faults.append(XLSFORM_UNSUPPORTED(where=row.place(*column), detail=detail))

    def _wrong(self, row: Row, column: Column, detail: str) -> None:
        self.faults.append(ENTRY_INVALID(where=row.place(*column), detail=detail))

    def _refuse(self, row: Row, detail: str) -> None:
        """A row that can't become a question."""
        self._unsupported(row, TYPE, detail)
        self._refused.add(id_of(row.get(*NAME)))

    def _follows(self, problem: Problem) -> bool:
        """Whether a fault of the form may be nothing but what follows from a cell that was refused."""
        where = problem.where
        if where.startswith("privacy."):
            return where.replace(".", "_") not in self._notes and self._like is None
        if where == "languages":
            return bool(self._unknown_languages)
        if where in ("questions", "levels"):
            return bool(self._refused)
        return problem.kind is RATING_BETRAYED and where.endswith(".options")

    # --- texts --------------------------------------------------------------------------------------

    def _texts(self, row: Row, name: str) -> Text:
        texts: Text = {}
        for column, text in row.cells.items():
            if column[0] != name:
                continue
            code = self._default if len(column) == 1 else language_code(column[1])
            if code is None:
                self._note_language(row, column)
                continue
            if "${" in text:
                self._unsupported(row, column, "máy không chèn câu trả lời vào lời")
            self._languages[code] = None
            texts[code] = text
        return texts

    def _note_language(self, row: Row, column: Column) -> None:
        heading = row.headings[column]
        if heading not in self._unknown_languages:
            self._unknown_languages.add(heading)
            self.faults.append(
                ENTRY_INVALID(
                    where=f"{row.sheet}:1: {heading}", detail="không rõ ngôn ngữ: ghi như label::English (en)"
                )
            )

    # --- choices ------------------------------------------------------------------------------------

    def _read_options(self) -> dict[str, list[tuple[Row, dict[str, Any]]]]:
        lists: dict[str, list[tuple[Row, dict[str, Any]]]] = {}
        for row in self._book.choices:
            name = row.get("list name") or row.get("list_name")
            if not name:
                continue
            for column in row.cells:
                if column[0] == "media":
                    self._unsupported(row, column, _REFUSED[("media",)])
            option: dict[str, Any] = {"id": row.get("name"), "label": self._texts(row, "label")}
            levels = row.get(SCALE).split()
            if all(re.fullmatch(r"-?\d+", level) for level in levels):
                option["levels"] = [int(level) for level in levels]
            else:
                self._wrong(row, (SCALE,), "ghi các mức là số nguyên, cách nhau bằng dấu cách")
            lists.setdefault(name, []).append((row, option))
        return lists

    # --- rows of the sheet survey -------------------------------------------------------------------

    def _read_rows(self) -> None:
        groups: list[_Group] = []
        waiting = iter(self._book.survey)
        for row in waiting:
            if _disabled(row):
                self.left_out.append(row.place("disabled"))
                continue
            kind = _kind(row)
            if kind == "begin_group":
                fields = self._contact(row)
                if fields:
                    self._check_columns(row)
                    self._add(row, groups, {"kind": "contact", "fields": list(fields)})
                    for inner in takewhile(lambda each: _kind(each) != "end_group", waiting):
                        self._check_field(inner)
                else:
                    groups.append(self._group(row, groups))
            elif kind == "end_group":
                if groups:
                    groups.pop()
                else:
                    self._wrong(row, TYPE, "end_group không có begin_group")
            elif kind:
                self._read_row(row, kind, groups)
            elif row.get(*NAME) or any(column[0] == "label" for column in row.cells):
                self._wrong(row, TYPE, "thiếu loại câu hỏi")
            else:
                self.left_out.append(row.place())
        for group in groups:
            self._wrong(group.row, TYPE, "begin_group không có end_group")

    def _contact(self, row: Row) -> list[str]:
        """The contact fields in the group that begins here, if it is made of nothing else."""
        place = self._book.survey.index(row)
        fields: list[str] = []
        for inner in self._book.survey[place + 1 :]:
            if _disabled(inner):
                continue
            kind = _kind(inner)
            if kind == "end_group":
                return fields
            prefix, _, field = inner.get(*NAME).rpartition("_")
            if kind not in WORDS or field not in CONTACT or id_of(prefix) != id_of(row.get(*NAME)):
                return []
            fields.append(field)
        return []

    def _check_field(self, row: Row) -> None:
        """A row of contact details: the terminal asks for it in its own words, and never insists."""
        if _disabled(row):
            self.left_out.append(row.place("disabled"))
            return
        self._check_columns(row)
        for column in (REQUIRED, RELEVANT, CONSTRAINT, PARAMETERS, FILTER, NONE_OFFERED):
            said = column in (REQUIRED, NONE_OFFERED) and truth(row.get(*column)) is False
            if row.get(*column) and not said:
                self._unsupported(row, column, "từng mục liên hệ không có mục này; ghi ở dòng begin_group")
        ours = CONTACT[row.get(*NAME).rpartition("_")[2]].values()
        for name in _TRANSLATED:
            if not set(self._texts(row, name).values()) <= set(ours):
                self.left_out.append(row.place(name))

    def _group(self, row: Row, groups: Sequence[_Group]) -> _Group:
        outer = groups[-1] if groups else None
        name = row.get(*GROUP) or group_of(row.get(*NAME))
        words = row.get(*APPEARANCE).split()
        if self._texts(row, "label"):
            self.left_out.append(row.place("label"))
        for column in row.cells:
            if column in (REQUIRED, CONSTRAINT) or column[0] == "media":
                self._unsupported(row, column, "nhóm câu hỏi không có mục này")
        when = self._condition(row)
        if when and outer and outer.when:
            self._unsupported(row, RELEVANT, "chỉ một điều kiện cho mỗi câu hỏi")
        shared = name if FIELD_LIST in words else outer.shared if outer else ""
        return _Group(row=row, name=name, shared=shared, when=when or (outer.when if outer else None))

    def _read_row(self, row: Row, kind: str, groups: Sequence[_Group]) -> None:
        if kind in METADATA or kind.split("_")[0] == "audit":
            self.left_out.append(row.place(*TYPE))
            return
        if kind == "note":
            self._note(row)
            return
        if kind == "end_repeat":
            return  # its beginning is refused
        select = select_kind(row.get(*TYPE))
        if not select and kind not in WHOLE_NUMBER | WORDS | {"range"}:
            self._refuse(row, f"máy không có loại câu hỏi “{row.get(*TYPE)}”")
            return
        self._check_columns(row)
        if select:
            self._add_select(row, groups, *select)
        elif kind in WHOLE_NUMBER:
            self._add_number(row, groups)
        elif kind == "range":
            self._add_range(row, groups)
        else:
            self._add_text(row, groups)

    def _check_columns(self, row: Row) -> None:
        for column in row.cells:
            reason = _REFUSED.get(column) or _REFUSED.get(column[:1])
            if reason:
                self._unsupported(row, column, reason)
            elif column not in _TAKEN and column[0] not in _TRANSLATED:
                self.left_out.append(row.place(*column))
        for word in row.get(*APPEARANCE).split():
            if word != LIKERT:
                self.left_out.append(row.place(*APPEARANCE))

    def _note(self, row: Row) -> None:
        name = row.get(*NAME).lower()
        if name in PRIVACY or name in ("title", "thanks"):
            self._notes[name] = (row, self._texts(row, "label"))
        else:
            detail = "máy không hiện dòng chữ riêng; đặt lời vào label hoặc hint của câu hỏi"
            self._unsupported(row, TYPE, detail)

    # --- questions ----------------------------------------------------------------------------------

    def _id(self, row: Row) -> str:
        """The id of a row; where its name can't be one, another, so that the rest can be checked."""
        id = id_of(row.get(*NAME))
        if _ID.fullmatch(id):
            return id
        self._wrong(row, NAME, "mã chỉ gồm a–z, 0–9, - _ . và không dài quá 64 ký tự")
        return f"{row.sheet}-{row.number}"

    def _add(
        self,
        row: Row,
        groups: Sequence[_Group],
        fields: dict[str, Any],
        options: Sequence[tuple[str, Row]] = (),
    ) -> None:
        id = self._id(row)
        if id != id_of(row.get(*NAME)):
            self._refused.add(id_of(row.get(*NAME)))
        required = truth(row.get(*REQUIRED))
        if required is None:
            self._unsupported(row, REQUIRED, "chỉ ghi `yes` hoặc `no`")
        none = truth(row.get(*NONE_OFFERED))
        if none is None:
            self._wrong(row, NONE_OFFERED, "chỉ ghi `yes` hoặc `no`")
        for column, kinds in (
            (CONSTRAINT, ("number", "text")),
            (PARAMETERS, ("number",)),
            (FILTER, ("choices",)),
        ):
            if row.get(*column) and fields["kind"] not in kinds:
                self._unsupported(row, column, "câu hỏi loại này không có mục này")
        group = groups[-1] if groups else None
        when = self._condition(row)
        if when and group and group.when:
            self._unsupported(row, RELEVANT, "chỉ một điều kiện cho mỗi câu hỏi")
        question = {
            "id": id,
            "text": self._texts(row, "label"),
            "help": self._texts(row, "hint"),
            "required": bool(required),
            "not_applicable": bool(none),
            "group": group.shared if group else "",
            "when": when or (group.when if group else None),
        }
        self._questions.append(question | fields)
        around = (row, *(outer.row for outer in reversed(groups)))
        relevant = next((each for each in around if each.get(*RELEVANT)), row)
        self._asked.append(Asked(id=id, row=row, relevant=relevant, options=options))

    def _condition(self, row: Row) -> dict[str, Any] | None:
        text = row.get(*RELEVANT)
        if not text:
            return None
        condition = read_condition(text)
        if condition is None:
            detail = "điều kiện chỉ là câu trả lời của một câu phía trên: ${way} = 'a' or ${way} = 'b'"
            self._unsupported(row, RELEVANT, detail)
            return None
        asked = id_of(condition.question)
        if asked in self._refused:
            return None
        if not _ID.fullmatch(asked):
            detail = f"phía trên không có câu hỏi “{asked}”"
            self.faults.append(REFERENCE_DANGLING(where=row.place(*RELEVANT), detail=detail))
            return None
        meanings = self._answers.get(asked, {})
        return {"question": asked, "equals": [meanings.get(value, value) for value in condition.values]}

    def _add_select(self, row: Row, groups: Sequence[_Group], kind: str, list_name: str) -> None:
        if list_name.endswith((" or_other", " or other", " or specify other")):
            self._unsupported(row, TYPE, "máy không tự thêm lựa chọn “khác”: thêm nó vào trang choices")
            list_name = list_name.rpartition(" or")[0].strip()
        options = self._options.get(list_name)
        if options is None:
            detail = f"trang choices không có danh sách “{list_name}”"
            self.faults.append(REFERENCE_DANGLING(where=row.place(*TYPE), detail=detail))
            self._refused.add(id_of(row.get(*NAME)))
            return
        names = [option["id"] for _, option in options]
        none = {"not_applicable": True} if NOT_APPLICABLE in names else {}
        rest = [(at, option) for at, option in options if option["id"] != NOT_APPLICABLE]
        if kind == "select_one" and self._is_scale(row, list_name):
            self._take_scale(row, list_name, rest)
            self._add(row, groups, {"kind": "rating", **none})
        elif kind == "select_one" and is_yes_no(list_name, {each["id"]: each["label"] for _, each in rest}):
            meanings = {option["id"]: bool(yes_or_no(option["id"])) for _, option in rest}
            self._answers[id_of(row.get(*NAME))] = dict(meanings)
            self._add(row, groups, {"kind": "yes_no", **none})
        else:
            about = self._about(row) if kind == "select_multiple" else ""
            unbound: dict[str, Any] = {"levels": []} if row.get(*FILTER) and not about else {}
            ids = [(self._id(at), at) for at, _ in rest]
            offered = [option | {"id": id} | unbound for (id, _), (_, option) in zip(ids, rest, strict=True)]
            self._answers[id_of(row.get(*NAME))] = {at.get(*NAME): id for id, at in ids}
            fields = {"kind": "choice" if kind == "select_one" else "choices", "options": offered, **none}
            self._add(row, groups, fields | ({"about": about} if about else {}), ids)

    def _about(self, row: Row) -> str:
        text = row.get(*FILTER)
        rating = read_filter(text) if text else None
        if text and rating is None:
            detail = "chỉ lọc theo mức đánh giá: string(levels) = '' or selected(levels, ${result})"
            self._unsupported(row, FILTER, detail)
        about = id_of(rating) if rating else ""
        return "" if about in self._refused else about

    def _is_scale(self, row: Row, list_name: str) -> bool:
        plain = re.sub(rf"_{NOT_APPLICABLE}$", "", list_name.lower())
        return plain == SCALE or LIKERT in row.get(*APPEARANCE).split()

    def _take_scale(self, row: Row, list_name: str, options: Sequence[tuple[Row, dict[str, Any]]]) -> None:
        levels = []
        for at, option in options:
            if re.fullmatch(r"-?\d+", option["id"]):
                levels.append({"value": int(option["id"]), "label": option["label"]})
                continue
            if self._scale is None or self._scale.list_name != list_name:
                self._wrong(at, NAME, "mức của thang đo là số nguyên, thí dụ 5 cho “Rất hài lòng”")
            # A value that no other row has, so that the rest can be checked.
            levels.append({"value": -MOST_VERSION - at.number, "label": option["label"]})
        if self._scale is None:
            rows = [at for at, _ in options]
            self._scale = _Scale(rating=row, list_name=list_name, levels=levels, rows=rows)
        elif levels != self._scale.levels:
            self._unsupported(row, TYPE, f"mỗi phiếu một thang đo; phía trên là “{self._scale.list_name}”")

    def _add_number(self, row: Row, groups: Sequence[_Group]) -> None:
        limits = read_limits(row.get(*CONSTRAINT)) if row.get(*CONSTRAINT) else (None, None)
        if limits is None:
            self._unsupported(row, CONSTRAINT, "chỉ giới hạn số: . >= 0 and . <= 9")
            limits = (None, None)
        given = {"minimum": limits[0], "maximum": limits[1]}
        bounds = {key: value for key, value in given.items() if value is not None}
        self._add(row, groups, {"kind": "number", **bounds})

    def _add_range(self, row: Row, groups: Sequence[_Group]) -> None:
        bounds = read_range(row.get(*PARAMETERS))
        if bounds is None or row.get(*CONSTRAINT):
            self._unsupported(row, PARAMETERS, "chỉ số nguyên, từng đơn vị: start=0 end=10 step=1")
            bounds = (0, 10)
        self._add(row, groups, {"kind": "number", "minimum": bounds[0], "maximum": bounds[1]})

    def _add_text(self, row: Row, groups: Sequence[_Group]) -> None:
        length = read_length(row.get(*CONSTRAINT)) if row.get(*CONSTRAINT) else None
        if row.get(*CONSTRAINT) and length is None:
            self._unsupported(row, CONSTRAINT, "chỉ giới hạn độ dài: string-length(.) <= 500")
        self._add(row, groups, {"kind": "text", **({"maximum": length} if length is not None else {})})

    # --- the form -----------------------------------------------------------------------------------

    def _form(self) -> dict[str, Any]:
        settings, like = self._settings, self._like
        id = id_of(settings.get("id_string")) or self._file_id
        if not _ID.fullmatch(id):
            self._wrong(settings, ("id_string",), "ghi form_id: a–z, 0–9, - _ .")
            id = "form"
        version = settings.get("version") or "1"
        if not re.fullmatch(r"[0-9]{1,10}", version) or int(version) > MOST_VERSION:
            self._wrong(settings, ("version",), f"phiên bản là số nguyên, nhiều nhất {MOST_VERSION}")
            version = "1"
        # XLSForm has one title for all languages.
        notes = {name: text for name, (_, text) in self._notes.items()}
        title = dict.fromkeys(self._languages, settings.get("title")) | notes.get("title", {})
        form: dict[str, Any] = {
            "id": id,
            "version": int(version),
            "title": title,
            "languages": list(self._languages),
            "respondents": self._respondents(settings),
            "levels": self._scale.levels if self._scale else _builtins(like.levels) if like else [],
            "questions": self._questions,
            "privacy": self._privacy(),
            "thanks": notes.get("thanks", self._known(like.thanks) if like else {}),
            "keep_language": bool(truth(settings.get("keep_language"))),
        }
        return form

    def _respondents(self, settings: Row) -> list[str]:
        words = settings.get("respondents").split()
        if not words and self._like:
            return list(self._like.respondents)
        if not words or not set(words) <= set(RESPONDENTS):
            self._wrong(settings, ("respondents",), f"ghi người trả lời: {', '.join(RESPONDENTS)}")
        return [word for word in words if word in RESPONDENTS]

    def _privacy(self) -> dict[str, Text]:
        parts: dict[str, Text] = {}
        missing: list[str] = []
        for note, name in PRIVACY.items():
            if note in self._notes:
                parts[name] = self._notes[note][1]
            elif self._like:
                parts[name] = self._known(getattr(self._like.privacy, name))
            else:
                parts[name] = {}
                missing.append(note)
        if missing:
            detail = f"thiếu dòng note: {', '.join(missing)}; hoặc lấy của phiếu khác bằng --like"
            self.faults.append(ENTRY_INVALID(where="survey", detail=detail))
        return parts

    def _known(self, text: Text) -> Text:
        """A text of the other form, in the languages of this one."""
        return {code: words for code, words in text.items() if code in self._languages}


def _kind(row: Row) -> str:
    """The type of a row, written in one way: `begin_group` for “Begin group”."""
    return re.sub(r"[\s_]+", "_", row.get(*TYPE).lower())


def _disabled(row: Row) -> bool:
    return bool(truth(row.get("disabled")))


def _builtins(levels: object) -> Any:
    return msgspec.to_builtins(levels)


def unused(places: Sequence[str]) -> Iterator[str]:
    """The places, those of one column together: "survey:3, 7: constraint_message"."""
    by_column: dict[tuple[str, str], list[str]] = {}
    for place in places:
        sheet, _, rest = place.partition(":")
        number, _, column = rest.partition(": ")
        by_column.setdefault((sheet, column), []).append(number)
    for (sheet, column), numbers in by_column.items():
        yield f"{sheet}:{', '.join(numbers)}" + (f": {column}" if column else "")

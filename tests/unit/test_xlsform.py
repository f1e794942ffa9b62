"""Forms as Excel workbooks: ours there and back, and those of others in, or refused cell by cell."""

import io
from collections.abc import Sequence

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook
from pyxform.xls2xform import convert

from sync.central.office.forms.xlsform.expressions import read_condition, read_limits
from sync.central.office.forms.xlsform.incoming import Incoming, read_xlsform, unused
from sync.central.office.forms.xlsform.outgoing import write_xlsform
from sync.central.office.forms.xlsform.vocabulary import language_code
from sync.contract.problem import ProblemError
from sync.contract.survey import (
    Choice,
    Choices,
    Contact,
    Number,
    OpenText,
    Rating,
    Survey,
    YesNo,
    decode_survey,
)
from tests.support.plans import shipped_surveys
from tests.support.surveys import every_kind
from tests.support.xlsforms import KOBO, PRIVACY_ROWS, SPACED, UNSUPPORTED, Sheet, workbook

OURS = [every_kind(), *shipped_surveys().values()]


def read(data: bytes, like: Survey | None = None) -> Survey:
    incoming = read_xlsform(data, "phieu.xlsx", like)
    assert [problem.brief() for problem in incoming.faults] == []
    assert incoming.survey is not None
    return incoming.survey


def places(incoming: Incoming) -> list[str]:
    return [problem.where.removeprefix("phieu.xlsx: ") for problem in incoming.faults]


@pytest.mark.parametrize("survey", OURS, ids=lambda survey: survey.id)
def test_a_form_that_was_written_is_read_as_the_same_form(survey: Survey) -> None:
    assert read(write_xlsform(survey)) == survey


@pytest.mark.parametrize("group", ["Nhóm A", "a__2", "result", "title", "1", "…", "Ba trang"])
def test_a_group_of_any_name_is_read_as_the_same_group(group: str) -> None:
    first, second, *others = every_kind().questions
    questions = (replace(first, group=group), second, *(replace(each, group=group) for each in others))
    survey = replace(every_kind(), questions=questions)
    data = write_xlsform(survey)
    assert read(data) == survey
    assert convert(io.BytesIO(data), file_type=".xlsx", validate=False).warnings == []


def with_rows(rows: list[tuple[str | None, ...]], choices: Sequence[tuple[str | None, ...]] = ()) -> Incoming:
    """What is read of a form of a rating, in row 7, and these rows."""
    headings = ("type", "name", "label", "hint", "required", "relevant", "constraint", "disabled")
    rating = ("select_one levels", "ok", "Hài lòng không?", None, "yes")
    levels = [("levels", "5", "Hài lòng"), ("levels", "1", "Không hài lòng")]
    sheets: dict[str, Sheet] = {
        "survey": [headings, *PRIVACY_ROWS, rating, *rows],
        "choices": [("list_name", "name", "label"), *levels, *choices],
        "settings": [("form_title", "form_id", "respondents"), ("Phiếu", "phieu", "citizen")],
    }
    return read_xlsform(workbook(sheets), "phieu.xlsx")


@pytest.mark.parametrize(
    ("yes", "no", "kind"),
    [
        ("Có", "Không", YesNo),
        ("có", "KHÔNG", YesNo),
        ("Yes", "No", YesNo),
        ("Tôi đồng ý", "Tôi từ chối", Choice),
        ("Không", "Có", Choice),
    ],
)
def test_answers_of_other_words_than_yes_and_no_are_a_choice(
    yes: str, no: str, kind: type[YesNo | Choice]
) -> None:
    asked = ("select_one join", "join", "Ông/bà tham gia không?")
    why = ("text", "why", "Vì sao?", None, None, "${join} = 'no'")
    survey = with_rows([asked, why], [("join", "yes", yes), ("join", "no", no)]).survey
    assert survey is not None
    _, join, last = survey.questions
    assert isinstance(join, kind)
    assert last.when is not None
    assert last.when.equals == (("no",) if kind is Choice else (False,))
    if isinstance(join, Choice):
        assert [option.label["vi"] for option in join.options] == [yes, no]


def test_contact_details_with_rules_of_their_own_are_refused() -> None:
    incoming = with_rows(
        [
            ("begin_group", "lh", "Liên hệ"),
            ("text", "lh_name", "Họ tên", None, "no"),
            ("text", "lh_phone", "SĐT", None, "yes", "${ok} = '1'", "regex(., '[0-9]{10}')"),
            ("text", "lh_address", "Địa chỉ", None, None, None, None, "yes"),
            ("end_group",),
        ]
    )
    assert places(incoming) == ["survey:10: required", "survey:10: relevant", "survey:10: constraint"]
    assert incoming.left_out == ("survey:10: label", "survey:11: disabled")


def test_contact_details_are_read_without_a_row_that_is_disabled() -> None:
    name = ("text", "lh_name", "Họ tên")
    off = ("text", "lh_phone", "Số điện thoại", None, None, None, None, "yes")
    survey = with_rows([("begin_group", "lh", "Liên hệ"), name, off, ("end_group",)]).survey
    assert survey is not None
    contact = survey.question("lh")
    assert isinstance(contact, Contact)
    assert contact.fields == ("name",)


@pytest.mark.parametrize("survey", OURS, ids=lambda survey: survey.id)
def test_other_programs_take_what_is_written(survey: Survey) -> None:
    made = convert(io.BytesIO(write_xlsform(survey)), file_type=".xlsx", validate=False)
    assert made.warnings == []
    assert "Rất hài lòng" in made.xform or survey.id.startswith("thach-ha")


def test_a_form_of_types_with_spaces_and_names_in_capitals_is_read() -> None:
    survey = read(workbook(SPACED))
    assert (survey.id, survey.version, survey.languages) == ("khao-sat-mot-cua", 2026030201, ("vi",))
    assert [question.id for question in survey.questions] == ["q1", "q2", "q3", "q4", "q5"]
    first, second, third, fourth, fifth = survey.questions
    assert isinstance(first, Rating)
    assert first.required
    assert [level.value for level in survey.levels] == [3, 2, 1]
    assert second.help == {"vi": "Chọn một nơi"}
    assert isinstance(third, Number)
    assert (third.minimum, third.maximum) == (1, 9)
    assert third.when is not None
    assert (third.when.question, third.when.equals) == ("q2", ("quay",))
    assert isinstance(fourth, Choices)
    assert not fourth.required
    assert isinstance(fifth, OpenText)
    assert fifth.when is not None
    assert fifth.when.equals == ("quay", "mang")


def test_what_a_form_of_others_lacks_comes_from_the_form_that_is_named() -> None:
    like = shipped_surveys()["kien-hung"]
    survey = read(workbook(KOBO), like)
    assert survey.languages == ("en", "vi")
    assert survey.privacy == like.privacy
    assert survey.respondents == like.respondents
    staff, again, reasons, minutes, people = survey.questions
    assert isinstance(staff, Rating)
    assert staff.not_applicable
    assert isinstance(again, YesNo)
    assert reasons.when is not None
    assert (reasons.when.question, reasons.when.equals) == ("again", (True,))
    assert isinstance(minutes, Number)
    assert (minutes.minimum, minutes.maximum) == (0, 90)
    assert isinstance(people, Number)
    assert (people.minimum, people.maximum) == (1, 20)


def test_without_it_what_is_lacking_is_named() -> None:
    incoming = read_xlsform(workbook(KOBO), "phieu.xlsx")
    assert places(incoming) == ["settings:2: respondents", "survey"]
    assert "privacy_summary" in incoming.faults[1].detail


def test_what_is_left_out_because_citizens_never_see_it_is_named() -> None:
    incoming = read_xlsform(workbook(KOBO), "phieu.xlsx", shipped_surveys()["kien-hung"])
    assert list(unused(incoming.left_out)) == [
        "survey:2: type",
        "survey:3, 6: label",
        "survey:4, 7: appearance",
        "survey:11: constraint_message::Vietnamese",
    ]


def test_a_cell_that_has_no_counterpart_is_refused_by_its_place_and_all_are_named_at_once() -> None:
    incoming = read_xlsform(workbook(UNSUPPORTED), "phieu.xlsx")
    assert incoming.survey is None
    assert places(incoming) == [
        "survey:8: type",
        "survey:9: type",
        "survey:10: type",
        "survey:11: label::Tiếng Việt (vi)",
        "survey:12: constraint",
        "survey:13: relevant",
        "survey:14: constraint",
        "survey:15: default",
        "survey:16: media::image",
        "survey:17: choice_filter",
        "survey:18: type",
        "survey:19: required",
        "survey:20: parameters",
        "survey:21: type",
        "survey:24: type",
        "survey:25: name",
    ]
    numbers = {problem.number for problem in incoming.faults}
    assert numbers == {"HL1025", "HL1005", "HL1003"}


def test_a_fault_of_the_form_itself_is_named_by_its_row() -> None:
    sheets = {**SPACED, "survey": [*SPACED["survey"], ("text", "q1", "Lại?")]}
    incoming = read_xlsform(workbook(sheets), "phieu.xlsx")
    assert [problem.number for problem in incoming.faults] == ["HL1004"]
    assert places(incoming) == ["survey:9, 14: name"]


def test_what_is_wrong_with_the_form_itself_is_named_at_the_same_time_by_sheet_row_and_column() -> None:
    way = [("way", "a", "A"), ("way", "b", None), ("way", "A", "Lại A"), ("way", "tên", None)]
    incoming = with_rows(
        [
            ("geopoint", "place", "Ở đâu?"),
            ("text", "words", None),
            ("select_one way", "way", "Cách nộp?"),
            ("text", "ok", "Trùng"),
            ("integer", "trips", "Mấy lần?", None, None, "${lost} = 'a'", ". >= 9 and . <= 1"),
            ("begin_group", "more", None, None, None, "${ok} = '5'"),
            ("text", "why", "Vì sao?"),
            ("end_group",),
            ("select_one one", "one", "Chỉ một?"),
        ],
        [*way, ("levels", "1", "Lại mức 1"), ("one", "a", "A")],
    )
    assert [
        (problem.number, place) for problem, place in zip(incoming.faults, places(incoming), strict=True)
    ] == [
        ("HL1025", "survey:8: type"),
        ("HL1003", "choices:7: name"),
        ("HL1004", "survey:7, 11: name"),
        ("HL1004", "choices:3, 8: name"),
        ("HL1004", "choices:4, 6: name"),
        ("HL1006", "survey:9: label"),
        ("HL1006", "choices:5: label"),
        ("HL1006", "choices:7: label"),
        ("HL1005", "survey:12: relevant"),
        ("HL1003", "survey:12: constraint"),
        ("HL1003", "survey:13: relevant"),
        ("HL1003", "survey:16: type"),
    ]


def test_what_only_follows_from_a_refused_cell_is_not_named() -> None:
    incoming = with_rows(
        [
            ("select_one lost", "lost", "Đâu?"),
            ("text", "why", "Vì sao?", None, None, "${lost} = 'a'"),
            ("text", "tên", "Tên?"),
            ("text", "more", "Thêm?", None, None, "${tên} = 'a'"),
        ]
    )
    assert places(incoming) == ["survey:8: type", "survey:10: name"]
    headings = ("type", "name", "label", "choice_filter")
    rows = [headings, ("select_one words", "ok", "Hài lòng?", None, "likert")]
    reasons = ("select_multiple reasons", "why", "Vì sao?", "levels = ${ok}")
    choices = [("list_name", "name", "label", "levels"), ("words", "tốt", "Tốt"), ("words", "1", "Kém")]
    sheets: dict[str, Sheet] = {
        "survey": [(*headings, "appearance"), *rows[1:], reasons],
        "choices": [*choices, ("reasons", "a", "A", "1"), ("reasons", "b", "B")],
    }
    assert places(read_xlsform(workbook(sheets), "phieu.xlsx")) == [
        *("choices:2: name", "survey:3: choice_filter", "settings:2: respondents", "survey"),
        "settings:2: form_title",
    ]


def test_a_label_that_pyxform_misses_is_named_by_its_cell() -> None:
    sheets = {**KOBO, "survey": [*KOBO["survey"], ("select_one reasons or_other", "more", "More?", "Thêm?")]}
    sheets["choices"] = [*KOBO["choices"], ("reasons", "far")]
    incoming = read_xlsform(workbook(sheets), "phieu.xlsx", shipped_surveys()["kien-hung"])
    assert places(incoming) == ["survey:12: type", *["choices:12: label"] * 2]  # in two languages


def test_a_version_of_other_digits_is_refused_by_its_cell() -> None:
    settings = [SPACED["settings"][0], ("Khảo sát", "khao-sat", "²", "citizen")]
    incoming = read_xlsform(workbook({**SPACED, "settings": settings}), "phieu.xlsx")
    assert places(incoming) == ["settings:2: version"]


def test_a_place_that_a_telephone_notes_by_itself_is_left_out() -> None:
    assert with_rows([("start-geopoint", "where")]).left_out == ("survey:8: type",)


def test_what_is_no_xlsform_is_refused() -> None:
    for data in (b"", b"PK\x03\x04broken", b"form_id,kien-hung\n"):
        with pytest.raises(ProblemError, match="HL1002"):
            read_xlsform(data, "phieu.xlsx")
    with_another_sheet = read_xlsform(workbook({"Sheet1": [("a", "b")], "Sheet2": [("c",)]}), "phieu.xlsx")
    assert with_another_sheet.survey is None
    unclosed = {**SPACED, "survey": [*SPACED["survey"], ("begin group", "open", "Nhóm")]}
    assert places(read_xlsform(workbook(unclosed), "phieu.xlsx")) == ["survey:14: type"]


def test_a_form_without_a_sheet_of_settings_is_called_like_its_file() -> None:
    sheets = {name: SPACED[name] for name in ("survey", "choices")}
    incoming = read_xlsform(workbook(sheets), "Phiếu hỏi 2026.xlsx", shipped_surveys()["kien-hung"])
    assert [(each.number, each.where) for each in incoming.faults] == [
        ("HL1006", "Phiếu hỏi 2026.xlsx: settings:2: form_title")
    ]
    titled = {**sheets, "settings": [("form_title",), ("Phiếu hỏi",)]}
    named = read_xlsform(workbook(titled), "Phiếu hỏi 2026.xlsx", shipped_surveys()["kien-hung"])
    assert named.survey is not None
    assert named.survey.id == "phieu-hoi-2026"


def test_a_column_that_is_there_twice_is_refused_by_its_heading() -> None:
    twice = [(*row, None, None, row[2]) if at == 0 else row for at, row in enumerate(SPACED["survey"])]
    with pytest.raises(ProblemError, match=r"HL1026.*Duplicate column header: label"):
        read_xlsform(workbook({**SPACED, "survey": twice}), "phieu.xlsx")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("${q} = 'a'", ("q", ("a",))),
        ("${q}=‘a’", ("q", ("a",))),
        ("( ${ q } = “a” ) or (${q} = 'b')", ("q", ("a", "b"))),
        ("selected(${q}, 'a') or ${q} = 1", ("q", ("a", "1"))),
        ("${q} = 'a' or ${r} = 'b'", None),
        ("${q} = 'a' and ${q} = 'b'", None),
        ("${q} != 'a'", None),
        ("not(selected(${q}, 'a'))", None),
        ("${q} > 3", None),
        ("", None),
    ],
)
def test_a_condition_is_read_in_every_way_that_has_one_meaning(
    text: str, wanted: tuple[str, tuple[str, ...]] | None
) -> None:
    condition = read_condition(text)
    assert (condition and (condition.question, condition.values)) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (". >= 0 and . <= 9", (0, 9)),
        (".>0 and .<10", (1, 9)),
        (". <= 5", (None, 5)),
        ("(. >= -3)", (-3, None)),
        (". mod 2 = 0", None),
        (". >= 0 or . <= 9", None),
        (". >= 0.5", None),
    ],
)
def test_limits_are_read_in_every_way_that_has_one_meaning(
    text: str, wanted: tuple[int | None, int | None] | None
) -> None:
    assert read_limits(text) == wanted


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        ("Tiếng Việt (vi)", "vi"),
        ("Vietnamese", "vi"),
        ("vi", "vi"),
        ("EN", "en"),
        ("English", "en"),
        ("Hmong (hmn)", "hmn"),
        ("Quenya", None),
    ],
)
def test_a_language_is_known_by_its_code_or_its_name(heading: str, code: str | None) -> None:
    assert language_code(heading) == code


def test_the_workbook_is_plain_to_read_in_excel() -> None:
    book = load_workbook(io.BytesIO(write_xlsform(shipped_surveys()["kien-hung"])))
    assert book.sheetnames == ["survey", "choices", "settings"]
    assert [cell.value for cell in book["survey"][1]][:4] == [
        *("type", "name", "label::Tiếng Việt (vi)", "label::English (en)"),
    ]
    assert book["survey"].freeze_panes == "A2"


def test_a_text_that_looks_like_a_formula_stays_a_text() -> None:
    toml = """
    id = "mau"
    version = 1
    languages = ["vi"]
    respondents = ["citizen"]
    title.vi = "=1+1"
    privacy = {summary.vi = "a", purpose.vi = "b", data.vi = "“c”", controller.vi = "d", rights.vi = "e"}
    levels = [{value = 2, label.vi = "=SUM(A1)"}, {value = 1, label.vi = "-"}]
    questions = [{id = "1a", kind = "rating", text.vi = "@x"}, {id = "b", kind = "rating", text.vi = "+y"}]
    """
    survey = decode_survey(toml, "mau.toml")
    assert read(write_xlsform(survey)) == survey

"""XLSForms as other offices and programs write them, made in memory. Invented; each in another dialect."""

from collections.abc import Mapping, Sequence
from io import BytesIO

from openpyxl import Workbook

Sheet = Sequence[Sequence[object]]


def workbook(sheets: Mapping[str, Sheet]) -> bytes:
    """A workbook of these sheets, each a list of rows; the first row has the headings."""
    book = Workbook()
    del book["Sheet"]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


PRIVACY_ROWS: Sheet = [
    ("note", "privacy_summary", "Tự nguyện, không ghi tên."),
    ("note", "privacy_purpose", "Cải tiến phục vụ."),
    ("note", "privacy_data", "Mức độ hài lòng."),
    ("note", "privacy_controller", "Cơ quan đặt máy này."),
    ("note", "privacy_rights", "Có thể không trả lời."),
]

SPACED: dict[str, Sheet] = {
    # Types with spaces, one language, `list name`, values as numbers, metadata, yes/no in capitals.
    "survey": [
        ("type", "name", "label", "hint", "required", "relevant", "appearance", "constraint"),
        ("start", "start"),
        ("end", "end"),
        *((*row, None, None, None, None, None) for row in PRIVACY_ROWS),
        ("select one from muc_do", "Q1", "Ông/bà có hài lòng không?", None, "TRUE", None, "likert"),
        ("select one from noi_nop", "Q2", "Ông/bà nộp hồ sơ ở đâu?", "Chọn một nơi", "TRUE"),
        ("int", "Q3", "Ông/bà đến mấy lần?", None, None, "${Q2}='quay'", None, ".>0 and .<10"),
        ("select all that apply from noi_nop", "Q4", "Ông/bà biết những nơi nào?"),
        ("text", "Q5", "Ý kiến khác", None, None, "selected(${Q2}, 'quay') or selected(${Q2},'mang')"),
    ],
    "choices": [
        ("list name", "name", "label"),
        ("muc_do", 3, "Hài lòng"),
        ("muc_do", 2, "Bình thường"),
        ("muc_do", 1, "Không hài lòng"),
        (),
        ("noi_nop", "quay", "Tại quầy"),
        ("noi_nop", "mang", "Trên mạng"),
    ],
    "settings": [
        ("form_title", "form_id", "version", "respondents"),
        ("Khảo sát một cửa", "khao-sat-mot-cua", 2026030201, "citizen"),
    ],
}

KOBO: dict[str, Sheet] = {
    # Two languages by name, groups with labels, a list called yes_no with digits, messages, an audit row.
    "survey": [
        (
            *("type", "name", "label::English (en)", "label::Vietnamese", "hint::Vietnamese"),
            *("hint::English (en)", "required", "relevant", "constraint", "constraint_message::Vietnamese"),
            *("appearance", "parameters"),
        ),
        ("audit", "audit"),
        ("begin_group", "service", "The service", "Dịch vụ"),
        (
            "select_one levels",
            "staff",
            "Staff?",
            "Thái độ?",
            None,
            None,
            "yes",
            None,
            None,
            None,
            "field-list",
        ),
        ("select_one yes_no", "again", "Had to return?", "Phải đến lại?", None, None, "yes"),
        ("begin_group", "why", "Reasons", "Lý do", None, None, None, "${again} = '1'"),
        (
            *("select_multiple reasons", "reasons", "Why?", "Vì sao?", "Có thể chọn nhiều", "Several"),
            *(None, None, None, None, "minimal"),
        ),
        ("end_group",),
        ("end_group",),
        (
            *("range", "minutes", "Minutes waited", "Số phút chờ", None, None, None, None, None, None, None),
            "start=0 end=90 step=1",
        ),
        (
            *("integer", "people", "People", "Số người", None, None, "no", None, ". <= 20 and . >= 1"),
            "Từ 1 đến 20",
        ),
    ],
    "choices": [
        ("list_name", "name", "label::English (en)", "label::Vietnamese"),
        *(("levels", value, f"Level {value}", f"Mức {value}") for value in (5, 4, 3, 2, 1)),
        ("levels", "na", "Not applicable", "Không áp dụng"),
        ("yes_no", 1, "Yes", "Có"),
        ("yes_no", 0, "No", "Không"),
        ("reasons", "missing", "Papers missing", "Thiếu giấy tờ"),
        ("reasons", "closed", "Closed", "Đóng cửa"),
    ],
    "settings": [("form_title", "form_id"), ("Khảo sát phòng khám", "phong-kham")],
}

UNSUPPORTED: dict[str, Sheet] = {
    # One feature without a counterpart in each row.
    "survey": [
        (
            *("type", "name", "label::Tiếng Việt (vi)", "required", "relevant", "constraint", "calculation"),
            *("default", "media::image", "choice_filter", "parameters"),
        ),
        *((*row, *[None] * 8) for row in PRIVACY_ROWS),
        ("select_one levels", "ok", "Hài lòng không?", "yes"),
        ("geopoint", "place", "Ở đâu?"),
        ("calculate", "sum", None, None, None, None, "1 + 1"),
        ("select_one kinds or_other", "kind", "Loại nào?"),
        ("select_one kinds", "dear", "Chào ${kind}, loại nào?"),
        ("text", "pattern", "Số điện thoại", None, None, "regex(., '[0-9]{10}')"),
        ("integer", "age", "Tuổi", None, "${ok} > 3"),
        ("integer", "even", "Số chẵn", None, None, ". mod 2 = 0"),
        ("text", "filled", "Tỉnh", None, None, None, None, "Hà Tĩnh"),
        ("text", "seen", "Thấy gì?", None, None, None, None, None, "hinh.png"),
        ("select_one kinds", "near", "Gần đây?", None, None, None, None, None, None, "near = ${place}"),
        ("note", "hello", "Xin chào"),
        ("text", "must", "Bắt buộc?", "${age} > 17"),
        ("range", "half", "Nửa điểm", None, None, None, None, None, None, None, "start=0 end=5 step=0.5"),
        ("begin_repeat", "each", "Mỗi người"),
        ("text", "who", "Ai?"),
        ("end_repeat",),
        ("select_one lost", "gone", "Đâu?"),
        ("text", "tên", "Tên?"),
    ],
    "choices": [
        ("list_name", "name", "label::Tiếng Việt (vi)", "near"),
        ("levels", "5", "Hài lòng"),
        ("levels", "1", "Không hài lòng"),
        ("kinds", "a", "A"),
        ("kinds", "b", "B"),
    ],
    "settings": [("form_title", "form_id", "respondents"), ("Phiếu", "phieu", "citizen")],
}

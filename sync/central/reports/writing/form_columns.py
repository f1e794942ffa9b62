"""The columns of the forms behind a report: those of the annex that plans prescribe. Pure."""

from sync.central.reports.writing.workbook import DataColumn
from sync.contract.survey import Question, Rating, Survey, YesNo
from sync.contract.text import pick

LEFT_OUT = (
    "Không có trong tệp",
    "Lời của người dân: đọc ở mục Ý kiến. Phiếu của cán bộ về cơ quan mình: chỉ có trong số liệu chung.",
)
"""What is in no such file, for the sheet of notes."""


def first_columns(*, units: bool, officers: bool) -> list[DataColumn]:
    """What each form says next to its answers. units, officers: there is a column for them."""
    columns = [
        DataColumn("Số phiếu", "Số in trên phiếu giấy; ô trống: trả lời tại máy hay điện thoại", 10),
        DataColumn("Hình thức", "Cách trả lời", 16),
        DataColumn("Ngày trả lời", "Ngày người dân trả lời, theo giờ Việt Nam", 13),
        DataColumn("Ngày nhập", "Ngày nhập phiếu giấy vào hệ thống", 13),
    ]
    if units:
        columns.append(DataColumn("Đơn vị", "Nơi trả kết quả", 30))
    columns += [
        DataColumn("Mã thủ tục", "Mã trong danh mục; ô trống: phiếu không ghi", 14),
        DataColumn("Tên thủ tục", "Theo danh mục", 36),
    ]
    if officers:
        columns.append(DataColumn("Mã công chức", "Chỉ có ở bản nội bộ", 13))
    return columns


def question_column(label: str, form: Survey, question: Question, values: str) -> DataColumn:
    """The column of a question. label: its wording; values: what those of other kinds than a rating mean."""
    meaning = f"{pick(form.title, 'vi')}: {_values(form, question) or values}"
    return DataColumn(
        label + _range(form, question), f"{meaning}. Ô trống: không trả lời, hoặc không áp dụng", 18
    )


def yes_or_no(yes: bool) -> str:
    """An answer to a question of this kind."""
    return "có" if yes else "không"


def _range(form: Survey, question: Question) -> str:
    """The levels of a rating, behind its wording."""
    if not isinstance(question, Rating):
        return ""
    levels = [level.value for level in form.levels]
    return f" ({min(levels)}–{max(levels)})"


def _values(form: Survey, question: Question) -> str:
    if isinstance(question, Rating):
        return "; ".join(f"{level.value} = {pick(level.label, 'vi')}" for level in form.levels)
    return f"{yes_or_no(True)}, {yes_or_no(False)}" if isinstance(question, YesNo) else ""

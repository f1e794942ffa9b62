"""BIÊN BẢN of the choice of units that take part in a plan: drawn by a seed, or chosen with a reason."""

from collections.abc import Mapping

from sync.central.office.planning.choosing_units import UnitChoice
from sync.central.reports.kinds.frame import Frame
from sync.central.reports.model import Block, Column, Document, Paragraph, Row, Signature, Table
from sync.contract.official import written_day
from sync.contract.plan import VIET_NAM

NAME = "bien-ban-chon-don-vi"
SIDES = ("NGƯỜI CHỨNG KIẾN", "NGƯỜI GHI BIÊN BẢN")


def unit_choice_minutes(frame: Frame, group: str, choice: UnitChoice, names: Mapping[str, str]) -> Document:
    """The minutes. group: by name. names: of units. Pure."""
    at = choice.at.astimezone(VIET_NAM)
    ground = f"Thực hiện {frame.plan}; " if frame.plan else ""
    many = f" (lần thứ {choice.times})" if choice.times > 1 else ""
    how: tuple[Block, ...] = (Paragraph(f"Cách chọn: chọn có lý do. Lý do: {choice.reason}."),)
    if choice.seed:
        how = (
            Paragraph(
                "Cách chọn: rút ngẫu nhiên. Số của mỗi đơn vị là HMAC-SHA-256 của mã đơn vị với hạt giống; "
                "trong từng loại xếp các số tăng dần, lấy từ đầu đủ số cần. Ai có danh sách và hạt giống đều "
                "rút lại được cùng kết quả."
            ),
            Paragraph(f"Hạt giống: {choice.seed}."),
            *((Paragraph(f"Lý do rút lại: {choice.reason}."),) if choice.reason else ()),
        )
    return Document(
        kind=NAME,
        letterhead=frame.letterhead,
        subject=f"Chọn đơn vị được khảo sát, nhóm {group}",
        body=(
            Paragraph(
                f"{ground}{frame.name} chọn đơn vị được khảo sát{many}, hồi {at:%H} giờ {at:%M} "
                f"ngày {written_day(at.date())}."
            ),
            *how,
            Table(
                id="don-vi",
                caption="Các đơn vị để chọn",
                columns=(
                    Column(title="Loại", width=1.5),
                    Column(title="Mã", width=2.0),
                    Column(title="Đơn vị", width=3.5),
                    Column(title="Được chọn", width=1.2),
                ),
                rows=tuple(
                    Row(cells=(kind, code, names.get(code, code), "có" if code in choice.chosen else ""))
                    for kind, codes in choice.candidates.items()
                    for code in codes
                ),
            ),
        ),
        ending="Biên bản lập xong cùng ngày, đã đọc lại và cùng ký tên./.",
        signatures=tuple(Signature((side,)) for side in SIDES),
        recipients=frame.recipients[-1:],
    )

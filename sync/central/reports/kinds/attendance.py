"""BIÊN BẢN of a training: who was invited, with a column to sign in; after it, who was there."""

from sync.central.office.planning.trainings import Training
from sync.central.reports.kinds.frame import Frame
from sync.central.reports.model import Column, Document, Paragraph, Row, Signature, Table
from sync.contract.official import written_day

NAME = "danh-sach-tap-huan"
SIDES = ("NGƯỜI HƯỚNG DẪN", "NGƯỜI GHI BIÊN BẢN")


def attendance_list(frame: Frame, training: Training) -> Document:
    """The list of a training. Pure."""
    noted = training.came > 0
    ground = f"Thực hiện {frame.plan}; " if frame.plan else ""
    place = f", tại {training.place}" if training.place else ""
    came = (
        f"Mời {len(training.people)} người, có mặt {training.came} người."
        if noted
        else f"Mời {len(training.people)} người; ai có mặt thì ký tên."
    )
    return Document(
        kind=NAME,
        letterhead=frame.letterhead,
        subject="Hướng dẫn phát, thu, đếm phiếu khảo sát",
        body=(
            Paragraph(f"{ground}{frame.name} hướng dẫn ngày {written_day(training.day)}{place}."),
            Paragraph(came),
            Table(
                id="co-mat",
                caption="Người dự",
                columns=(
                    Column(title="TT", width=0.6, number=True),
                    Column(title="Họ và tên", width=3.0),
                    Column(title="Đơn vị", width=3.0),
                    Column(title="Có mặt" if noted else "Ký tên", width=1.6),
                ),
                rows=tuple(
                    Row(cells=(str(at), each.name, each.office, "có mặt" if each.there else ""))
                    for at, each in enumerate(training.people, 1)
                ),
                empty="Tên đã xóa theo hạn.",
            ),
        ),
        ending="Biên bản lập xong cùng ngày./.",
        signatures=tuple(Signature((side,)) for side in SIDES),
        recipients=frame.recipients[-1:],
    )

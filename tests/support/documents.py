"""Invented documents; `python -m tests.support.documents FOLDER` writes their files, to be looked at."""

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Literal

from sync.central.reports.model import (
    Appendix,
    Column,
    Document,
    Figure,
    Heading,
    Letterhead,
    Paragraph,
    Row,
    Signature,
    Table,
    Words,
)
from sync.central.reports.writing.docx import write_docx
from sync.central.reports.writing.pdf import write_pdf
from sync.central.reports.writing.workbook import write_workbook


def figure(kind: Literal["count", "percent", "points", "mean"], value: str | None) -> Figure:
    return Figure(kind=kind, value=value)


COUNTS = Table(
    id="bang-1",
    caption="Bảng 1. Số lượt trả lời theo hình thức",
    columns=(
        Column(title="Hình thức", width=2.2),
        Column(title="Kết quả đã trả", number=True),
        Column(title="Lượt được mời", number=True),
        Column(title="Thu về", number=True),
        Column(title="Tỷ lệ trả lời", number=True),
        Column(title="Không hợp lệ", number=True),
    ),
    rows=(
        Row(
            cells=(
                "Máy tại quầy",
                figure("count", None),
                figure("count", "1461"),
                figure("count", "1102"),
                figure("percent", "75.4"),
                figure("count", "0"),
            )
        ),
        Row(
            cells=(
                "Phiếu giấy",
                figure("count", None),
                figure("count", "120"),
                figure("count", "86"),
                figure("percent", "71.7"),
                figure("count", "3"),
            )
        ),
        Row(
            cells=(
                "Tổng",
                figure("count", "1604"),
                figure("count", "1581"),
                figure("count", "1188"),
                figure("percent", "75.1"),
                figure("count", "3"),
            ),
            total=True,
        ),
    ),
    note="Tỷ lệ trả lời là số lượt thu về trên số lượt được mời.",
)

_LEVELS = ("Rất hài lòng", "Hài lòng", "Bình thường", "Không hài lòng", "Rất không hài lòng")


def levels_table(caption: str = "Bảng 2. Mức độ hài lòng theo nội dung") -> Table:
    columns = [
        Column(title="TT", width=0.5),
        Column(title="Nội dung", width=2.4),
        Column(title="n", number=True),
    ]
    for level in _LEVELS:
        columns += [
            Column(title="SL", group=level, number=True),
            Column(title="%", group=level, number=True),
        ]
    columns += [
        Column(title="Tỷ lệ hài lòng", width=1.3, number=True),
        Column(title="Tăng, giảm", width=1.1, number=True),
    ]
    contents = (
        (
            "Kết quả giải quyết",
            "1102",
            (("612", "55.5"), ("385", "34.9"), ("71", "6.4"), ("24", "2.2"), ("10", "0.9")),
        ),
        (
            "Thái độ phục vụ",
            "1098",
            (("700", "63.8"), ("301", "27.4"), ("60", "5.5"), ("30", "2.7"), ("7", "0.6")),
        ),
    )
    shares = (("90.5", "2.3"), ("91.2", "-0.4"))
    rows = []
    for number, ((name, n, levels), (share, change)) in enumerate(
        zip(contents, shares, strict=True), start=1
    ):
        cells: list[str | Figure] = [str(number), name, figure("count", n)]
        for count, part in levels:
            cells += [figure("count", count), figure("percent", part)]
        rows.append(Row(cells=(*cells, figure("percent", share), figure("points", change))))
    return Table(
        id="bang-2",
        caption=caption,
        columns=tuple(columns),
        rows=tuple(rows),
        note="Tỷ lệ hài lòng là phần của hai mức hài lòng trên số câu trả lời (n), không tính "
        "“Không áp dụng”. Người trả lời tự chọn trả lời nên không có sai số chọn mẫu.",
    )


OFFICERS = Table(
    id="bang-4",
    caption="Bảng 4. Kết quả theo công chức",
    columns=(
        Column(title="Công chức", width=3),
        Column(title="n", number=True),
        Column(title="Tỷ lệ hài lòng", number=True),
        Column(title="Điểm trung bình", number=True),
    ),
    rows=(
        Row(
            cells=(
                "Cán bộ Một",
                figure("count", "612"),
                figure("percent", "92.2"),
                figure("mean", "4.27"),
            )
        ),
        Row(
            cells=(
                "Cán bộ Hai",
                Figure(kind="count", value="3", few=True),
                Figure(kind="percent", value="66.7", few=True),
                Figure(kind="mean", value="4.00", few=True),
            )
        ),
    ),
    note="“–”: có dưới 5 lượt trả lời.",
    internal=True,
)


def table_of_days(days: int = 31) -> Table:
    """A row a day, long enough to go over a page."""
    rows = tuple(
        Row(
            cells=(
                f"{1 + day % 28:02}/11/2026",
                figure("count", str(40 + day)),
                figure("count", str(30 + day)),
                figure("percent", f"{88 + day % 9}.{day % 10}"),
            )
        )
        for day in range(days)
    )
    return Table(
        id="bang-ngay",
        caption="Bảng 7. Tổng hợp theo ngày",
        columns=(
            Column(title="Ngày", width=2),
            Column(title="Kết quả đã trả", number=True),
            Column(title="Trả lời", number=True),
            Column(title="Tỷ lệ hài lòng", number=True),
        ),
        rows=rows,
    )


def units_table(units: int = 168) -> Table:
    """A province: a row for each unit, as many columns as the table of levels."""
    table = levels_table("Bảng 3. Kết quả theo đơn vị")
    cells = table.rows[0].cells
    rows = tuple(
        Row(cells=(str(number), f"Ủy ban nhân dân xã Ví Dụ {number}", *cells[2:]))
        for number in range(1, units + 1)
    )
    return Table(id="bang-3", caption=table.caption, columns=table.columns, rows=rows)


LETTERHEAD = Letterhead(
    above="",
    body=("ỦY BAN NHÂN DÂN", "PHƯỜNG VÍ DỤ"),
    type="BC",
    code="UBND",
    place="Ví Dụ",
    year=2026,
    name="Ủy ban nhân dân phường Ví Dụ",
)


def monthly_report(appendices: Sequence[Appendix] = ()) -> Document:
    """A report of a month with every kind of block."""
    return Document(
        kind="bao-cao-thang",
        letterhead=LETTERHEAD,
        subject="Kết quả khảo sát, đo lường sự hài lòng của người dân, tổ chức tháng 11 năm 2026",
        addressed_to=("Ủy ban nhân dân thành phố (qua Sở Nội vụ)",),
        body=(
            Paragraph(
                "Thực hiện Kế hoạch số 125/KH-UBND ngày 02/7/2026 của Ủy ban nhân dân phường Ví Dụ; "
                "Ủy ban nhân dân phường báo cáo kết quả từ ngày 21/10/2026 đến ngày 20/11/2026 như sau:"
            ),
            Heading(1, "I", "Tình hình triển khai"),
            Heading(2, "1", "Công tác chỉ đạo, tuyên truyền"),
            Words(id="chi-dao", hint="Số lần phát thanh, số ngày niêm yết."),
            Heading(2, "2", "Số lượng phiếu"),
            Paragraph("Có 1.102 lượt trả lời hợp lệ trên 1.604 kết quả đã trả.", item=True),
            COUNTS,
            Heading(1, "II", "Kết quả khảo sát"),
            Heading(2, "1", "Kết quả chung"),
            Heading(3, "a", "Theo nội dung"),
            Paragraph(
                "Tỷ lệ hài lòng chung là 90,5% (n = 1.102), tăng 2,3 điểm so với kỳ trước; theo ngày và theo "
                "đơn vị xem Phụ lục I và Phụ lục II."
            ),
            levels_table(),
            Heading(2, "2", "Theo công chức"),
            OFFICERS,
            Heading(1, "III", "Đánh giá chung"),
            Words(id="uu-diem", text="Người dân hài lòng nhất về thái độ phục vụ.\nSố lượt trả lời tăng."),
            Heading(1, "IV", "Biện pháp khắc phục"),
            Table(
                id="bang-6",
                caption="Bảng 6. Biện pháp khắc phục",
                columns=(Column(title="TT", width=0.5), Column(title="Hạn chế"), Column(title="Biện pháp")),
                rows=(),
                empty="Không có hạn chế phải khắc phục trong kỳ.",
            ),
        ),
        ending="Trên đây là báo cáo kết quả khảo sát tháng 11 năm 2026, Ủy ban nhân dân phường trân trọng "
        "báo cáo./.",
        signatures=(Signature(("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")),),
        recipients=("Như trên", "Đảng ủy phường (b/c)", "Lưu: VT"),
        appendices=tuple(appendices)
        or (
            Appendix(number="I", title="Tổng hợp theo ngày", blocks=(table_of_days(70),)),
            Appendix(number="II", title="Kết quả theo đơn vị", blocks=(units_table(40),), landscape=True),
        ),
    )


def letter() -> Document:
    """A letter to several, with grounds and a day of signing."""
    return Document(
        kind="cong-van",
        letterhead=Letterhead(
            above="UBND TỈNH VÍ DỤ",
            body=("SỞ TƯ PHÁP",),
            type="CV",
            code="STP-VP",
            place="Ví Dụ",
            year=2026,
            signed=date(2026, 2, 5),
            form_code="Mã hiệu: BM.VP.07.02 · Lần ban hành: 01",
        ),
        subject="V/v đề nghị tham gia khảo sát sự hài lòng năm 2026",
        addressed_to=("Ủy ban nhân dân các xã, phường", "Các phòng chuyên môn"),
        basis=(
            "Căn cứ Luật Tổ chức chính quyền địa phương",
            "Căn cứ Kế hoạch số 12/KH-STP ngày 05/01/2026 của Sở Tư pháp",
        ),
        body=(Paragraph("Sở Tư pháp đề nghị các cơ quan tham gia khảo sát đến hết ngày 20/3/2026."),),
        ending="Rất mong nhận được sự phối hợp của các cơ quan./.",
        signatures=(Signature(("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC")),),
        recipients=("Như trên", "Lưu: VT"),
    )


def minutes() -> Document:
    """Minutes, signed by two."""
    return Document(
        kind="bien-ban",
        letterhead=Letterhead(
            body=("ỦY BAN NHÂN DÂN", "PHƯỜNG VÍ DỤ"), type="BB", code="UBND", place="Ví Dụ", year=2026
        ),
        subject="Mở hòm phiếu",
        body=(
            Heading(2, "1", "Thời gian, địa điểm"),
            Words(id="thoi-gian"),
            Paragraph("Biên bản lập thành 02 bản, mỗi bên giữ 01 bản./."),
        ),
        signatures=(Signature(("NGƯỜI LẬP BIÊN BẢN",)), Signature(("NGƯỜI CHỨNG KIẾN",))),
    )


def _write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for document in (monthly_report(), letter(), minutes()):
        (folder / f"{document.kind}.docx").write_bytes(write_docx(document))
        (folder / f"{document.kind}.pdf").write_bytes(write_pdf(document))
        (folder / f"{document.kind}.xlsx").write_bytes(write_workbook(document, internal=True))


if __name__ == "__main__":
    _write(Path(sys.argv[1]))

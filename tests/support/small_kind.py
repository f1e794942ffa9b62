"""A kind of document with two tables and two texts, for tests of what is done with any document."""

from collections.abc import Mapping
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import Connection, func, select

from sync.central.presenting.numbers import n_words
from sync.central.reports.asked import Asked
from sync.central.reports.kinds.described import Kind
from sync.central.reports.model import (
    Appendix,
    Column,
    Document,
    Figure,
    Letterhead,
    Paragraph,
    Row,
    Signature,
    Table,
    Words,
)
from sync.central.store.schema import responses

OFFICER = "Người Được Đánh Giá"


class SmallFigures(Struct, frozen=True, kw_only=True):
    """How many responses there are, and by procedure."""

    asked: Asked
    n: int
    procedures: tuple[tuple[str, int], ...]


def read(connection: Connection, asked: Asked, _: datetime) -> SmallFigures:
    """The figures of this moment."""
    c = responses.c
    query = (
        select(c.procedure, func.count())
        .where(c.unit == asked.unit, c.day.between(asked.first.isoformat(), asked.last.isoformat()))
        .group_by(c.procedure)
        .order_by(c.procedure)
    )
    found = tuple((procedure or "", int(n)) for procedure, n in connection.execute(query))
    return SmallFigures(asked=asked, n=sum(n for _, n in found), procedures=found)


def build(figures: SmallFigures, words: Mapping[str, str]) -> Document:
    """A document with a table for everybody and one for the office alone."""
    columns = (Column(title="Thủ tục"), Column(title="n", number=True), Column(title="Hài lòng", number=True))

    def row(name: str, n: int, *, total: bool = False) -> Row:
        share = Figure(kind="percent", value="100.0" if n else None)
        return Row(cells=(name, Figure(kind="count", value=str(n)), share), total=total)

    return Document(
        kind="nho",
        letterhead=Letterhead(body=("ỦY BAN NHÂN DÂN",), type="BC", code="UBND", place="Xã", year=2026),
        subject="Báo cáo thử",
        body=(
            Words(id="nhan-xet", text=words.get("nhan-xet", f"Có lượt trả lời ({n_words(figures.n)}).")),
            Table(
                id="bang-1",
                about="procedure",
                caption="Bảng 1. Theo thủ tục",
                columns=columns,
                rows=(
                    *(row(name, n) for name, n in figures.procedures),
                    row("Tổng", figures.n, total=True),
                ),
            ),
            Table(
                id="bang-2",
                caption="Bảng 2. Theo công chức",
                columns=columns,
                rows=(row(OFFICER, figures.n),),
                internal=True,
            ),
            Words(id="nguyen-nhan", text=words.get("nguyen-nhan", ""), hint="Vì sao"),
        ),
        signatures=(Signature(("CHỦ TỊCH",)),),
        appendices=(Appendix(number="", title="Cách tính", blocks=(Paragraph("Đếm."),)),),
    )


SMALL: Kind[SmallFigures] = Kind(
    name="nho", title="Báo cáo nhỏ", figures=SmallFigures, read=read, build=build, public=("bang-1", "bang-2")
)
KINDS = {SMALL.name: SMALL}
MARCH = Asked(kind="nho", unit="phuong-mot", first=date(2026, 3, 1), last=date(2026, 3, 31))

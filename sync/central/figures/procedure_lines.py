"""The procedures of a unit, those with the most unhappy answers first. Pure."""

from collections.abc import Mapping

from msgspec import Struct

from sync.central.figures.summary import HandoverRow, SummaryRow
from sync.central.figures.summary_query import SummaryReply
from sync.central.figures.today import low_answers, main_form


class ProcedureLine(Struct, frozen=True, kw_only=True):
    """One procedure. code: "" for visits that name none. handovers, rating: its rows in the summary."""

    code: str
    name: str
    handovers: HandoverRow | None
    rating: SummaryRow | None

    @property
    def low(self) -> int:
        """How many chose a level below the middle of the scale."""
        return low_answers(self.rating) if self.rating else 0

    @property
    def n(self) -> int:
        """How many chose a level."""
        return (self.rating.n or 0) if self.rating else 0


def procedure_lines(reply: SummaryReply, names: Mapping[str, str]) -> tuple[ProcedureLine, ...]:
    """Every procedure of a summary by procedure: by low levels, then by n, then by code."""
    form = main_form(reply)
    rows = form.rows if form else ()
    question = rows[0].question if rows else ""
    ratings = {row.by["procedure"]: row for row in rows if row.question == question}
    handovers = {row.by["procedure"]: row for row in reply.handovers.rows}
    lines = [
        ProcedureLine(
            code=code, name=names.get(code, ""), handovers=handovers.get(code), rating=ratings.get(code)
        )
        for code in {*ratings, *handovers}
    ]
    return tuple(sorted(lines, key=lambda line: (-line.low, -line.n, line.code)))

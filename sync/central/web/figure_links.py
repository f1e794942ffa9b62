"""Where a number of a page is found in the answers of `/v1/summary`: the attribute `data-v` of its element.

    <section data-q="unit=phuong-mau&from=2026-11-23&to=2026-11-23&by=procedure">
      … <span data-v="#/handovers/visits">63</span>

`data-v` is a query of `/v1/summary`, then `#` and the path to the figure in its JSON answer. Without a query
of its own, it has that of the nearest element around it with `data-q`. A step of the path is the name of a
member, the place in a list, or `name=value` for the one element of a list that has it; several of these are
joined by `;`. A last step `1+2` is the sum of these members.

The attribute is for those who check that pages, API and files say the same (test_page_equals_api.py).
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from sync.central.figures.said import Said
from sync.central.figures.summary import SummaryRow
from sync.central.figures.summary_query import SummaryReply
from sync.central.figures.today import low_levels, main_form, overall
from sync.central.office.people.permissions import PermittedAct
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.table_files import FILE_TITLES

HANDOVERS = "#/handovers/"
FILES: Final = "/so-lieu/tai-ve"
"""Where a summary is taken along as a file, see pages/cuts.py."""
EXPORT: Final[PermittedAct] = "export"
# The figures of the second sentence that are named `n`.
_N_IN = {
    "{percent} (n = {n})": "visits",
    "{n} lượt trả lời không quét": "untagged",
    "Có {n} lượt trả lời, chưa quét lượt nào.": "untagged",
}
_OF_RATING = {
    "{percent} hài lòng (n = {n})",
    "{low} trong {n} lượt chọn mức {levels}.",
    "Không còn ý kiến nào cần xử lý; {low} lượt chọn mức {levels}.",
}


def summary_query(asked: Mapping[str, str], **more: str) -> str:
    """The query of `/v1/summary`, without what is not asked for."""
    return urlencode({name: value for name, value in {**asked, **more}.items() if value}, safe=",")


def summary_files(look: Look, unit: str, asked: str) -> tuple[Link, ...]:
    """The files of a table of a unit's figures, for who may take them along; asked: its query."""
    if not look.may(EXPORT, unit):
        return ()
    return tuple(
        Link(f"{FILES}?{asked}&format={kind}", look.say(title)) for kind, title in FILE_TITLES.items()
    )


def places(reply: SummaryReply) -> dict[int, str]:
    """Where each row of an answer is in it, by the row's `id`."""
    found = {id(row): f"{HANDOVERS}rows/{at}" for at, row in enumerate(reply.handovers.rows)}
    for at, form in enumerate(reply.surveys):
        found |= {id(row): f"#/surveys/{at}/rows/{place}" for place, row in enumerate(form.rows)}
    return found


def answers_at(said: Said) -> Mapping[str, str]:
    """Where the values of the second sentence, or of a line below it, are."""
    names = ("answered", "visits", "percent", "returned", "tagged")
    found = {name: HANDOVERS + name for name in names if name in said.values}
    if said.text in _N_IN:
        found["n"] = HANDOVERS + _N_IN[said.text]
    return found


def rating_at(reply: SummaryReply, said: Said) -> Mapping[str, str]:
    """Where the values of the third sentence are, as far as they come from a rating."""
    row = overall(reply)
    if row is None or said.text not in _OF_RATING:
        return {}
    at = overall_at(reply)
    return {"percent": f"{at}/percent", "n": f"{at}/n", "low": f"{at}/{low_at(row)}"}


def overall_at(reply: SummaryReply) -> str:
    """Where the overall rating is."""
    form = main_form(reply)
    assert form is not None
    return f"#/surveys/{reply.surveys.index(form)}/{'totals' if form.by else 'rows'}/0"


def low_at(row: SummaryRow) -> str:
    """Where the low levels of a row are, as one sum."""
    return "counts/" + "+".join(str(level) for level in low_levels(row))

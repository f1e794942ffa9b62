"""The pack of an interviewer as one PDF: a paper of introduction for each unit, the guide with the quotas,
and each form as it is asked, without a number: nothing is written on it.
"""

from collections.abc import Sequence
from datetime import date
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import Connection

from sync.central.office.paper.asked import Asked
from sync.central.office.paper.runs import PrintRun
from sync.central.office.sample.whose_quota import FieldToAsk
from sync.central.reports.kinds.field_guides import Quota, interviewers_guide, read_guide
from sync.central.reports.kinds.introductions import introduction, read_introduction
from sync.central.reports.model import Document
from sync.central.reports.printing.content import PrintedForm, read_printed
from sync.central.reports.printing.sheet import define_pages, draw_specimen
from sync.central.reports.writing.pdf import Enclosed, write_together
from sync.contract.plan import Plan
from sync.contract.survey import Survey
from sync.contract.text import pick


def read_pack(
    connection: Connection,
    plan: Plan,
    *,
    interviewer: str,
    last: date | None,
    fields: Sequence[FieldToAsk],
    surveys: dict[str, Survey],
    names: dict[str, str],
    today: date,
) -> tuple[tuple[Document, ...], tuple[PrintedForm, ...]]:
    """What the pack holds. last: the last day of the interviewer's role. fields: what they ask.

    surveys: the newest release of each form. names: of units and parts. Raises ProblemError HL5020, HL5224.
    """
    units = sorted({(each.group, each.unit) for each in fields})
    introductions = []
    for group, unit in units:
        ends = (plan.window(plan.group(group))[1], last)
        paper = read_introduction(
            connection,
            plan,
            interviewer=interviewer,
            unit=names.get(unit, unit),
            last=min(filter(None, ends), default=None),
            today=today,
        )
        introductions.append(introduction(paper))
    titles = {id: pick(survey.title, "vi") for id, survey in surveys.items()}
    quotas = [
        Quota(
            unit=names.get(each.unit, each.unit), field=each.field, people=each.people, per_day=each.per_day
        )
        for each in fields
    ]
    guide = interviewers_guide(read_guide(connection, plan, titles, today), quotas)
    forms = []
    for group in dict.fromkeys(group for group, _ in units):
        survey = surveys.get(plan.group(group).survey)
        if survey is None:
            continue
        asked = Asked(unit=plan.unit, plan=plan.id, group=group, survey=survey.id, version=survey.version)
        specimen = PrintRun(id="", asked=asked, first=0, last=0, holder="", issued_on=today)
        forms.append(read_printed(connection, specimen))
    return (*introductions, guide), tuple(forms)


def write_pack(documents: Sequence[Document], forms: Sequence[PrintedForm]) -> bytes:
    """The file; the forms come behind the last document."""
    enclosed = _forms(forms) if forms else None
    *others, last = documents
    return write_together([*((each, None) for each in others), (last, enclosed)])


def _forms(forms: Sequence[PrintedForm]) -> Enclosed:
    counts = [define_pages(Canvas(BytesIO()), form) for form in forms]
    pages = [(at, page) for at, count in enumerate(counts) for page in range(count)]
    defined: set[int] = set()

    def draw(canvas: Canvas, place: int) -> None:
        at, page = pages[place]
        if at not in defined:
            defined.add(at)
            define_pages(canvas, forms[at], f"mau-{at}-")
        draw_specimen(canvas, page, counts[at], f"mau-{at}-")

    return Enclosed(len(pages), draw)

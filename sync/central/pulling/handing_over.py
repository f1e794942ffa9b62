"""The package that a closed plan is handed over as: its data, what its columns mean, the plan, and a list.

    du-lieu.csv, du-lieu.xlsx   what counts for the plan, as an analyst gets it: no officer, device or minute,
                                no words of citizens; no row of staff about their own office, see
                                store/singly.py: figures alone say what they answered
    giai-thich.csv              each column: its question, and what its values mean
    ke-hoach.toml               the plan
    ban-ke.json                 every other file with its rows and SHA-256, the number of forms of each group,
                                and where forms came from that another body had handed over

The same data are the same bytes: who has a package computes the digest of its list, and compares that
with what was noted at the closing. What arrives after the closing is not in it, and makes the next package,
if the office hands one over. A response that is forgotten afterwards makes another package.
"""

import csv
import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, time, timedelta
from io import BytesIO, StringIO
from typing import Literal
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from sync.central.figures.plans import read_forms
from sync.central.office.access import Caller
from sync.central.office.configuration.handed_over import sources_of
from sync.central.office.configuration.row_queries import newest_releases
from sync.central.office.forms.writing import plan_toml
from sync.central.office.planning.closed_plans import Closing, HandedForm, Manifest, PackedFile, PackedGroup
from sync.central.office.plans import Issued
from sync.central.pulling.asked import ResponsesAsked
from sync.central.pulling.desk import Administrators
from sync.contract.plan import VIET_NAM
from sync.contract.survey import Choice, Choices, Number, Question, Rating, Survey, YesNo
from sync.contract.text import pick

LIST = "ban-ke.json"
_MOMENT = (2026, 1, 1, 0, 0, 0)  # of every file in a package, so that it says nothing


class Package(Struct, frozen=True):
    """A package as a ZIP file, and its list."""

    content: bytes
    manifest: Manifest


def pack(
    administrators: Administrators,
    connection: Connection,
    issued: Issued,
    *,
    closing: Closing | None = None,
    check: Callable[[], None] = lambda: None,
) -> Package:
    """The package of a plan as it is now; of a closed one as it was handed over, without what came since.

    check: as of `Administrators.responses`.
    """
    plan, until = issued.plan, _last_moment(closing) if closing else None
    out, files = BytesIO(), []
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        table = StringIO()
        closed_at = closing.closed_at if closing else None
        forms = newest_releases(connection, {group.survey for group in plan.groups}, closed_at)
        csv.writer(table).writerows([_HEADINGS, *_codebook(forms)])
        texts = {"giai-thich.csv": table.getvalue().encode(), "ke-hoach.toml": plan_toml(plan).encode()}
        files.append(_add(archive, "du-lieu.csv", _rows(administrators, issued, "csv", until, check)))
        lines = files[0].rows
        files.append(
            _add(archive, "du-lieu.xlsx", _rows(administrators, issued, "xlsx", until, check), rows=lines)
        )
        files += [_add(archive, name, [text]) for name, text in texts.items()]
        found = Manifest(
            plan=plan.id,
            title=pick(plan.title, "vi"),
            number=plan.number,
            version=issued.version,
            groups=tuple(_groups(connection, issued)),
            files=tuple(files),
            forms=tuple(_handed_over(connection, forms)),
        )
        # Counts are of today; those of a closed plan are of the closing.
        manifest = replace(closing.manifest, files=found.files) if closing else found
        archive.writestr(_entry(LIST), manifest.encoded())
    return Package(out.getvalue(), manifest)


def _last_moment(closing: Closing) -> datetime:
    """The end of the last day that was over at the closing: a package has no later rows."""
    day = datetime.combine(closing.closed_at.astimezone(VIET_NAM), time(), VIET_NAM)
    return day - timedelta(milliseconds=1)


def _handed_over(connection: Connection, forms: Iterable[Survey]) -> Iterator[HandedForm]:
    for form in forms:
        source = sources_of(connection, form.id).get(form.version)
        if source is not None:
            yield HandedForm(
                id=form.id, version=form.version, body=source.body, file=source.file, sha256=source.sha256
            )


def _groups(connection: Connection, issued: Issued) -> Iterator[PackedGroup]:
    forms = read_forms(connection, issued.plan)
    for group in issued.plan.groups:
        n = sum(count for (of, _), count in forms.items() if of == group.id)
        yield PackedGroup(group.id, pick(group.name, "vi"), n)


def _rows(
    administrators: Administrators,
    issued: Issued,
    kind: Literal["csv", "xlsx"],
    until: datetime | None,
    check: Callable[[], None],
) -> Iterable[bytes]:
    plan = issued.plan
    caller = Caller(0, "analyst", unit=plan.unit)
    asked = ResponsesAsked(
        unit=plan.unit,
        plan=plan.id,
        format=kind,
        headings="ids" if kind == "csv" else "vi",
    )
    return administrators.responses(caller, asked, check, words=False, until=until).body


def _add(archive: ZipFile, name: str, pieces: Iterable[bytes], *, rows: int | None = None) -> PackedFile:
    """Write a file piece by piece. rows: of a workbook; of CSV they are counted."""
    digest, size, lines = hashlib.sha256(), 0, 0
    with archive.open(_entry(name), "w") as file:
        for piece in pieces:
            file.write(piece)
            digest.update(piece)
            size += len(piece)
            lines += piece.count(b"\n")
    if name.endswith(".csv"):
        rows = lines - 1
    return PackedFile(name=name, rows=rows, size=size, sha256=digest.hexdigest())


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _MOMENT)
    entry.compress_type = ZIP_DEFLATED
    return entry


# --- the codebook -------------------------------------------------------------------------------------------

_HEADINGS = ("cot", "phieu", "ban", "cau_hoi", "loai", "gia_tri")
_KINDS = {
    "rating": "mức hài lòng",
    "yes_no": "có, không",
    "choice": "chọn một",
    "choices": "chọn nhiều",
    "number": "số",
}


def _codebook(forms: Iterable[Survey]) -> Iterator[tuple[str, ...]]:
    for form in forms:
        for question in form.questions:
            if isinstance(question, Rating | YesNo | Choice | Choices | Number):
                kind = _KINDS[str(question.__struct_config__.tag)]
                text, values = pick(question.text, "vi"), "; ".join(values_of(form, question))
                yield f"answers.{question.id}", form.id, str(form.version), text, kind, values


def values_of(form: Survey, question: Question) -> Iterator[str]:
    """What the values of a question's column mean."""
    match question:
        case Rating():
            yield from (f"{level.value} = {pick(level.label, 'vi')}" for level in form.levels)
        case Choice() | Choices():
            yield from (f"{option.id} = {pick(option.label, 'vi')}" for option in question.options)
        case YesNo():
            yield from ("true = có", "false = không")
        case Number():
            yield f"từ {question.minimum} đến {question.maximum}"
    if question.not_applicable:
        yield "na = không áp dụng"

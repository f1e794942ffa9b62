"""The document to read, to send out and to publish: all made of the same stored figures. Pure."""

from typing import Any

from msgspec.structs import replace

from sync.central.presenting.days import day_words, time_words
from sync.central.reports.issuing.small_cells import guarded
from sync.central.reports.kinds.described import Kind
from sync.central.reports.model import Appendix, Document, Paragraph, for_outside
from sync.central.reports.records.stored import Report
from sync.contract.plan import VIET_NAM


def document_of(kind: Kind[Any], report: Report, *, outside: bool) -> Document:
    """The document of a report, with the stamp of its figures. outside: the copy that leaves the office."""
    document = kind.build(kind.thawed(report.figures), report.words)
    if report.printed and report.why:
        document = with_revision(document, report.printed, report.why)
    return stamped(guarded(for_outside(document), report.withheld) if outside else document, report)


def with_revision(document: Document, number: int, why: str) -> Document:
    """The document as its revision: what it takes the place of, and why, is its first sentence."""
    reason = why.strip().rstrip(".")
    first = Paragraph(f"Bản điều chỉnh lần {number}, thay cho bản đã công bố. Lý do: {reason}.")
    return replace(document, body=(first, *document.body))


def stamped(document: Document, report: Report) -> Document:
    """With the moment of the figures and their code at the end of the first appendix, or of the body."""
    stamp = Paragraph(stamp_of(report))
    if document.appendices:
        first, *others = document.appendices
        with_stamp: Appendix = replace(first, blocks=(*first.blocks, stamp))
        return replace(document, appendices=(with_stamp, *others))
    return replace(document, body=(*document.body, stamp))


def stamp_of(report: Report) -> str:
    """“Số liệu chốt lúc 16:00 ngày 19/11/2026, mã 7c1e 09ab.”, or that it is a draft."""
    at = report.figures_at.astimezone(VIET_NAM)
    moment = f"{time_words(at)} ngày {day_words(at.date())}"
    if not report.digest:
        return f"Bản nháp, số liệu đến {moment}; chưa được phê duyệt."
    return f"Số liệu chốt lúc {moment}, mã {code_of(report.digest)}."


def code_of(digest: str) -> str:
    """The beginning of a digest as a person compares it: 7c1e 09ab."""
    return f"{digest[:4]} {digest[4:8]}"

"""What copies of a document for others don't say, calculated before its approval begins to write.

For a province of 168 units it takes half a second of processor and more, in which no batch could be stored.

Promise, with a test: what is stored with an approval is what follows from all that was approved before it.
Under the lock it is read again what that is; where it has changed meanwhile, it is calculated again.
"""

from typing import Any

from msgspec import Struct
from sqlalchemy import Connection

from sync.central.reports.issuing.differences import Tree
from sync.central.reports.issuing.public import about_of
from sync.central.reports.issuing.read_before import read_before, read_tree
from sync.central.reports.issuing.small_cells import About, RowName, Said, said_of, withheld_rows
from sync.central.reports.kinds.described import Kind
from sync.central.reports.model import Document
from sync.central.reports.records.stored import Report


class Outside(Struct, frozen=True):
    """All that decides what copies for others say: the document, and what was approved before it."""

    document: Document
    about: About
    before: tuple[tuple[Said, ...], ...]
    tree: Tree


class Decided(Struct, frozen=True):
    """What copies don't say, and what they say and hide. of: what this was calculated from."""

    of: Outside
    withheld: frozenset[RowName]
    said: tuple[Said, ...]


def read_outside(connection: Connection, kind: Kind[Any], report: Report) -> Outside:
    """What decides it now."""
    about = about_of(kind, report)
    tree = read_tree(connection, report.asked.last)
    periods = [days.period for days in about.values()]
    return Outside(
        kind.build(kind.thawed(report.figures), report.words),
        about,
        read_before(connection, report.asked, periods, tree),
        tree,
    )


def decide(outside: Outside, earlier: Decided | None = None) -> Decided:
    """What copies say then. earlier: decided before, which is right as long as nothing changed. Pure."""
    if earlier is not None and earlier.of == outside:
        return earlier
    document, about, tree = outside.document, outside.about, outside.tree
    withheld = withheld_rows(document, about, outside.before, tree)
    return Decided(outside, withheld, said_of(document, about, withheld, tree))

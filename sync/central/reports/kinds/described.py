"""What every kind of document is: figures are read once, and the document is made of them alone. Pure.

Promise: a document whose figures were frozen is made again from them, byte for byte the same content, however
the data has changed since.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Generic, TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from sync.central.reports.asked import Asked
from sync.central.reports.kinds.periods import Rule, monthly
from sync.central.reports.model import Document

F = TypeVar("F", bound=Struct)


class Kind(Struct, Generic[F], frozen=True, kw_only=True):
    """One kind of document.

    name: in addresses and in the database, such as “bao-cao-thang”. title: for people: “Báo cáo tháng”.
    figures: the struct that holds all that the document says by itself; it has an `asked: Asked`, and where
    only days that are over are counted, `until`, the last of these.
    read: the figures as of this moment. build: the document of these figures and of what an official wrote,
    by the id of `Words`; what is not in there is proposed from the figures. period: what it is about if it is
    begun on a day, for a plan or without one. public: the names of the tables that the public reads, see
    issuing/public.py; of none, nothing can be published. ahead: it may be written and signed before its
    period, as a plan is. grouped: it can be about one group of its plan.
    """

    name: str
    title: str
    figures: type[F]
    read: Callable[[Connection, Asked, datetime], F]
    build: Callable[[F, Mapping[str, str]], Document]
    period: Rule = monthly
    public: tuple[str, ...] = ()
    ahead: bool = False
    grouped: bool = False

    def frozen(self, figures: F) -> bytes:
        """The figures as canonical JSON, over which their digest is calculated."""
        # Keys become texts first: only they have an order in JSON.
        return msgspec.json.encode(msgspec.to_builtins(figures, str_keys=True), order="deterministic")

    def thawed(self, text: bytes) -> F:
        """The figures in this canonical JSON."""
        return msgspec.json.decode(text, type=self.figures)

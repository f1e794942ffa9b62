"""What a page offers to choose from: an option of a form, and a tab, which is the same page otherwise."""

from msgspec import Struct


class Option(Struct, frozen=True):
    """One choice of a form."""

    value: str
    label: str


class Tab(Struct, frozen=True):
    """One of several ways to look at a page. current: it is shown. count: None where nothing is counted."""

    address: str
    title: str
    current: bool
    count: int | None = None

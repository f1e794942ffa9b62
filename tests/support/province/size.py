"""How large an invented province is."""

from msgspec import Struct


class Size(Struct, frozen=True, kw_only=True):
    """communes, devices: at the end. months: of history. visits: in them, approximately.

    seed: another one gives another province of the same shape.
    """

    communes: int = 12
    devices: int = 40
    months: int = 13
    visits: int = 60_000
    seed: int = 1


WHOLE = Size()
SMALL = Size(communes=3, devices=9, months=2, visits=700)
"""For tests: everything that the whole one has, in a second."""

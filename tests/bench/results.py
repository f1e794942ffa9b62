"""What a benchmark hands back: rows, shown as a table and kept as JSON under build/bench/."""

import statistics
from collections.abc import Callable
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

FOLDER = Path("build/bench")

Progress = Callable[[str], None]
"""Tells a person what a long benchmark is doing now."""


class Row(msgspec.Struct, frozen=True):
    """One piece of work, done by us and by a peer in the same run.

    ours, peer: medians in `unit`; peer is None where there is only a limit to hold.
    ratio: ours / peer. target: what has to hold, in words. holds: whether it does.
    """

    work: str
    ours: float
    peer: float | None
    unit: str
    ratio: float | None
    target: str
    holds: bool


def at_most(work: str, ours: float, peer: float, unit: str, ratio: float) -> Row:
    """A row that holds where `ours` is at most `ratio` times `peer`."""
    return Row(work, ours, peer, unit, ours / peer, f"≤ {ratio:g} ×", ours <= ratio * peer)


def at_least(work: str, ours: float, peer: float, unit: str, ratio: float) -> Row:
    """A row that holds where `ours` is at least `ratio` times `peer`."""
    return Row(work, ours, peer, unit, ours / peer, f"≥ {ratio:g} ×", ours >= ratio * peer)


def below(work: str, ours: float, limit: float, unit: str) -> Row:
    """A row without a peer: `ours` must not be above `limit`."""
    return Row(work, ours, None, unit, None, f"≤ {limit:g} {unit}", ours <= limit)


def shown(work: str, ours: float, peer: float, unit: str) -> Row:
    """A row that only informs."""
    return Row(work, ours, peer, unit, ours / peer, "-", True)


def shown_alone(work: str, ours: float, unit: str) -> Row:
    """A row that only informs, without a peer."""
    return Row(work, ours, None, unit, None, "-", True)


def median(values: list[float]) -> float:
    """The middle value."""
    return statistics.median(values)


def publish(name: str, rows: list[Row], console: Console) -> None:
    """Print `rows` and write them to build/bench/<name>.json."""
    table = Table(title=name)
    for heading in ("work", "ours", "peer", "unit", "ratio", "target", "holds"):
        table.add_column(heading, justify="left" if heading in ("work", "unit", "target") else "right")
    for row in rows:
        table.add_row(
            row.work,
            f"{row.ours:,.3f}",
            "" if row.peer is None else f"{row.peer:,.3f}",
            row.unit,
            "" if row.ratio is None else f"{row.ratio:.2f}",
            row.target,
            "yes" if row.holds else "NO",
        )
    console.print(table)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_bytes(msgspec.json.format(msgspec.json.encode(rows), indent=2))

"""Opening hours from the options of a command."""

from collections.abc import Iterable

import typer

from sync.central.office.configuration.spans import SpanError, read_opening
from sync.contract.opening import Opening


def opening_of(texts: Iterable[str]) -> tuple[Opening, ...]:
    """Each such as "T2-T6 07:30-11:30"; a wrong one is named as an option that can't be read."""
    try:
        return tuple(read_opening(text) for text in texts)
    except SpanError as error:
        raise typer.BadParameter(error.reason) from error

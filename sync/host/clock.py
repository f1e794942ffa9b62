"""The one clock of commands and services; whatever decides anything is given it."""

from datetime import datetime


def local_now() -> datetime:
    """The time with the offset of this place."""
    return datetime.now().astimezone()

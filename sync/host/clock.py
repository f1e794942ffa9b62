"""The clock of commands and services; functions that decide get it as an argument."""

from datetime import datetime


def local_now() -> datetime:
    """The time with the local offset."""
    return datetime.now().astimezone()

"""The folder of nightly backups: none older than so many days, and nothing half-made.

Promises:
- a copy whose day is `days` days ago or longer is gone, also where making a new one fails: what was forgotten
  on request is in no copy by then;
- what a killed backup left is gone with the next one; a backup that is under way is left alone.
"""

from datetime import date, datetime, timedelta
from pathlib import Path

from sync.central.store.scratch import is_in_use

USUAL_DAYS = 14
_NAME = "central-"


def name_of(now: datetime) -> str:
    """The name of a copy that is made now."""
    return f"{_NAME}{now:%Y%m%d-%H%M%S}"


def tidy(folder: Path, today: date, days: int = USUAL_DAYS) -> None:
    """Remove what is too old, and what killed backups left. Other files in the folder stay."""
    for part in folder.glob(f".{_NAME}*.part"):
        if not is_in_use(part):
            part.unlink()
    for copy in folder.glob(f"{_NAME}*"):
        made = datetime.fromtimestamp(copy.stat().st_mtime).astimezone().date()
        if copy.is_file() and made <= today - timedelta(days=days):
            copy.unlink()

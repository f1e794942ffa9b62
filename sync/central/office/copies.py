"""The folder of nightly backups: deletes old copies, and unfinished ones.

Promises:
- a copy from `days` days ago or earlier is deleted, also if making a new one fails: a response that was
  forgotten on request is in no copy by then;
- what a killed backup left is deleted by the next one; a backup in progress is left alone.
"""

from datetime import date, datetime, timedelta
from pathlib import Path

from sync.central.store.scratch import is_in_use
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import BACKUP_FAILED

USUAL_DAYS = 14
_NAME = "central-"


def name_of(now: datetime) -> str:
    """The file name of a copy that is made now."""
    return f"{_NAME}{now:%Y%m%d-%H%M%S}"


def newest(folder: Path) -> Path:
    """The newest copy in this folder; raises ProblemError HL5009 if it has none."""
    found = [copy for copy in folder.glob(f"{_NAME}*") if copy.is_file()]
    if not found:
        raise ProblemError(BACKUP_FAILED(where=str(folder), detail="chưa có bản sao lưu nào"))
    return max(found, key=lambda copy: copy.name)


def tidy(folder: Path, today: date, days: int = USUAL_DAYS) -> None:
    """Remove copies that are too old, and what killed backups left. Other files in the folder stay."""
    for part in folder.glob(f".{_NAME}*.part"):
        if not is_in_use(part):
            part.unlink()
    for copy in folder.glob(f"{_NAME}*"):
        made = datetime.fromtimestamp(copy.stat().st_mtime).astimezone().date()
        if copy.is_file() and made <= today - timedelta(days=days):
            copy.unlink()

"""The one-stop software's list of cases, as the terminals may know it: hashes instead of dossier codes.

    python -m sync.central import-cases list.csv --mapping columns.toml --data … --bundle … --unit …

reads a CSV or XLSX export (sheets/reader.py, case_list.py) and keeps, with the centre's keys
(keys/by_unit.py), for each dossier its keyed hash, its procedure and its officer. Terminals of the unit get
the list with their next configuration. columns.toml says which column is which:

    dossier = "Mã hồ sơ"              # needed
    procedure = "Mã thủ tục"          # needed: a code such as 1.001193, or a name listed below; what the
                                      # national database adds, .000.00.00.H29, may follow
    officer = "Cán bộ xử lý"          # an id or a name of the catalogue, or a name listed below
    returned = "Ngày trả"             # day of the return; empty where it was not returned yet
    day_order = "day-first"           # or "month-first"; else decided from the whole column
    delimiter = ";"                   # else found out
    unknown_officer = "leave_out"     # else a row with an officer nobody knows is refused

    [procedures]
    "Khai sinh" = "1.001193"
    [officers]
    "N.T. Ví Dụ" = "cb-01"

Where it says which column has the day of the return, results returned are counted, too: they stand beside
tagged and answered in every summary (returned.py). With `--returned-only` the list in use stays as it is,
such as for last month's list.

Promises (each has a test of this name):
- a file that cannot be written changes no count either;
- one mistyped year takes no other list's returns away: a list of more than MOST_DAYS says its days itself;
- no list lowers what was counted of a day unless `--replace-returned` says so; what changes is said;
- no dossier code is written anywhere, and no key or hash into the database;
- each unit has a list of its own: taking in one leaves the others as they are.

Days are written 2026-03-31 or 31/03/2026, with or without a time.
"""

from collections import Counter
from datetime import date
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Connection

from sync.central.office import returned
from sync.central.office.audit.acts import Act
from sync.central.office.case_list import Columns, Listed, Reading, read_cases
from sync.central.office.keys.by_unit import keep_list, unit_key
from sync.central.store.known_ids import learn
from sync.contract.bundle import Bundle, load_bundle
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import RETURNED_COUNT_LOWERED
from sync.contract.problem.files import ENTRY_INVALID, REFERENCE_DANGLING

MOST_DAYS = 45  # from the first return to the last, where the caller does not say them

Period = tuple[date, date]


class CaseImport(Struct, frozen=True, kw_only=True):
    """How a list is taken in.

    first, last: the list has all returns of these days; else of the days it names.
    returned_only: count the returns, leave the unit's list as it is.
    replace_returned: a day may get fewer returns than were counted before.
    """

    unit: str
    bundle: Bundle
    columns: Columns
    first: date | None = None
    last: date | None = None
    returned_only: bool = False
    replace_returned: bool = False


class CaseFile(Struct, frozen=True):
    """A list that was read. period: the days whose returns are all in it, where it has a column for them.

    key: the unit's, which its hashes are made with.
    """

    listed: Listed
    period: Period | None
    key: bytes


def bundle_of(folder: Path, unit: str) -> Bundle:
    """The bundle of a folder; raises ProblemError HL1005 where it has no such unit."""
    bundle = load_bundle(folder)
    if bundle.catalogue.unit(unit) is None:
        raise ProblemError(REFERENCE_DANGLING(where="--unit", detail=f"'{unit}'"))
    return bundle


def give_key(act: Act, keys: Path, unit: str, key: bytes) -> None:
    """Give a unit without a case list its `key`; `keys` is the folder of the centre's keys."""
    act.note("case-key", unit)
    keep_list(keys, unit, key, ())


def read_file(file: Path, keys: Path, wanted: CaseImport, today: date) -> CaseFile:
    """Read a list before anything is changed; raises ProblemError as `read_cases` does, and HL1003."""
    key = unit_key(keys, wanted.unit)
    listed = read_cases(
        file,
        Reading(
            columns=wanted.columns,
            catalogue=wanted.bundle.catalogue,
            unit=wanted.unit,
            rules=wanted.bundle.settings.codes,
            key=key,
            today=today,
        ),
    )
    period = _period(listed, wanted.first, wanted.last, today, str(file)) if wanted.columns.returned else None
    return CaseFile(listed, period, key)


def preview(connection: Connection, wanted: CaseImport, read: CaseFile) -> list[str]:
    """Which months would get other counts of results returned."""
    return _changed(connection, wanted.unit, read, replace=True)


def import_cases(act: Act, keys: Path, wanted: CaseImport, read: CaseFile) -> list[str]:
    """Take in a list that was read: the results returned, and the unit's list of cases in the folder `keys`.

    The months that get other counts are returned. Raises ProblemError HL5037.
    """
    unit, listed = wanted.unit, read.listed
    changed = _changed(act.connection, unit, read, replace=wanted.replace_returned)
    if read.period:
        first, last = read.period
        returned.take_in(act.connection, unit, first, last, listed.results())
        act.note("import-returned", unit, f"{len(listed.returned)} returned from {first} to {last}")
    if not wanted.returned_only:
        learn(act.connection, wanted.bundle.catalogue, listed.cases)
        act.note("import-cases", unit, f"{len(listed.cases)} cases")
        # Last of all, so that nothing is counted where it can't be written.
        keep_list(keys, unit, read.key, listed.cases)
    return changed


def _changed(connection: Connection, unit: str, read: CaseFile, *, replace: bool) -> list[str]:
    """Which months get other counts; HL5037 where a day gets fewer and `replace` does not say so."""
    if read.period is None:
        return []
    before = returned.by_day(connection, unit, *read.period)
    after = Counter(day.isoformat() for day in read.listed.returned.values())
    months = returned.months_changed(before, after)
    fewer = [day for day, n in before.items() if after[day] < n]
    if fewer and not replace:
        detail = f"{'; '.join(months)}; {len(fewer)} ngày ít hơn trước"
        raise ProblemError(RETURNED_COUNT_LOWERED(where=unit, detail=detail))
    return months


def _period(
    listed: Listed, first: date | None, last: date | None, today: date, where: str
) -> tuple[date, date]:
    """The days whose returns are all on the list; else HL1003: such a list says nothing about them."""
    days = sorted(listed.returned.values())
    begins = first or (days[0] if days else None)
    ends = last or (days[-1] if days else None)
    if begins is None or ends is None:
        raise ProblemError(
            ENTRY_INVALID(where=where, detail="không có kết quả đã trả nào: ghi --first và --last")
        )
    days_long = (ends - begins).days + 1
    if (first is None or last is None) and days_long > MOST_DAYS:
        span = f"{begins:%d/%m/%Y} – {ends:%d/%m/%Y}"
        detail = f"{span} dài {days_long} ngày: sửa ngày gõ nhầm, hoặc ghi --first và --last"
        raise ProblemError(ENTRY_INVALID(where=where, detail=detail))
    if not begins <= ends <= today or (days and not begins <= days[0] <= days[-1] <= ends):
        detail = f"--first, --last: danh sách không nằm trong {begins:%d/%m/%Y} – {ends:%d/%m/%Y}"
        raise ProblemError(ENTRY_INVALID(where=where, detail=detail))
    return begins, ends

"""Imports the one-stop software's list of cases for the terminals: hashes instead of dossier codes.

    python -m sync.central import-cases list.csv --mapping columns.toml --data … --unit …

reads a CSV or XLSX export (sheets/reader.py, case_list.py) and keeps, with the centre's keys
(keys/by_unit.py), for each dossier its keyed hash, its procedure and its officer. Terminals of the unit get
the list with their next configuration. columns.toml says which column is which:

    dossier = "Mã hồ sơ"              # needed
    procedure = "Mã thủ tục"          # needed: a code such as 1.001193, or a name listed below; what the
                                      # national database adds, .000.00.00.H29, may follow
    officer = "Cán bộ xử lý"          # an id or a name of the catalogue, or a name listed below
    applicant = "Đối tượng nộp"       # cá nhân, công dân, người dân; tổ chức, doanh nghiệp, cơ quan;
                                      # or a word listed below; empty where it is not known
    returned = "Ngày trả"             # day of the return; empty where it was not returned yet
    day_order = "day-first"           # or "month-first"; else decided from the whole column
    delimiter = ";"                   # else detected
    unknown_officer = "leave_out"     # else a row with an unknown officer is refused

    [procedures]
    "Khai sinh" = "1.001193"
    [officers]
    "N.T. Ví Dụ" = "cb-01"
    [applicants]
    "Hộ kinh doanh" = "organisation"  # or "citizen"

If columns.toml names the column with the day of the return, results returned are counted, too: every summary
shows them next to tagged and answered (returned.py). With `--returned-only` the list in use is not replaced,
for example when last month's list is read.

Promises:
- a file that cannot be written changes no count either;
- one mistyped year takes no other list's returns away: beyond MOST_DAYS the caller has to name the days;
- no list lowers the count of a day without `--replace-returned`; changes are reported;
- no dossier code is written anywhere, and no key or hash into the database;
- each unit has a list of its own: importing one does not change the others.

Days are written 2026-03-31 or 31/03/2026, with or without a time.
"""

from collections import Counter
from datetime import date
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Connection, select

from sync.central.office import returned
from sync.central.office.audit.acts import Act
from sync.central.office.case_list import Columns, Listed, Reading, read_cases
from sync.central.office.configuration.compose import catalogue_of, settings_of
from sync.central.office.configuration.row_queries import read_rows
from sync.central.office.keys.by_unit import keep_list, listed_units, unit_key
from sync.central.store.known_ids import learn
from sync.central.store.schema import devices
from sync.contract.bundle import load_bundle
from sync.contract.catalogue import Catalogue
from sync.contract.code_rules import CodeRules
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import RETURNED_COUNT_LOWERED
from sync.contract.problem.files import ENTRY_INVALID, REFERENCE_DANGLING

MOST_DAYS = 45  # from the first return to the last, if the caller does not name the days

Period = tuple[date, date]


class Described(Struct, frozen=True):
    """What a unit's list may name: its catalogue, and the patterns of its codes."""

    catalogue: Catalogue
    codes: CodeRules


class CaseImport(Struct, frozen=True, kw_only=True):
    """How a list is imported.

    first, last: the list has all returns of these days; else of the days that occur in it.
    returned_only: count the returns, do not replace the unit's list.
    replace_returned: a day may get fewer returns than were counted before.
    """

    unit: str
    described: Described
    columns: Columns
    first: date | None = None
    last: date | None = None
    returned_only: bool = False
    replace_returned: bool = False


class CaseFile(Struct, frozen=True):
    """A list that was read. period: the days whose returns it has completely, if it has a column for them.

    key: the unit's key, with which its hashes are made.
    """

    listed: Listed
    period: Period | None
    key: bytes


def described_in(folder: Path, unit: str) -> Described:
    """A unit as a bundle folder describes it; raises ProblemError HL1005 if it has no such unit."""
    bundle = load_bundle(folder)
    return _with_unit(Described(bundle.catalogue, bundle.settings.codes), unit)


def described_here(connection: Connection, unit: str, today: date) -> Described:
    """A unit as the centre is configured; raises ProblemError HL1005 if there is no such unit."""
    rows = read_rows(connection, unit, today)
    return _with_unit(Described(catalogue_of(rows), settings_of(rows).codes), unit)


def _with_unit(described: Described, unit: str) -> Described:
    if described.catalogue.unit(unit) is None:
        raise ProblemError(REFERENCE_DANGLING(where="--unit", detail=f"'{unit}'"))
    return described


def give_key(act: Act, keys: Path, unit: str, key: bytes) -> None:
    """Give a unit without a case list its `key`; `keys` is the folder of the centre's keys."""
    act.note("case-key", unit)
    keep_list(keys, unit, key, ())


def give_keys(act: Act, keys: Path) -> None:
    """Give every unit that has a device, and no case list yet, a key of its own."""
    query = (
        select(devices.c.unit).where(devices.c.state != "revoked", devices.c.kind == "terminal").distinct()
    )
    for unit in sorted(set(act.connection.execute(query).scalars()) - listed_units(keys)):
        give_key(act, keys, unit, unit_key(keys, unit))


def read_file(file: Path, keys: Path, wanted: CaseImport, today: date) -> CaseFile:
    """Read a list before anything is changed; raises ProblemError as `read_cases` does, and HL1003."""
    key = unit_key(keys, wanted.unit)
    listed = read_cases(
        file,
        Reading(
            columns=wanted.columns,
            catalogue=wanted.described.catalogue,
            unit=wanted.unit,
            rules=wanted.described.codes,
            key=key,
            today=today,
        ),
    )
    period = _period(listed, wanted.first, wanted.last, today, str(file)) if wanted.columns.returned else None
    return CaseFile(listed, period, key)


def preview(connection: Connection, wanted: CaseImport, read: CaseFile) -> list[str]:
    """The months whose counts of results returned would change."""
    return _changed(connection, wanted.unit, read, replace=True)


def import_cases(act: Act, keys: Path, wanted: CaseImport, read: CaseFile) -> list[str]:
    """Import a list that was read: the results returned, and the unit's list of cases in the folder `keys`.

    Returns the months whose counts change. Raises ProblemError HL5037.
    """
    unit, listed = wanted.unit, read.listed
    changed = _changed(act.connection, unit, read, replace=wanted.replace_returned)
    if read.period:
        first, last = read.period
        returned.take_in(act.connection, unit, first, last, listed.results())
        act.note("import-returned", unit, f"{len(listed.returned)} returned from {first} to {last}")
    if not wanted.returned_only:
        named = wanted.described.catalogue
        learn(act.connection, officers=named.officers, procedures=named.procedures, cases=listed.cases)
        act.note("import-cases", unit, f"{len(listed.cases)} cases")
        # The file comes last, so that nothing is counted if it can't be written.
        keep_list(keys, unit, read.key, listed.cases, listed.organisations, listed.citizens)
    return changed


def _changed(connection: Connection, unit: str, read: CaseFile, *, replace: bool) -> list[str]:
    """The months whose counts change; raises HL5037 if a day gets fewer and `replace` is false."""
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
    """The days whose returns are all on the list; raises HL1003 if that can't be known."""
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

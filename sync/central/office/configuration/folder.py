"""A folder of TOML, as an office writes it: read whole, or refused with all its problems at once.

    catalogue.toml    units, procedures, officers, counters, devices, languages
    surveys/*.toml    forms               plans/*.toml      plans
    office.toml       how the unit's terminals look, and when they are open
    assignments.toml  which place asks which form, when
    settings.toml     days after which a rated case is asked again; patterns of codes
    revoked.toml      serials of badges that are no longer valid
    keys.toml         public keys that signed badges elsewhere; other keys are the centre's own, and ignored
    bundle.toml       ignored: the centre counts versions by itself

All but the catalogue may be absent. Promises (each has a test of this name):
- every problem of every file is named at once, with the file, the line and the key;
- a file that is wrong hides no problem of another.
"""

import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from sync.central.office.configuration.compose import filled_problems
from sync.central.office.configuration.entries import Configured
from sync.central.office.configuration.fitting import Known, fitted, misfits, plans_after
from sync.central.office.configuration.rows import OfficeRow
from sync.central.office.units.tree import Entry, unit_problems
from sync.contract.assignment import Assignments
from sync.contract.bundle import (
    BundleVersion,
    CentreSettings,
    PublicKeys,
    Revoked,
    dangling_references,
    is_bundle_file,
    key_problems,
    repeated_plans,
    repeated_surveys,
)
from sync.contract.catalogue import Catalogue, Unit, catalogue_problems
from sync.contract.code_rules import rule_problems
from sync.contract.decoding import decoder_reason
from sync.contract.faults import faults, key_words, path_of
from sync.contract.files import read_text
from sync.contract.office import OfficeSettings, office_problems
from sync.contract.plan import Plan, plan_problems
from sync.contract.problem import Problem, ProblemError, ProblemsError
from sync.contract.problem.files import (
    ASSIGNMENTS_CONFLICT,
    BUNDLE_FILE_UNKNOWN,
    BUNDLE_HOLDS_CASES,
    ENTRY_INVALID,
    FILE_MALFORMED,
    FILE_UNREADABLE,
    ID_REPEATED,
    REFERENCE_DANGLING,
)
from sync.contract.reasons import NO_FILE
from sync.contract.survey import Survey, survey_problems
from sync.contract.text import nfc
from sync.contract.toml_lines import line_of

T = TypeVar("T")

_TYPES: dict[str, Any] = {
    "bundle.toml": BundleVersion,
    "catalogue.toml": Catalogue,
    "settings.toml": CentreSettings,
    "keys.toml": PublicKeys,
    "revoked.toml": Revoked,
    "assignments.toml": Assignments,
    "office.toml": OfficeSettings,
}
_OF_FOLDERS: dict[str, Any] = {"surveys": Survey, "plans": Plan}
UNDECIDED = OfficeRow()
_CASES = ("cases.json", "organisations.json", "citizens.json")


def read_folder(folder: Path, unit: str, known: Known) -> Configured:
    """What the folder configures at `unit`; raises ProblemsError with all of its problems."""
    texts, unreadable = _texts(folder)
    return read_files(texts, folder, unit, known, unreadable)


def read_files(
    texts: Mapping[str, str], folder: Path, unit: str, known: Known, unreadable: Sequence[Problem] = ()
) -> Configured:
    """The same for texts by their paths in `folder`. unreadable: problems of other files in it."""
    files = {name: _decoded(name, nfc(text)) for name, text in texts.items() if _fits(name)}
    problems = [*unreadable, *(_unfit(folder, name) for name in texts if not _fits(name))]
    if "catalogue.toml" not in texts and not unreadable:
        problems.append(FILE_UNREADABLE(where=str(folder / "catalogue.toml"), detail=NO_FILE))
    problems += [_in(folder, problem) for problem in _problems(files, unit, known)]
    if problems:
        raise ProblemsError(sorted(problems, key=_place))
    return fitted(_Contents(files, known).configured(_office_row(files)), unit, known)


class _File(Struct, frozen=True, kw_only=True):
    """One file. data: as TOML has it; content: decoded, None if it has problems."""

    name: str
    text: str
    data: dict[str, Any] = {}
    content: Any = None
    problems: tuple[Problem, ...] = ()


def _texts(folder: Path) -> tuple[dict[str, str], list[Problem]]:
    """The text of every TOML or JSON file by its path, and the files that can't be read."""
    texts: dict[str, str] = {}
    unreadable: list[Problem] = []
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in (".toml", ".json") and path.is_file():
            try:
                texts[path.relative_to(folder).as_posix()] = read_text(path)
            except ProblemError as error:
                unreadable.append(error.problem)
    return texts, unreadable


def _fits(name: str) -> bool:
    return is_bundle_file(name) and name not in _CASES


def _unfit(folder: Path, name: str) -> Problem:
    kind = BUNDLE_HOLDS_CASES if name in _CASES else BUNDLE_FILE_UNKNOWN
    return kind(where=str(folder / name))


def _decoded(name: str, text: str) -> _File:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        malformed = FILE_MALFORMED(where=name, detail=decoder_reason(str(error)))
        return _File(name=name, text=text, problems=(malformed,))
    type = _type_of(name)
    wrong = tuple(
        ENTRY_INVALID(where=_where(name, text, fault.path, key_words(fault.path)), detail=fault.reason)
        for fault in faults(data, type)
    )
    content = None if wrong else msgspec.toml.decode(text, type=type)
    return _File(name=name, text=text, data=data, content=content, problems=wrong)


def _type_of(name: str) -> Any:
    return _TYPES.get(name) or _OF_FOLDERS[name.partition("/")[0]]


def _where(name: str, text: str, path: tuple[str | int, ...], key: str) -> str:
    return f"{name}:{line_of(text, path)}" + (f": {key}" if key else "")


class _Contents:
    """What the files hold; a file that is absent, or can't be decoded, holds nothing."""

    def __init__(self, files: Mapping[str, _File], known: Known) -> None:
        self._files, self._known = files, known
        self.catalogue = self._single("catalogue.toml", Catalogue(units=()))
        self.assignments = self._single("assignments.toml", Assignments()).assignments
        self.office = self._single("office.toml", OfficeSettings())
        self.settings = self._single("settings.toml", CentreSettings())
        self.keys = self._single("keys.toml", PublicKeys())
        self.revoked = self._single("revoked.toml", Revoked())
        self.surveys: tuple[Survey, ...] = self._several("surveys/")
        self.plans: tuple[Plan, ...] = self._several("plans/")

    def _single(self, name: str, absent: T) -> T:
        file = self._files.get(name)
        content: T | None = file.content if file else None
        return absent if content is None else content

    def _several(self, folder: str) -> tuple[Any, ...]:
        contents = [file.content for name, file in sorted(self._files.items()) if name.startswith(folder)]
        return tuple(content for content in contents if content is not None)

    def configured(self, office: OfficeRow = UNDECIDED) -> Configured:
        """All of it, as the configuration of a unit."""
        newest: dict[str, Survey] = {}
        for survey in sorted(self.surveys, key=lambda survey: (survey.id, survey.version)):
            newest[survey.id] = survey
        return Configured(
            units=_own_units(self.catalogue, self._known),
            procedures=self.catalogue.procedures,
            officers=self.catalogue.officers,
            counters=self.catalogue.counters,
            devices=self.catalogue.devices,
            office=office,
            surveys=tuple(newest.values()),
            plans=self.plans,
            assignments=self.assignments,
            serials=self.revoked.serials,
        )


def _problems(files: Mapping[str, _File], unit: str, known: Known) -> Iterator[Problem]:
    """Every problem of every file; `where` begins with its path in the folder."""
    contents = _Contents(files, known)
    # What another file should have is asked for only where that file could be read.
    unread = {name.partition("/")[0] for name, file in files.items() if file.content is None}
    surveys = (*known.newest.values(), *contents.surveys)
    wanted = contents.configured()
    plans = plans_after(wanted, unit, known)
    units = Catalogue(units=(*contents.catalogue.units, *known.units))
    references = dangling_references(contents.assignments, units, surveys, plans)
    checks = {
        "catalogue.toml": _catalogue_problems(contents.catalogue, known),
        "keys.toml": key_problems(contents.keys),
        "settings.toml": rule_problems(contents.settings.codes),
        "office.toml": office_problems(contents.office),
        "assignments.toml": (
            *_reliable(filled_problems(contents.assignments, plans), unread),
            *_reliable(references, unread),
            *_reliable(_unknown_devices(contents, known), unread),
        ),
    }
    for name, file in files.items():
        yield from file.problems
        if file.content is None:
            continue
        if name in checks:
            yield from _named(file, checks[name])
        elif isinstance(file.content, Survey):
            yield from _named(file, survey_problems(file.content))
        elif isinstance(file.content, Plan):
            yield from _named(file, _reliable(plan_problems(file.content, surveys), unread))
    for problem in _reliable(misfits(wanted, unit, known), unread):
        holding = _holding(files, problem.where)
        yield from _named(holding, [problem]) if holding else [problem]
    yield from repeated_surveys(contents.surveys)
    yield from repeated_plans(contents.plans)


def _named(file: _File, problems: Iterable[Problem]) -> Iterator[Problem]:
    """Problems whose `where` is a key, with the file and the line of the key."""
    for problem in problems:
        path = path_of(problem.where, file.data)
        yield _at(_where(file.name, file.text, path, problem.where), problem)


def _holding(files: Mapping[str, _File], where: str) -> _File | None:
    """The file that has the entry named by its noun and its id."""
    noun, _, id = where.partition(" ")
    if noun == "assignments":
        file = files.get("assignments.toml")
        held = [each.id for each in file.content.assignments] if file and file.content else []
        return file if any(id == each or id.startswith((f"{each}.", f"{each},")) for each in held) else None
    if noun not in _OF_FOLDERS:
        return files.get("catalogue.toml")
    of_noun = (file for name, file in files.items() if name.startswith(f"{noun}/") and file.content)
    return next((file for file in of_noun if file.content.id == id), None)


def _reliable(problems: Iterable[Problem], unread: Collection[str]) -> Iterator[Problem]:
    """All problems but those of references, if what they point to may be in a file that can't be read.

    Nor a conflict of assignments: a plan that can't be read may give them other hours.
    """
    for problem in problems:
        if problem.kind is ASSIGNMENTS_CONFLICT and "plans" in unread:
            continue
        pointed = _POINTS_TO.get(problem.where.rpartition(".")[2])
        if problem.kind is not REFERENCE_DANGLING or pointed not in unread:
            yield problem


# Where the entry is that a reference of this key points to.
_POINTS_TO = {
    "unit": "catalogue.toml",
    "device": "catalogue.toml",
    "survey": "surveys",
    "overall": "surveys",
    "plan": "plans",
}


def _catalogue_problems(catalogue: Catalogue, known: Known) -> Iterator[Problem]:
    problems = list(catalogue_problems(catalogue, {unit.code for unit in known.units}))
    for id, count in Counter(f"{counter.unit} {counter.id}" for counter in catalogue.counters).items():
        if count > 1:
            problems.append(ID_REPEATED(where="counters", detail=f"“{id}”"))
    yield from problems
    if not any(problem.where.startswith("units") for problem in problems):
        own = _own_units(catalogue, known)
        codes = {unit.code for unit in own}
        others = [unit for unit in known.units if unit.code not in codes]
        entries = [Entry(f"units {unit.code}", unit) for unit in (*own, *others)]
        for problem in unit_problems(entries):
            yield _at(problem.where.replace(": ", "."), problem)


def _unknown_devices(contents: "_Contents", known: Known) -> Iterator[Problem]:
    devices = {id for noun, id in known.owners if noun == "devices"}
    devices |= {device.id for device in contents.catalogue.devices}
    for assignment in contents.assignments:
        if assignment.device is not None and assignment.device not in devices:
            where, detail = f"assignments {assignment.id}.device", f"không có máy “{assignment.device}”"
            yield REFERENCE_DANGLING(where=where, detail=detail)


def _own_units(catalogue: Catalogue, known: Known) -> tuple[Unit, ...]:
    """The units of a catalogue that no imported list describes."""
    return tuple(unit for unit in catalogue.units if unit.code not in known.listed)


def _office_row(files: Mapping[str, _File]) -> OfficeRow:
    """What the unit itself decides: the keys that are there, of several files."""
    data = {name: file.data for name, file in files.items()}
    decided = {
        **data.get("office.toml", {}),
        **data.get("settings.toml", {}),
        "badges": data.get("keys.toml", {}).get("badges", ()),
    }
    if "languages" in data["catalogue.toml"]:
        decided["languages"] = data["catalogue.toml"]["languages"]
    return msgspec.convert(decided, OfficeRow, builtin_types=(datetime, date, time))


def _in(folder: Path, problem: Problem) -> Problem:
    return _at(str(folder / problem.where), problem)


def _at(where: str, problem: Problem) -> Problem:
    return problem.kind(where=where, detail=problem.detail)


def _place(problem: Problem) -> tuple[str, int]:
    """File and line, to sort problems in the order of the files."""
    name, _, rest = problem.where.partition(":")
    line = rest.partition(":")[0]
    return name, int(line) if line.isdigit() else 0

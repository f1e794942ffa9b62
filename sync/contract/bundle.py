"""A bundle: the configuration of a terminal, as texts by path, such as the files of a folder. All or nothing.

    bundle.toml      version, issued, expires
    catalogue.toml   units, procedures, officers, counters, devices
    surveys/*.toml   forms
    plans/*.toml     plans (may be absent)
    settings.toml    settings the centre decides for its terminals (may be absent)
    keys.toml        public keys: sealing, badges, centre; ids of revoked ones (may be absent: then open
                     questions are not asked)
    revoked.toml     serials of revoked badges (may be absent)
    assignments.toml which place asks which form, when (may be absent: then kiosk.toml says; one without any
                     assignment: nothing is asked)
    office.toml      how the unit's terminals look, and when they are open (the same)
    cases.json       the unit's key for cases, and known cases by their keyed hash (may be absent); the centre
                     adds it for devices of the unit alone, see sync/central/office/keys/by_unit.py
    organisations.json
                     hashes of the cases whose applicant is an organisation (may be absent)
    citizens.json    the same of those whose applicant is a citizen; what is in neither is not known

A terminal ignores files that it does not know, and refuses unknown keys in those it knows: what a later
release adds comes in files of its own.

The centre issues it signed; until a terminal is enrolled the same files are copied there by hand.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from sync.contract.assignment import Assignment, Assignments, assignment_problems
from sync.contract.catalogue import Catalogue, catalogue_problems
from sync.contract.code_rules import CodeRules, rule_problems
from sync.contract.encoded import read_key
from sync.contract.files import decode_toml, read_text
from sync.contract.office import OfficeSettings
from sync.contract.plan import Plan, decode_plan
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.files import (
    BUNDLE_FILE_UNKNOWN,
    ENTRY_INVALID,
    FILE_MALFORMED,
    FILE_UNREADABLE,
    ID_REPEATED,
    REFERENCE_DANGLING,
)
from sync.contract.reasons import NO_FILE
from sync.contract.response import CaseHash, Moment, ProcedureCode
from sync.contract.survey import Survey, decode_survey
from sync.contract.text import Id

T = TypeVar("T")


class BundleVersion(Struct, frozen=True, forbid_unknown_fields=True):
    """Which bundle this is. A terminal never goes back to a lower version."""

    version: int
    issued: Moment
    expires: Moment


class PublicKey(Struct, frozen=True, forbid_unknown_fields=True):
    """A key by its id; `public` is 32 bytes in base64."""

    id: Id
    public: str


class PublicKeys(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The centre's public keys.

    sealing: X25519, the newest last. badges, centre: Ed25519, all that are valid. revoked: ids of keys that
    the centre's root has revoked; their signatures are no longer valid.
    """

    sealing: tuple[PublicKey, ...] = ()
    badges: tuple[PublicKey, ...] = ()
    centre: tuple[PublicKey, ...] = ()
    revoked: tuple[Id, ...] = ()


_USES = ("sealing", "badges", "centre")
NO_KEY = "không phải 32 byte ở dạng base64"
NO_SURVEY = "không có tệp *.toml"


def keys_toml(keys: PublicKeys) -> str:
    """The file keys.toml for these keys: ids and base64 need no escapes."""
    revoked = ", ".join(f'"{id}"' for id in keys.revoked)
    return (f"revoked = [{revoked}]\n" if revoked else "") + "".join(
        f'[[{name}]]\nid = "{key.id}"\npublic = "{key.public}"\n'
        for name in _USES
        for key in getattr(keys, name)
    )


class Case(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One case: its procedure and its officer, if the one-stop software's list has them.

    rated: the centre holds a response to it, from any terminal.
    """

    case: CaseHash
    procedure: ProcedureCode | None = None
    officer: Id | None = None
    rated: bool = False


class Cases(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The case list of one unit.

    key: base64, the unit's key for hashing dossier codes. public: base64, the centre's key that seals them.
    """

    key: str = ""
    public: str = ""
    case: tuple[Case, ...] = ()


class Revoked(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Serials of badges and cards that are no longer valid."""

    serials: tuple[str, ...] = ()


class CentreSettings(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The centre's settings for its terminals: the file settings.toml.

    repeat_days: for how many days a rated case is not asked again. codes: patterns of foreign codes.
    """

    repeat_days: Annotated[int, Meta(ge=1, le=366)] = 30
    codes: CodeRules = CodeRules()


class Bundle(Struct, frozen=True, kw_only=True):
    """Everything in a bundle. assignments: None without their file, which is not the same as an empty one."""

    version: BundleVersion
    catalogue: Catalogue
    surveys: tuple[Survey, ...]
    plans: tuple[Plan, ...]
    settings: CentreSettings
    keys: PublicKeys
    revoked: Revoked
    cases: Cases
    assignments: tuple[Assignment, ...] | None = None
    office: OfficeSettings = OfficeSettings()
    organisations: frozenset[CaseHash] = frozenset()
    citizens: frozenset[CaseHash] = frozenset()

    def survey(self, id: str) -> Survey | None:
        """The survey with this id, in its highest version."""
        found = [survey for survey in self.surveys if survey.id == id]
        return max(found, key=lambda survey: survey.version) if found else None


_SINGLE = (
    *("bundle.toml", "catalogue.toml", "settings.toml", "keys.toml", "revoked.toml", "assignments.toml"),
    *("office.toml", "cases.json", "organisations.json", "citizens.json"),
)
_NEEDED = ("bundle.toml", "catalogue.toml")
_SEVERAL = ("surveys", "plans")
_NAME = re.compile("[a-z0-9][a-z0-9_.-]{0,58}\\.toml")


def bundle_files(folder: Path) -> dict[str, str]:
    """The texts of a bundle folder by their paths in it, as terminals get them.

    Raises ProblemError HL1016 for a file that can't be in a bundle: terminals refuse a bundle with an unknown
    name, and a file that is there by mistake would go to every counter. Files that are neither TOML nor JSON
    are left out. Raises HL1001, HL1010.
    """
    files = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in (".toml", ".json") or not path.is_file():
            continue
        name = path.relative_to(folder).as_posix()
        if not is_bundle_file(name):
            raise ProblemError(BUNDLE_FILE_UNKNOWN(where=str(path)))
        files[name] = read_text(path)
    return files


def is_bundle_file(name: str) -> bool:
    """Whether a bundle may have a file at this path."""
    folder, _, file = name.rpartition("/")
    return name in _SINGLE or (folder in _SEVERAL and _NAME.fullmatch(file) is not None)


def load_bundle(folder: Path) -> Bundle:
    """The bundle in `folder`; other files in it are ignored. Raises ProblemError (HL1001 … HL1010)."""
    single = [folder / name for name in _SINGLE if name in _NEEDED or (folder / name).exists()]
    several = [path for name in _SEVERAL for path in (folder / name).glob("*.toml")]
    files = {path.relative_to(folder).as_posix(): read_text(path) for path in (*single, *several)}
    return read_bundle(files, folder)


def read_bundle(files: Mapping[str, str], folder: Path = Path()) -> Bundle:
    """The bundle made of these texts by path; problems name the paths as files of `folder`.

    Raises ProblemError (HL1001 … HL1007) naming the file and the key.
    """
    surveys = tuple(decode_survey(files[name], str(folder / name)) for name in _of(files, "surveys"))
    if not surveys:
        raise ProblemError(FILE_UNREADABLE(where=str(folder / "surveys"), detail=NO_SURVEY))
    _refuse(folder, repeated_surveys(surveys))
    plans = tuple(decode_plan(files[name], surveys, str(folder / name)) for name in _of(files, "plans"))
    _refuse(folder, repeated_plans(plans))
    for name in _NEEDED:
        if name not in files:
            raise ProblemError(FILE_UNREADABLE(where=str(folder / name), detail=NO_FILE))
    catalogue = _decoded(files, "catalogue.toml", Catalogue, folder)
    keys = _decoded(files, "keys.toml", PublicKeys, folder)
    settings = _decoded(files, "settings.toml", CentreSettings, folder)
    assignments = _decoded(files, "assignments.toml", Assignments, folder).assignments
    _refuse(folder / "keys.toml", key_problems(keys))
    _refuse(folder / "catalogue.toml", catalogue_problems(catalogue))
    _refuse(folder / "settings.toml", rule_problems(settings.codes))
    faults = (*assignment_problems(assignments), *dangling_references(assignments, catalogue, surveys, plans))
    _refuse(folder / "assignments.toml", faults)
    return Bundle(
        version=_decoded(files, "bundle.toml", BundleVersion, folder),
        catalogue=catalogue,
        surveys=surveys,
        plans=plans,
        settings=settings,
        keys=keys,
        revoked=_decoded(files, "revoked.toml", Revoked, folder),
        cases=_cases(files.get("cases.json", "{}"), folder / "cases.json"),
        assignments=assignments if "assignments.toml" in files else None,
        office=_decoded(files, "office.toml", OfficeSettings, folder),
        organisations=_hashes(files, "organisations.json", folder),
        citizens=_hashes(files, "citizens.json", folder),
    )


def _of(files: Mapping[str, str], kind: str) -> list[str]:
    """The paths of all surveys, or of all plans."""
    return sorted(name for name in files if name.startswith(f"{kind}/"))


def _decoded(files: Mapping[str, str], name: str, type: type[T], folder: Path) -> T:
    """The decoded file; a file that is absent reads as an empty one."""
    return decode_toml(files.get(name, ""), type, str(folder / name))


def _cases(text: str, path: Path) -> Cases:
    """The case list: JSON, for it is written by a program and can be long."""
    try:
        cases = msgspec.json.decode(text, type=Cases)
    except msgspec.DecodeError as error:
        raise ProblemError(FILE_MALFORMED(where=str(path))) from error
    if cases.key and read_key(cases.key) is None:
        raise ProblemError(ENTRY_INVALID(where=f"{path}: key", detail=NO_KEY))
    return cases


def repeated_surveys(surveys: Iterable[Survey]) -> Iterator[Problem]:
    """Versions of forms that there are twice."""
    return _repeated("surveys", [f"{survey.id} version {survey.version}" for survey in surveys])


def repeated_plans(plans: Iterable[Plan]) -> Iterator[Problem]:
    """Plans that there are twice."""
    return _repeated("plans", [plan.id for plan in plans])


def dangling_references(
    assignments: Sequence[Assignment], catalogue: Catalogue, surveys: Sequence[Survey], plans: Sequence[Plan]
) -> Iterator[Problem]:
    """Every reference of an assignment to what there is not."""
    forms = {survey.id: survey for survey in sorted(surveys, key=lambda survey: survey.version)}
    units = {unit.code for unit in catalogue.units}
    known_plans = {plan.id for plan in plans}
    for assignment in assignments:
        where = f"assignments {assignment.id}"
        if assignment.unit not in units:
            yield REFERENCE_DANGLING(where=f"{where}.unit", detail=f"không có đơn vị “{assignment.unit}”")
        if assignment.plan is not None and assignment.plan not in known_plans:
            yield REFERENCE_DANGLING(where=f"{where}.plan", detail=f"không có kế hoạch “{assignment.plan}”")
        survey = forms.get(assignment.survey)
        if survey is None:
            detail = f"không có phiếu hỏi “{assignment.survey}”"
            yield REFERENCE_DANGLING(where=f"{where}.survey", detail=detail)
            continue
        yield from not_asked(assignment, survey)


def not_asked(assignment: Assignment, survey: Survey) -> Iterator[Problem]:
    """The people of an assignment whom its form is not for."""
    for respondent in assignment.respondents:
        if respondent not in survey.respondents:
            detail = f"“{survey.id}” không hỏi “{respondent}”"
            yield ENTRY_INVALID(where=f"assignments {assignment.id}.respondents", detail=detail)


def _hashes(files: Mapping[str, str], name: str, folder: Path) -> frozenset[CaseHash]:
    try:
        return frozenset(msgspec.json.decode(files.get(name, "[]"), type=tuple[CaseHash, ...]))
    except msgspec.DecodeError as error:
        raise ProblemError(FILE_MALFORMED(where=str(folder / name))) from error


def key_problems(keys: PublicKeys) -> Iterator[Problem]:
    """All faults of keys, so that an invalid one isn't first noticed at a scan; `where` is the key."""
    for name in _USES:
        group: tuple[PublicKey, ...] = getattr(keys, name)
        yield from _repeated(name, [key.id for key in group])
        for key in group:
            if read_key(key.public) is None:
                yield ENTRY_INVALID(where=f"{name} {key.id}", detail=NO_KEY)


def _repeated(where: str, ids: Sequence[str]) -> Iterator[Problem]:
    for id, count in Counter(ids).items():
        if count > 1:
            yield ID_REPEATED(where=where, detail=f"“{id}”")


def _refuse(where: Path, problems: Iterable[Problem]) -> None:
    """Raise the first problem, named as one of this file."""
    for problem in problems:
        raise ProblemError(problem.kind(where=f"{where}: {problem.where}", detail=problem.detail))

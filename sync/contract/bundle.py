"""What a terminal is configured with: one folder, loaded whole or not at all.

    bundle.toml      version, issued, expires
    catalogue.toml   units, procedures, officers, counters, devices
    surveys/*.toml   forms
    plans/*.toml     plans (may be absent)
    settings.toml    settings the centre decides for its terminals (may be absent)
    keys.toml        public keys: sealing, badges, centre; ids of revoked ones (may be absent: then open
                     questions are not asked)
    revoked.toml     serials of revoked badges (may be absent)
    cases.json       the unit's key for cases, and known cases by their keyed hash (may be absent); the centre
                     adds it for devices of the unit alone, see sync/central/office/keys/by_unit.py

The centre issues it signed; until a terminal is enrolled the same files are copied there by hand.
"""

import re
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from sync.contract.catalogue import Catalogue
from sync.contract.code_rules import CodeRules, check_rules
from sync.contract.encoded import read_key
from sync.contract.plan import Plan, load_plan
from sync.contract.problem import ProblemError
from sync.contract.problem.files import (
    BUNDLE_FILE_UNKNOWN,
    ENTRY_INVALID,
    FILE_MALFORMED,
    FILE_NOT_UTF8,
    FILE_UNREADABLE,
    ID_REPEATED,
    REFERENCE_DANGLING,
    TEXT_MISSING,
)
from sync.contract.reasons import system_reason
from sync.contract.response import CaseHash, Moment, ProcedureCode
from sync.contract.survey import Survey, load_survey, read_toml
from sync.contract.text import Id


class BundleVersion(Struct, frozen=True, forbid_unknown_fields=True):
    """Which bundle this is. A terminal never goes back to a lower version."""

    version: int
    issued: Moment
    expires: Moment


class PublicKey(Struct, frozen=True, forbid_unknown_fields=True):
    """A key by its id; `public` is 32 bytes in base64."""

    id: Id
    public: str


class PublicKeys(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The centre's public keys.

    sealing: X25519, the newest last. badges, centre: Ed25519, all that are valid. revoked: ids of keys that
    the centre's root has revoked; what they have signed counts no more.
    """

    sealing: tuple[PublicKey, ...] = ()
    badges: tuple[PublicKey, ...] = ()
    centre: tuple[PublicKey, ...] = ()
    revoked: tuple[Id, ...] = ()


_USES = ("sealing", "badges", "centre")


def keys_toml(keys: PublicKeys) -> str:
    """The file keys.toml for these keys: ids and base64 need no escapes."""
    revoked = ", ".join(f'"{id}"' for id in keys.revoked)
    return (f"revoked = [{revoked}]\n" if revoked else "") + "".join(
        f'[[{name}]]\nid = "{key.id}"\npublic = "{key.public}"\n'
        for name in _USES
        for key in getattr(keys, name)
    )


class Case(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One case: what was asked for, and who dealt with it, where the one-stop software's list says so.

    rated: the centre holds a response to it, from any terminal.
    """

    case: CaseHash
    procedure: ProcedureCode | None = None
    officer: Id | None = None
    rated: bool = False


class Cases(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The case list of one unit.

    key: base64, the unit's key for hashing dossier codes. public: base64, the centre's key to seal them to.
    """

    key: str = ""
    public: str = ""
    case: tuple[Case, ...] = ()


class Revoked(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Serials of badges and cards that no longer count."""

    serials: tuple[str, ...] = ()


class CentreSettings(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the centre decides for its terminals: the file settings.toml.

    repeat_days: for how many days a case that was rated is not asked again. codes: patterns of foreign codes.
    """

    repeat_days: Annotated[int, Meta(ge=1, le=366)] = 30
    codes: CodeRules = CodeRules()


class Bundle(Struct, frozen=True):
    """All of the folder."""

    version: BundleVersion
    catalogue: Catalogue
    surveys: tuple[Survey, ...]
    plans: tuple[Plan, ...]
    settings: CentreSettings
    keys: PublicKeys
    revoked: Revoked
    cases: Cases

    def survey(self, id: str) -> Survey | None:
        """The survey with this id, in its highest version."""
        found = [survey for survey in self.surveys if survey.id == id]
        return max(found, key=lambda survey: survey.version) if found else None


_FILES = re.compile(
    r"(bundle|catalogue|settings|keys|revoked)\.toml|cases\.json|(surveys|plans)/[a-z0-9][a-z0-9_.-]{0,58}\.toml"
)


def bundle_files(folder: Path) -> dict[str, str]:
    """The texts of a bundle folder by their paths in it, as terminals get them.

    Raises ProblemError HL1016 for a file that no bundle has: terminals refuse a bundle with a name that they
    don't take, and a file that lies there by mistake would go to every counter. Files that are neither TOML
    nor JSON stay where they are. Raises HL1001, HL1010.
    """
    files = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in (".toml", ".json") or not path.is_file():
            continue
        name = path.relative_to(folder).as_posix()
        if not _FILES.fullmatch(name):
            raise ProblemError(BUNDLE_FILE_UNKNOWN(where=str(path)))
        try:
            files[name] = path.read_text("utf-8-sig")
        except OSError as error:
            raise ProblemError(FILE_UNREADABLE(where=str(path), detail=system_reason(error))) from error
        except UnicodeDecodeError as error:
            raise ProblemError(FILE_NOT_UTF8(where=str(path))) from error
    return files


def load_bundle(folder: Path) -> Bundle:
    """The bundle in `folder`; raises ProblemError (HL1001 … HL1007) naming the file and the key."""
    surveys = tuple(load_survey(path) for path in sorted((folder / "surveys").glob("*.toml")))
    if not surveys:
        raise ProblemError(FILE_UNREADABLE(where=str(folder / "surveys"), detail="không có tệp *.toml"))
    _refuse_twice(folder / "surveys", [f"{survey.id} version {survey.version}" for survey in surveys])
    plans = tuple(load_plan(path, surveys) for path in sorted((folder / "plans").glob("*.toml")))
    _refuse_twice(folder / "plans", [plan.id for plan in plans])
    catalogue = read_toml(folder / "catalogue.toml", Catalogue)
    keys = _optional(folder / "keys.toml", PublicKeys) or PublicKeys()
    _check_keys(folder / "keys.toml", keys)
    _check_catalogue(folder / "catalogue.toml", catalogue)
    return Bundle(
        version=read_toml(folder / "bundle.toml", BundleVersion),
        catalogue=catalogue,
        surveys=surveys,
        plans=plans,
        settings=_settings(folder / "settings.toml"),
        keys=keys,
        revoked=_optional(folder / "revoked.toml", Revoked) or Revoked(),
        cases=_cases(folder / "cases.json"),
    )


def _optional(path: Path, type: Any) -> Any:
    return read_toml(path, type) if path.exists() else None


def _settings(path: Path) -> CentreSettings:
    settings: CentreSettings = _optional(path, CentreSettings) or CentreSettings()
    check_rules(settings.codes, str(path))
    return settings


def _cases(path: Path) -> Cases:
    """The case list: JSON, for it is written by a program and can be long."""
    if not path.exists():
        return Cases()
    try:
        cases = msgspec.json.decode(path.read_bytes(), type=Cases)
    except OSError as error:
        raise ProblemError(FILE_UNREADABLE(where=str(path), detail=system_reason(error))) from error
    except msgspec.DecodeError as error:
        raise ProblemError(FILE_MALFORMED(where=str(path))) from error
    if cases.key:
        _check_key(f"{path}: key", cases.key)
    return cases


def _check_keys(path: Path, keys: PublicKeys) -> None:
    """A key that is no key is found when the bundle is loaded, not when a code is scanned."""
    for name in _USES:
        group: tuple[PublicKey, ...] = getattr(keys, name)
        _refuse_twice(f"{path}: {name}", [key.id for key in group])
        for key in group:
            _check_key(f"{path}: {name} {key.id}", key.public)


def _check_key(where: str, key: str) -> None:
    if read_key(key) is None:
        raise ProblemError(ENTRY_INVALID(where=where, detail="không phải 32 byte ở dạng base64"))


def _refuse_twice(where: Path | str, ids: list[str]) -> None:
    for id in ids:
        if ids.count(id) > 1:
            raise ProblemError(ID_REPEATED(where=str(where), detail=f"“{id}”"))


def _check_catalogue(path: Path, catalogue: Catalogue) -> None:
    units = [unit.code for unit in catalogue.units]
    _refuse_twice(f"{path}: units", [f"{unit.code} from {unit.valid_from}" for unit in catalogue.units])
    _refuse_twice(f"{path}: procedures", [procedure.code for procedure in catalogue.procedures])
    _refuse_twice(f"{path}: officers", [officer.id for officer in catalogue.officers])
    _refuse_twice(f"{path}: devices", [device.id for device in catalogue.devices])
    names = [
        *((f"units {unit.code}.name", unit.name) for unit in catalogue.units),
        *((f"procedures {procedure.code}.name", procedure.name) for procedure in catalogue.procedures),
        *((f"counters {counter.id}.name", counter.name) for counter in catalogue.counters),
    ]
    for where, name in names:
        if "vi" not in name:
            raise ProblemError(TEXT_MISSING(where=f"{path}: {where}", detail="thiếu 'vi'"))
    references = [
        *((f"units {unit.code}.parent", unit.parent) for unit in catalogue.units if unit.parent),
        *((f"officers {officer.id}.unit", officer.unit) for officer in catalogue.officers),
        *((f"counters {counter.id}.unit", counter.unit) for counter in catalogue.counters),
        *((f"devices {device.id}.unit", device.unit) for device in catalogue.devices),
    ]
    for where, unit in references:
        if unit not in units:
            raise ProblemError(
                REFERENCE_DANGLING(where=f"{path}: {where}", detail=f"không có đơn vị “{unit}”")
            )

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
                     adds it for devices of the unit alone, see central/keys/case_lists.py

The centre issues it signed; until a terminal is enrolled the same files are copied there by hand.
"""

import base64
import binascii
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from sync.contract.catalogue import Catalogue
from sync.contract.plan import Plan, load_plan
from sync.contract.problem import ProblemError, problem
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


class Bundle(Struct, frozen=True):
    """All of the folder."""

    version: BundleVersion
    catalogue: Catalogue
    surveys: tuple[Survey, ...]
    plans: tuple[Plan, ...]
    settings: dict[str, Any]
    keys: PublicKeys
    revoked: Revoked
    cases: Cases

    def survey(self, id: str) -> Survey | None:
        """The survey with this id, in its highest version."""
        found = [survey for survey in self.surveys if survey.id == id]
        return max(found, key=lambda survey: survey.version) if found else None


def load_bundle(folder: Path) -> Bundle:
    """The bundle in `folder`; raises ProblemError (HL1001 … HL1007) naming the file and the key."""
    surveys = tuple(load_survey(path) for path in sorted((folder / "surveys").glob("*.toml")))
    if not surveys:
        raise ProblemError(problem("HL1001", where=str(folder / "surveys"), detail="no *.toml"))
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
        settings=_optional(folder / "settings.toml", dict[str, Any]) or {},
        keys=keys,
        revoked=_optional(folder / "revoked.toml", Revoked) or Revoked(),
        cases=_cases(folder / "cases.json"),
    )


def _optional(path: Path, type: Any) -> Any:
    return read_toml(path, type) if path.exists() else None


def _cases(path: Path) -> Cases:
    """The case list: JSON, for it is written by a program and can be long."""
    if not path.exists():
        return Cases()
    try:
        return msgspec.json.decode(path.read_bytes(), type=Cases)
    except OSError as error:
        raise ProblemError(problem("HL1001", where=str(path), detail=system_reason(error))) from error
    except msgspec.DecodeError as error:
        raise ProblemError(problem("HL1002", where=str(path))) from error


def _check_keys(path: Path, keys: PublicKeys) -> None:
    """A key that is no key is found when the bundle is loaded, not when a code is scanned."""
    for name in _USES:
        group: tuple[PublicKey, ...] = getattr(keys, name)
        _refuse_twice(f"{path}: {name}", [key.id for key in group])
        for key in group:
            try:
                size = len(base64.b64decode(key.public, validate=True))
            except (binascii.Error, ValueError):
                size = 0
            if size != 32:
                where = f"{path}: {name} {key.id}"
                raise ProblemError(problem("HL1003", where=where, detail="not 32 bytes in base64"))


def _refuse_twice(where: Path | str, ids: list[str]) -> None:
    for id in ids:
        if ids.count(id) > 1:
            raise ProblemError(problem("HL1004", where=str(where), detail=f"'{id}'"))


def _check_catalogue(path: Path, catalogue: Catalogue) -> None:
    units = [unit.code for unit in catalogue.units]
    _refuse_twice(f"{path}: units", [f"{unit.code} from {unit.valid_from}" for unit in catalogue.units])
    _refuse_twice(f"{path}: procedures", [procedure.code for procedure in catalogue.procedures])
    _refuse_twice(f"{path}: officers", [officer.id for officer in catalogue.officers])
    _refuse_twice(f"{path}: devices", [device.id for device in catalogue.devices])
    references = [
        *((f"units {unit.code}.parent", unit.parent) for unit in catalogue.units if unit.parent),
        *((f"officers {officer.id}.unit", officer.unit) for officer in catalogue.officers),
        *((f"counters {counter.id}.unit", counter.unit) for counter in catalogue.counters),
        *((f"devices {device.id}.unit", device.unit) for device in catalogue.devices),
    ]
    for where, unit in references:
        if unit not in units:
            raise ProblemError(problem("HL1005", where=f"{path}: {where}", detail=f"no unit '{unit}'"))

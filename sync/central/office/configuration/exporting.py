"""A configuration as a folder of TOML, which `folder` reads back. Nothing that is there is overwritten."""

import shutil
import tempfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import msgspec

from sync.central.office.configuration.entries import Configured
from sync.contract.assignment import Assignments
from sync.contract.bundle import Revoked
from sync.contract.catalogue import Catalogue
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import FOLDER_NOT_EMPTY

_OF_OFFICE = ("name", "primary", "accent", "results_url", "public_url", "emblem", "opening", "special_days")
_OF_SETTINGS = ("repeat_days", "codes")
_BUILTIN = (datetime, date, time)
_LONGEST = 59
"""Characters of a file's name without its ending, as `is_bundle_file` allows."""


def folder_texts(configured: Configured) -> dict[str, str]:
    """The files of the folder by their paths; a file that would be empty is left out."""
    catalogue = msgspec.to_builtins(
        Catalogue(
            units=configured.units,
            procedures=configured.procedures,
            officers=configured.officers,
            counters=configured.counters,
            devices=configured.devices,
        ),
        builtin_types=_BUILTIN,
    )
    decided = msgspec.to_builtins(configured.office, builtin_types=_BUILTIN)
    files: dict[str, Any] = {
        "office.toml": _some(decided, _OF_OFFICE),
        "settings.toml": _some(decided, _OF_SETTINGS),
        "keys.toml": _some(decided, ("badges",)),
        "revoked.toml": Revoked(configured.serials) if configured.serials else {},
        "assignments.toml": Assignments(configured.assignments) if configured.assignments else {},
        **_named("surveys", configured.surveys),
        **_named("plans", configured.plans),
    }
    files = {name: content for name, content in files.items() if content}
    files["catalogue.toml"] = {**_some(decided, ("languages",)), **catalogue}
    return {name: msgspec.toml.encode(content).decode() for name, content in sorted(files.items())}


def write_folder(folder: Path, texts: dict[str, str]) -> None:
    """Write all of these files or none. Raises ProblemError HL5074 for a folder that holds any."""
    if folder.exists() and any(folder.iterdir()):
        raise ProblemError(FOLDER_NOT_EMPTY(where=str(folder)))
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        for name, text in texts.items():
            path = draft / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
        draft.replace(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _some(decided: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: decided[name] for name in names if name in decided}


def _named(folder: str, contents: tuple[Any, ...]) -> dict[str, Any]:
    """Each under its id; ids that are too long for a file's name are cut and numbered."""
    files: dict[str, Any] = {}
    for content in contents:
        name = content.id[:_LONGEST]
        number = 2
        while f"{folder}/{name}.toml" in files:
            name = f"{content.id[: _LONGEST - 4]}-{number}"
            number += 1
        files[f"{folder}/{name}.toml"] = content
    return files

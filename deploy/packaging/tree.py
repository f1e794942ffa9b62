"""The folder of one release, made of wheels and of our sources.

    lib/    packages: ours, and those of the wheels without what nothing reads
    bin/    commands, and `python`, for the guides' `python -m …`
    share/  units, samples, guides

Nothing in it knows where it is: a command finds `lib/` next to its own folder. Bytecode is made on
the machine, by its own Python.
"""

import shutil
import subprocess
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

from deploy.packaging.parts import Part
from deploy.packaging.target import ELF_MACHINES

ELF = b"\x7fELF"
KEPT_OF_METADATA = ("METADATA", "entry_points.txt")
COMMAND = """#!/usr/bin/python3 -I
import sys
from pathlib import Path

release = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(release / "lib"))
sys.path.append(str(release.parents[1] / "extra"))  # libraries that an office has added by itself

from {module} import {function}

if __name__ == "__main__":
    sys.exit({function}())
"""
PYTHON = """#!/bin/sh
# Python with the packages of this release: python -m sync.outbox verify /var/lib/hailong/outbox
release=$(dirname "$(dirname "$(readlink -f "$0")")")
PYTHONPATH="$release/lib" exec /usr/bin/python3 -P -s "$@"
"""


class WrongMachineError(Exception):
    """A library for another architecture."""


def place(name: str, pruned: Sequence[str]) -> str | None:
    """Where the file `name` of a wheel belongs in `lib/`; None: nowhere.

    Scripts, headers and documents of a wheel are left out, and of its metadata all but what programs read at
    run time and the licences.
    """
    head, _, rest = name.partition("/")
    if name.endswith("/"):
        return None
    if head.endswith(".data"):
        scheme, _, name = rest.partition("/")
        if scheme not in ("purelib", "platlib"):
            return None
    if head.endswith(".dist-info"):
        licence = rest.startswith(("licenses/", "LICENSE", "COPYING", "NOTICE"))
        return name if licence or rest in KEPT_OF_METADATA else None
    return None if any(fnmatchcase(name, pattern) for pattern in pruned) else name


def machine_of(content: bytes) -> int | None:
    """The architecture of a program or library (e_machine); None: it is neither."""
    return int.from_bytes(content[18:20], "little") if content.startswith(ELF) else None


def check_machine(lib: Path, arch: str) -> int:
    """How many libraries `lib` has; raises WrongMachineError for one that is not for `arch`."""
    count = 0
    for path in files_of(lib):
        with path.open("rb") as file:
            machine = machine_of(file.read(20))
        if machine is not None and machine != ELF_MACHINES[arch]:
            raise WrongMachineError(f"{path.relative_to(lib)} is for machine {machine}, not for {arch}")
        count += machine is not None
    return count


def files_of(folder: Path) -> list[Path]:
    """Every file and link in `folder`, in one order on every machine, without bytecode."""
    every = (path for path in folder.rglob("*") if path.is_symlink() or path.is_file())
    return sorted(path for path in every if path.parent.name != "__pycache__")


def unpack(wheel: Path, lib: Path, pruned: Sequence[str]) -> None:
    """Put what is needed of `wheel` into `lib`."""
    with ZipFile(wheel) as packed:
        for name in packed.namelist():
            if (target := place(name, pruned)) is not None:
                _write(lib / target, packed.read(name))


def build(
    part: Part,
    version: str,
    *,
    wheels: Iterable[Path],
    sources: Path,
    tree: Path,
) -> Path:
    """Make the release of `part` in the folder `tree`, which is emptied before, of wheels and `sources`."""
    shutil.rmtree(tree, ignore_errors=True)
    lib = tree / "lib"
    for wheel in wheels:
        unpack(wheel, lib, part.pruned)
    _our_own(part, version, sources, lib)
    for command, function in part.commands.items():
        module, _, name = function.partition(":")
        _write(tree / "bin" / command, COMMAND.format(module=module, function=name).encode(), 0o755)
    _write(tree / "bin" / "python", PYTHON.encode(), 0o755)
    _shared(part, sources, tree / "share")
    return tree


def strip(lib: Path, program: str) -> None:
    """Take what only a debugger reads out of the libraries."""
    libraries = [path for path in files_of(lib) if path.read_bytes()[:4] == ELF]
    if libraries:
        subprocess.run([program, "--strip-debug", *libraries], check=True)


def _our_own(part: Part, version: str, sources: Path, lib: Path) -> None:
    for folder in ("kiosk", "sync"):
        for path in files_of(sources / folder):
            name = str(PurePosixPath(path.relative_to(sources)))
            if place(name, part.pruned):
                _write(lib / name, path.read_bytes())
    for path in files_of(sources / "assets"):
        _write(lib / "kiosk" / path.relative_to(sources), path.read_bytes())
    metadata = f"Metadata-Version: 2.1\nName: hailong\nVersion: {version}\nLicense: Apache-2.0\n"
    _write(lib / f"hailong-{version}.dist-info" / "METADATA", metadata.encode())


def _shared(part: Part, sources: Path, share: Path) -> None:
    deploy = sources / "deploy"
    for folder in (part.folder, "sample", "hailong-.service.d"):
        for path in files_of(deploy / folder):
            _write(share / path.relative_to(deploy), path.read_bytes())
    for path in (*sorted(deploy.glob("*.md")), sources / "requirements" / "parquet.lock"):
        _write(share / path.name, path.read_bytes())


def _write(path: Path, content: bytes, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(mode)

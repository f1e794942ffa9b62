"""The wheels of a lock: which ones a machine needs, and fetching exactly these."""

import hashlib
import re
import subprocess
import sys
from collections.abc import Set
from pathlib import Path

from msgspec import Struct

from deploy.packaging.target import Target
from packaging.markers import Marker


class Pin(Struct, frozen=True):
    """One package of a lock in its one version, by the SHA-256 of its files."""

    name: str
    version: str
    hashes: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join([f"{self.name}=={self.version}", *(f"--hash={each}" for each in self.hashes)])


class WheelMissingError(Exception):
    """No wheel of these packages runs on that machine."""

    def __init__(self, pins: list[Pin], said: str) -> None:
        super().__init__(", ".join(f"{pin.name} {pin.version}" for pin in pins))
        self.pins = pins
        self.said = said


def pins(lock: str, target: Target, left_out: Set[str]) -> list[Pin]:
    """The packages of `lock`, or of several in one text, that `target` needs, without those `left_out`.

    Raises ValueError for a line that is no pin with hashes, and for a name left out that the lock hasn't.
    """
    wanted, named = [], set()
    for line in lock.replace("\\\n", " ").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        match = re.fullmatch(r"([\w.-]+)==([\w.+!-]+)\s*(?:;(.*?))?((?:\s+--hash=\S+)+)\s*", line)
        if match is None:
            raise ValueError(f"not a pin with hashes: {line.split(' --hash')[0]}")
        name, version, marker, hashes = match.groups()
        named.add(name)
        if name in left_out or (marker and not Marker(marker.strip()).evaluate(target.environment)):
            continue
        pin = Pin(name, version, tuple(re.findall(r"--hash=(\S+)", hashes)))
        if pin not in wanted:
            wanted.append(pin)
    if unknown := left_out - named:
        raise ValueError(f"not in the lock: {', '.join(sorted(unknown))}")
    return wanted


def fetch(wanted: list[Pin], target: Target, folder: Path) -> list[Path]:
    """The wheels of `wanted` in `folder`; those that are not there are downloaded by pip.

    Returns them by name. Raises WheelMissingError, with every package that has none for `target`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    there = _by_hash(folder)
    absent = [pin for pin in wanted if there.keys().isdisjoint(pin.hashes)]
    if absent:
        done = _download(absent, target, folder)
        if done.returncode:
            missing = [pin for pin in absent if _download([pin], target, folder).returncode]
            raise WheelMissingError(missing or absent, done.stderr)
        there = _by_hash(folder)
    return sorted(there[each] for pin in wanted for each in pin.hashes if each in there)


def _by_hash(folder: Path) -> dict[str, Path]:
    """The wheels in `folder`, by the hash that a lock has of them."""
    wheels = folder.glob("*.whl")
    return {f"sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}": wheel for wheel in wheels}


def _download(wanted: list[Pin], target: Target, folder: Path) -> subprocess.CompletedProcess[str]:
    listed = folder / "requirements.txt"
    listed.write_text("".join(f"{pin}\n" for pin in wanted), "utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--require-hashes", "--only-binary=:all:", "--implementation=cp"]
    command += [f"--python-version={target.suite.python}", f"--abi=cp{target.suite.python.replace('.', '')}"]
    command += ["--abi=abi3", "--abi=none", *(f"--platform={each}" for each in target.platforms)]
    command += ["--dest", str(folder), "--requirement", str(listed)]
    return subprocess.run(command, check=False, capture_output=True, text=True)

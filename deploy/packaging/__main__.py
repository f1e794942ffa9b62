"""`python -m deploy.packaging`: the packages of the last commit, under build/packages/<suite>/.

With a publisher's key also the release file that a centre offers to terminals; see deploy/cap-nhat.md.
"""

import argparse
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from io import BytesIO
from pathlib import Path

from msgspec import Struct

import sync
from deploy.packaging.archive import BEST, pack
from deploy.packaging.debian import file_name, make, write
from deploy.packaging.locked import WheelMissingError, fetch, pins
from deploy.packaging.parts import PARTS, Part
from deploy.packaging.target import ELF_MACHINES, STRIP, SUITES, Target
from deploy.packaging.tree import build, check_machine, files_of, strip
from sync.contract.problem import ProblemError
from sync.updates.making import About, write_release
from sync.updates.publisher import PublisherKey, load_publisher

ROOT = Path(__file__).parents[2]
PACKAGES = ROOT / "build" / "packages"
QUICK = 1  # of lzma's presets
UNSIGNED = """Not signed: there is no release file, so no centre can offer this version to terminals, and a
terminal takes it by `apt install` alone. To sign: make packages KEY=<the publisher's key>, as
deploy/cap-nhat.md says."""


class Order(Struct, frozen=True, kw_only=True):
    """What is to be built, of which sources, at which moment, into which folder. key: None signs nothing."""

    version: str
    sources: Path
    moment: int
    folder: Path
    preset: int = BEST
    key: PublisherKey | None = None


def sources_of(commit: str, folder: Path) -> int:
    """Put the files of `commit` into `folder`; returns when it was made, in seconds of the epoch."""
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=BytesIO(packed)) as tar:
        tar.extractall(folder, filter="data")
    moment = subprocess.run(
        ["git", "log", "-1", "--format=%ct", commit], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return int(moment)


def make_package(part: Part, target: Target, order: Order) -> Path:
    """Build the tree, the archive and the package of `part` for `target`; returns the package's file.

    With a key the terminal's release file is next to it. The tree stays, for who signs on another machine.
    Raises WheelMissingError.
    """
    suite = order.folder / target.suite.name
    locks = [(order.sources / "requirements" / f"{name}.lock").read_text("utf-8") for name in part.locks]
    wheels = fetch(
        pins("".join(locks), target, part.left_out),
        target,
        PACKAGES / "wheels" / f"{target.suite.python}-{target.arch}",
    )
    name = f"{part.package}_{order.version}_{target.arch}"
    tree = build(part, order.version, wheels=wheels, sources=order.sources, tree=suite / "trees" / name)
    check_machine(tree / "lib", target.arch)
    strip(tree / "lib", STRIP[target.arch])
    archive = suite / f"{name}.tar.xz"
    pack(tree, archive, order.moment, order.preset)
    package = suite / file_name(part, order.version, target)
    for earlier in suite.glob(f"{part.package}_*_{target.arch}.deb"):
        earlier.unlink()
    with tempfile.TemporaryDirectory() as staging:
        write(
            part,
            order.version,
            target,
            sources=order.sources,
            archive=archive,
            installed=sum(path.lstat().st_size for path in files_of(tree)),
            moment=order.moment,
            staging=Path(staging),
            publisher=order.key.public_line() if order.key else "",
        )
        make(Path(staging), package, order.moment)
    if order.key is not None and part.updates:
        about = About(part="kiosk", version=order.version, arch=target.arch, python=target.suite.python)
        write_release(tree, about, order.key, suite / about.file_name)
    return package


def main() -> int:
    """Build what is asked for; 1 where a library has no wheel or no program strips it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suite", choices=SUITES, action="append", help="default: every release")
    parser.add_argument("--arch", choices=ELF_MACHINES, action="append", help="default: every architecture")
    parser.add_argument("--part", choices=PARTS, action="append", help="default: both parts")
    parser.add_argument("--version", default=sync.__version__, help="another version, for tests of upgrades")
    parser.add_argument("--commit", default="HEAD", help="what is built; what is not committed is not in it")
    parser.add_argument("--folder", type=Path, default=PACKAGES)
    parser.add_argument("--key", type=Path, help="of a publisher, outside the sources: sign")
    parser.add_argument("--quick", action="store_true", help="compress fast, for tests")
    asked = parser.parse_args()
    try:
        key = publisher_of(asked.key) if asked.key else None
    except (ValueError, ProblemError) as error:
        parser.error(str(error))
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        moment = sources_of(asked.commit, Path(folder))
        order = Order(
            version=asked.version,
            sources=Path(folder),
            moment=moment,
            folder=asked.folder,
            preset=QUICK if asked.quick else BEST,
            key=key,
        )
        for suite in asked.suite or SUITES:
            for arch in asked.arch or ELF_MACHINES:
                for part in asked.part or PARTS:
                    failed |= not _one(PARTS[part], Target(SUITES[suite], arch), order)
    if key is None:
        print(UNSIGNED, file=sys.stderr)
    return int(failed)


def publisher_of(path: Path) -> PublisherKey:
    """The key in this file; raises ValueError where it lies in the source tree, ProblemError HL5002."""
    if path.resolve().is_relative_to(ROOT):
        raise ValueError(f"{path}: keep the key outside the sources, out of every copy of them")
    return load_publisher(path)


def _one(part: Part, target: Target, order: Order) -> bool:
    started = time.monotonic()
    title = f"{part.package}, {target.suite.name}, {target.arch}"
    if shutil.which(STRIP[target.arch]) is None:
        print(f"{title}: not made, {STRIP[target.arch]} is not installed", file=sys.stderr)
        return False
    try:
        package = make_package(part, target, order)
    except WheelMissingError as missing:
        print(f"{title}: not made, no wheel of: {missing}\n{missing.said}", file=sys.stderr)
        return False
    size = package.stat().st_size / 1e6
    print(f"{title}: {package.name}, {size:.1f} MB, {time.monotonic() - started:.0f} s")
    return True


if __name__ == "__main__":
    sys.exit(main())

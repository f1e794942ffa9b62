"""`python -m deploy.image`: the disk image of the last commit's terminal, under build/image/."""

import argparse
import re
import subprocess
import sys
import time
from pathlib import Path

from deploy.image.disk import assemble, make_efi, squash
from deploy.image.system import make_root, take_out
from deploy.packaging.__main__ import PACKAGES, ROOT
from deploy.packaging.target import SUITES, Target

IMAGES = ROOT / "build" / "image"
QUIET = ROOT / "deploy/tablet/etc/default/grub.d/hailong.cfg"


def quiet() -> str:
    """The words that an installed machine gives its kernel."""
    (words,) = re.findall(r'^GRUB_CMDLINE_LINUX_DEFAULT="(.*)"$', QUIET.read_text("utf-8"), re.MULTILINE)
    return str(words)


def moment_of_commit() -> int:
    """When the last commit was made, in seconds of the epoch: every file of the image is of that moment."""
    command = ["git", "log", "-1", "--format=%ct"]
    return int(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def main() -> int:
    """Make the image of a package; raises CalledProcessError where a program fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suite", choices=["trixie"], default="trixie", help="has systemd 257")
    parser.add_argument("--package", type=Path, help="default: the one in build/packages")
    parser.add_argument("--ssh-key", type=Path, help="public keys of who may enter by SSH; default: nobody")
    parser.add_argument("--folder", type=Path, default=IMAGES)
    asked = parser.parse_args()
    target = Target(SUITES[asked.suite], "amd64")
    package = asked.package or next((PACKAGES / asked.suite).glob("hailong-kiosk_*_amd64.deb"), None)
    if package is None:
        print("no package: make packages", file=sys.stderr)
        return 1
    started = time.monotonic()
    moment = moment_of_commit()
    folder = asked.folder
    root = folder / "root"
    make_root(target, package.absolute(), root, asked.ssh_key, moment)
    boots = take_out(root, folder)
    digest = squash(root, folder / "root.squashfs", moment)
    make_efi(digest, boots, quiet(), folder / "efi.fat", moment)
    image = folder / f"{package.stem}.img"
    layout = assemble(digest, folder / "efi.fat", folder / "root.squashfs", image)
    sizes = ", ".join(f"{part.name} {part.size / 1e6:.0f} MB" for part in (layout.efi, layout.root))
    print(f"{image}: {layout.size / 1e6:.0f} MB ({sizes}), {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())

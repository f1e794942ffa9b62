"""The root: a Debian without desktop, with the package and what only an image has."""

import os
import platform
import shutil
import subprocess
from pathlib import Path

from deploy.packaging.target import Target

FILES = Path(__file__).parent / "root"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
BASE = (
    "ca-certificates",
    "dbus",
    "initramfs-tools",
    "systemd-sysv",
    "tzdata",
    "udev",
    "zstd",
)
# A disk that a TPM opens; Wi-Fi.
MORE = (
    "e2fsprogs",
    "libtss2-esys-3.0.2-0t64",
    "libtss2-rc0t64",
    "linux-image-{arch}",
    "network-manager",
    "polkitd",
    "systemd-boot-efi",
    "systemd-cryptsetup",
    "systemd-repart",
    "wireless-regdb",
    "wpasupplicant",
)
FONTS = ("fonts-noto-core",)
"""Letters of every language."""
# What the screens of Intel and AMD and most Wi-Fi cards need.
FIRMWARE = (
    "firmware-amd-graphics",
    "firmware-atheros",
    "firmware-brcm80211",
    "firmware-intel-graphics",
    "firmware-intel-sound",
    "firmware-iwlwifi",
    "firmware-mediatek",
    "firmware-realtek",
    "firmware-sof-signed",
)
# What nobody reads on a terminal (also firmware for telephones and access points), and what has to differ
# from machine to machine.
NEEDLESS = (
    "boot/*",
    "etc/apt/sources.list",
    "etc/hostname.*",
    "etc/resolv.conf",
    "etc/ssh/ssh_host_*",
    "initrd.img*",
    "usr/lib/hailong/kiosk.tar.xz",
    "usr/share/doc/*/*",
    "usr/lib/firmware/ath10k/WCN3990",
    "usr/lib/firmware/ath11k/IPQ*",
    "usr/lib/firmware/ath11k/QCN*",
    "usr/lib/firmware/ath11k/WCN6750",
    "usr/lib/firmware/ath12k/QCN*",
    "usr/lib/firmware/mediatek/mt79[89]*",
    "usr/lib/firmware/mediatek/mt8*",
    "usr/share/info/*",
    "usr/share/lintian",
    "usr/share/locale/*",
    "usr/share/man/*",
    "var/cache/*/*",
    "var/lib/apt/lists/*",
    "var/lib/systemd/random-seed",
    "var/log/*.log",
    "var/log/apt",
    "var/log/journal",
    "vmlinuz*",
)
UNUSED = ("e2scrub_reap", "systemd-binfmt", "systemd-remount-fs")
"""Services that have nothing to do on a root that nobody writes."""
KEPT = "copyright"
"""Of the documents of a package, the licence stays."""


def mirrors() -> tuple[str, str]:
    """Where apt of this machine, which is a Debian, gets Debian itself and what repairs its holes."""
    own = platform.freedesktop_os_release()["VERSION_CODENAME"]
    asked = ["apt-get", "indextargets", "--format", "$(CODENAME) $(COMPONENT) $(SITE)"]
    listed = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
    sites = dict(line.rsplit(" ", 1) for line in listed.splitlines())
    return sites[f"{own} main"], sites[f"{own}-security main"]


def sources(suite: str, debian: str, security: str) -> list[str]:
    """What apt reads while the root is made."""
    signed = f"[signed-by={KEYRING}]"
    components = "main non-free-firmware"
    return [
        f"deb {signed} {debian} {suite} {components}",
        f"deb {signed} {debian} {suite}-updates {components}",
        f"deb {signed} {security} {suite}-security {components}",
    ]


def command(target: Target, package: Path, root: Path) -> list[str]:
    """The call of mmdebstrap that makes the folder `root`."""
    more = " ".join(name.format(arch=target.arch) for name in (*MORE, *FONTS, *FIRMWARE))
    install = f'chroot "$1" apt-get install -y -qq --no-install-recommends {more} /tmp/{package.name}'
    return [
        *("mmdebstrap", "--mode=root", "--format=directory", "--variant=minbase"),
        f"--architectures={target.arch}",
        f"--include={','.join(BASE)}",
        '--aptopt=Acquire::Check-Valid-Until "false"',
        f"--customize-hook=sync-in {FILES} /",
        f"--customize-hook=copy-in {package} /tmp",
        f"--customize-hook={install}",
        f'--customize-hook=rm "$1/tmp/{package.name}"',
        *(target.suite.name, str(root), *sources(target.suite.name, *mirrors())),
    ]


def make_root(target: Target, package: Path, root: Path, keys: Path | None, moment: int) -> None:
    """Make the folder `root`, which is emptied before; keys: of who may enter by SSH, None: nobody.

    Raises CalledProcessError. Needs root.
    """
    shutil.rmtree(root, ignore_errors=True)
    root.parent.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(moment), "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command(target, package, root), check=True, env=environment)
    _settle(root, keys)


def take_out(root: Path, folder: Path) -> list[Path]:
    """Take out what starts the root, and delete what nobody reads; returns kernel, initrd and loader."""
    taken = []
    for pattern, name in (("boot/vmlinuz-*", "linux"), ("boot/initrd.img-*", "initrd")):
        (path,) = root.glob(pattern)
        taken.append(Path(shutil.copy(path, folder / name)))
    (loader,) = root.glob("usr/lib/systemd/boot/efi/systemd-boot*.efi")
    taken.append(Path(shutil.copy(loader, folder / loader.name.replace("systemd-boot", "BOOT").upper())))
    for pattern in NEEDLESS:
        for path in sorted(root.glob(pattern)):
            if path.is_symlink() or path.is_file():
                if path.name != KEPT:
                    path.unlink()
            elif path.is_dir():  # and not in a folder that went before, under another name
                shutil.rmtree(path)
    return taken


def _settle(root: Path, keys: Path | None) -> None:
    """What dpkg's scripts do not: the release as part of the root, the folder for the data, who may enter."""
    installed, kept = root / "opt/hailong/kiosk", root / "usr/lib/hailong/kiosk"
    kept.mkdir()
    (installed / "releases").rename(kept / "releases")
    (installed / "current").unlink()
    (kept / "extra").symlink_to("/opt/hailong/kiosk/extra")
    (root / "data").mkdir()
    (root / "etc/hostname").write_text("hailong\n", "ascii")
    (root / "etc/machine-id").write_text("", "ascii")
    (root / "etc/localtime").unlink(missing_ok=True)
    (root / "etc/localtime").symlink_to("/usr/share/zoneinfo/Asia/Ho_Chi_Minh")
    (root / "etc/timezone").write_text("Asia/Ho_Chi_Minh\n", "ascii")
    for folder in ("etc", "var"):  # caches are as new as /usr: no start makes them again
        (root / folder / ".updated").touch()
    for service in UNUSED if keys else (*UNUSED, "ssh"):
        (root / f"etc/systemd/system/{service}.service").symlink_to("/dev/null")
    if keys is None:
        return
    home = root / "root/.ssh"
    home.mkdir(mode=0o700)
    (home / "authorized_keys").write_bytes(keys.read_bytes())

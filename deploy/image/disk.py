"""The image as a file. Nothing is mounted: each file system is made of a folder, and copied to its place."""

import hashlib
import os
import subprocess
from pathlib import Path

from deploy.image.layout import ALIGNED, LOADER, Layout, Partition, entry, lay_out, root_id, table, up

LEVEL = "15"  # of zstd


SMALLEST = 40 * 1024 * 1024
"""Bytes below which a file system is no FAT32, which the firmware expects (65525 clusters)."""


def squash(root: Path, file: Path, moment: int) -> str:
    """Write the folder `root` as a compressed file system; returns its digest."""
    file.unlink(missing_ok=True)
    times = ("-mkfs-time", str(moment), "-all-time", str(moment))
    packing = ("-comp", "zstd", "-Xcompression-level", LEVEL, "-b", "256K", "-no-progress", "-quiet")
    subprocess.run(
        ["mksquashfs", root, file, *packing, *times, "-no-exports"],
        check=True,
        env={key: value for key, value in os.environ.items() if key != "SOURCE_DATE_EPOCH"},
    )
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def make_efi(digest: str, boots: list[Path], quiet: str, file: Path, moment: int) -> None:
    """Write the partition that the firmware reads; boots: kernel, initrd and loader."""
    linux, initrd, loader = boots
    written = {
        f"EFI/BOOT/{loader.name}": loader.read_bytes(),
        "hailong/linux": linux.read_bytes(),
        "hailong/initrd": initrd.read_bytes(),
        "loader/loader.conf": LOADER.encode(),
        "loader/entries/hailong.conf": entry(root_id(digest), quiet).encode(),
    }
    folder = file.with_suffix("")
    for name, content in written.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for path in (*folder.rglob("*"), folder):
        os.utime(path, (moment, moment))
    size = up(sum(len(content) for content in written.values()) * 21 // 20 + ALIGNED)
    file.unlink(missing_ok=True)
    with file.open("wb") as made:
        made.truncate(max(size, SMALLEST))
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(moment), "TZ": "UTC", "MTOOLS_SKIP_CHECK": "1"}
    volume = digest[:8]
    subprocess.run(
        ["mkfs.fat", "-F", "32", "-s", "1", "-n", "HAILONG-EFI", "-i", volume, "--invariant", file],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    subprocess.run(
        ["mcopy", "-s", "-m", "-Q", "-i", file, *sorted(folder.iterdir()), "::/"],
        check=True,
        env=environment,
    )


def assemble(digest: str, efi: Path, root: Path, image: Path) -> Layout:
    """Write the image of its two file systems; returns where they are."""
    layout = lay_out(digest, efi.stat().st_size, root.stat().st_size)
    with image.open("wb") as made:
        made.truncate(layout.size)
    subprocess.run(
        ["sfdisk", "--quiet", image], check=True, input=table(layout), text=True, stdout=subprocess.DEVNULL
    )
    with image.open("r+b") as made:
        for part, file in ((layout.efi, efi), (layout.root, root)):
            _copy(file, made.fileno(), part)
    return layout


def _copy(file: Path, image: int, part: Partition) -> None:
    at = part.start
    with file.open("rb") as source:
        while piece := source.read(4 * 1024 * 1024):
            at += os.pwrite(image, piece, at)

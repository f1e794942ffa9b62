"""Where each partition of the image is. Pure.

The image ends after the root: the data partition takes the rest of the disk that it is written to.
"""

import uuid

from msgspec import Struct

SECTOR = 512
ALIGNED = 1024 * 1024
"""Bytes to whose multiples a partition is moved: a card erases in such pieces."""
TABLE = ALIGNED
"""Bytes for the partition table, at the beginning and again at the end."""
EFI, ROOT = "hailong-efi", "hailong-root"
TYPES = {EFI: "C12A7328-F81F-11D2-BA4B-00A0C93EC93B", ROOT: "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709"}
_OURS = uuid.UUID("5a3c7d2e-9b1f-4c68-8f0e-1d6b2a947c53")


class Partition(Struct, frozen=True, kw_only=True):
    """One partition: its place in bytes, and ids that are the same for the same content."""

    name: str
    start: int
    size: int
    id: uuid.UUID


class Layout(Struct, frozen=True, kw_only=True):
    """The whole disk; `size` in bytes."""

    id: uuid.UUID
    efi: Partition
    root: Partition
    size: int


def up(size: int) -> int:
    """The next multiple of `ALIGNED` bytes."""
    return -(-size // ALIGNED) * ALIGNED


def lay_out(digest: str, efi: int, root: int) -> Layout:
    """The disk for an EFI and a root file system of these bytes; `digest` is the root's."""
    sizes = (up(efi), up(root))
    return Layout(
        id=uuid.uuid5(_OURS, digest),
        efi=Partition(name=EFI, start=TABLE, size=sizes[0], id=root_id(digest, EFI)),
        root=Partition(name=ROOT, start=TABLE + sizes[0], size=sizes[1], id=root_id(digest, ROOT)),
        size=2 * TABLE + sum(sizes),
    )


def root_id(digest: str, name: str = ROOT) -> uuid.UUID:
    """The id by which the kernel finds a partition, made of the root's digest: no other disk has it."""
    return uuid.uuid5(_OURS, f"{digest} {name}")


def table(layout: Layout) -> str:
    """What sfdisk is given."""
    lines = ["label: gpt", f"label-id: {layout.id}", "unit: sectors", f"first-lba: {TABLE // SECTOR}"]
    for part in (layout.efi, layout.root):
        place = f"start={part.start // SECTOR}, size={part.size // SECTOR}"
        lines.append(f'{place}, type={TYPES[part.name]}, uuid={part.id}, name="{part.name}"')
    return "\n".join((*lines, ""))


def entry(root: uuid.UUID, quiet: str) -> str:
    """What systemd-boot starts: the kernel, and its words; `quiet`: those of an installed machine."""
    words = (f"root=PARTUUID={root}", "ro", "rootfstype=squashfs", *quiet.split())
    words += ("systemd.gpt_auto=no", "systemd.machine_id=firmware", "systemd.firstboot=no")
    return f"title Hai Long\nlinux /hailong/linux\ninitrd /hailong/initrd\noptions {' '.join(words)}\n"


LOADER = "timeout 0\neditor no\nauto-entries no\nauto-firmware no\nbeep no\ndefault hailong.conf\n"
"""systemd-boot without a menu: there is nothing to choose and nothing to type."""

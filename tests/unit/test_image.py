"""The disk image, piece by piece: where its partitions are, and what starts it."""

import re
import subprocess
from pathlib import Path

import pytest

from deploy.image.__main__ import quiet
from deploy.image.layout import ALIGNED, SECTOR, TABLE, entry, lay_out, root_id, table
from deploy.image.system import FILES
from tests.support.virtual_machine import keys_for

MEGABYTE = 1024 * 1024
DIGEST = "5f" * 32


@pytest.mark.parametrize(("efi", "root"), [(40 * MEGABYTE, 440 * MEGABYTE), (1, 1), (40 * MEGABYTE + 1, 7)])
def test_partitions_begin_where_a_card_erases_and_end_before_the_next(efi: int, root: int) -> None:
    layout = lay_out(DIGEST, efi, root)
    assert layout.efi.start == TABLE
    for part, size in ((layout.efi, efi), (layout.root, root)):
        assert part.start % ALIGNED == 0
        assert part.size >= size
    assert layout.efi.start + layout.efi.size == layout.root.start
    assert layout.root.start + layout.root.size + TABLE == layout.size


def test_the_same_root_has_the_same_ids_and_another_has_others() -> None:
    first, again, other = lay_out(DIGEST, 1, 1), lay_out(DIGEST, 1, 1), lay_out("60" * 32, 1, 1)
    assert first == again
    assert not {first.id, first.efi.id, first.root.id} & {other.id, other.efi.id, other.root.id}
    assert len({first.id, first.efi.id, first.root.id}) == 3


def test_the_kernel_is_given_the_root_of_this_image_and_the_words_of_an_installed_machine() -> None:
    words = re.search(r"^options (.*)$", entry(root_id(DIGEST), quiet()), re.MULTILINE)
    assert words is not None
    assert f"root=PARTUUID={lay_out(DIGEST, 1, 1).root.id}" in words[1].split()
    assert {"ro", "rootfstype=squashfs", *quiet().split()} <= set(words[1].split())


@pytest.mark.programs
def test_sfdisk_understands_the_table(tmp_path: Path) -> None:
    layout = lay_out(DIGEST, 2 * MEGABYTE, 3 * MEGABYTE)
    disk = tmp_path / "disk"
    with disk.open("wb") as made:
        made.truncate(layout.size)
    subprocess.run(
        ["sfdisk", "--quiet", disk], input=table(layout), text=True, check=True, capture_output=True
    )
    said = subprocess.run(["sfdisk", "--dump", disk], text=True, check=True, capture_output=True).stdout
    rows = re.findall(r"start= *(\d+), size= *(\d+), .* uuid=([\w-]+), name=\"([\w-]+)\"", said)
    assert rows == [
        (str(part.start // SECTOR), str(part.size // SECTOR), str(part.id).upper(), part.name)
        for part in (layout.efi, layout.root)
    ]


def test_nothing_of_ours_starts_without_what_lasts() -> None:
    """Each folder that is mounted from the data is required by every unit of ours."""
    mounted = re.findall(r"^/data/\w+ +(\S+)", (FILES / "etc/fstab").read_text("utf-8"), re.MULTILINE)
    needed = (FILES / "etc/systemd/system/hailong-.service.d/image.conf").read_text("utf-8")
    required = re.search(r"^RequiresMountsFor=(.*)$", needed, re.MULTILINE)
    assert required is not None
    assert sorted(required[1].split()) == sorted(mounted)
    assert len(mounted) == 3


@pytest.mark.programs
def test_scripts_of_the_image_are_shell() -> None:
    scripts = [path for path in FILES.rglob("*") if path.is_file() and path.read_bytes().startswith(b"#!")]
    assert len(scripts) == 3
    for path in scripts:
        subprocess.run(["sh", "-n", path], check=True)
        assert path.stat().st_mode & 0o111


def test_a_code_is_typed_key_by_key() -> None:
    assert keys_for("K-a:8@") == [
        ["shift", "k"],
        ["minus"],
        ["a"],
        ["shift", "semicolon"],
        ["8"],
        ["shift", "2"],
    ]

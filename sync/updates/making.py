"""A tree as a release file. The same tree, key and description give the same bytes on any machine."""

import hashlib
import lzma
import os
import tarfile
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from msgspec import Struct

from sync.updates.publisher import PublisherKey
from sync.updates.release import (
    HEADER_FILE,
    Manifest,
    Part,
    ReleasedFile,
    damaged,
    is_within,
    sign_manifest,
)

_PRESET = 6  # unpacks with 9 MB of memory


class About(Struct, frozen=True, kw_only=True):
    """What is released; see `Manifest`."""

    part: Part
    version: str
    arch: str
    python: str

    @property
    def file_name(self) -> str:
        """How the release file is called: those for two kinds of machine fit into one folder of a stick."""
        return f"hailong-{self.part}_{self.version}_{self.arch}-python{self.python}.release"


def write_release(tree: Path, about: About, key: PublisherKey, out: Path) -> Manifest:
    """Write the folder `tree` as the release file `out`; folders without files are left out.

    Raises ProblemError HL4245 for a link, another special file, or a name that no release may have; OSError.
    """
    paths = sorted(path for path in tree.rglob("*") if not path.is_dir() or path.is_symlink())
    for path in paths:
        name = path.relative_to(tree).as_posix()
        if path.is_symlink() or not path.is_file() or not is_within(name) or name == HEADER_FILE:
            raise damaged("chỉ có tệp thường trong một bản phát hành", name)
    files = tuple(_described(tree, path) for path in paths)
    with TemporaryFile() as packed:
        _pack(tree, files, packed)
        size = packed.tell()
        packed.seek(0)
        digest = hashlib.file_digest(packed, "sha256").hexdigest()
        manifest = Manifest(
            part=about.part,
            version=about.version,
            arch=about.arch,
            python=about.python,
            packed=digest,
            packed_size=size,
            files=files,
        )
        head = sign_manifest(manifest, key.id, key.seed)
        packed.seek(0)
        draft = out.with_name(f".{out.name}.new")
        with draft.open("wb") as file:
            file.write(head)
            while part := packed.read(1024 * 1024):
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(out)
    return manifest


def _described(tree: Path, path: Path) -> ReleasedFile:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    state = path.stat()
    return ReleasedFile(
        path=path.relative_to(tree).as_posix(),
        size=state.st_size,
        sha256=digest,
        executable=bool(state.st_mode & 0o100),
    )


def _pack(tree: Path, files: tuple[ReleasedFile, ...], out: BinaryIO) -> None:
    """Nothing but names, contents and modes goes in: no owner, no time."""
    with (
        lzma.open(out, "wb", preset=_PRESET) as squeezed,
        tarfile.open(fileobj=squeezed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for file in files:
            member = tarfile.TarInfo(file.path)
            member.size = file.size
            member.mode = 0o755 if file.executable else 0o644
            with (tree / file.path).open("rb") as content:
                tar.addfile(member, content)

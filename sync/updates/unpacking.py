"""A verified release file as a tree next to the others: whole or not there.

It is written under a temporary name, compared with the manifest file by file, synced, and renamed. What a
killed attempt leaves is deleted by the next one.
"""

import compileall
import hashlib
import lzma
import os
import shutil
import tarfile
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, BinaryIO

import msgspec

from sync.contract.problem import ProblemError
from sync.updates.release import (
    HEADER_FILE,
    HEADER_LIMIT,
    Header,
    Manifest,
    ReleasedFile,
    check_packed,
    damaged,
    verified,
)

_PIECE = 1024 * 1024
DRAFT = ".new-"
"""What the names of unfinished trees begin with."""


def unpack(file: BinaryIO, header: Header, manifest: Manifest, releases: Path) -> Path:
    """Unpack the rest of `file`, whose header was verified, as `releases`/<version>; durable on return.

    Raises ProblemError HL4245 if it is not exactly what the manifest names; nothing is there then. OSError.
    """
    target = releases / manifest.version
    draft = releases / f"{DRAFT}{manifest.version}"
    delete(draft)
    draft.mkdir(mode=0o755)
    try:
        # The file belongs to the agent, which could change it after the check: what is unpacked is a copy
        # without a name, which is gone when this ends, in whatever way.
        with TemporaryFile(dir=draft) as packed:
            check_packed(file, manifest, packed)
            packed.seek(0)
            _write_all(packed, manifest, draft)
        (draft / HEADER_FILE).write_bytes(msgspec.json.encode(header))
        (draft / HEADER_FILE).chmod(0o644)
    except (OSError, ProblemError):
        delete(draft)
        raise
    if (draft / "lib").is_dir():  # no service may write there, so each start would compile it again
        compileall.compile_dir(draft / "lib", quiet=2)
    for path in (*draft.rglob("*"), draft):
        sync_path(path)
    draft.rename(target)
    sync_path(releases)
    return target


def is_whole(tree: Path, keys: Mapping[str, bytes]) -> bool:
    """Whether each file of a release still is what one of these keys has signed, if any; raises OSError."""
    path = tree / HEADER_FILE
    if is_packaged(tree):
        return tree.is_dir()
    try:
        manifest = verified(msgspec.json.decode(path.read_bytes()[:HEADER_LIMIT], type=Header), keys)
    except (msgspec.DecodeError, ProblemError):
        return False
    return all(_is_same(tree / file.path, file) for file in manifest.files)


def is_packaged(tree: Path) -> bool:
    """Whether a release came with a package, which has digests of its own: nobody signed its tree."""
    return not (tree / HEADER_FILE).exists()


def forget(tree: Path) -> None:
    """Delete a tree: first its name, so that a killed attempt leaves no half version; raises OSError.

    A disk image keeps the release it came with on its root, and has a link to it here: only the link goes.
    """
    draft = tree.with_name(f"{DRAFT}{tree.name}")
    delete(draft)
    if tree.exists():
        tree.rename(draft)
    delete(draft)


def delete(tree: Path) -> None:
    """Delete a tree, or a link to one, if it is there; raises OSError."""
    if tree.is_symlink():
        tree.unlink()
    elif tree.exists():
        shutil.rmtree(tree)


def sync_path(path: Path) -> None:
    """Make a file's content, or the names in a folder, durable; raises OSError."""
    opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _write_all(file: BinaryIO, manifest: Manifest, draft: Path) -> None:
    wanted = {each.path: each for each in manifest.files}
    try:
        with tarfile.open(fileobj=file, mode="r|xz") as tar:
            for member in tar:
                known = wanted.pop(member.name, None)
                content = tar.extractfile(member) if member.isreg() else None
                if known is None or content is None or member.size != known.size:
                    raise damaged("có tệp mà danh sách không nêu", member.name[:80])
                _write(draft, known, content)
    except (tarfile.TarError, lzma.LZMAError, EOFError) as error:
        raise damaged("phần nén không mở được") from error
    _all_there(wanted)


def _all_there(missing: Mapping[str, ReleasedFile]) -> None:
    if missing:
        raise damaged("thiếu tệp", next(iter(missing))[:80])


def _write(draft: Path, known: ReleasedFile, content: IO[bytes]) -> None:
    path = draft / known.path
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    digest = hashlib.sha256()
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(opened, "wb") as out:
        while part := content.read(_PIECE):
            digest.update(part)
            out.write(part)
        os.fchmod(out.fileno(), 0o755 if known.executable else 0o644)
    if digest.hexdigest() != known.sha256:
        raise damaged("nội dung khác với khi ký", known.path[:80])


def _is_same(path: Path, known: ReleasedFile) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == known.sha256
    except FileNotFoundError:
        return False

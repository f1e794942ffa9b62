"""The release file: one version of one part for one kind of machine, signed by who publishes it.

    hailong-release 1                                          a line
    {"manifest": "{…}", "key": "…", "signature": "…"}          a line: what is signed, and by which key
    the files as tar, packed with xz                           exactly as long as the manifest says

The manifest names every file with its size and SHA-256, so everything that is unpacked was signed; and the
digest of the packed part, so nothing unsigned reaches the unpacking programs.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, BinaryIO, Literal

import msgspec
from msgspec import Meta, Struct

from sync.contract.encoded import read_base64
from sync.contract.patterns import whole
from sync.contract.problem import ProblemError
from sync.contract.problem.files import FILE_MALFORMED
from sync.contract.problem.updates import RELEASE_DAMAGED, RELEASE_UNTRUSTED
from sync.contract.text import Id

Part = Literal["kiosk", "central"]
Version = Annotated[str, Meta(pattern=whole(r"[0-9]{1,6}(\.[0-9]{1,6}){1,3}"))]
Sha256 = Annotated[str, Meta(pattern=whole("[0-9a-f]{64}"))]

FIRST_LINE = b"hailong-release 1\n"
HEADER_LIMIT = 8 * 1024 * 1024  # bytes; a release has some thousand files
UNPACKED_LIMIT = 1024 * 1024 * 1024  # bytes
FILES_LIMIT = 50_000
HEADER_FILE = "release.json"
"""The signed header within an unpacked release; no file of a release has this name."""

_TEXT = b"hailong: a release "
_PATH_PART = re.compile(r"[^/\\\x00-\x1f\x7f]{1,200}")
_encoder = msgspec.json.Encoder(order="sorted")


class ReleasedFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One file. path: within the release. executable: anybody may run it."""

    path: str
    size: Annotated[int, Meta(ge=0)]
    sha256: Sha256
    executable: bool = False


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a release is. arch: as Debian names it; python: the minor version it was built for, such as 3.11.

    packed, packed_size: SHA-256 and length of the packed part.
    """

    part: Part
    version: Version
    arch: Annotated[str, Meta(pattern=whole("[a-z0-9]{1,20}"))]
    python: Annotated[str, Meta(pattern=whole(r"3\.[0-9]{1,3}"))]
    packed: Sha256
    packed_size: Annotated[int, Meta(ge=0)]
    files: tuple[ReleasedFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all files, unpacked."""
        return sum(file.size for file in self.files)


class Header(Struct, frozen=True, forbid_unknown_fields=True):
    """A manifest as the text that was signed. signature: Ed25519, in base64."""

    manifest: str
    key: Id
    signature: str


def number(version: str) -> tuple[int, ...]:
    """A version for comparing: later ones are greater."""
    return tuple(int(part) for part in version.split("."))


def newest(versions: Iterable[str]) -> str:
    """The newest of these; "" of none."""
    return max(versions, key=number, default="")


def read_header(file: BinaryIO) -> Header:
    """The header of a release file, which is then read up to its packed part; raises ProblemError HL4245."""
    if file.read(len(FIRST_LINE)) != FIRST_LINE:
        raise damaged("không phải tệp bản phát hành")
    line = file.readline(HEADER_LIMIT)
    if not line.endswith(b"\n"):
        raise damaged("phần đầu bị cắt")
    try:
        return msgspec.json.decode(line, type=Header)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise damaged("phần đầu không đọc được") from error


def verified(header: Header, keys: Mapping[str, bytes]) -> Manifest:
    """The manifest, signed with one of these keys (32 bytes, by id) and sound in itself.

    Raises ProblemError HL4243, HL4245.
    """
    from nacl.exceptions import BadSignatureError
    from nacl.signing import VerifyKey

    key = keys.get(header.key)
    if key is None:
        raise ProblemError(RELEASE_UNTRUSTED(where=header.key, detail="máy không biết khóa này"))
    text = header.manifest.encode("utf-8", "surrogatepass")
    try:
        VerifyKey(key).verify(_TEXT + text, read_base64(header.signature) or b"")
    except (BadSignatureError, ValueError) as error:
        raise ProblemError(RELEASE_UNTRUSTED(where=header.key, detail="chữ ký sai")) from error
    return read_manifest(header)


def read_manifest(header: Header) -> Manifest:
    """The manifest, sound in itself, its signature unchecked; raises ProblemError HL4245."""
    try:
        manifest = msgspec.json.decode(header.manifest, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise damaged("danh sách tệp không đọc được") from error
    paths = [file.path for file in manifest.files]
    for path in paths:
        if not is_within(path) or path == HEADER_FILE:
            raise damaged("đường dẫn nằm ngoài bản phát hành", path[:80])
    too_large = max(manifest.size, manifest.packed_size) > UNPACKED_LIMIT or len(paths) > FILES_LIMIT
    if too_large or len(set(paths)) != len(paths):
        raise damaged("quá lớn, hoặc một tệp có hai lần")
    return manifest


def is_within(path: str) -> bool:
    """Whether this is a plain path of files below a folder."""
    parts = path.split("/")
    return len(path) <= 400 and all(_PATH_PART.fullmatch(part) and part not in (".", "..") for part in parts)


def sign_manifest(manifest: Manifest, key_id: str, seed: bytes) -> bytes:
    """The first lines of a release file. seed: the publisher's key, 32 bytes."""
    from nacl.signing import SigningKey

    text = _encoder.encode(manifest)
    signature = base64.b64encode(SigningKey(seed).sign(_TEXT + text).signature).decode()
    return FIRST_LINE + msgspec.json.encode(Header(text.decode(), key_id, signature)) + b"\n"


def check_packed(file: BinaryIO, manifest: Manifest, copy: BinaryIO | None = None) -> None:
    """Return if the rest of the file is the packed part, which is then read again from its beginning.

    copy: gets the bytes that were checked, for who can't be sure that the file stays the same.

    Raises ProblemError HL4245, and OSError for the copy.
    """
    begin, size, digest = file.tell(), 0, hashlib.sha256()
    while part := file.read(1024 * 1024):
        size += len(part)
        digest.update(part)
        if size > manifest.packed_size:
            break
        if copy is not None:
            copy.write(part)
    if size != manifest.packed_size or digest.hexdigest() != manifest.packed:
        raise damaged("phần nén khác với khi ký")
    file.seek(begin)


def read_keys(text: str, where: str) -> dict[str, bytes]:
    """The keys of a file `release-keys`: an id and 32 bytes in base64 a line; # begins a remark.

    Raises ProblemError HL1002.
    """
    keys: dict[str, bytes] = {}
    for line_number, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        key = read_base64(words[1]) if len(words) == 2 else None
        if key is None or len(key) != 32:
            raise ProblemError(FILE_MALFORMED(where=f"{where}:{line_number}"))
        keys[words[0]] = key
    return keys


def damaged(detail: str, where: str = "") -> ProblemError:
    """HL4245 with this detail."""
    return ProblemError(RELEASE_DAMAGED(where=where, detail=detail))

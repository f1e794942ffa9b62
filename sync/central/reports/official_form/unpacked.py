"""The parts of a .docx file, opened with care: it may come from anybody.

No more than these limits is unpacked; a document type definition is refused, so that no entity exists; parts
are found by the relationships inside the file, and those that lead out of it are left alone.

Failure table: not a ZIP file, an old .doc, a password, a broken or unsafe part → HL5151; too large → HL5152.
"""

import io
import posixpath
import zlib
from collections.abc import Mapping
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from lxml import etree
from msgspec import Struct

from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DOCUMENT_TOO_LARGE, DOCUMENT_UNREADABLE

MOST_BYTES = 10_000_000
# A report of 168 units has some 4 MB of XML.
MOST_UNPACKED = 24_000_000
MOST_PARTS = 4_000

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
# “Strict” files have the same elements in other namespaces.
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", W[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/drawingml/main", A[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", R[1:-1].encode()),
)
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # .doc, and a document with a password

# What zipfile raises for a part that is missing, broken, or has a password of its own.
_BROKEN = (KeyError, BadZipFile, RuntimeError, ValueError, OSError, EOFError, zlib.error)


class Part(Struct, frozen=True, eq=False):
    """One part: its XML, and the parts that it refers to, by id and by kind (“styles”)."""

    root: etree._Element
    by_id: Mapping[str, str]
    by_kind: Mapping[str, str]


class Opened:
    """A .docx file in memory. Raises ProblemError HL5151, HL5152."""

    def __init__(self, data: bytes) -> None:
        if len(data) > MOST_BYTES:
            raise ProblemError(DOCUMENT_TOO_LARGE(detail=f"lớn hơn {MOST_BYTES // 1_000_000} MB"))
        if data.startswith(_OLE):
            raise _unreadable("tệp .doc cũ, hoặc văn bản có mật khẩu")
        try:
            self._zip = ZipFile(io.BytesIO(data))
        except (BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
            raise _unreadable("không phải tệp .docx") from error
        names = self._zip.namelist()
        if len(names) > MOST_PARTS:
            raise ProblemError(DOCUMENT_TOO_LARGE(detail="quá nhiều phần"))
        self._names = frozenset(names)
        self._left = MOST_UNPACKED

    def document(self) -> Part:
        """The main part."""
        target = self._relationships("")[1].get("officeDocument", "")
        return self.part(target)

    def part(self, name: str) -> Part:
        """The part with this name, and what it refers to."""
        root = self._xml(name)
        by_id, by_kind = self._relationships(name)
        return Part(root, by_id, by_kind)

    def has(self, name: str) -> bool:
        """Whether the file has a part of this name."""
        return name in self._names

    def _relationships(self, name: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
        folder, file = posixpath.split(name)
        place = posixpath.join(folder, "_rels", file + ".rels")
        by_id: dict[str, str] = {}
        by_kind: dict[str, str] = {}
        if place in self._names:
            for link in self._xml(place).iter(_RELATIONSHIP):
                if link.get("TargetMode") == "External":
                    continue
                target = posixpath.normpath(posixpath.join("/", folder, link.get("Target", ""))).lstrip("/")
                if target in self._names:
                    by_id[link.get("Id", "")] = target
                    by_kind.setdefault(link.get("Type", "").rpartition("/")[2], target)
        return by_id, by_kind

    def _xml(self, name: str) -> etree._Element:
        """A part as XML."""
        try:
            info = self._zip.getinfo(name)
            if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
                raise _unreadable("không phải tệp .docx")
            with self._zip.open(info) as stream:
                content = stream.read(self._left + 1)
        except _BROKEN as error:
            raise _unreadable("thiếu phần chính, hoặc tệp hỏng") from error
        self._left -= len(content)
        if self._left < 0:
            detail = f"lớn hơn {MOST_UNPACKED // 1_000_000} MB khi giải nén"
            raise ProblemError(DOCUMENT_TOO_LARGE(detail=detail))
        for strict, usual in _STRICT:
            content = content.replace(strict, usual)
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            root = etree.fromstring(content, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise _unreadable("tệp hỏng: một phần không phải XML") from error
        if b"<!DOCTYPE" in content or root.getroottree().docinfo.internalDTD is not None:
            raise _unreadable("có khai báo DTD, không văn bản nào của Word có")
        return root


def _unreadable(detail: str) -> ProblemError:
    return ProblemError(DOCUMENT_UNREADABLE(detail=detail))

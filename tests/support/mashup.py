"""Queries of a workbook in the form in which Excel keeps them.

[MS-QDEFF] Query Definition File Format, section 2: a custom XML part whose element `DataMashup` holds, in
base64, little-endian:

    version              u32, 0
    package parts        u32 length, an OPC package (ZIP): Formulas/Section1.m, Config/Package.xml
    permissions          u32 length, XML
    metadata             u32 length: u32 version 0, u32 length + XML, u32 length + an OPC package, here empty
    permission bindings  u32 length, a checksum under a key of the Windows user; where it does not fit, the
                         reader takes default permissions (2.6), which are those written here
"""

import base64
import io
import struct
import uuid
import zipfile
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

NAMESPACE = "http://schemas.microsoft.com/DataMashup"
# The same workbook always has the same bytes.
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_XML = '<?xml version="1.0" encoding="utf-8"?>'
_SCHEMA = 'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
_NO_BINDING = b"\0"


def mashup_part(section: str, queries: Iterable[str]) -> bytes:
    """The custom XML part for this M section, whose `queries` fill a table of the same name each."""
    content = base64.b64encode(mashup(section, queries)).decode()
    text = f'<?xml version="1.0" encoding="utf-16"?><DataMashup xmlns="{NAMESPACE}">{content}</DataMashup>'
    return text.encode("utf-16")


def mashup(section: str, queries: Iterable[str]) -> bytes:
    """The binary stream."""
    metadata_xml = _metadata(queries).encode()
    metadata = struct.pack("<II", 0, len(metadata_xml)) + metadata_xml + struct.pack("<I", 0)
    fields = (_package(section), _PERMISSIONS.encode(), metadata, _NO_BINDING)
    return struct.pack("<I", 0) + b"".join(struct.pack("<I", len(field)) + field for field in fields)


def packed(parts: Mapping[str, bytes]) -> bytes:
    """A ZIP of these parts, the same bytes every time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _package(section: str) -> bytes:
    types = (
        f'{_XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="text/xml" />'
        '<Default Extension="m" ContentType="application/x-ms-m" /></Types>'
    )
    config = (
        f"{_XML}<Package {_SCHEMA}><Version>2.72.5556.181</Version><MinVersion>1.5.3296.0</MinVersion>"
        "<Culture>vi-VN</Culture></Package>"
    )
    return packed(
        {
            "[Content_Types].xml": types.encode(),
            "Config/Package.xml": config.encode(),
            "Formulas/Section1.m": section.encode(),
        }
    )


_PERMISSIONS = (
    f"{_XML}<PermissionList {_SCHEMA}><CanEvaluateFuturePackages>false</CanEvaluateFuturePackages>"
    '<FirewallEnabled>true</FirewallEnabled><WorkbookGroupType xsi:nil="true" /></PermissionList>'
)


def _metadata(queries: Iterable[str]) -> str:
    """Where each query's rows go. An entry's value begins with its type: l a number, s a text."""
    items = [
        "<Item><ItemLocation><ItemType>AllFormulas</ItemType><ItemPath /></ItemLocation>"
        "<StableEntries /></Item>"
    ]
    for query in queries:
        entries = {
            "IsPrivate": "l0",
            "FillEnabled": "l1",
            "FillObjectType": "sTable",
            "FillToDataModelEnabled": "l0",
            "FillTarget": f"s{query}",
            "ResultType": "sTable",
            "QueryID": f"s{uuid.uuid5(uuid.NAMESPACE_URL, query)}",
        }
        stable = "".join(
            f'<Entry Type="{name}" Value="{escape(value)}" />' for name, value in entries.items()
        )
        items.append(
            f"<Item><ItemLocation><ItemType>Formula</ItemType><ItemPath>Section1/{query}</ItemPath>"
            f"</ItemLocation><StableEntries>{stable}</StableEntries></Item>"
        )
    inside = f"<Items>{''.join(items)}</Items>"
    return f"{_XML}<LocalPackageMetadataFile {_SCHEMA}>{inside}</LocalPackageMetadataFile>"

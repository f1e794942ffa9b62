"""A document as a file for Word (Office Open XML, ISO/IEC 29500).

- The same document gives the same bytes: the file holds neither a date nor an identifier.
- Every run names its typeface for all scripts, so that a text copied into another file keeps it.
- Nothing is drawn: rules are borders of paragraphs, so that an office edits them like text.

The parts of the package are written as text. python-docx and LibreOffice, which read it in the tests, know
nothing of this module.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from html import escape
from io import BytesIO
from itertools import chain, product
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from sync.central.office.cards.paper import code_picture
from sync.central.reports.model import Document
from sync.central.reports.writing import typography
from sync.central.reports.writing.layout import (
    Filled,
    Grid,
    HeaderCell,
    Line,
    Pair,
    Part,
    Piece,
    Rule,
    Scanned,
    lay_out,
    properties,
)
from sync.central.reports.writing.typography import Align, Look

FONT = "Times New Roman"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_ALIGN = {"left": "left", "centre": "center", "right": "right", "both": "both"}
_PAGE_NUMBER = Look(name="page-number", size=14)
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_EMU = 12700  # in a point
_EIGHTHS = 6  # the width of a rule: 0.75 points
_NO_BORDERS = "".join(
    f'<w:{side} w:val="nil"/>' for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


def write_docx(document: Document) -> bytes:
    """The file."""
    return write_together((document,))


def write_together(documents: Sequence[Document]) -> bytes:
    """One file of several documents, each from its page 1 on; it is named as the first."""
    parts = tuple(chain.from_iterable(map(lay_out, documents)))
    document = documents[0]
    codes = {piece.code: None for part in parts for piece in part.pieces if isinstance(piece, Scanned)}
    files = {
        "[Content_Types].xml": _CONTENT_TYPES,
        "_rels/.rels": _PACKAGE_RELATIONS,
        "docProps/core.xml": _core(document),
        "word/document.xml": _document(parts),
        "word/_rels/document.xml.rels": _document_relations(codes),
        "word/styles.xml": _STYLES,
        "word/settings.xml": _SETTINGS,
        "word/header1.xml": _header(_page_number()),
        "word/header2.xml": _header(_paragraph(_PAGE_NUMBER, "")),
    }
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as package:
        for name, content in files.items():
            entry = ZipInfo(name)
            entry.compress_type = ZIP_DEFLATED
            package.writestr(entry, _HEAD + content)
        for code in codes:
            package.writestr(ZipInfo(f"word/{_picture(code)}"), code_picture(code), ZIP_STORED)
    return out.getvalue()


def _document(parts: tuple[Part, ...]) -> str:
    body = []
    for number, part in enumerate(parts, start=1):
        room = typography.room(part.landscape)
        body += [_piece(piece, room) for piece in part.pieces]
        section = _section(part.landscape)
        # The last section belongs to the body, all others to the paragraph that ends them.
        body.append(section if number == len(parts) else _spacer(1, section))
    return f'<w:document xmlns:w="{_W}" xmlns:r="{_R}"><w:body>{"".join(body)}</w:body></w:document>'


def _section(landscape: bool) -> str:
    """The pages of a part: the number in the top margin, from 1, not on the first page."""
    wide, high = typography.PAGE_WIDTH, typography.PAGE_HEIGHT
    size = f'w:w="{_twips(wide)}" w:h="{_twips(high)}"'
    if landscape:
        size = f'w:w="{_twips(high)}" w:h="{_twips(wide)}" w:orient="landscape"'
    return (
        '<w:sectPr><w:headerReference w:type="default" r:id="rId3"/>'
        '<w:headerReference w:type="first" r:id="rId4"/><w:type w:val="nextPage"/>'
        f'<w:pgSz {size}/><w:pgMar w:top="{_margin(typography.TOP)}" w:right="{_margin(typography.RIGHT)}" '
        f'w:bottom="{_margin(typography.BOTTOM)}" w:left="{_margin(typography.LEFT)}" '
        f'w:header="{_twips(typography.PAGE_NUMBER)}" '
        f'w:footer="{_twips(typography.PAGE_NUMBER)}" w:gutter="0"/>'
        '<w:pgNumType w:start="1"/><w:cols w:space="720"/><w:titlePg/></w:sectPr>'
    )


# --- pieces -------------------------------------------------------------------------------------------------


def _piece(piece: Piece, room: float) -> str:
    if isinstance(piece, Line):
        return _paragraph(piece.look, piece.text)
    if isinstance(piece, Rule):
        return _rule(piece, room)
    if isinstance(piece, Pair):
        return _pair(piece, room) + _spacer(1)
    if isinstance(piece, Filled):
        dotted = _dotted(room) * piece.dotted
        return dotted + "".join(_paragraph(line.look, line.text) for line in piece.lines)
    if isinstance(piece, Scanned):
        return _scanned(piece, room) + _spacer(6)
    return _grid(piece) + _spacer(6)


def _scanned(scanned: Scanned, room: float) -> str:
    side = typography.CODE_SIDE
    widths = (side + 2 * typography.CELL_PADDING, room - side - 2 * typography.CELL_PADDING)
    lines = "".join(_paragraph(line.look, line.text) for line in scanned.lines)
    cells = (
        _cell(f"<w:p><w:r>{_drawing(scanned.code)}</w:r></w:p>", widths[0]),
        _cell(lines, widths[1], '<w:vAlign w:val="center"/>'),
    )
    row = f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>"
    return _table([row], widths, _NO_BORDERS, padding=0)


def _drawing(code: str) -> str:
    """The picture of a QR code within a line."""
    size, id = round(_EMU * typography.CODE_SIDE), _relation(code)
    number = int(id[1:9], 16) % 2**31
    named = f'id="{number}" name="{id}"'
    picture = (
        f'<pic:pic xmlns:pic="{_DRAWING}/picture"><pic:nvPicPr><pic:cNvPr {named}/><pic:cNvPicPr/>'
        f'</pic:nvPicPr><pic:blipFill><a:blip r:embed="{id}"/><a:stretch><a:fillRect/></a:stretch>'
        f'</pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{size}" cy="{size}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>'
    )
    return (
        f'<w:drawing><wp:inline xmlns:wp="{_DRAWING}/wordprocessingDrawing" distT="0" distB="0" distL="0" '
        f'distR="0"><wp:extent cx="{size}" cy="{size}"/><wp:docPr {named} descr="{escape(code)}"/>'
        f'<a:graphic xmlns:a="{_DRAWING}/main"><a:graphicData uri="{_DRAWING}/picture">{picture}'
        "</a:graphicData></a:graphic></wp:inline></w:drawing>"
    )


def _relation(code: str) -> str:
    """The id under which the document has this picture: by its content, so that no order decides it."""
    return f"c{sha256(code.encode()).hexdigest()[:24]}"


def _picture(code: str) -> str:
    return f"media/{_relation(code)}.png"


def _paragraph(look: Look, text: str) -> str:
    run = f"<w:r>{_letters(look)}{_text(text)}</w:r>" if text else ""
    return f"<w:p>{_properties(look)}{run}</w:p>"


def _properties(look: Look, *, tabs: str = "") -> str:
    style = f'<w:pStyle w:val="Heading{look.level}"/>' if look.level else ""
    keep = "<w:keepNext/>" if look.keep else ""
    first = f' w:firstLine="{_twips(look.first)}"' if look.first else ""
    indent = f'<w:ind w:left="{_twips(look.left)}"{first}/>' if look.left or look.first else ""
    return (
        f"<w:pPr>{style}{keep}{tabs}"
        f'<w:spacing w:before="{_twips(look.before)}" w:after="{_twips(look.after)}" '
        f'w:line="240" w:lineRule="auto"/>{indent}<w:jc w:val="{_ALIGN[look.align]}"/>'
        f"{_letters(look)}</w:pPr>"
    )


def _letters(look: Look) -> str:
    bold = "<w:b/><w:bCs/>" if look.bold else ""
    italic = "<w:i/><w:iCs/>" if look.italic else ""
    size = round(2 * look.size)
    return f'<w:rPr>{_FONTS}{bold}{italic}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>'


def _text(text: str) -> str:
    lines = (f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n"))
    return "<w:br/>".join(lines).replace("\t", " ")


def _rule(rule: Rule, room: float) -> str:
    """A low paragraph whose upper border is as wide as the rule."""
    side = _twips(max(0, room - rule.width) / 2)
    return (
        "<w:p><w:pPr><w:keepNext/><w:pBdr>"
        f'<w:top w:val="single" w:sz="{_EIGHTHS}" w:space="0" w:color="auto"/></w:pBdr>'
        f'<w:spacing w:before="80" w:after="{_twips(rule.after)}" w:line="120" w:lineRule="exact"/>'
        f'<w:ind w:left="{side}" w:right="{side}"/><w:jc w:val="center"/></w:pPr></w:p>'
    )


def _dotted(room: float) -> str:
    """A line of dots across the room, to write on."""
    tabs = f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{_twips(room)}"/></w:tabs>'
    look = Look(name="dotted", size=14, align="left", after=6)
    return f"<w:p>{_properties(look, tabs=tabs)}<w:r>{_letters(look)}<w:tab/></w:r></w:p>"


def _spacer(height: float, section: str = "") -> str:
    """Keeps two tables apart, which Word would join, or ends a section."""
    line = f'<w:spacing w:before="0" w:after="0" w:line="{_twips(height)}" w:lineRule="exact"/>'
    return f"<w:p><w:pPr>{line}{section}</w:pPr></w:p>"


# --- tables -------------------------------------------------------------------------------------------------


def _pair(pair: Pair, room: float) -> str:
    widths = (room * pair.share, room * (1 - pair.share))
    rows = []
    for row in pair.rows:
        cells = (
            _cell("".join(_piece(piece, width) for piece in side) or "<w:p/>", width)
            for side, width in zip(row, widths, strict=True)
        )
        rows.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>")
    return _table(rows, widths, _NO_BORDERS, padding=0)


def _grid(grid: Grid) -> str:
    rows = list(_header_rows(grid))
    # A table of a province has thousands of cells: what is the same in many of them is written once.
    around = {}
    for bold, number, keep in product((False, True), repeat=3):
        align: Align = "right" if number else "left"
        look = Look(name="cell", size=grid.size, bold=bold, align=align, keep=keep)
        around[bold, number, keep] = _properties(look), _letters(look)
    before = [
        f'<w:tc><w:tcPr><w:tcW w:w="{_twips(width)}" w:type="dxa"/></w:tcPr><w:p>' for width in grid.widths
    ]
    for at, row in enumerate(grid.rows, start=1):
        keep = grid.whole and at < len(grid.rows)
        cells = []
        for opening, text, number in zip(before, row.cells, grid.aligned, strict=True):
            properties, letters = around[row.bold, number, keep]
            run = f"<w:r>{letters}{_text(text)}</w:r>" if text else ""
            cells.append(f"{opening}{properties}{run}</w:p></w:tc>")
        rows.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>")
    name = f'<w:tblCaption w:val="{escape(grid.caption)}"/>' if grid.caption else ""
    return _table(rows, grid.widths, _BORDERS, padding=typography.CELL_PADDING, name=name)


def _header_rows(grid: Grid) -> Iterator[str]:
    look = Look(name="cell", size=grid.size, bold=True, keep=True)
    spanning = [cell for cell in grid.header[0] if cell.down > 1]
    for number, header in enumerate(grid.header):
        # A cell that reaches down is continued in the second row.
        row = header if number == 0 else (*header, *spanning)
        cells = "".join(
            _header_cell(cell, grid, look, continued=number > 0 and cell.down > 1)
            for cell in sorted(row, key=lambda cell: cell.at)
        )
        yield f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{cells}</w:tr>"


def _header_cell(cell: HeaderCell, grid: Grid, look: Look, *, continued: bool) -> str:
    span = f'<w:gridSpan w:val="{cell.across}"/>' if cell.across > 1 else ""
    merged = "" if cell.down == 1 else "<w:vMerge/>" if continued else '<w:vMerge w:val="restart"/>'
    width = sum(grid.widths[cell.at : cell.at + cell.across])
    text = "" if continued else cell.text
    return _cell(_paragraph(look, text), width, f'{span}{merged}<w:vAlign w:val="center"/>')


def _cell(content: str, width: float, properties: str = "") -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="{_twips(width)}" w:type="dxa"/>{properties}</w:tcPr>{content}</w:tc>'


def _table(
    rows: Iterable[str], widths: tuple[float, ...], borders: str, padding: float, name: str = ""
) -> str:
    sides = (("top", padding / 2), ("left", padding), ("bottom", padding / 2), ("right", padding))
    margins = "".join(f'<w:{side} w:w="{_twips(size)}" w:type="dxa"/>' for side, size in sides)
    columns = "".join(f'<w:gridCol w:w="{_twips(width)}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(map(_twips, widths))}" w:type="dxa"/>'
        f'<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        f"<w:tblCellMar>{margins}</w:tblCellMar>{name}"
        f"</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def _twips(points: float) -> int:
    return round(20 * points)


def _margin(points: float) -> int:
    """Rounded upwards, so that 15 mm are no less than 15 mm."""
    return int(-(-20 * points // 1))


# --- the other parts of the package -------------------------------------------------------------------------

_FONTS = f'<w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}" w:cs="{FONT}"/>'


def _header(paragraph: str) -> str:
    return f'<w:hdr xmlns:w="{_W}">{paragraph}</w:hdr>'


def _page_number() -> str:
    letters = _letters(_PAGE_NUMBER)
    field = (
        '<w:fldChar w:fldCharType="begin"/>',
        '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
        '<w:fldChar w:fldCharType="separate"/>',
        "<w:t>2</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
    )
    runs = "".join(f"<w:r>{letters}{part}</w:r>" for part in field)
    return f"<w:p>{_properties(_PAGE_NUMBER)}{runs}</w:p>"


def _core(document: Document) -> str:
    about = properties(document)
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(about.title)}</dc:title><dc:creator>{escape(about.author)}</dc:creator>"
        "<dc:language>vi-VN</dc:language></cp:coreProperties>"
    )


_SINGLE = '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>'
_STYLES = (
    f'<w:styles xmlns:w="{_W}"><w:docDefaults><w:rPrDefault><w:rPr>{_FONTS}'
    '<w:sz w:val="28"/><w:szCs w:val="28"/><w:lang w:val="vi-VN" w:eastAsia="vi-VN" w:bidi="ar-SA"/>'
    f"</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:widowControl/>{_SINGLE}</w:pPr></w:pPrDefault>"
    '</w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
    "<w:qFormat/></w:style>"
    + "".join(
        f'<w:style w:type="paragraph" w:styleId="Heading{level}"><w:name w:val="heading {level}"/>'
        '<w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:qFormat/>'
        f'<w:pPr><w:keepNext/><w:outlineLvl w:val="{level - 1}"/></w:pPr></w:style>'
        for level in (1, 2, 3)
    )
    + '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
    '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style></w:styles>'
)
# With compatibility mode 15 the border of a table, not its text, is on the margin.
_SETTINGS = (
    f'<w:settings xmlns:w="{_W}"><w:defaultTabStop w:val="720"/>'
    '<w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:compatSetting '
    'w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
    '<w:themeFontLang w:val="vi-VN"/><w:decimalSymbol w:val=","/><w:listSeparator w:val=";"/></w:settings>'
)
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_CONTENT_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="png" ContentType="image/png"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_TYPE}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    f'<Override PartName="/word/settings.xml" ContentType="{_TYPE}.settings+xml"/>'
    f'<Override PartName="/word/header1.xml" ContentType="{_TYPE}.header+xml"/>'
    f'<Override PartName="/word/header2.xml" ContentType="{_TYPE}.header+xml"/>'
    '<Override PartName="/docProps/core.xml" '
    'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
)


def _relations(*targets: tuple[str, str], pictures: Iterable[str] = ()) -> str:
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    listed += "".join(
        f'<Relationship Id="{_relation(code)}" Type="{_R}/image" Target="{_picture(code)}"/>'
        for code in pictures
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


_PACKAGE_RELATIONS = _relations(
    (f"{_R}/officeDocument", "word/document.xml"),
    (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
)


def _document_relations(codes: Iterable[str]) -> str:
    """A section of the document names the headers by their places here: rId3 and rId4."""
    return _relations(
        (f"{_R}/styles", "styles.xml"),
        (f"{_R}/settings", "settings.xml"),
        (f"{_R}/header", "header1.xml"),
        (f"{_R}/header", "header2.xml"),
        pictures=codes,
    )

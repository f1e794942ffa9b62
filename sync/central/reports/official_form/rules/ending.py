"""Rules 17 to 19: who signs, to whom it goes, who receives it."""

from collections.abc import Iterator

from sync.central.reports.official_form.elements import Elements, is_empty, is_listed
from sync.central.reports.official_form.findings import Fault, Said, Unread, at
from sync.central.reports.official_form.paper import Cell, Line
from sync.central.reports.official_form.profile import Profile
from sync.central.reports.official_form.rules.letters import Form, unlike
from sync.contract.text import without_marks

_END = Said("cuối văn bản", "end of the document")


def signer(elements: Elements, profile: Profile) -> Iterator[Fault | Unread]:
    """Rule 17: authority and office in capitals, the name without titles."""
    if elements.recipients_loose:
        why = Said("“Nơi nhận” không nằm trong bảng nên không biết ai ký", "“Nơi nhận” is in no table")
        yield Unread(17, why)
        return
    if not elements.signers:
        found = Said("không có chức vụ người ký", "no office of a signer")
        right = Said(
            "chức vụ người ký, ngang hàng với “Nơi nhận”", "the signer's office, level with “Nơi nhận”"
        )
        yield Fault(rule=17, where=_END, found=found, right=right)
        return
    for cell in elements.signers:
        yield from _signer(cell, profile)


def _signer(cell: Cell, profile: Profile) -> Iterator[Fault]:
    lines = [line for line in cell.lines if not is_empty(line) and not line.words.startswith(("(", "["))]
    titles = [line for line in lines if line.words == line.words.upper()]
    names = [line for line in lines if line.words != line.words.upper()]
    if not titles and names:
        titles, names = names[:1], names[1:]
    for line in titles:
        yield from unlike(17, line, Form(size=profile.sizes.text, bold=True, capitals=True, centred=True))
        if line.words.startswith(profile.words.wrong_authorities):
            found = Said(
                f"quyền hạn viết “{line.words.split()[0]}”",
                f"the authority is written “{line.words.split()[0]}”",
            )
            right = Said(
                f"một trong: {', '.join(profile.words.authorities)}",
                f"one of {', '.join(profile.words.authorities)}",
            )
            yield Fault(rule=17, where=at(line), found=found, right=right)
    for line in names:
        yield from unlike(17, line, Form(size=profile.sizes.text, bold=True, capitals=False, centred=True))
        if line.words.startswith(profile.words.honours):
            found = Said("trước họ tên có danh xưng, học hàm hoặc học vị", "a title before the name")
            right = Said("họ và tên, không ghi học hàm, học vị", "the name without titles")
            yield Fault(rule=17, where=at(line), found=found, right=right)


def addressed_to(elements: Elements, profile: Profile) -> Iterator[Fault]:
    """Rule 18: letters and proposals, and all that says “Như trên”, have “Kính gửi”."""
    lines = elements.addressed_to
    as_above = any(_is_as_above(line, profile) for line in elements.recipients)
    must = elements.is_letter or elements.kind in profile.type_rules.addressed or as_above
    if not lines:
        if must:
            found = Said("không có “Kính gửi”", "no “Kính gửi”")
            why = "“Như trên” cần “Kính gửi: …” dưới tiêu đề" if as_above else "“Kính gửi: …” dưới tiêu đề"
            right = Said(why, "“Kính gửi: …” below the title")
            yield Fault(rule=18, where=Said("dưới tiêu đề", "below the title"), found=found, right=right)
        return
    first, others = lines[0], lines[1:]
    for line in lines:
        yield from unlike(18, line, Form(size=profile.sizes.text, bold=False, capitals=False))
    word = profile.words.addressed_to
    if not first.words.startswith(f"{word}:"):
        found = Said(f"thiếu dấu hai chấm sau “{word}”", f"no colon after “{word}”")
        yield Fault(rule=18, where=at(first), found=found, right=Said(f"“{word}:”", f"“{word}:”"))
    name = first.words.removeprefix(f"{word}:").strip()
    recipients = ([name] if name else []) + [line.words for line in others]
    if len(recipients) == 1 and others:
        found = Said("một nơi nhận mà xuống dòng", "one recipient on a line of its own")
        right = Said(f"cùng dòng với “{word}:”", f"on the line of “{word}:”")
        yield Fault(rule=18, where=at(first), found=found, right=right)
    if len(recipients) > 1 and not _is_list(recipients):
        found = Said("các nơi nhận không theo dạng danh sách", "the recipients are no list")
        right = Said(
            "mỗi nơi một dòng “- …;”, dòng cuối “- … .”", "a line “- …;” each, the last one with a full stop"
        )
        yield Fault(rule=18, where=at(first), found=found, right=right)


def recipients(elements: Elements, profile: Profile) -> Iterator[Fault]:
    """Rule 19: the word, and the list that ends with what is kept."""
    lines = elements.recipients
    if not lines:
        if elements.kind not in profile.type_rules.plain_end:
            found = Said("không có “Nơi nhận”", "no “Nơi nhận”")
            right = Said(
                "“Nơi nhận:” bên trái, ngang hàng người ký", "“Nơi nhận:” on the left, level with the signer"
            )
            yield Fault(rule=19, where=_END, found=found, right=right)
        return
    word, listed = lines[0], lines[1:]
    yield from unlike(
        19, word, Form(size=profile.sizes.recipients_word, bold=True, italic=True, capitals=False)
    )
    if word.words != f"{profile.words.recipients}:":
        found = Said("từ “Nơi nhận” viết khác", "“Nơi nhận” is written otherwise")
        right = Said(f"“{profile.words.recipients}:” trên một dòng riêng", "“Nơi nhận:” on a line of its own")
        yield Fault(rule=19, where=at(word), found=found, right=right)
    for line in listed:
        yield from unlike(19, line, Form(size=profile.sizes.recipients, bold=False, capitals=False))
    if not listed or not _is_list([line.words for line in listed]) or not _is_kept(listed[-1], profile):
        found = Said("không theo dạng danh sách, hoặc thiếu dòng “Lưu”", "no list, or without the line “Lưu”")
        right = Said(
            "mỗi nơi một dòng “- …;”, cuối cùng “- Lưu: VT, ….”", "“- …;” each, and at last “- Lưu: VT, ….”"
        )
        yield Fault(rule=19, where=at(listed[-1] if listed else word), found=found, right=right)
    if elements.addressed_to and listed and not _is_as_above(listed[0], profile):
        found = Said("có “Kính gửi” mà dòng đầu không phải “- Như trên;”", "“Kính gửi” without “- Như trên;”")
        right = Said("dòng đầu “- Như trên;”", "a first line of “- Như trên;”")
        yield Fault(rule=19, where=at(listed[0]), found=found, right=right)


def _is_list(lines: list[str]) -> bool:
    """Whether each begins with a dash, and ends with a semicolon, the last one with a full stop."""
    ends = [";"] * (len(lines) - 1) + ["."]
    return all(line.startswith("-") and line.endswith(end) for line, end in zip(lines, ends, strict=True))


def _is_as_above(line: Line, profile: Profile) -> bool:
    return is_listed(line) and without_marks(profile.words.as_above) in without_marks(line.words)


def _is_kept(line: Line, profile: Profile) -> bool:
    text = line.words.lstrip("- ")
    return text.startswith(f"{profile.words.kept}:") and "VT" in text

"""Rule 20: an appendix is named in the text, has its own head, and counts its pages from 1."""

import re
from collections.abc import Iterator, Sequence

from sync.central.reports.official_form.elements import Elements, is_empty
from sync.central.reports.official_form.findings import Fault, Said, at
from sync.central.reports.official_form.paper import Item, Line, Table, Written
from sync.central.reports.official_form.profile import Profile
from sync.central.reports.official_form.rules.letters import Form, unlike

# How many lines the head of an appendix has at most.
_HEAD = 6


def appendices(written: Written, elements: Elements, profile: Profile) -> Iterator[Fault]:
    """All that is wrong with the appendices."""
    if not elements.appendices:
        return
    word = profile.words.appendix
    first = elements.appendices[0][0]
    main = written.items[: written.items.index(first)]
    if isinstance(first, Line) and not any(word.casefold() in line.words.casefold() for line in _all(main)):
        found = Said("lời văn không nói đến phụ lục", "the text doesn't name it")
        right = Said("trong văn bản có chỉ dẫn về phụ lục", "the text names its appendices")
        yield Fault(rule=20, where=at(first), found=found, right=right)
    for appendix in elements.appendices:
        yield from _appendix(written, appendix, len(elements.appendices) > 1, profile)


def _appendix(written: Written, appendix: Sequence[Item], several: bool, profile: Profile) -> Iterator[Fault]:
    name = appendix[0]
    if not isinstance(name, Line):
        return
    yield from unlike(20, name, Form(size=profile.sizes.appendix, bold=True, capitals=False, centred=True))
    if several and not re.search(r"\b[IVXLC]+\b", name.words):
        found = Said("không có số thứ tự La Mã", "no Roman number")
        right = Said("nhiều phụ lục thì đánh số La Mã", "several appendices have Roman numbers")
        yield Fault(rule=20, where=at(name), found=found, right=right)
    lines = [item for item in appendix[1:] if isinstance(item, Table) or not is_empty(item)][:_HEAD]
    head = lines[: next((at for at, item in enumerate(lines) if isinstance(item, Table)), len(lines))]
    attached = next(
        (
            at
            for at, line in enumerate(head)
            if isinstance(line, Line) and line.words.startswith(profile.words.attached)
        ),
        None,
    )
    if attached is None:
        found = Said("không có dòng “(Kèm theo …)”", "no line “(Kèm theo …)”")
        right = Said("“(Kèm theo Báo cáo số …)” dưới tên phụ lục", "“(Kèm theo …)” below the title")
        yield Fault(rule=20, where=at(name), found=found, right=right)
    else:
        size = profile.sizes.appendix_title
        for line in head[:attached]:
            if isinstance(line, Line):
                yield from unlike(20, line, Form(size=size, bold=True, capitals=True, centred=True))
        line = head[attached]
        if isinstance(line, Line):
            yield from unlike(20, line, Form(size=size, italic=True, bold=False, centred=True))
    before = written.items[max(written.items.index(name) - 1, 0)]
    own_section = before.section != name.section
    if not own_section or written.sections[name.section].first != 1:
        found = Said("số trang không đếm lại từ 1", "the pages are not counted from 1")
        right = Said("mỗi phụ lục đánh số trang riêng, từ 1", "each appendix counts its pages from 1")
        yield Fault(rule=20, where=at(name), found=found, right=right)


def _all(items: Sequence[Item]) -> Iterator[Line]:
    for item in items:
        if isinstance(item, Table):
            yield from item.lines
        else:
            yield item

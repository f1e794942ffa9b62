"""Rules 12 and 13: type and subject, or the subject of a letter."""

from collections.abc import Iterator

from sync.central.reports.official_form.elements import Elements
from sync.central.reports.official_form.findings import Fault, Said, Unread, at
from sync.central.reports.official_form.profile import Profile
from sync.central.reports.official_form.rules.letters import Form, unlike
from sync.central.reports.official_form.rules.lines import check_line, drawn_in, underlined


def title(elements: Elements, profile: Profile) -> Iterator[Fault | Unread]:
    """Rule 12: the type in capitals, its subject below, and a line of 1/3 to 1/2."""
    line = elements.type
    if line is None:
        if elements.head.letter_subject:
            return
        if elements.head.state != "table":
            yield Unread(
                12, Said("không thấy phần đầu để tìm tên loại", "without a head, no type is looked for")
            )
            return
        found = Said("không có tên loại, cũng không có “V/v …”", "neither a type nor “V/v …”")
        right = Said(
            "tên loại như BÁO CÁO, canh giữa dưới phần đầu", "a type such as BÁO CÁO, centred below the head"
        )
        yield Fault(rule=12, where=Said("dưới phần đầu", "below the head"), found=found, right=right)
        return
    yield from unlike(12, line, Form(size=profile.sizes.type, bold=True, capitals=True, centred=True))
    if not elements.kind:
        found = Said("tên loại không có trong Nghị định", "a type that the decree doesn't have")
        yield Fault(rule=12, where=at(line), found=found, right=_types(profile))
    if not elements.subject:
        if elements.kind in profile.type_rules.no_subject:
            return
        found = Said("không có trích yếu", "no subject")
        right = Said("trích yếu ngay dưới tên loại", "the subject below the type")
        yield Fault(rule=12, where=at(line), found=found, right=right)
        return
    for subject in elements.subject:
        form = Form(size=profile.sizes.type, bold=True, capitals=False, centred=True)
        yield from unlike(12, subject, form)
    drawn = drawn_in(elements.below_title) or underlined(elements.subject)
    length = profile.line
    yield from check_line(12, elements.subject, drawn, 0, length.other, length.other_slack)


def letter(elements: Elements, profile: Profile) -> Iterator[Fault]:
    """Rule 13: “V/v …” under the number, 6 pt apart, and no type."""
    lines = elements.head.letter_subject
    if not lines:
        return
    if elements.type is not None:
        found = Said(
            f"công văn có tên loại “{elements.type.words}”", f"a letter with the type “{elements.type.words}”"
        )
        right = Said("công văn không ghi tên loại", "a letter has no type")
        yield Fault(rule=13, where=at(elements.type), found=found, right=right)
    form = Form(size=profile.sizes.letter_subject, bold=False, capitals=False, centred=True)
    for line in lines:
        yield from unlike(13, line, form)
    left = elements.head.left
    number = elements.head.number
    if number is None:
        return
    between = left[left.index(number) + 1 : left.index(lines[0])]
    gap = number.after + lines[0].before
    if gap < profile.text.letter_subject_above - 0.1 and not between:
        found = Said("sát dòng số, ký hiệu", "too near to the number")
        right = Said("cách dòng 6pt với số, ký hiệu", "6 pt below the number")
        yield Fault(rule=13, where=at(lines[0]), found=found, right=right)


def _types(profile: Profile) -> Said:
    some = ", ".join(list(profile.types)[:6])
    return Said(f"một tên loại của Nghị định: {some} …", f"a type of the decree: {some} …")

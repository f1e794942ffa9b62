"""The drawn lines under a motto, a name and a subject: there, without gaps, and of the right length."""

from collections.abc import Iterator, Sequence

from sync.central.reports.official_form.elements import is_rule
from sync.central.reports.official_form.findings import Fault, Said, Unread, at
from sync.central.reports.official_form.paper import TWIPS_PER_MM, Drawn, Line
from sync.central.reports.official_form.profile import Range
from sync.central.reports.official_form.widths import line_widths


def drawn_in(lines: Sequence[Line]) -> tuple[Drawn, ...]:
    """The lines that are drawn in these paragraphs, or written with underscores."""
    return tuple(
        drawn
        for line in lines
        for drawn in (*line.drawn, *((Drawn(sum(line_widths(line))),) if is_rule(line) else ()))
    )


def underlined(lines: Sequence[Line]) -> tuple[Drawn, ...]:
    """The underlined part of a text, which some draw instead of a line."""
    parts = ((line, tuple(run for run in line.runs if run.underline and run.text.strip())) for line in lines)
    return tuple(
        Drawn(sum(line_widths(line)) * sum(len(run.text) for run in runs) / max(len(line.text), 1))
        for line, runs in parts
        if runs
    )


def check_line(
    rule: int, texts: Sequence[Line], drawn: Sequence[Drawn], spare: int, share: Range, slack: float
) -> Iterator[Fault | Unread]:
    """What is wrong with the line under these texts.

    spare: how many lines are drawn nearby that belong to nothing else: one of them may be meant.
    """
    low, high = share
    if low == high == 1:
        right = Said("đường kẻ liền, dài bằng dòng chữ", "a solid line, as long as the text")
    else:
        right = Said("đường kẻ liền, dài từ 1/3 đến 1/2 dòng chữ", "a solid line of 1/3 to 1/2 of the text")
    if not drawn:
        if spare > 0:
            yield Unread(
                rule, Said("đường kẻ được vẽ ở một đoạn khác", "the line is drawn in another paragraph")
            )
            return
        none = Said("không có đường kẻ phía dưới", "no line below it")
        yield Fault(rule=rule, where=at(texts[-1]), found=none, right=right)
        return
    if all(line.width is None for line in drawn):
        yield Unread(rule, Said("không đo được đường kẻ", "the line can't be measured"))
        return
    if not any(line.solid for line in drawn):
        broken = Said("đường kẻ không liền nét", "the line has gaps")
        yield Fault(rule=rule, where=at(texts[-1]), found=broken, right=right)
        return
    widths = [width for text in texts for width in line_widths(text) if width]
    shares = [line.width / width for line in drawn if line.width is not None for width in widths]
    if not widths or any(low - slack <= part <= high + slack for part in shares):
        return
    longest = max(line.width for line in drawn if line.width is not None)
    text = max(widths)
    mm, percent = round(longest / TWIPS_PER_MM), round(100 * longest / text)
    found = Said(
        f"đường kẻ dài {mm} mm, bằng {percent}% dòng chữ", f"a line of {mm} mm, {percent}% of the text"
    )
    yield Fault(rule=rule, where=at(texts[-1]), found=found, right=right)

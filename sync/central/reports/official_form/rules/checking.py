"""All rules of a decree over one document."""

from collections.abc import Iterable, Iterator

from sync.central.reports.official_form.elements import find_elements
from sync.central.reports.official_form.findings import (
    Examination,
    Fault,
    Said,
    Unchecked,
    Unread,
    Violation,
)
from sync.central.reports.official_form.paper import Written
from sync.central.reports.official_form.parsing import read_document
from sync.central.reports.official_form.profile import Profile
from sync.central.reports.official_form.rules import appendices, body, ending, figures, head, pages, title


def check_form(docx: bytes, profile: Profile) -> tuple[Violation, ...]:
    """The rules that this document violates; raises ProblemError HL5151, HL5152."""
    return examine(docx, profile).violations


def examine(docx: bytes, profile: Profile) -> Examination:
    """What this document violates, and what couldn't be checked; raises ProblemError HL5151, HL5152."""
    findings = list(_findings(read_document(docx), profile))
    faults = [finding for finding in findings if isinstance(finding, Fault)]
    unread = {finding.rule: finding for finding in findings if isinstance(finding, Unread)}
    return Examination(
        violations=tuple(_violations(faults, profile)),
        unchecked=tuple(
            Unchecked(
                rule=rule,
                clause=profile.rule(rule).clause,
                title=_title(profile, rule),
                why=unread[rule].why,
            )
            for rule in sorted(unread)
        ),
    )


def _findings(written: Written, profile: Profile) -> Iterator[Fault | Unread]:
    elements = find_elements(written, profile)
    yield from pages.paper(written, profile)
    yield from pages.direction(written)
    yield from pages.margins(written, profile)
    yield from pages.fonts(written, profile)
    yield from pages.page_number(written, profile)
    yield from head.head(elements, profile)
    yield from title.title(elements, profile)
    yield from title.letter(elements, profile)
    yield from body.grounds(elements, profile)
    yield from body.headings(elements, profile)
    yield from body.text(elements, profile)
    yield from ending.signer(elements, profile)
    yield from ending.addressed_to(elements, profile)
    yield from ending.recipients(elements, profile)
    yield from appendices.appendices(written, elements, profile)
    yield from figures.figures(written, profile)


def _violations(faults: Iterable[Fault], profile: Profile) -> Iterator[Violation]:
    """One violation for each rule and form of fault: the first place, and how many more there are."""
    places: dict[tuple[int, Said, Said], list[Said]] = {}
    for fault in faults:
        places.setdefault((fault.rule, fault.found, fault.right), []).append(fault.where)
    for (rule, found, right), where in sorted(places.items(), key=lambda entry: entry[0][0]):
        yield Violation(
            rule=rule,
            clause=profile.rule(rule).clause,
            title=_title(profile, rule),
            where=where[0],
            found=found,
            right=right,
            more=len(where) - 1,
        )


def _title(profile: Profile, rule: int) -> Said:
    name = profile.rule(rule)
    return Said(name.title, name.title_en)

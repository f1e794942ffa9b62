"""Every error this product shows to a person or a program is raised by name and shown with its number.

A problem says what happened, where, and what to do, in Vietnamese first. Over HTTP it is an RFC 9457
document; on a command line it is printed by `Problem.lines`. A number is never given a second meaning.

    files.py     HL1xxx  files and settings
    terminal.py  HL2xxx  storage and screen of the terminal
    scanning.py  HL3xxx  scanned codes, cards and staff
    wire.py      HL40xx  what the centre answers to devices and programs
    agent.py     HL41xx  what a device makes of the centre's answers
    pull.py      HL42xx  hailong-pull
    offline.py   HL4215  and on: without a network, or with a wrong clock
    browser.py   HL423x  to HL4242: what the centre answers to people in a browser
    sampling.py  HL4310  and on: lists of people, samples, interviews and re-checks
    posting.py   HL4340  and on: letters that ask organisations to answer
    updates.py   HL4243  and on: updates of a terminal's software
    planning.py  HL4290  and on: plans that an office writes and carries out, with their paper and forms
    centre.py    HL5xxx  the centre and its tools
    paper.py     HL5220  and on: paper forms
    table.py             all of them by number, as it is read from a file or an answer

    raise ProblemError(SIGNATURE_WRONG(where="body"))
    if error.problem.kind is SIGNATURE_WRONG: …

To add one: a constant in the file of its range, in the order of the numbers. A detail is Vietnamese; its
English is in sync/contract/details.py.
"""

from collections.abc import Sequence
from types import TracebackType
from typing import Any

from msgspec import Struct

from sync.contract.details import in_english


class Problem(Struct, frozen=True, omit_defaults=True):
    """One occurrence: the number, where it is (a file and key, a field, an address) and what exactly.

    `detail` never holds an answer, a scanned code, a citizen's name or free text.
    """

    number: str
    where: str = ""
    detail: str = ""

    @property
    def kind(self) -> "Kind":
        """What the number means; KeyError for a number of another version, which only a wire can bring."""
        from sync.contract.problem.table import KINDS  # the table is made of kinds, and kinds make problems

        return KINDS[self.number]

    def brief(self) -> str:
        """Number, place and detail on one line, for a status."""
        return " ".join(part for part in (self.number, self.where, self.detail) if part)

    def lines(self) -> list[str]:
        """The problem for a person at a terminal: Vietnamese, then English."""
        kind = self.kind
        place = f" [{self.where}]" if self.where else ""
        detail = f" ({self.detail})" if self.detail else ""
        english = in_english(self.detail)
        detail_en = f" ({english})" if english != self.detail else ""
        return [
            f"{self.number}{place}: {kind.title}{detail}. {kind.remedy}",
            f"  {kind.title_en}{detail_en}. {kind.remedy_en}",
        ]

    def rfc9457(self, language: str = "vi") -> dict[str, Any]:
        """The members of an RFC 9457 problem document; `language` is "vi" or "en"."""
        kind = self.kind
        document: dict[str, Any] = {
            "type": f"urn:hailong:problem:{self.number}",
            "status": kind.status,
            "title": kind.title_en if language == "en" else kind.title,
            "remedy": kind.remedy_en if language == "en" else kind.remedy,
            "number": self.number,
        }
        if self.detail:
            document["detail"] = in_english(self.detail) if language == "en" else self.detail
        if self.where:
            document["where"] = self.where
        return document


class Kind(Struct, frozen=True, kw_only=True):
    """What is the same for every occurrence of one problem; a call makes one occurrence.

    number: HL and four digits, never used for anything else.
    status: the HTTP status where it travels over HTTP, else 500.
    title, remedy: one sentence each; `_en` is shown next to the Vietnamese one.
    """

    number: str
    status: int
    title: str
    title_en: str
    remedy: str
    remedy_en: str

    def __call__(self, *, where: str = "", detail: str = "") -> Problem:
        """One occurrence of this problem."""
        return Problem(self.number, where, detail)


class ProblemError(Exception):
    """Raised with a `Problem`; its text is what a person should read."""

    def __init__(self, problem: Problem) -> None:
        super().__init__("\n".join(problem.lines()))
        self.problem = problem


class ProblemsError(ProblemError):
    """Several problems of one input, all named at once; `problem` is the first of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems[0])
        self.args = ("\n".join(line for problem in problems for line in problem.lines()),)
        self.problems = tuple(problems)


class Wrong:
    """All that is wrong with what a person typed, so that it is read at once and not one input at a time.

    wrong = Wrong()
    with wrong:
        name = line(fields.name, "ten", required=True)
    with wrong:
        why = line(fields.why, "ly_do", required=True)
    wrong.check()
    """

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def __enter__(self) -> None:
        """Begin to read one input."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, ProblemError):
            return False
        self._problems += error.problems if isinstance(error, ProblemsError) else (error.problem,)
        return True

    def check(self) -> None:
        """Raise ProblemsError with everything that was refused; return if nothing was."""
        if self._problems:
            raise ProblemsError(self._problems)

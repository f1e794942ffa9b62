"""Words that a person typed into a form: one line each, in one Unicode form, without invisible characters."""

from typing import Final

from sync.central.presenting.language import Language
from sync.central.web.problems import ProblemPage, problem_page
from sync.contract.problem import ProblemError, ProblemsError
from sync.contract.problem.browser import FORM_INVALID
from sync.contract.text import Text, nfc

# In place of a text that was refused, so that the other fields are checked as well.
UNREAD: Final[Text] = {"vi": "?"}


def line(text: str, name: str, *, required: bool = False) -> str:
    """One line of text as it is stored; raises ProblemError HL4241 for the field `name`."""
    words = " ".join(nfc(text).split())
    if required and not words:
        raise ProblemError(FORM_INVALID(where=name, detail="để trống"))
    if not words.isprintable():
        raise ProblemError(FORM_INVALID(where=name, detail="có ký tự không nhìn thấy được"))
    return words


def lines(text: str, name: str) -> str:
    """Several lines of text as they are stored; raises ProblemError HL4241 for the field `name`."""
    return "\n".join(line(each, name) for each in text.splitlines()).strip()


def texts(vietnamese: str, english: str, name: str, *, required: bool = True) -> Text:
    """A text in the languages that were given; raises ProblemError HL4241 for the field `name`."""
    both = {"vi": line(vietnamese, name, required=required), "en": line(english, f"{name}_en")}
    return {language: words for language, words in both.items() if words}


def refused(error: ProblemError, language: Language) -> tuple[ProblemPage, ...]:
    """Everything that is wrong, as the page of a form shows it."""
    problems = error.problems if isinstance(error, ProblemsError) else (error.problem,)
    return tuple(problem_page(problem, language) for problem in problems)

"""The form with which an interview is checked: the ratings that were asked, without the answers."""

from collections.abc import Mapping, Sequence

from sync.central.office.forms.terminal_words import terminal_words
from sync.central.office.interviews.again import Recheck, find_recheck, interview_of
from sync.central.office.phone.walk import Said, read_said
from sync.central.presenting.language import Language
from sync.central.web.look import Look
from sync.central.web.pages.phone import Asked, question_on_page
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID
from sync.contract.response import Answer
from sync.contract.survey import Rating, Survey

KEY = "phieu"
NEVER = "chua_hoi"
Fields = Mapping[str, Sequence[str]]


def recheck_survey(look: Look, recheck: Recheck) -> Survey:
    """The form of an interview, in the version that was asked; raises ProblemError HL4318."""
    asked = interview_of(look.connection, recheck).survey
    return look.names.surveys[asked.id, asked.version]


def spoken_in(survey: Survey, language: Language) -> str:
    """The language in which the form is read out."""
    return language if language in survey.languages else "vi"


def recheck_questions(survey: Survey, language: Language) -> tuple[Asked, ...]:
    """The ratings of the form: they are what is compared."""
    spoken = spoken_in(survey, language)
    say = terminal_words(survey, spoken)
    ratings = (each for each in survey.questions if isinstance(each, Rating))
    return tuple(question_on_page(survey, each, Said(), say, spoken) for each in ratings)


def read_recheck(look: Look, plan: Plan, fields: Fields) -> dict[str, Answer] | None:
    """What the person says now; None if they were never asked. Raises ProblemError HL4241, HL4318."""
    recheck = find_recheck(look.connection, plan.id, key_of(fields))
    survey = recheck_survey(look, recheck)
    if NEVER in fields:
        return None
    respondent = interview_of(look.connection, recheck).respondent
    answers = read_said(survey, fields, (respondent,)).answers
    if any(
        isinstance(each, Rating) and each.required and each.id not in answers for each in survey.questions
    ):
        raise ProblemError(FORM_INVALID(where=KEY, detail="còn câu chưa trả lời"))
    return answers


def key_of(fields: Fields) -> str:
    """The interview that a form names."""
    return (fields.get(KEY) or [""])[-1]

"""The form of a letter on any browser: `/t/<code>`, from the letter to one organisation (office/post/).

The same pages as on a citizen's phone (phone.py): one request, no script, no cookie, no address kept.
"""

import os
from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sync.central.http import threads
from sync.central.office.phone.walk import Fields, read_said
from sync.central.office.post.answering import OpenLetter, open_letter, store_letter_answer
from sync.central.reports.printing.letters import LINK
from sync.central.web.desk import WebDesk
from sync.central.web.look import Look
from sync.central.web.pages.phone import (
    OnPhone,
    PhonePage,
    draw_phone,
    language_of,
    last_of,
    page_style,
    sent_fields,
    spoken_in,
    step_page,
    thanks_page,
    to_thanks,
    turn_of,
)
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.posting import LETTER_ANSWERED

_ADDRESSES = [f"{LINK}/{{code:str}}", f"{LINK.upper()}/{{code:str}}"]


def _form(look: Look, letter: OpenLetter) -> OnPhone:
    office = look.names.units.get(letter.asked.unit, "")
    return OnPhone(survey=letter.survey, respondents=letter.respondents, office=office)


def _page(look: Look, code: str, language: str, action: str, fields: Fields, desk: WebDesk) -> PhonePage:
    """What the link opens now; raises ProblemError HL4340 … HL4342."""
    letter = open_letter(look.connection, code, look.now)
    form = _form(look, letter)
    spoken = spoken_in(form.survey, language)
    if letter.answered:
        return thanks_page(form, spoken, page_style(desk))
    if letter.by_form:
        raise ProblemError(LETTER_ANSWERED())
    said = read_said(form.survey, fields, form.respondents)
    where = turn_of(desk, form.survey, form.respondents, said, fields)
    return step_page(form, said, where, spoken, action, page_style(desk))


def _send(desk: WebDesk, code: str, language: str, fields: Fields) -> bool:
    """Store the answer if it is whole; whether it was. Raises ProblemError HL4340 … HL4342."""
    now = desk.now()
    with desk.storage.reading() as connection:
        letter = open_letter(connection, code, now)
    said = read_said(letter.survey, fields, letter.respondents)
    if not turn_of(desk, letter.survey, letter.respondents, said, fields).done:
        return False
    spoken = spoken_in(letter.survey, language)
    with desk.storage.changing() as connection:
        store_letter_answer(connection, code, said, spoken, now=now, keys=desk.keys, random_bytes=os.urandom)
    return True


@get(_ADDRESSES)
async def letter_form(visit: NamedDependency[Visit], code: FromPath[str]) -> Response[Any]:
    """The first page of the form, or the thanks again."""
    page = await visit.read(_page, code, language_of(visit), f"{LINK}/{code}", {}, visit.desk)
    return draw_phone(visit.desk, page)


@post(_ADDRESSES)
async def answers_letter(visit: NamedDependency[Visit], code: FromPath[str]) -> Response[Any]:
    """The next page, or the answer."""
    fields, language, action = await sent_fields(visit), language_of(visit), f"{LINK}/{code}"
    if last_of(fields, "lam") == "gui":
        state = visit.request.app.state
        try:
            sent = await threads.write(state, partial(_send, visit.desk, code, language, fields))
        except ProblemError as error:
            if error.problem.kind is not LETTER_ANSWERED:
                raise
            sent = True  # the button was pressed twice, or the form was first: the page says which
        if sent:
            return to_thanks(visit, f"{action}?tieng={language}")
    page = await visit.read(_page, code, language, action, fields, visit.desk)
    return draw_phone(visit.desk, page)


ROUTES = (letter_form, answers_letter)

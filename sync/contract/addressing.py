"""How the glass addresses the person who answers: with the words of their form. Pure.

The interface is written for a citizen, "ông/bà". An organisation's form may say "quý vị", one for staff says
"anh/chị", and the words around the questions then say the same. A catalogue of another language may hold an
entry for such a sentence; where it has none, its entry for the citizen's sentence is shown.
"""

from collections.abc import Callable

from sync.contract.response import Respondent
from sync.contract.survey import Survey, survey_texts

Translate = Callable[[str], str]
"""A text of the interface in a language."""

CITIZENS = "ông/bà"
ADDRESSES: dict[Respondent, str] = {"citizen": CITIZENS, "organisation": "quý vị", "staff": "anh/chị"}


def address_of(respondent: Respondent, survey: Survey | None = None) -> str:
    """What this respondent is called: as the survey does most often, else as is usual."""
    texts = [text["vi"].lower() for _, text in survey_texts(survey)] if survey else []
    said = {address: sum(address in text for text in texts) for address in ADDRESSES.values()}
    most = max(said.values())
    usual = ADDRESSES[respondent]
    return usual if said[usual] == most else next(word for word, count in said.items() if count == most)


def addressed(text: str, address: str) -> str:
    """A sentence written for a citizen as it is said with this `address`."""
    return text.replace(CITIZENS, address).replace(_capital(CITIZENS), _capital(address))


def addressing(words: Translate, address: str) -> Translate:
    """`words` for somebody who is addressed so."""
    if address == CITIZENS:
        return words

    def say(text: str) -> str:
        own = addressed(text, address)
        translated = words(own)
        return translated if translated != own else addressed(words(text), address)

    return say


def _capital(address: str) -> str:
    return address[0].upper() + address[1:]

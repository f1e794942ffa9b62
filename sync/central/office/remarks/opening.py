"""Looks once into every box: which questions have words, and whether the citizen asked to be called.

A citizen asks to be called by leaving contact details: forms ask for them only for that.

Promises:
- only the ids of questions and one yes or no are stored, never a word;
- a box that can't be opened with its key is looked at once; one whose key is elsewhere waits for it.
"""

from collections.abc import Collection, Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, bindparam, select, update

from sync.central.office.keys.unsealing import Opener
from sync.central.store.database import one_at_a_time
from sync.central.store.schema import remarks, responses
from sync.contract.sealing import Words
from sync.contract.survey import OpenText, Survey

CHUNK = 500  # boxes per transaction


def has_new(connection: Connection, keys: Collection[str]) -> bool:
    """Whether there are boxes that one of these keys opens and that were not looked into."""
    return connection.execute(_new(keys).limit(1)).first() is not None


def open_some(connection: Connection, opener: Opener) -> int:
    """Look into some new boxes in the open write transaction; how many. 0: there are none any more."""
    one_at_a_time(connection)
    rows = connection.execute(_new(opener.keys).order_by(responses.c.id).limit(CHUNK)).all()
    found = [{"of": row.id, **_contents(row, opener)} for row in rows]
    if found:
        connection.execute(update(remarks).where(remarks.c.id == bindparam("of")), found)
    return len(found)


def words_of(words: Words, survey: Survey | None) -> Iterator[tuple[str, str]]:
    """The questions of the form that were answered in words, in its order, and the words."""
    for question in survey.questions if survey else ():
        text = words.get(question.id)
        if isinstance(question, OpenText) and isinstance(text, str) and text.strip():
            yield question.id, text


def _new(keys: Collection[str]) -> Select[Any]:
    # Joined, SQLite would read every response there is, for it takes the key to be the rarer thing.
    unopened = select(remarks.c.id).where(remarks.c.called.is_(None))
    r = responses.c
    return select(r.id, r.sealed_key, r.sealed_box, r.survey, r.survey_version).where(
        r.id.in_(unopened), r.sealed_key.in_(keys)
    )


def _contents(row: Row[Any], opener: Opener) -> dict[str, object]:
    words = opener.words(row.sealed_key, row.sealed_box)
    form = opener.surveys.get((row.survey, row.survey_version))
    questions = [question for question, _ in words_of(words, form)]
    fields = [text for said in words.values() if isinstance(said, dict) for text in said.values()]
    called = any(text.strip() for text in fields)
    return {"called": int(called), "questions": msgspec.json.encode(questions).decode()}

"""What changed between two versions of a form. Pure.

Wording may change under the same id, meaning may not. The meaning of a question is what its answers are and
who is asked: kind, levels, options, range, condition. A label that moved to another level or option is a
change of meaning, too. What a new wording means is for a person to read, so both wordings are given.

Promises (each has a test of this name):
- a form that did not change has no changes;
- answers to two versions of a question are comparable if its meaning is the same in both.
"""

from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from typing import Literal

from msgspec import Struct

from sync.contract.problem import Problem
from sync.contract.problem.centre import FORM_MEANING_CHANGED
from sync.contract.survey import (
    Choice,
    Choices,
    Contact,
    Number,
    OpenText,
    Privacy,
    Question,
    Rating,
    Survey,
)
from sync.contract.text import Text, nfc

# presented: how it is asked changed, such as its group, or whether it may be left out.
Kind = Literal["added", "removed", "meaning", "reworded", "presented", "moved"]


class Change(Struct, frozen=True, kw_only=True):
    """One change. question: its id; "" for the form itself. key: of the TOML file, such as `text.vi`."""

    kind: Kind
    question: str
    key: str = ""
    before: str = ""
    after: str = ""


def compare(before: Survey, after: Survey) -> tuple[Change, ...]:
    """The changes of the form itself, then of each question of `after`, then the questions that are gone."""
    return tuple(_changes(before, after))


def meaning_changes(before: Survey, after: Survey) -> tuple[Change, ...]:
    """The questions with the same id and another meaning; one change for each part of the meaning."""
    return tuple(change for id in _common(before, after) for change in _meaning(before, after, id))


def comparable(before: Survey, after: Survey) -> tuple[str, ...]:
    """The ids of the questions whose answers to both versions may be added or joined into one trend."""
    return tuple(id for id in _common(before, after) if not any(_meaning(before, after, id)))


def meaning_problems(draft: Survey, earlier: Iterable[Survey]) -> Iterator[Problem]:
    """HL5090 for each change of meaning under an id that was released; `where` is form, question and key.

    earlier: the releases before it, the newest first. A question is compared with the newest that has its id.
    """
    compared: set[str] = set()
    for survey in earlier:
        ids = {question.id for question in survey.questions} - compared
        for change in meaning_changes(survey, draft):
            if change.question in ids:
                where = f"{draft.id} {change.question}: {change.key}"
                detail = f"{change.before or '–'} → {change.after or '–'}"
                yield FORM_MEANING_CHANGED(where=where, detail=detail)
        compared |= ids


def _common(before: Survey, after: Survey) -> list[str]:
    """The ids of questions that are in both, in the order of `after`."""
    ids = {question.id for question in before.questions}
    return [question.id for question in after.questions if question.id in ids]


def _changes(before: Survey, after: Survey) -> Iterator[Change]:
    yield from _differing("reworded", "", _form_texts(before), _form_texts(after))
    yield from _differing("presented", "", _form_manner(before), _form_manner(after))
    moved = _moved(before, after)
    common = _common(before, after)
    for question in after.questions:
        if question.id not in common:
            yield Change(kind="added", question=question.id, after=question.text.get("vi", ""))
            continue
        old = before.question(question.id)
        meaning = tuple(_meaning(before, after, question.id))
        yield from meaning
        yield from _differing("reworded", question.id, _texts(old), _texts(question))
        manner = _differing("presented", question.id, _manner(old), _manner(question))
        yield from (change for change in manner if change.key not in {part.key for part in meaning})
        if question.id in moved:
            yield Change(kind="moved", question=question.id)
    for question in before.questions:
        if question.id not in common:
            yield Change(kind="removed", question=question.id, before=question.text.get("vi", ""))


def _differing(
    kind: Kind, question: str, before: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[Change]:
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key, ""), after.get(key, "")
        if old != new:
            yield Change(kind=kind, question=question, key=key, before=old, after=new)


# --- meaning ------------------------------------------------------------------------------------------------


def _meaning(before: Survey, after: Survey, id: str) -> Iterator[Change]:
    old, new = before.question(id), after.question(id)
    yield from _differing("meaning", id, _parts(before, old), _parts(after, new))
    for key, was, now in _swapped(_answers(before, old), _answers(after, new)):
        yield Change(kind="meaning", question=id, key=key, before=was, after=now)


def _parts(survey: Survey, question: Question) -> dict[str, str]:
    """What makes the meaning of a question, by the key of the TOML file."""
    parts = {"kind": str(question.__struct_config__.tag)}
    if question.not_applicable:
        parts["not_applicable"] = "true"
    if question.when:
        parts["when"] = f"{question.when.question} = {_listed(sorted(map(_word, question.when.equals)))}"
    match question:
        case Rating():
            parts["levels"] = _listed(level.value for level in survey.levels)
        case Choice() | Choices():
            parts["options"] = _listed(sorted(option.id for option in question.options))
            if isinstance(question, Choices) and question.about:
                parts["about"] = question.about
                bound = {option.id: _listed(sorted(option.levels)) for option in question.options}
                parts |= {f"options {id}.levels": levels for id, levels in bound.items() if levels}
        case Number():
            parts |= {"minimum": str(question.minimum), "maximum": str(question.maximum)}
        case Contact():
            parts["fields"] = _listed(sorted(question.fields))
        case _:
            pass
    return parts


def _answers(survey: Survey, question: Question) -> dict[str, Text]:
    """The labels of the answers, by their key."""
    match question:
        case Rating():
            return {f"levels {level.value}.label": level.label for level in survey.levels}
        case Choice() | Choices():
            return {f"options {option.id}.label": option.label for option in question.options}
        case _:
            return {}


def _swapped(before: Mapping[str, Text], after: Mapping[str, Text]) -> Iterator[tuple[str, str, str]]:
    """The labels that another answer had before: key, the label before, the label after."""
    old = {key: text.get("vi", "") for key, text in before.items()}
    owners = {_same(label): key for key, label in old.items()}
    for key, text in after.items():
        label = text.get("vi", "")
        kept = key not in old or _same(label) == _same(old[key])
        if not kept and owners.get(_same(label), key) != key:
            yield key, old[key], label


def _same(label: str) -> str:
    """The label as it is compared: without capitals and double spaces. Marks count: “Thuê” is not “Thuế”."""
    return " ".join(nfc(label).casefold().split())


# --- wording and manner -------------------------------------------------------------------------------------


def _texts(question: Question) -> dict[str, str]:
    texts = _by_language("text", question.text) | _by_language("help", question.help)
    if isinstance(question, Choice | Choices):
        for option in question.options:
            texts |= _by_language(f"options {option.id}.label", option.label)
    return texts


def _form_texts(survey: Survey) -> dict[str, str]:
    texts = _by_language("title", survey.title) | _by_language("thanks", survey.thanks)
    for name in Privacy.__struct_fields__:
        texts |= _by_language(f"privacy.{name}", getattr(survey.privacy, name))
    for level in survey.levels:
        texts |= _by_language(f"levels {level.value}.label", level.label)
    return texts


def _by_language(key: str, text: Text) -> dict[str, str]:
    return {f"{key}.{language}": words for language, words in text.items()}


def _manner(question: Question) -> dict[str, str]:
    manner = {"required": _word(question.required), "group": question.group}
    if isinstance(question, OpenText):
        manner["maximum"] = str(question.maximum)
    if isinstance(question, Choice | Choices):
        manner["options"] = _listed(option.id for option in question.options)
    return manner


def _form_manner(survey: Survey) -> dict[str, str]:
    return {
        "languages": _listed(survey.languages),
        "respondents": _listed(survey.respondents),
        "keep_language": _word(survey.keep_language),
    }


def _moved(before: Survey, after: Survey) -> set[str]:
    """The fewest questions that, put elsewhere, turn one order into the other."""
    common = _common(before, after)
    old = [question.id for question in before.questions if question.id in common]
    blocks = SequenceMatcher(a=old, b=common, autojunk=False).get_matching_blocks()
    kept = {id for block in blocks for id in old[block.a : block.a + block.size]}
    return set(common) - kept


def _listed(values: Iterable[object]) -> str:
    return ", ".join(map(str, values))


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

"""Forms that a lower unit makes of an upper one's: own questions are added, inherited ones stay."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from sync.central.office.audit.acts import By, acting
from sync.central.office.forms.drafts import copy_form, draft_of, keep_draft
from sync.central.office.forms.locked_forms import (
    changes_of_inherited,
    inherited_questions,
    lock_form,
    unlock_form,
)
from sync.central.office.forms.release_act import objections, release
from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import reading, writing
from sync.contract.catalogue import Unit
from sync.contract.problem import Problem, ProblemError, ProblemsError
from sync.contract.survey import Choice, Rating, Survey, YesNo
from tests.support.browsing import Browser, words_of
from tests.support.plans import shipped_surveys
from tests.support.surveys import every_kind
from tests.support.wire import NOW, CentreUnderTest

CITY, WARD, OTHER = "thanh-pho", "phuong-mot", "tinh-khac"
UNITS = (
    Unit(CITY, {"vi": "Thành phố"}),
    Unit(WARD, {"vi": "Phường Một"}, parent=CITY),
    Unit(OTHER, {"vi": "Tỉnh khác"}),
)
FORM = shipped_surveys()["kien-hung"]
OWN = YesNo(id="cau-rieng", text={"vi": "Có chỗ gửi xe không?", "en": "Was there parking?"}, required=False)
BY = By("một người", NOW)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[CentreUnderTest]:
    """The city has a form; nothing is locked."""
    central = CentreUnderTest(tmp_path / "centre")
    with writing(central.engine) as connection:
        put_bundled_units(connection, UNITS, NOW)
    yield central
    central.close()


def released(central: CentreUnderTest, survey: Survey, unit: str) -> None:
    with acting(central.engine, BY) as act:
        keep_draft(act, survey, unit)
    with acting(central.engine, BY) as act:
        release(act, survey.id, "dùng chung")


def locked(central: CentreUnderTest) -> None:
    with acting(central.engine, BY) as act:
        lock_form(act, FORM.id, CITY)


def copied(central: CentreUnderTest, unit: str, id: str = "phieu-rieng") -> Survey:
    with acting(central.engine, BY) as act:
        return copy_form(act, FORM, id, unit)


def kept(central: CentreUnderTest, survey: Survey, unit: str) -> tuple[str, ...]:
    """Keep a draft; the numbers and places of what was refused."""
    try:
        with acting(central.engine, BY) as act:
            keep_draft(act, survey, unit)
    except ProblemsError as error:
        return tuple(f"{each.number} {each.where}" for each in error.problems)
    except ProblemError as error:
        return (f"{error.problem.number} {error.problem.where}",)
    return ()


def changed(survey: Survey, id: str, **values: object) -> Survey:
    questions = tuple(replace(each, **values) if each.id == id else each for each in survey.questions)
    return replace(survey, questions=questions)


def test_a_lower_unit_adds_its_own_questions_and_cant_change_or_drop_an_inherited_one(
    centre: CentreUnderTest,
) -> None:
    locked(centre)
    own = copied(centre, WARD)
    first = own.questions[0].id
    assert kept(centre, replace(own, questions=(OWN, *own.questions)), WARD) == ()
    with reading(centre.engine) as connection:
        assert draft_of(connection, own.id).questions[0] == OWN
        names = inherited_questions(connection, own.id, WARD, NOW.date())
        assert dict(names) == {question.id: FORM.id for question in FORM.questions}
    dropped = replace(own, questions=own.questions[1:])
    assert kept(centre, dropped, WARD) == (f"HL4305 questions {first}",)
    reworded = changed(own, first, text={**own.questions[0].text, "vi": "Câu khác?"})
    assert kept(centre, reworded, WARD) == (f"HL4305 questions {first}",)
    optional = changed(own, first, required=not own.questions[0].required)
    assert kept(centre, optional, WARD) == (f"HL4305 questions {first}",)
    levels = (replace(own.levels[0], label={"vi": "Khác", "en": "Other"}), *own.levels[1:])
    assert kept(centre, replace(own, levels=levels), WARD) == ("HL4305 levels",)
    both = replace(dropped, levels=levels)
    assert kept(centre, both, WARD) == ("HL4305 levels", f"HL4305 questions {first}")
    # The locked form itself is not written below the unit that locked it.
    assert kept(centre, replace(FORM, version=9), WARD) == (f"HL4306 {FORM.id}",)
    # A copy of a copy inherits the same.
    with acting(centre.engine, BY) as act:
        copy = copy_form(act, own, "phieu-rieng-2", WARD)
    assert kept(centre, replace(copy, questions=copy.questions[1:]), WARD) == (f"HL4305 questions {first}",)


def test_the_upper_unit_itself_and_units_that_are_not_below_it_write_as_they_like(
    centre: CentreUnderTest,
) -> None:
    locked(centre)
    for unit in (CITY, OTHER, ""):
        own = copied(centre, unit, f"phieu-{unit or 'chung'}")
        assert kept(centre, replace(own, questions=own.questions[1:]), unit) == ()
    assert kept(centre, replace(FORM, version=9, questions=FORM.questions[1:]), CITY) == ()


def test_what_is_kept_before_a_lock_or_before_the_upper_form_changed_is_not_released_until_it_agrees(
    centre: CentreUnderTest,
) -> None:
    own = copied(centre, WARD)
    first = own.questions[0].id
    assert kept(centre, replace(own, questions=own.questions[1:]), WARD) == ()
    locked(centre)
    assert against(centre, own.id) == [f"HL4305 questions {first}"]
    with pytest.raises(ProblemsError), acting(centre.engine, BY) as act:
        release(act, own.id, "thêm câu")
    assert kept(centre, own, WARD) == ()
    assert against(centre, own.id) == []
    released(centre, replace(FORM, version=7, questions=(*FORM.questions, OWN)), CITY)
    assert against(centre, own.id) == ["HL4305 questions cau-rieng"]


def against(central: CentreUnderTest, id: str) -> list[str]:
    with reading(central.engine) as connection:
        found = objections(connection, draft_of(connection, id), NOW.date())
    return [f"{each.number} {each.where}" for each in found]


def test_a_lock_is_taken_away_and_nothing_is_locked_any_more(centre: CentreUnderTest) -> None:
    locked(centre)
    own = copied(centre, WARD)
    dropped = replace(own, questions=own.questions[1:])
    assert kept(centre, dropped, WARD) != ()
    with acting(centre.engine, BY) as act:
        unlock_form(act, FORM.id)
    assert kept(centre, dropped, WARD) == ()


def test_every_kind_of_question_is_inherited_whole_and_a_language_may_be_added() -> None:
    base = every_kind()
    assert list(changes_of_inherited(base, base)) == []

    def wrong(survey: Survey) -> list[Problem]:
        return list(changes_of_inherited(base, survey))

    for question in base.questions:
        others = tuple(each for each in base.questions if each.id != question.id)
        assert [each.where for each in wrong(replace(base, questions=others))] == [f"questions {question.id}"]
        spoken = changed(base, question.id, text={**question.text, "km": "…"})
        assert wrong(spoken) == []
        explained = changed(base, question.id, help={"vi": "Lời khác", "en": "Other words"})
        assert [each.where for each in wrong(explained)] == [f"questions {question.id}"]
    choice = next(each for each in base.questions if isinstance(each, Choice))
    fewer = changed(base, choice.id, options=choice.options[1:])
    assert [each.where for each in wrong(fewer)] == [f"questions {choice.id}"]
    rating = next(each for each in base.questions if isinstance(each, Rating))
    other_kind = replace(
        base,
        questions=tuple(
            YesNo(id=each.id, text=each.text) if each.id == rating.id else each for each in base.questions
        ),
    )
    assert [each.where for each in wrong(other_kind)] == [f"questions {rating.id}"]


def test_the_city_locks_its_form_and_the_ward_sees_which_questions_are_not_its_own(
    centre: CentreUnderTest,
) -> None:
    at = f"/mau-phieu/{FORM.id}/{FORM.version}"
    with Browser(centre, "city", ("admin", CITY)) as city, Browser(centre, "ward", ("admin", WARD)) as ward:
        assert "Không khóa" in words_of(city.get(at))
        assert city.post(f"{at}/khoa", {}, at=at).status_code == 303
        assert "Bị khóa bởi Thành phố" in words_of(ward.get(at))
        assert ward.post(f"{at}/mo-khoa", {}, at=at).status_code == 403
        sent = ward.post(f"{at}/chep", {"ma": "phieu-phuong", "ten": "Phiếu của phường"}, at=at)
        draft = str(sent.headers["location"])
        page = ward.get(draft)
        assert words_of(page).count("khóa: câu của mẫu cấp trên") == len(FORM.questions)
        assert f'name="{FORM.questions[0].id}:text:vi"' not in page.text
        begun = page.text.partition('name="truoc" value="')[2].partition('"')[0]
        fields = {
            "truoc": begun,
            "viec": "luu",
            "new:vi": "Có chỗ gửi xe không?",
            "new:kind": "yes_no",
            "new:en": "Parking?",
        }
        fields |= {f"{part}:{language}": words for part, words, language in titles(FORM)}
        assert ward.post(draft, fields, at=draft).status_code == 303
        # Who edits the text, or sends the fields all the same, is refused.
        toml = ward.get(f"{draft}?toml=true").text
        begun = toml.partition('name="truoc" value="')[2].partition('"')[0]
        fields |= {"truoc": begun, f"{FORM.questions[0].id}:text:vi": "Câu khác?"}
        fields |= {"new:vi": "", "new:en": ""}
        refused = ward.post(draft, fields, at=draft)
        assert (refused.status_code, "HL4305" in words_of(refused)) == (400, True)
        assert city.post(f"{at}/mo-khoa", {}, at=at).status_code == 303
        assert "khóa: câu của mẫu cấp trên" not in words_of(ward.get(draft))


def titles(survey: Survey) -> list[tuple[str, str, str]]:
    return [("title", words, language) for language, words in survey.title.items()]

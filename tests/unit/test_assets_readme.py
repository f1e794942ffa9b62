"""The guide to forms and plans names every file and every key, and its example works."""

import re
from pathlib import Path
from typing import get_args

import pytest

from sync.contract.official import Basis, Purpose, Recipient, Signer
from sync.contract.opening import Opening, Weekday
from sync.contract.plan import (
    Budget,
    Consultant,
    Cost,
    Design,
    Objective,
    Part,
    Plan,
    PlanGroup,
    Sample,
    Step,
    StepKind,
    Task,
)
from sync.contract.response import Channel, Respondent
from sync.contract.survey import (
    CONTACT_FIELDS,
    Choice,
    Choices,
    Condition,
    Contact,
    Level,
    Number,
    OpenText,
    Option,
    Privacy,
    Rating,
    Survey,
    YesNo,
)
from tests.support.assets import load_survey
from tests.support.plans import ASSETS, shipped_plans, shipped_surveys

GUIDE = (ASSETS / "README.md").read_text("utf-8")
NAMED = set(re.findall(r"`([^`\n]+)`", GUIDE))
QUESTIONS = (Rating, Choice, Choices, YesNo, Number, OpenText, Contact)


@pytest.mark.parametrize(
    "struct",
    [
        *(Survey, Level, Privacy, Option, Condition, *QUESTIONS),
        *(Plan, PlanGroup, Part, Sample, Step, Task, Objective, Budget, Cost, Consultant, Opening),
        *(Basis, Recipient, Signer),
    ],
    ids=lambda struct: struct.__name__,
)
def test_every_key_is_explained(struct: type) -> None:
    assert set(struct.__struct_fields__) - NAMED == set()  # type: ignore[attr-defined]


def test_every_word_that_a_key_can_have_is_explained() -> None:
    kinds = {question.__struct_config__.tag for question in QUESTIONS}
    words = {*kinds, *CONTACT_FIELDS}
    for choice in (Design, StepKind, Channel, Respondent, Purpose, Weekday):
        words.update(get_args(choice))
    assert words - NAMED == set()


def test_every_shipped_file_is_listed() -> None:
    assert {*shipped_plans(), *shipped_surveys()} - NAMED == set()


def test_its_example_is_a_form(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    path = tmp_path / "mau.toml"
    path.write_text(example, "utf-8")
    assert load_survey(path).question("result").text["en"] == "How satisfied are you with the result?"

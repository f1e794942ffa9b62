"""Forms as files: written as TOML, read back, and refused with everything that is wrong."""

import sys
from pathlib import Path

import pytest

from sync.central.office.forms.form_file import read_form
from sync.central.office.forms.writing import form_toml
from sync.central.office.forms.xlsform.outgoing import write_xlsform
from sync.contract.problem import ProblemError
from sync.contract.survey import Survey, decode_survey
from tests.support.plans import ASSETS, shipped_surveys
from tests.support.surveys import every_kind
from tests.support.xlsforms import UNSUPPORTED, workbook

SHIPPED = shipped_surveys()


@pytest.mark.parametrize("survey", [every_kind(), *SHIPPED.values()], ids=lambda survey: survey.id)
def test_what_is_written_as_toml_is_read_as_the_same_form(survey: Survey) -> None:
    text = form_toml(survey)
    assert decode_survey(text, "mau.toml") == survey
    assert "not_applicable = false" not in text


def test_a_file_of_each_kind_is_read(tmp_path: Path) -> None:
    survey = SHIPPED["van-thang"]
    assert read_form(ASSETS / "surveys" / "van-thang.toml").survey == survey
    path = tmp_path / "phieu.xlsx"
    path.write_bytes(write_xlsform(survey))
    assert read_form(path).survey == survey


def test_every_fault_of_a_toml_file_is_named_at_once_with_its_line_and_key(tmp_path: Path) -> None:
    path = tmp_path / "mau.toml"
    text = (ASSETS / "surveys" / "kien-hung.toml").read_text("utf-8")
    path.write_text(
        text.replace('kind = "text"', 'kind = "words"', 1).replace("value = 5", 'value = "5"'), "utf-8"
    )
    line = {text: number for number, text in reversed(list(enumerate(text.splitlines(), start=1)))}
    wrong = read_form(path)
    assert wrong.survey is None
    assert [problem.where for problem in wrong.faults] == [
        f"mau.toml:{line['value = 5']}: levels[0].value",
        "mau.toml:{}: questions[2]".format(line['kind = "text"'] - 2),
    ]
    path.write_text(
        text.replace("text.en =", "text.fr =").replace('id = "service"', 'id = "result"'), "utf-8"
    )
    faults = read_form(path).faults
    assert [problem.number for problem in faults] == ["HL1006"] * 5 + ["HL1004"]
    assert faults[0].where == "mau.toml:{}: questions[0] result.text".format(line['id = "result"'] + 2)


def test_every_fault_of_a_workbook_is_named_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "phieu.xlsx"
    path.write_bytes(workbook(UNSUPPORTED))
    faults = read_form(path).faults
    assert len(faults) > 10
    assert {problem.where.partition(": ")[0] for problem in faults} == {"phieu.xlsx"}


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="HL5036"):
        read_form(tmp_path / "phieu.docx")
    with pytest.raises(ProblemError, match="HL1001"):
        read_form(tmp_path / "phieu.xlsx")
    with pytest.raises(ProblemError, match="HL1001"):
        read_form(tmp_path / "phieu.toml")


def test_without_the_extra_only_a_workbook_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "phieu.xlsx"
    path.write_bytes(write_xlsform(SHIPPED["kien-hung"]))
    monkeypatch.setitem(sys.modules, "pyxform", None)
    with pytest.raises(ProblemError, match=r"HL5030.*hailong\[xlsform\]"):
        read_form(path)
    assert read_form(ASSETS / "surveys" / "kien-hung.toml").survey is not None

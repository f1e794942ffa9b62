"""The draw by field: quotas in proportion, a reserve in each field, and anybody can repeat it."""

import hmac
import re
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.central.office.sample.drawing import draw_by_field, quota
from sync.central.office.sample.sealed_list import codes_file
from sync.central.office.sample.selecting import draw_people, quotas_of

SEED = bytes(range(32))
FIELDS = {"Đất đai": 300, "Hộ tịch": 120, "Chứng thực": 80}
PEOPLE = [
    (f"{hmac.digest(b'k', f'{field}{number}'.encode(), 'sha256').hex()[:32]}", field, 1)
    for field, many in FIELDS.items()
    for number in range(many)
]
GUIDE = Path(__file__).parents[2] / "deploy" / "chon-mau.md"


def test_quotas_follow_the_volume_of_each_field() -> None:
    assert quota(60, FIELDS, FIELDS) == {"Đất đai": 36, "Hộ tịch": 14, "Chứng thực": 10}


def test_a_field_with_few_people_and_much_work_gives_all_of_them_and_others_share_the_rest() -> None:
    volumes, people = {"a": 900, "b": 60, "c": 40}, {"a": 5, "b": 60, "c": 40}
    assert quota(60, volumes, people) == {"a": 5, "b": 33, "c": 22}


@given(
    st.integers(0, 200),
    st.dictionaries(
        st.text(max_size=3), st.tuples(st.integers(0, 40), st.integers(0, 60)), min_size=1, max_size=6
    ),
)
def test_quotas_add_up_and_ask_nobody_who_is_not_there(total: int, sizes: dict[str, tuple[int, int]]) -> None:
    people = {field: count for field, (count, _) in sizes.items()}
    volumes = {field: count + more for field, (count, more) in sizes.items()}
    shares = quota(total, volumes, people)
    assert sum(shares.values()) == min(total, sum(people.values()))
    assert all(0 <= shares[field] <= people[field] for field in people)


def test_those_to_ask_come_first_and_each_field_has_its_reserve() -> None:
    drawn = draw_people("xa-mot", PEOPLE, 60, 20, SEED)
    asked = Counter(each.field for each in drawn if not each.spare)
    spare = Counter(each.field for each in drawn if each.spare)
    assert asked == {"Đất đai": 36, "Hộ tịch": 14, "Chứng thực": 10}
    assert spare == {"Đất đai": 8, "Hộ tịch": 3, "Chứng thực": 2}
    assert [each.spare for each in drawn] == [False] * 60 + [True] * 13
    assert drawn == draw_people("xa-mot", PEOPLE[::-1], 60, 20, SEED)
    assert drawn != draw_people("xa-hai", PEOPLE, 60, 20, SEED)
    assert drawn != draw_people("xa-mot", PEOPLE, 60, 20, bytes(32))


def test_a_short_list_is_drawn_whole() -> None:
    few = PEOPLE[:5]
    assert {each.name for each in draw_people("xa-mot", few, 60, 20, SEED)} == {code for code, _, _ in few}
    assert [(each.wanted, each.spare) for each in quotas_of(few, 60, 20)] == [(5, 0)]


def test_everybody_of_a_field_has_the_same_chance() -> None:
    times: Counter[str] = Counter()
    for number in range(400):
        seed = number.to_bytes(32)
        drawn = draw_by_field(dict.fromkeys("abcdefgh", ""), {"": 2}, 0, seed)
        times.update(each.name for each in drawn)
    assert sum(times.values()) == 800
    # 100 expected of each; 5 standard deviations of a binomial of 400 and 1/4.
    assert all(abs(n - 100) < 5 * (400 * 0.25 * 0.75) ** 0.5 for n in times.values())


def test_a_field_that_a_spreadsheet_would_run_is_guarded_in_the_file() -> None:
    assert codes_file([("ab", "=1+1", 2), ("aa", "Đất đai", 1)]).decode().splitlines() == [
        "ma,linh_vuc,so_dong",
        "aa,Đất đai,1",
        "ab,'=1+1,2",
    ]


def script() -> str:
    """The script that the guide prints."""
    (found,) = re.findall("```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    return str(found)


@pytest.mark.parametrize("unit", ["xa-mot", "xa-hai"])
def test_the_script_of_the_guide_repeats_the_draw_from_list_and_seed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], unit: str
) -> None:
    file = tmp_path / "danh-sach.csv"
    file.write_bytes(codes_file(PEOPLE))
    quotas = [f"{each.field}={each.wanted}+{each.spare}" for each in quotas_of(PEOPLE, 60, 20)]
    monkeypatch.setattr(sys, "argv", ["rut-mau-lai.py", str(file), SEED.hex(), unit, *quotas])
    exec(compile(script(), "rut-mau-lai.py", "exec"), {"__name__": "__main__"})
    drawn = draw_people(unit, PEOPLE, 60, 20, SEED)
    printed = capsys.readouterr().out.splitlines()
    assert printed == [f"{each.name} {'dự phòng' if each.spare else 'chọn'}" for each in drawn]


def test_the_script_is_ten_lines_that_use_nothing_of_this_product() -> None:
    assert sum(bool(line) for line in script().splitlines()) == 10
    assert re.findall(r"^import (.*)$", script(), re.MULTILINE) == ["csv, hmac, sys"]

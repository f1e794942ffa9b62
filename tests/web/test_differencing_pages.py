"""The attack of tests/contract/test_differencing.py on pages and on the files that they offer.

Who may not see small cells opens every page that shows officers, under every filter, and compares.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest

from sync.central.office.audit.acts import By, acting
from sync.central.office.planning.drafts import begin_plan, find_plan_draft
from sync.central.office.planning.issuing import issue_plan
from sync.contract.plan import Plan, PlanGroup
from tests.support.browsing import without_new_ids
from tests.support.differencing import MARCH, UNTAGGED, Shown, arrive, fill, small_cells
from tests.support.figures_shown import figures_shown
from tests.support.people import make_person
from tests.support.wire import NOW, CentreUnderTest
from tests.web.people_steps import Window

UNITS = ("", "tinh", "phuong-mot", "xa-hai", "xa-ba")
QUESTIONS = ("result", "service")
DAYS = f"from={MARCH['from']}&to={MARCH['to']}"
NAMELESS = "Không rõ cán bộ"
PAGES = (
    "/", "/?ky=thang", "/don-vi/xa-hai", "/don-vi/xa-hai?ky=thang", "/so-lieu?unit=xa-hai",
    "/thu-tuc?unit=xa-hai", "/linh-vuc?unit=xa-hai", "/quay?unit=xa-hai", "/ngay?unit=xa-hai", "/phieu",
)  # fmt: skip
PLAN = "khao-sat-xa-hai"
PLAN_PAGES = (
    "/ke-hoach", f"/ke-hoach/{PLAN}",
    *(f"/ke-hoach/{PLAN}/{part}" for part in ("tien-do", "tien-do/tai-ve.csv", "bao-phu", "yeu-to", "dong")),
)  # fmt: skip


@pytest.fixture
def central(tmp_path: Path) -> Iterator[CentreUnderTest]:
    made = CentreUnderTest(tmp_path / "centre")
    fill(made)
    made.now = lambda: NOW + timedelta(days=40)
    yield made
    made.close()


def issue(central: CentreUnderTest) -> None:
    """A plan of xa-hai that counts what arrives there."""
    today = central.now().date()
    group = PlanGroup(
        id="tai-quay",
        name={"vi": "Người nhận kết quả"},
        survey="kien-hung",
        respondents=("citizen",),
        channels=("kiosk",),
        total=20,
        overall="result",
    )
    plan = Plan(
        id=PLAN,
        title={"vi": "Khảo sát xã Hai"},
        authority="UBND xã Hai",
        unit="xa-hai",
        design="quota",
        starts=today - timedelta(days=90),
        ends=today + timedelta(days=30),
        groups=(group,),
    )
    with acting(central.engine, By("test", central.now())) as act:
        begin_plan(act, plan)
        draft = find_plan_draft(act.connection, PLAN)
        assert draft is not None
        issue_plan(act, PLAN, number="1/KH-UBND", day=today, before=draft.changed_at)


Person = Callable[[str], Window]


@pytest.fixture
def person(central: CentreUnderTest) -> Person:
    return lambda role: Window(central, make_person(central, f"nguoi-{role}", (role, "")))


def officers_on(page: httpx.Response) -> dict[str, int | None]:
    """The officers of a page, with how many answered; None for those whose figures are not shown."""
    rows = {}
    for row in re.findall(r"<tr>.*?</tr>", page.text.partition("<tbody>")[2], re.DOTALL):
        name = re.search(r'<th scope="row">([^<]*)', row)
        counts = [each.number for each in figures_shown(row) if each.path.endswith("/n")]
        assert name is not None
        rows[unescape(name[1]).strip()] = int(counts[0]) if counts and counts[0] is not None else None
    return rows


def files_of(page: httpx.Response) -> list[str]:
    """The addresses of the tables that a page offers."""
    return [unescape(each) for each in re.findall(r'href="([^"]+format=csv)"', page.text)]


def shown(window: Window) -> Shown:
    """All that pages and files say of how many answered about anybody."""
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for unit in UNITS:
        for question in QUESTIONS:
            page = window.get(f"/can-bo?unit={unit}&{DAYS}&cau={question}")
            assert page.status_code == 200
            for officer, n in officers_on(page).items():
                if n is not None:
                    found[officer][f"{unit} {question}"] = n
            for address in files_of(page):
                for more in ("", "%2Cunit", "%2Cprocedure", "%2Cday"):
                    file = window.get(address.replace("by=officer", f"by=officer{more}") + "&headings=ids")
                    _add(found, file, f"{unit} {more}")
    return {name: places for name, places in found.items() if name not in ("", NAMELESS)}


def _add(found: defaultdict[str, dict[str, int]], file: httpx.Response, place: str) -> None:
    if file.status_code != 200:
        return
    for number, line in enumerate(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")))):
        if line.get("question") == "result" and line["n"]:
            found[line["officer"]][f"file {place} {number}"] = int(line["n"])


def test_two_pages_give_no_small_cell_away(person: Person) -> None:
    found = shown(person("analyst"))
    assert small_cells(found) == set()
    assert {"cb-4", "cb-5"} & set(found)  # something is shown
    assert any(place.startswith("file") for places in found.values() for place in places)


def test_the_control_finds_the_small_cell_on_the_pages_of_administrators(person: Person) -> None:
    assert "cb-1" in small_cells(shown(person("admin")))


def test_totals_less_what_is_shown_leave_no_officer_alone(person: Person) -> None:
    window = person("analyst")
    for unit in ("phuong-mot", "xa-hai", "xa-ba"):
        page = window.get(f"/can-bo?unit={unit}&{DAYS}&cau=result")
        (total,) = (each.number for each in figures_shown(page.text) if each.path == "/handovers/answered")
        assert total is not None
        rows = officers_on(page)
        nameless = rows.pop(NAMELESS, None)
        rest = total - sum(n or 0 for n in (*rows.values(), nameless))
        if not nameless:
            rest -= UNTAGGED.get(unit, 0)
        hidden = [name for name, n in rows.items() if n is None]
        assert not rows or (not hidden and not rest) or (len(hidden) >= 2 and rest >= 5), (unit, rows, rest)
    assert "cb-6" not in window.get(f"/can-bo?unit=xa-ba&{DAYS}").text  # all that is tagged there is hers


def test_a_viewer_sees_nobody_by_page_or_file(person: Person) -> None:
    window = person("viewer")
    for unit in UNITS:
        assert window.get(f"/can-bo?unit={unit}&{DAYS}").status_code == 403
        for by in ("officer", "procedure", "unit"):
            asked = f"unit={unit}&{DAYS}&by={by}&format=csv"
            assert window.get(f"/so-lieu/tai-ve?{asked}").status_code == 403
    for path in (
        "/",
        "/?ky=thang",
        *(f"{page}?{DAYS}" for page in ("/so-lieu", "/thu-tuc", "/quay", "/ngay")),
    ):
        page = window.get(path)
        assert page.status_code == 200
        assert not re.search(r"\bcb-\d", page.text), path


def test_months_that_still_run_or_days_are_not_cut_by_officer(person: Person) -> None:
    window = person("analyst")
    for days in (
        "from=2026-03-01&to=2026-03-30",
        "from=2026-03-02&to=2026-03-02",
        "from=2026-04-01&to=2026-04-30",
    ):
        page = window.get(f"/can-bo?unit=xa-hai&{days}")
        assert not [n for n in officers_on(page).values() if n], days


def look(window: Window, path: str) -> bytes:
    return without_new_ids(window.get(path).content)


@pytest.mark.parametrize("days", [0, 1])
@pytest.mark.parametrize("role", ["analyst", "viewer"])
def test_two_times_give_no_visit_away(central: CentreUnderTest, person: Person, role: str, days: int) -> None:
    issue(central)
    window = person(role)
    paths = (*PAGES[: -1 if role == "viewer" else None], *PLAN_PAGES)
    before = {path: look(window, path) for path in paths}
    for seq in (500, 501):
        arrive(central, seq, timedelta(days=days))
        changed = [path for path in paths if look(window, path) != before[path]]
        assert changed == []


def test_the_control_sees_a_visit_on_the_pages_of_administrators(
    central: CentreUnderTest, person: Person
) -> None:
    issue(central)
    window = person("admin")
    paths = ("/don-vi/xa-hai?ky=hom-nay", "/phieu", "/ke-hoach", *PLAN_PAGES[1:4], PLAN_PAGES[-1])
    before = {path: look(window, path) for path in paths}
    arrive(central, 500, timedelta())
    assert [path for path in paths if look(window, path) == before[path]] == []

"""Page = API = file: every number of an aggregate page is what `/v1/summary` and its own file say.

The summary is asked for with the page's own filter, by a program of the same role.
"""

import csv
import io
import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from litestar.testing import TestClient

from sync.central.http.signed import SignedReplies
from tests.support.figures_shown import Shown, figure, figures_shown
from tests.support.made_plans import plan_id
from tests.support.province.places import PROVINCE
from tests.support.served_pages import PageCentre

# Who looks, as which role, and where: "" for the whole centre, None for the first commune.
WHO = (
    ("quan-tri", "admin", ""),
    ("chuyen-vien", "analyst", PROVINCE),
    ("tin-hoc", "admin", None),
    ("can-bo", "viewer", None),
)  # fmt: skip


class Programs:
    """Programs with the roles of people."""

    def __init__(self, centre: PageCentre) -> None:
        self._centre = centre
        self._tokens: dict[tuple[str, str], str] = {}

    def program(self, role: str, unit: str) -> TestClient[SignedReplies]:
        """One with a token of this role at the unit."""
        if (role, unit) not in self._tokens:
            self._tokens[role, unit] = self._centre.province.token(role, unit or None)
        client = self._centre.stranger()
        client.headers["Authorization"] = f"Bearer {self._tokens[role, unit]}"
        client.headers["Accept"] = "application/json"
        return client


@pytest.fixture(scope="module")
def programs(pages: PageCentre) -> Programs:
    return Programs(pages)


def wrong_numbers(html: str, program: TestClient[SignedReplies]) -> tuple[list[Shown], int]:
    """The numbers that are not those of the API, and how many were compared."""
    answers = {}
    shown = figures_shown(html)
    wrong = []
    for each in shown:
        if each.query not in answers:
            answer = program.get(f"/v1/summary?{each.query}")
            assert answer.status_code == 200, (each, answer.text)
            answers[each.query] = answer.json()
        value = figure(answers[each.query], each.path)
        if each.number != (None if value is None else Decimal(str(value))):
            wrong.append(each)
    return wrong, len(shown)


@pytest.mark.parametrize("window", ["hom-nay", "hom-qua", "tuan", "thang"])
@pytest.mark.parametrize(("login", "role", "unit"), WHO)
def test_the_page_of_the_morning(
    pages: PageCentre, programs: Programs, login: str, role: str, unit: str | None, window: str
) -> None:
    commune = pages.province.communes[0].code
    program = programs.program(role, commune if unit is None else unit)
    for path in ("/", f"/don-vi/{commune}"):
        answer = pages.client(login).get(f"{path}?ky={window}")
        assert answer.status_code == 200
        wrong, compared = wrong_numbers(answer.text, program)
        assert wrong == []
        assert compared >= (20 if window == "thang" else 0)


CUTS = ("/so-lieu", "/thu-tuc", "/linh-vuc", "/can-bo", "/quay", "/kenh", "/ngay")
_COLUMNS = {"n": "n", "percent": "satisfied_percent"}
_HANDOVERS = {"returned": "returned", "tagged": "tagged", "visits": "visits", "percent": "answered_percent"}


def in_file(shown: Shown, answer: Any, lines: list[dict[str, str]]) -> Decimal | None:
    """What the file has in the place of this number."""
    steps = shown.path.strip("/").split("/")
    row = figure(answer, "/".join(steps[: steps.index("rows") + 2]))
    wanted = dict(row["by"])
    if "question" in row:
        wanted["question"] = row["question"]
    line = next(line for line in lines if all(line[name] == value for name, value in wanted.items()))
    if steps[0] == "handovers":
        columns = [_HANDOVERS[steps[-1]]]
    elif "counts" in steps:
        columns = [f"level_{level}" for level in steps[-1].split("+")]
    else:
        columns = [_COLUMNS[steps[-1]]]
    values = [line[column] for column in columns]
    return None if "" in values else sum((Decimal(value) for value in values), Decimal(0))


@pytest.mark.parametrize("path", CUTS)
@pytest.mark.parametrize(("login", "role", "unit"), WHO)
def test_a_cut(
    pages: PageCentre, programs: Programs, login: str, role: str, unit: str | None, path: str
) -> None:
    if (path, role) == ("/can-bo", "viewer"):
        return
    commune = pages.province.communes[0].code
    program = programs.program(role, commune if unit is None else unit)
    month = (pages.centre.web.today() - timedelta(days=1)).replace(day=1)  # one of which a day is over
    filters = ["", f"?unit={commune}"]
    if (path, role) != ("/can-bo", "analyst"):
        filters.append(f"?unit={commune}&from={month}&to={month.replace(day=20)}&cau=service")
    for asked in filters:
        answer = pages.client(login).get(path + asked)
        assert answer.status_code == 200
        wrong, compared = wrong_numbers(answer.text, program)
        assert wrong == []
        assert compared >= 4
        links = re.findall(r'href="(/so-lieu/tai-ve[^"]*format=csv)"', answer.text)
        assert bool(links) == (role != "viewer")
        for link in links:
            file = pages.client(login).get(f"{unescape(link)}&headings=ids")
            lines = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
            query = unescape(link).partition("?")[2].removesuffix("&format=csv")
            summary = program.get(f"/v1/summary?{query}").json()
            here = [each for each in figures_shown(answer.text) if each.query == query]
            rows = [each for each in here if "/rows/" in each.path]
            assert rows
            assert [each for each in rows if each.number != in_file(each, summary, lines)] == []


@pytest.mark.parametrize(("login", "role", "unit"), WHO)
def test_the_coverage_of_a_plan(
    pages: PageCentre, programs: Programs, login: str, role: str, unit: str | None
) -> None:
    commune = pages.province.communes[0].code
    program = programs.program(role, commune if unit is None else unit)
    answer = pages.client(login).get(f"/ke-hoach/{plan_id(commune)}/bao-phu")
    wrong, compared = wrong_numbers(answer.text, program)
    assert wrong == []
    assert compared >= 20


def test_an_officers_own_line(pages: PageCentre, programs: Programs) -> None:
    """It is what an analyst of the unit is given."""
    program = programs.program("analyst", pages.province.communes[0].code)
    wrong, compared = wrong_numbers(pages.client("can-bo").get("/cua-toi").text, program)
    assert wrong == []
    assert compared >= 2

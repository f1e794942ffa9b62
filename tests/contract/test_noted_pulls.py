"""What is looked at is in the audit log: one line for what reveals somebody, none for counts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from litestar.testing import TestClient
from sqlalchemy import event

from sync.central.app import Centre, build_app
from sync.central.http.callers import LONGEST
from sync.central.http.token_bucket import Rates
from sync.central.office.audit import chain
from sync.central.store.database import reading
from tests.support.wire import CentreUnderTest, numbered, store_unasked

MONTH = "from=2026-03-01&to=2026-03-31"
COUNTS = (
    "/v1/summary",
    f"/v1/summary?{MONTH}&by=unit,day",
    f"/v1/summary?{MONTH}&by=procedure&unit=phuong-mot",
    "/odata/",
    "/odata/$metadata",
    "/odata/Responses/$count",
)
REVEALING = {
    f"/v1/summary?{MONTH}&by=officer": ("/v1/summary", "by=officer from=2026-03-01 to=2026-03-31"),
    "/v1/summary?by=day,officer": ("/v1/summary", "by=day,officer"),
    "/v1/summary?officer=a01": ("/v1/summary", "officer"),
    "/v1/summary?format=csv": ("/v1/summary", "format=csv"),
    "/v1/summary?format=xlsx&by=unit": ("/v1/summary", "by=unit format=xlsx"),
    "/v1/responses?limit=1&unit=phuong-mot": ("/v1/responses", "limit unit=phuong-mot"),
    "/v1/responses?format=csv&from=01/03/2026": ("/v1/responses", "format=csv from=01/03/2026"),
    "/v1/responses?officer=a01&outcome=complete": ("/v1/responses", "officer outcome=complete"),
    "/odata/Responses?$top=1": ("/odata/Responses", "$top"),
    "/odata/Responses/$count?$filter=officer eq 'a01'": ("/odata/Responses/$count", "$filter"),
    "/odata/Responses/$count?filter=officer eq 'a01'": ("/odata/Responses/$count", "filter"),
}


def pulls(central: CentreUnderTest) -> list[tuple[str, str]]:
    with reading(central.engine) as connection:
        assert chain.verify(connection)[1] is None
        rows = connection.exec_driver_sql(
            "SELECT subject, detail FROM audit WHERE act = 'pull' ORDER BY number"
        )
        return [(row.subject, row.detail) for row in rows]


def asked(client: httpx.Client, token: str, *paths: str) -> list[int]:
    headers = {"Authorization": f"Bearer {token}"}
    return [client.get(path, headers=headers).status_code for path in paths]


@contextmanager
def statements(central: CentreUnderTest) -> Iterator[list[str]]:
    """What the database is told meanwhile."""
    seen: list[str] = []

    def see(*arguments: Any) -> None:
        seen.append(arguments[2].lstrip().split()[0].upper())

    event.listen(central.engine, "before_cursor_execute", see)
    try:
        yield seen
    finally:
        event.remove(central.engine, "before_cursor_execute", see)


@pytest.mark.parametrize("role", ["admin", "analyst"])
def test_a_look_at_counts_writes_nothing(central: CentreUnderTest, role: str) -> None:
    token = central.token(role=role)
    with TestClient(central.app) as client:
        assert asked(client, token, "/v1/summary") == [200]  # the first of a day closes those that are over
        with statements(central) as seen:
            assert asked(client, token, *COUNTS) == [200] * len(COUNTS)
    assert "SELECT" in seen
    assert not {"INSERT", "UPDATE", "DELETE"} & set(seen)
    assert pulls(central) == []


def test_what_reveals_somebody_leaves_one_line_at_each_request(central: CentreUnderTest) -> None:
    token = central.token(role="admin")
    with TestClient(central.app) as client:
        for path in REVEALING:
            assert asked(client, token, path, path) == [200, 200], path
    assert pulls(central) == [line for line in REVEALING.values() for _ in range(2)]


def test_a_parameter_that_is_there_twice_does_not_hide_another(central: CentreUnderTest) -> None:
    token = central.token(role="admin")
    with TestClient(central.app) as client:
        assert asked(client, token, "/v1/summary?by=officer&by=") == [400]
    assert len(pulls(central)) == 1


def test_a_pull_of_many_pages_is_one_line_that_names_its_filters(central: CentreUnderTest) -> None:
    store_unasked(central, numbered(5))
    admin, other = central.token(role="admin"), central.token(role="admin")
    first = "/v1/responses?limit=1&unit=phuong-mot"
    with TestClient(central.app) as client:

        def page(token: str, path: str, after: str = "") -> Any:
            answer = client.get(
                f"{path}&after={after}" if after else path, headers={"Authorization": f"Bearer {token}"}
            )
            assert answer.status_code == 200, answer.text
            return answer.json()

        reply = page(admin, first)
        begun = reply["next"]
        while reply["more"]:
            reply = page(admin, first, reply["next"])
        line = ("/v1/responses", "limit unit=phuong-mot")
        assert pulls(central) == [line]
        page(admin, first, begun)  # an answer that was lost is asked for again
        page(admin, first.replace("limit=1", "limit=3"), begun)
        assert pulls(central) == [line]
        # The same cursor behind another question, from another token, made up, or kept after the last page.
        page(admin, "/v1/responses?limit=1&officer=a01", begun)
        page(other, first, begun)
        page(admin, first, begun.split("-")[0] + "-0")
        page(admin, first, reply["next"])
    after = ("/v1/responses", "after limit unit=phuong-mot")
    assert pulls(central)[1:] == [("/v1/responses", "after limit officer"), after, after, after]


def test_the_pages_of_a_feed_are_one_line(central: CentreUnderTest) -> None:
    store_unasked(central, numbered(5))
    headers = {"Authorization": f"Bearer {central.token(role='admin')}", "Prefer": "maxpagesize=2"}
    with TestClient(central.app) as client:
        path, count = "/odata/Responses?$select=position,unit&$filter=unit eq 'phuong-mot'&$count=true", 0
        while path:
            page = client.get(path, headers=headers).json()
            count += len(page["value"])
            path = page.get("@odata.nextLink", "")
    assert count == 5
    assert pulls(central) == [("/odata/Responses", "$count $filter $select")]


def test_a_token_that_makes_up_addresses_and_words_fills_neither_log_nor_disk(
    central: CentreUnderTest,
) -> None:
    centre = Centre(central.engine, now=central.now, keys=central.keys, lines=Rates(burst=20, a_second=0))
    analyst, other, made_up = central.token(role="analyst"), central.token(role="analyst"), "z" * 5000
    paths = [f"/odata/{made_up}{number}" for number in range(5)]
    paths += [f"/v1/responses?unit={made_up[:60]}{number}&{made_up}{number}=1" for number in range(15)]
    paths += [f"/odata/Responses?$filter={made_up}&{made_up[:50]}{number}=1" for number in range(15)]
    with TestClient(build_app(centre)) as client:
        statuses = asked(client, analyst, *paths)
        assert statuses == [404] * 5 + [400] * 20 + [429] * 10
        assert asked(client, analyst, "/v1/summary") == [200], "a look at counts needs no line"
        assert asked(client, other, "/v1/responses") == [200]
    lines = pulls(central)
    assert len(lines) == 20 + 1
    assert max(len(subject) + len(detail) for subject, detail in lines) <= LONGEST
    assert made_up[:70] not in str(lines)

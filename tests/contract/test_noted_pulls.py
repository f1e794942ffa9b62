"""Whatever a token asks for is in the audit log, in lines that are few, short and of our own words."""

from datetime import timedelta

import httpx
from litestar.testing import TestClient

from sync.central.http.noted import LINES, LONGEST
from sync.central.office.audit import chain
from sync.central.store.database import reading
from tests.support.wire import NOW, CentreUnderTest


def pulls(central: CentreUnderTest) -> list[tuple[str, str]]:
    with reading(central.engine) as connection:
        assert chain.verify(connection)[1] is None
        rows = connection.exec_driver_sql(
            "SELECT subject, detail FROM audit WHERE act = 'pull' ORDER BY number"
        )
        return [(row.subject, row.detail) for row in rows]


def asked(central: CentreUnderTest, client: httpx.Client, token: str, *paths: str) -> list[int]:
    headers = {"Authorization": f"Bearer {token}"}
    return [client.get(path, headers=headers).status_code for path in paths]


def test_equal_pulls_of_a_token_are_one_line_a_minute(central: CentreUnderTest) -> None:
    viewer, other = central.token(role="viewer"), central.token(role="viewer")
    pages = [f"/v1/responses?limit={limit}" for limit in (1, 2, 3)]
    with TestClient(central.app) as client:
        assert asked(central, client, viewer, *pages, "/v1/summary?from=2026-03-01", *pages) == [200] * 7
        assert asked(central, client, other, pages[0]) == [200]
        central.now = lambda: NOW + timedelta(minutes=1)
        assert asked(central, client, viewer, *pages) == [200] * 3
    page = ("/v1/responses", "limit")
    assert pulls(central) == [page, ("/v1/summary", "from=2026-03-01"), page, page]


def test_a_token_that_makes_up_addresses_and_words_fills_neither_log_nor_disk(
    central: CentreUnderTest,
) -> None:
    viewer = central.token(role="viewer")
    made_up = "z" * 5000
    paths = [f"/odata/{made_up}{number}" for number in range(30)]
    paths += [f"/v1/summary?unit={made_up[:60]}{number}&{made_up}{number}=1" for number in range(LINES + 30)]
    paths += [f"/odata/Responses?$filter={made_up}&{made_up[:50]}{number}=1" for number in range(30)]
    with TestClient(central.app) as client:
        assert set(asked(central, client, viewer, *paths)) <= {400, 404}
    lines = pulls(central)
    assert len(lines) == LINES + 1
    assert lines[0] == ("/odata/{path}", "")
    assert lines[-1][0] == "*"
    assert max(len(subject) + len(detail) for subject, detail in lines) <= LONGEST
    assert made_up[:70] not in str(lines)

"""Who asks again and again while people come learns nothing of them."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from sync.contract.batch import BatchReply
from sync.contract.plan import VIET_NAM
from tests.support.served import ServedCentre

OUTLETS = (
    *(f"/v1/responses?format={form}" for form in ("json", "ndjson", "csv", "arrays")),
    "/v1/responses?format=csv&limit=2",
    "/v1/responses?format=json&from=2026-01-01&channel=kiosk",
    "/v1/summary",
    *(f"/v1/summary?from={{today}}&to={{today}}&by={by}" for by in ("", "unit", "procedure", "day")),
    "/odata/Responses",
    "/odata/Responses/$count",
    "/odata/Responses/$count?$filter=counts eq true",
    "/odata/Responses/$count?$filter=day ge {today}",
)


@pytest.mark.parametrize("role", ["viewer", "analyst"])
@pytest.mark.parametrize("unit", [None, "phuong-mot"])
def test_who_polls_below_admin_gets_the_same_bytes_while_visits_arrive(
    served: ServedCentre, role: str, unit: str | None
) -> None:
    token = served.token(role, unit)
    tablet = served.device("phuong-mot")
    tablet.push(tablet.visit(5))
    today = datetime.now(VIET_NAM).date()
    seen = [_answers(served, token)]
    two_days_ago = datetime.now(VIET_NAM).replace(microsecond=0) - timedelta(days=2)
    late = replace(tablet.visit(2), started_at=two_days_ago, finished_at=two_days_ago)
    for one in (tablet.visit(1), late, tablet.visit(3)):
        assert isinstance(reply := tablet.push(one), BatchReply)
        assert [receipt.status for receipt in reply.receipts] == ["stored"]
        seen.append(_answers(served, token))
    if datetime.now(VIET_NAM).date() == today:  # else midnight was in between
        assert seen == [seen[0]] * 4


def test_the_control_an_administrator_sees_each_visit_at_once(served: ServedCentre) -> None:
    token = served.token("admin", "phuong-mot")
    tablet = served.device("phuong-mot")
    counts = []
    for result in (1, 5):
        tablet.push(tablet.visit(result))
        counts.append(int(served.get("/odata/Responses/$count", token).text))
    assert counts[1] == counts[0] + 1


def _answers(served: ServedCentre, token: str) -> list[tuple[str, int, dict[str, str], bytes]]:
    today = datetime.now(VIET_NAM).date().isoformat()
    found = []
    for outlet in OUTLETS:
        answer = served.get(outlet.format(today=today), token)
        headers = {name: value for name, value in answer.headers.items() if name != "date"}
        found.append((outlet, answer.status_code, headers, answer.content))
    return found

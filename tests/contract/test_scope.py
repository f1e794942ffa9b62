"""A device counts for its own unit; what it says of others is held for a person, and never counted."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from sync.central.office.audit.acts import By, acting
from sync.central.office.bundle import import_bundle
from sync.central.office.set_aside import Rejudged, rejudge
from sync.contract.batch import BatchReply
from sync.contract.canonical import canonical_bytes
from sync.contract.response import Entered, Response
from tests.support.wire import CATALOGUE, NOW, CentreUnderTest, numbered, visit, write_bundle

UNITS = """
[[units]]
code = "tinh"
name.vi = "Tỉnh"
[[units]]
code = "phuong-mot"
name.vi = "Phường Một"
parent = "tinh"
[[units]]
code = "phuong-mot.quay"
name.vi = "Bộ phận Một cửa phường Một"
parent = "phuong-mot"
[[units]]
code = "phuong-hai"
name.vi = "Phường Hai"
parent = "tinh"
[[units]]
code = "xa-cu"
name.vi = "Xã cũ"
parent = "phuong-mot"
valid_to = 2026-02-01
"""
WHERE = {"t01": "tinh", "a01": "phuong-mot", "q01": "phuong-mot.quay", "b01": "phuong-hai"}
OFFICERS = "".join(
    f'[[officers]]\nid = "{id}"\nname = "Cán bộ"\nunit = "{unit}"\n' for id, unit in WHERE.items()
)
PROCEDURE = CATALOGUE[CATALOGUE.index("[[procedures]]") : CATALOGUE.index("[[officers]]")]


class Office:
    """A centre with a small tree of units, whose kiosk-1 is in phuong-mot and kiosk-2 in phuong-hai."""

    def __init__(self, central: CentreUnderTest, client: Any, folder: Path) -> None:
        self.central, self.client, self.folder = central, client, folder
        self.tokens = {
            device: {"Authorization": f"Bearer {central.token(device=device)}"}
            for device in ("kiosk-1", "kiosk-2")
        }
        self.version = 1
        self.take_in({"kiosk-1": "phuong-mot", "kiosk-2": "phuong-hai"})

    def take_in(self, places: dict[str, str], more: str = "", officers: str = OFFICERS) -> None:
        self.version += 1
        bundle = write_bundle(self.folder / f"bundle-{self.version}", version=self.version)
        devices = "".join(
            f'[[devices]]\nid = "{id}"\nkind = "terminal"\nunit = "{unit}"\n' for id, unit in places.items()
        )
        (bundle / "catalogue.toml").write_text(UNITS + PROCEDURE + officers + more + devices, "utf-8")
        with acting(self.central.engine, By("test", self.central.now())) as act:
            import_bundle(act, bundle)

    def push(self, *responses: Response) -> list[tuple[str, str]]:
        device = responses[0].device
        bodies = b",".join(canonical_bytes(each) for each in responses)
        content = b'{"device":"%b","responses":[%b]}' % (device.encode(), bodies)
        answer = self.client.post("/v1/batches", content=content, headers=self.tokens[device])
        assert answer.status_code == 200, answer.text
        reply = msgspec.json.decode(answer.content, type=BatchReply)
        return [(each.status, each.problem.number if each.problem else "") for each in reply.receipts]

    def judge(self, **options: Any) -> list[Rejudged]:
        fixed: dict[str, Any] = {"reason": "đúng", "dry_run": False}
        return rejudge(self.central.engine, By("test", NOW), **fixed, **options)

    def counted(self) -> dict[str, int]:
        """Responses by unit, as the summary has them."""
        headers = {"Authorization": f"Bearer {self.central.token(role='admin')}"}
        rows = self.client.get("/v1/responses", params={"limit": 1000}, headers=headers).json()["items"]
        units = [item["response"]["tag"]["unit"] for item in rows if "tag" in item["response"]]
        return {unit: units.count(unit) for unit in sorted(set(units))}


@pytest.fixture
def office(central: CentreUnderTest, tmp_path: Path) -> Iterator[Office]:
    with TestClient(central.app) as client:
        yield Office(central, client, tmp_path)


def tagged(number: int = 1, **changes: Any) -> Response:
    made = replace(visit(number), seq=number)
    assert made.tag
    return replace(made, tag=replace(made.tag, **changes))


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"unit": "phuong-hai", "officer": "b01"}, "HL4050"),
        ({"unit": "tinh"}, "HL4050"),
        ({"unit": "no-such-unit"}, "HL4050"),
        ({"unit": "xa-cu"}, "HL4050"),
        ({"officer": "nobody"}, "HL4051"),
        ({"officer": "b01"}, "HL4051"),
        ({"officer": "q01"}, "HL4051"),
        ({"procedure": "9.999999"}, "HL4051"),
    ],
)
def test_what_a_device_may_not_say_is_held_and_does_not_count(
    office: Office, changes: dict[str, Any], number: str
) -> None:
    assert office.push(tagged(**changes), tagged(2)) == [("held", number), ("stored", "")]
    assert office.counted() == {"phuong-mot": 1}
    assert office.push(tagged(**changes)) == [("held", number)]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"officer": None, "procedure": None},
        {"officer": "t01"},
        {"unit": "phuong-mot.quay", "officer": "q01"},
        {"unit": "phuong-mot.quay", "officer": "a01"},
    ],
)
def test_what_an_honest_device_says_counts(office: Office, changes: dict[str, Any]) -> None:
    assert office.push(tagged(**changes)) == [("stored", "")]


@pytest.mark.parametrize(("days", "held"), [(-401, True), (-400, False), (0, False), (2, False), (3, True)])
def test_a_day_far_from_its_arrival_is_held(office: Office, days: int, held: bool) -> None:
    at = NOW + timedelta(days=days)
    keyed = replace(numbered(1)[0], started_at=at, finished_at=at, entered=Entered("a01", NOW, "1"))
    assert office.push(keyed) == [("held", "HL4052") if held else ("stored", "")]


def test_a_clock_that_was_never_set_still_counts_on_the_day_it_arrived(office: Office) -> None:
    at = NOW.replace(year=1970)
    assert office.push(replace(numbered(1)[0], started_at=at, finished_at=at)) == [("stored", "")]


def test_a_device_that_was_moved_counts_for_both_units_while_it_may_not_know(office: Office) -> None:
    office.take_in({"kiosk-1": "phuong-hai", "kiosk-2": "phuong-hai"})
    assert office.push(tagged(1)) == [("stored", "")]
    assert office.push(tagged(2, unit="phuong-hai", officer="b01")) == [("stored", "")]
    office.central.now = lambda: NOW + timedelta(days=60)
    late = replace(tagged(3), started_at=office.central.now(), finished_at=office.central.now())
    assert office.push(late) == [("held", "HL4050")]


def test_a_tablet_with_an_old_catalogue_is_as_honest_as_before(office: Office) -> None:
    office.take_in({"kiosk-1": "phuong-mot", "kiosk-2": "phuong-hai"}, officers="")
    assert office.push(tagged(officer="a01")) == [("stored", "")]


def test_a_newer_configuration_explains_what_was_held(office: Office) -> None:
    late = tagged(officer="a02")
    assert office.push(late) == [("held", "HL4051")]
    assert office.judge() == [Rejudged("kiosk-1", held=1)]
    more = '[[officers]]\nid = "a02"\nname = "Cán bộ"\nunit = "phuong-mot"\n'
    office.take_in({"kiosk-1": "phuong-mot", "kiosk-2": "phuong-hai"}, more)
    assert office.judge() == [Rejudged("kiosk-1", stored=1)]
    assert office.push(late) == [("duplicate", "")]
    assert office.counted() == {"phuong-mot": 1}


def test_a_person_can_vouch_for_what_was_held(office: Office) -> None:
    other = tagged(unit="phuong-hai", officer="b01")
    assert office.push(other) == [("held", "HL4050")]
    assert office.judge() == [Rejudged("kiosk-1", held=1)]
    assert office.judge(device="kiosk-1", held=True) == [Rejudged("kiosk-1", stored=1)]
    assert office.push(other) == [("duplicate", "")]
    assert office.counted() == {"phuong-hai": 1}

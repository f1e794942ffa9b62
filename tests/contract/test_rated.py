"""What terminals are told of cases that had their say: each its own unit's, sealed everywhere else."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from sync.agent.identity import load_identity
from sync.agent.sending import Sender, Wire
from sync.central.office import removal
from sync.central.office.audit.acts import By, acting
from sync.central.office.bundle import import_bundle
from sync.central.office.configuration.sources import move_device
from sync.central.office.corrections import retag, void
from sync.central.office.keys.by_unit import keep_list
from sync.central.office.keys.stored import add_key
from sync.central.office.rated import mark_rated
from sync.contract.batch import BatchReply
from sync.contract.bundle import Case, Cases
from sync.contract.canonical import canonical_bytes, digest
from sync.contract.case_box import open_case, seal_case
from sync.contract.codes import case_hash
from sync.contract.response import Response
from sync.outbox import StoredResponse
from tests.support.wire import NOW, CentreUnderTest, visit

KEYS = {
    unit: bytes(range(first, first + 32))
    for unit, first in {"phuong-mot": 0, "phuong-hai": 32, "tinh": 64, "bo-phan": 96}.items()
}
FIRST, SECOND, THIRD = (case_hash(f"000.00.12.H26-260302-000{n}", KEYS["phuong-mot"]) for n in range(1, 4))
CATALOGUE = """
[[units]]
code = "tinh"
name.vi = "Tỉnh"
[[units]]
code = "phuong-mot"
name.vi = "Phường Một"
parent = "tinh"
[[units]]
code = "bo-phan"
name.vi = "Bộ phận Một cửa"
parent = "phuong-mot"
[[units]]
code = "phuong-hai"
name.vi = "Phường Hai"
parent = "tinh"
[[procedures]]
code = "1.001193"
name.vi = "Đăng ký khai sinh"
"""
DEVICES = {
    "may-1": "phuong-mot",
    "may-2": "phuong-mot",
    "may-3": "phuong-hai",
    "may-4": "tinh",
    "may-5": "bo-phan",
}


class Wards:
    """A centre with a province, two wards and a desk; lists as a test keeps them."""

    def __init__(self, central: CentreUnderTest, client: TestClient[Any], folder: Path) -> None:
        self.central = central
        self._client = client
        self._senders: dict[str, Sender] = {}
        self.folder = folder
        self._seq = dict.fromkeys(DEVICES, 0)
        bundle = central.folder / "bundle"
        (bundle / "bundle.toml").write_text(
            (bundle / "bundle.toml").read_text().replace("version = 1", "version = 2")
        )
        tables = [
            f'[[devices]]\nid = "{device}"\nkind = "terminal"\nunit = "{unit}"\ncounter = "1"\n'
            for device, unit in DEVICES.items()
        ]
        (bundle / "catalogue.toml").write_text(CATALOGUE + "".join(tables), "utf-8")
        with acting(central.engine, By("test", NOW)) as act:
            import_bundle(act, bundle)

    def gets(self, unit: str, *cases: str) -> None:
        """Keep this list of a unit."""
        keep_list(self.central.folder / "keys", unit, KEYS[unit], [Case(case) for case in cases])

    def sender(self, device: str) -> Sender:
        if device not in self._senders:
            self._senders[device] = self.central.enrolled(self._client, device, self.folder / device)
        return self._senders[device]

    def cases(self, device: str) -> Cases | None:
        """The case list in the configuration of a device."""
        answer = self.sender(device).config("")
        assert isinstance(answer, tuple), answer
        text = answer[0].files.get("cases.json")
        return None if text is None else msgspec.json.decode(text, type=Cases)

    def rated(self, device: str) -> list[str]:
        cases = self.cases(device)
        assert cases is not None
        return [case.case for case in cases.case if case.rated]

    def visit(self, device: str, *cases: str, unit: str = "", outcome: str = "complete") -> Response:
        """A visit at a device, sent and stored, which rated these cases."""
        self._seq[device] += 1
        seq = self._seq[device]
        made = visit(seq, device=device, seq=seq)
        boxes = tuple(seal_case(case, self.central.keys.case_public()) for case in cases)
        assert made.tag is not None
        tag = replace(made.tag, unit=unit or DEVICES[device], officer=None, cases=boxes)
        made = replace(made, tag=tag, outcome=outcome)
        if outcome == "timed_out":
            made = replace(made, answers={}, timing={})
        body = canonical_bytes(made)
        reply = self.sender(device).push([StoredResponse(seq, made.id, body, digest(body))])
        assert isinstance(reply, BatchReply), reply
        assert reply.receipts[0].status == "stored", reply
        return made

    def forget(self, id: str) -> None:
        """As `hailong-central forget` does, in a process of its own."""
        with acting(self.central.engine, By("test", NOW)) as act:
            assert removal.forget(act, id=id)


@pytest.fixture
def wards(central: CentreUnderTest, tmp_path: Path) -> Iterator[Wards]:
    with TestClient(central.app) as client:
        yield Wards(central, client, tmp_path / "devices")


def test_a_terminal_is_given_the_cases_of_its_own_unit_and_of_no_other(wards: Wards) -> None:
    assert [wards.cases(device) for device in DEVICES] == [None] * 5
    wards.gets("phuong-mot", FIRST)
    wards.gets("phuong-hai")

    def keys() -> list[bytes | None]:
        given = [wards.cases(device) for device in DEVICES]
        return [None if cases is None else base64.b64decode(cases.key) for cases in given]

    assert keys() == [KEYS["phuong-mot"], KEYS["phuong-mot"], KEYS["phuong-hai"], None, None]
    wards.gets("tinh")
    assert keys() == [KEYS["phuong-mot"], KEYS["phuong-mot"], KEYS["phuong-hai"], KEYS["tinh"], None]
    assert wards.cases("may-1") == Cases(
        base64.b64encode(KEYS["phuong-mot"]).decode(), wards.central.keys.case_public(), (Case(FIRST),)
    )


def test_nobody_who_comes_with_a_token_is_given_any_case(wards: Wards) -> None:
    wards.gets("phuong-mot", FIRST)
    wards.visit("may-2", SECOND)
    headers = {"Authorization": f"Bearer {wards.central.token(device='may-1')}"}
    answer: httpx.Response = wards._client.get("/v1/config", headers=headers)
    assert answer.status_code == 200
    assert "catalogue.toml" in answer.json()["files"]
    assert "cases.json" not in answer.json()["files"]
    for secret in (FIRST, SECOND, base64.b64encode(KEYS["phuong-mot"]).decode()):
        assert secret not in answer.text


def test_a_case_rated_at_any_terminal_of_the_unit_is_announced_in_an_order_that_says_nothing(
    wards: Wards,
) -> None:
    wards.gets("phuong-mot", FIRST, THIRD)
    assert wards.rated("may-1") == []
    wards.visit("may-2", THIRD)
    assert wards.rated("may-1") == [THIRD]
    wards.visit("may-1", FIRST, SECOND)
    wards.visit("may-1", "0" * 32, outcome="timed_out")
    cases = wards.cases("may-2")
    assert cases is not None
    assert [case.case for case in cases.case] == sorted([FIRST, SECOND, THIRD])
    assert wards.rated("may-2") == sorted([FIRST, SECOND, THIRD])


def test_a_case_counts_as_rated_where_a_device_of_its_unit_says_so(wards: Wards) -> None:
    wards.gets("phuong-mot", FIRST)
    wards.gets("phuong-hai")
    wards.gets("tinh")
    wards.gets("bo-phan")
    wards.visit("may-3", FIRST, unit="phuong-hai")
    assert [wards.rated(device) for device in DEVICES] == [[], [], [FIRST], [], []]
    wards.visit("may-1", SECOND)
    assert [wards.rated(device) for device in DEVICES] == [[SECOND], [SECOND], [FIRST], [], []]


def test_what_a_device_rated_before_it_moved_counts_in_the_unit_it_had_then_and_in_no_other(
    wards: Wards,
) -> None:
    wards.gets("phuong-mot", FIRST)
    wards.gets("phuong-hai")
    wards.visit("may-1", FIRST)
    wards.visit("may-1", SECOND)
    before = sorted([FIRST, SECOND])
    assert (wards.rated("may-2"), wards.rated("may-3")) == (before, [])
    with acting(wards.central.engine, By("test", NOW + timedelta(hours=1))) as act:
        move_device(act, "may-1", "quầy mới", unit="phuong-hai", counter="1")
    assert (wards.rated("may-2"), wards.rated("may-3")) == (before, [])
    assert not {FIRST, SECOND} & {case.case for case in (wards.cases("may-3") or Cases()).case}
    wards.visit("may-1", THIRD, unit="phuong-hai")
    assert (wards.rated("may-2"), wards.rated("may-3")) == (before, [THIRD])
    # It has the old configuration, and with it the old key, until it fetches the new one.
    wards.visit("may-1", "0" * 32, unit="phuong-mot")
    assert (wards.rated("may-2"), wards.rated("may-3")) == (["0" * 32, *before], [THIRD])


def test_a_forgotten_response_is_announced_no_more(wards: Wards) -> None:
    wards.gets("phuong-mot", FIRST, SECOND)
    said = wards.visit("may-1", FIRST)
    other = wards.visit("may-2", SECOND, THIRD)
    assert wards.rated("may-1") == sorted([FIRST, SECOND, THIRD])
    wards.forget(said.id)
    assert wards.rated("may-1") == sorted([SECOND, THIRD])
    wards.forget(other.id)
    assert wards.rated("may-1") == []
    assert [case.case for case in (wards.cases("may-1") or Cases()).case] == sorted([FIRST, SECOND])


def test_a_case_counts_as_rated_for_its_days_and_no_longer(wards: Wards) -> None:
    wards.gets("phuong-mot")
    wards.visit("may-1", FIRST)
    for days, rated in ((30, [FIRST]), (31, []), (30, [FIRST])):
        wards.central.now = lambda days=days: NOW + timedelta(days=days)  # type: ignore[misc]
        assert wards.rated("may-1") == rated


def test_a_correction_announces_the_case_at_its_own_unit_alone(wards: Wards) -> None:
    wards.gets("phuong-mot", FIRST)
    wards.gets("phuong-hai")
    first = wards.visit("may-3", THIRD)
    said = wards.visit("may-1", FIRST)
    with acting(wards.central.engine, By("test", NOW)) as act:
        void(act, first.id, "first, so that corrections begin in the other ward")
        made = retag(act, said.id, {"counter": "2"}, "wrong counter")
    assert wards.rated("may-1") == [FIRST]
    assert wards.rated("may-3") == [THIRD]
    wards.forget(made)
    assert wards.rated("may-1") == []


def test_cases_are_sealed_to_the_newest_key_and_older_ones_still_open(wards: Wards) -> None:
    wards.gets("phuong-mot")
    wards.visit("may-1", FIRST)
    before = wards.central.keys.case_public()
    add_key(wards.central.folder / "keys", "cases", "cases-next", active=True, secret=bytes(range(32)))
    central = wards.central
    wards.sender("may-2")
    central.open()
    with TestClient(central.app) as client:
        tablet = Sender(Wire(client, lambda: NOW), load_identity(wards.folder / "may-2"))
        answer = tablet.config("")
    assert isinstance(answer, tuple)
    cases = msgspec.json.decode(answer[0].files["cases.json"], type=Cases)
    assert cases.public == central.keys.case_public() != before
    assert [case.case for case in cases.case if case.rated] == [FIRST]


def test_a_box_that_cannot_be_opened_is_passed_over(wards: Wards) -> None:
    wards.gets("phuong-mot")
    stranger = base64.b64encode(bytes(range(32))).decode()
    box = seal_case(FIRST, stranger)
    made = visit(1, device="may-1", seq=1)
    assert made.tag is not None
    body = canonical_bytes(
        replace(made, tag=replace(made.tag, unit="phuong-mot", officer=None, cases=(box,)))
    )
    wards.sender("may-1").push([StoredResponse(1, made.id, body, digest(body))])
    assert wards.rated("may-1") == []


def test_a_damaged_list_is_a_problem_of_its_unit_alone(wards: Wards) -> None:
    wards.gets("phuong-mot", FIRST)
    wards.gets("phuong-hai")
    path = wards.central.folder / "keys" / "case-lists" / "phuong-mot.json"
    path.chmod(0o644)
    answer = wards.sender("may-1").config("")
    assert "HL5002" in str(answer)
    assert wards.cases("may-3") is not None


def test_rated_cases_are_marked_and_those_on_no_list_are_added() -> None:
    cases = [Case("a" * 32, "1.000894", "a01"), Case("b" * 32, "1.001193")]
    marked = mark_rated(cases, ["b" * 32, "f" * 32])
    assert marked == [cases[0], replace(cases[1], rated=True), Case("f" * 32, rated=True)]


def test_two_boxes_of_one_case_have_nothing_in_common_and_open_with_the_centres_keys_alone(
    central: CentreUnderTest,
) -> None:
    public = central.keys.case_public()
    one, other = (seal_case(FIRST, public) for _ in range(2))
    assert one[:40] != other[:40]
    keys = central.keys.case_keys()
    assert [open_case(box, keys) for box in (one, other)] == [FIRST, FIRST]
    assert open_case(one, [bytes(range(32))]) is None
    assert open_case(one, [bytes(range(32)), *keys]) == FIRST
    assert [open_case(box, keys) for box in ("", "é", "AAAA", one[:-4])] == [None] * 4

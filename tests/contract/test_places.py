"""A device for a counter: made with its code, enrolled without an id of its own, replaced in one act."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from litestar.testing import TestClient
from sqlalchemy import insert, select

from sync.agent.identity import own_key
from sync.agent.sending import Refused, Wire, enrol
from sync.central.office.audit.acts import By, acting
from sync.central.office.devices import find_device, list_devices
from sync.central.office.keys.by_unit import listed_units
from sync.central.office.places import Replacement, device_at, replace_device
from sync.central.office.units.revisions import basis_of
from sync.central.store.database import reading, writing
from sync.central.store.schema import audit, counters, devices
from sync.contract.enrolment import NEWCOMER, EnrolReply, read_invitation
from sync.contract.heartbeat import Heartbeat
from sync.contract.problem import ProblemError
from tests.contract.conftest import Run
from tests.support.wire import NOW, CentreUnderTest


@pytest.fixture
def client(central: CentreUnderTest) -> Iterator[httpx.Client]:
    with TestClient(central.app) as found:
        yield found


def waits(central: CentreUnderTest, counter: str = "quay-1", unit: str = "phuong-mot") -> str:
    """The device of this counter that waits."""
    with acting(central.engine, By("test", NOW)) as act:
        act.note("test", "a code is made for it")
        return device_at(act, unit=unit, counter=counter)


def replaced(central: CentreUnderTest, device: str) -> Replacement:
    with acting(central.engine, By("test", NOW)) as act:
        return replace_device(act, device=device, reason="vỡ màn hình")


def enrolled(
    central: CentreUnderTest, client: httpx.Client, folder: Path, device: str, id: str = NEWCOMER
) -> EnrolReply:
    reply = enrol(Wire(client, lambda: NOW), central.code(device), id, own_key(folder))
    assert isinstance(reply, EnrolReply), reply
    return reply


def basis(central: CentreUnderTest) -> str:
    with reading(central.engine) as connection:
        return basis_of(connection, "phuong-mot", NOW.date())


def acts(central: CentreUnderTest) -> list[str]:
    with reading(central.engine) as connection:
        return list(connection.execute(select(audit.c.act).order_by(audit.c.number)).scalars())


def test_a_device_that_does_not_know_its_id_learns_it_from_the_code(
    central: CentreUnderTest, client: httpx.Client, tmp_path: Path
) -> None:
    reply = enrolled(central, client, tmp_path, waits(central))
    assert (reply.device, reply.unit, reply.office) == (
        "phuong-mot-quay-1",
        "phuong-mot",
        {"vi": "Phường Một"},
    )


def test_a_device_that_names_itself_has_to_be_the_one_of_the_code(
    central: CentreUnderTest, client: httpx.Client, tmp_path: Path
) -> None:
    code = central.code("kiosk-1")
    answer = enrol(Wire(client, lambda: NOW), code, "kiosk-2", own_key(tmp_path))
    assert isinstance(answer, Refused)
    assert answer.problem.number == "HL4021"


def test_a_place_has_at_most_one_device_that_waits_for_its_enrolment(
    central: CentreUnderTest, client: httpx.Client, tmp_path: Path
) -> None:
    first = waits(central)
    assert waits(central) == first
    assert waits(central, "quay-2") == "phuong-mot-quay-2"
    assert waits(central, "") == "phuong-mot"
    enrolled(central, client, tmp_path, first)
    assert waits(central) == "phuong-mot-quay-1-2"


def test_no_id_is_ever_used_for_two_devices(central: CentreUnderTest) -> None:
    first = waits(central)
    second = replaced(central, first).device
    assert (first, second) == ("phuong-mot-quay-1", "phuong-mot-quay-1-2")
    assert waits(central) == second
    assert waits(central, "quay-1-2") == "phuong-mot-quay-1-2-2"


def test_a_place_that_is_none_is_refused(central: CentreUnderTest) -> None:
    with pytest.raises(ProblemError, match="HL5011"):
        waits(central, unit="phuong-ba")
    with pytest.raises(ProblemError, match="HL5086"):
        waits(central, "Quầy 1")
    with writing(central.engine) as connection:
        connection.execute(insert(counters).values(unit="phuong-mot", id="quay-1", name="{}"))
    with pytest.raises(ProblemError, match=r"HL5085.*quay-1"):
        waits(central, "quay-9")
    assert waits(central, "quay-1") == "phuong-mot-quay-1"


def test_a_new_device_is_news_for_the_units_terminals(central: CentreUnderTest) -> None:
    before = basis(central)
    first = waits(central)
    between = basis(central)
    replaced(central, first)
    assert len({before, between, basis(central)}) == 3


def test_a_replaced_device_is_revoked_in_the_same_act_and_what_it_made_and_did_not_send_is_named(
    central: CentreUnderTest, client: httpx.Client, tmp_path: Path
) -> None:
    sender = central.enrolled(client, "kiosk-1", tmp_path / "agent")
    sender.heartbeat(Heartbeat(at=NOW, made=7, queue=7), timedelta(0))
    found = replaced(central, "kiosk-1")
    assert found == Replacement("phuong-mot-1", 7, ((1, 7),))
    assert acts(central)[-3:] == ["device", "revoke", "replace-device"]
    with reading(central.engine) as connection:
        assert find_device(connection, "kiosk-1").revoked
        (new,) = list_devices(connection, "phuong-mot-1")
        query = select(devices.c.replaces).where(devices.c.id == new.id)
        assert connection.execute(query).scalar() == "kiosk-1"
    assert (new.kind, new.unit, new.counter, new.enrolled) == ("terminal", "phuong-mot", "1", False)


def test_a_replacement_is_made_once(central: CentreUnderTest, client: httpx.Client, tmp_path: Path) -> None:
    first = replaced(central, "kiosk-1")
    assert replaced(central, "kiosk-1") == first
    enrolled(central, client, tmp_path, first.device)
    with pytest.raises(ProblemError, match=rf"HL5087.*{first.device}"):
        replaced(central, "kiosk-1")
    with pytest.raises(ProblemError, match="HL5004"):
        replaced(central, "kiosk-9")


def test_the_commands_print_what_is_scanned(run: Run) -> None:
    assert run("address", "ftp://x") == "HL4116"
    assert run("address", "hailong.example.vn").strip() == "https://hailong.example.vn"
    assert run("address").strip() == "https://hailong.example.vn"

    printed = run("enrol-token", "--unit", "phuong-mot", "--counter", "quay-1")
    assert "phuong-mot-quay-1: quét mã này trên máy trước" in printed
    assert "10 phút" in printed
    invitation = read_invitation(printed.splitlines()[-1])
    assert invitation.address == "https://hailong.example.vn"

    place = ("enrol-token", "--unit", "phuong-mot", "--plain", "--address")
    assert run(*place, "http://10.0.0.5:8700").strip().endswith("@http://10.0.0.5:8700")

    said = run("devices", "replace", "kiosk-1", "--reason", "rơi vỡ")
    assert "kiosk-1: đã thu hồi; ghi 0 phiếu, còn thiếu: không" in said
    assert re.search(r"phuong-mot-1: quét mã này", said)
    assert read_invitation(said.splitlines()[-1]).address == "https://hailong.example.vn"


def test_a_unit_gets_a_case_key_with_its_first_code(central: CentreUnderTest, run: Run) -> None:
    assert "phuong-mot" not in listed_units(central.folder / "keys")
    run("enrol-token", "--unit", "phuong-mot", "--plain")
    assert "phuong-mot" in listed_units(central.folder / "keys")


def test_without_an_address_the_code_is_printed_alone_and_the_command_that_names_it(run: Run) -> None:
    assert run("address").strip() == "chưa đặt"
    printed = run("enrol-token", "--device", "kiosk-1")
    assert "hailong-central address" in printed
    assert read_invitation(printed.splitlines()[-1]).address == ""

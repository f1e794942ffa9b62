"""What Prometheus gets: from a listener of its own on the loopback, without anybody's name."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from sync.central.api.metrics import LOOPBACK, Metrics, is_from_here, listening
from sync.central.office.access import create_token
from sync.central.office.audit.acts import By, acting
from sync.central.office.condition import Condition, read_condition
from sync.central.store.database import reading, writing
from sync.central.store.schema import devices
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DATABASE_FAILED
from tests.support.processes import free_port
from tests.support.served import ServedCentre
from tests.support.wire import NOW, CentreUnderTest, store_unasked, visit


def metrics_of(central: CentreUnderTest) -> Metrics:
    def condition() -> Condition:
        with reading(central.engine) as connection:
            return read_condition(connection, central.keys, central.folder, NOW, whole_log=False)

    return Metrics(condition, lambda: NOW)


@pytest.fixture
def address(central: CentreUnderTest) -> Iterator[str]:
    with listening(metrics_of(central), 0) as port:
        yield f"http://{LOOPBACK}:{port}"


def values(text: str) -> dict[str, float]:
    """Every sample by name and labels."""
    return {
        "".join([sample.name, *(f" {label}={value}" for label, value in sorted(sample.labels.items()))]): (
            sample.value
        )
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_watcher_gets_the_state_as_numbers(central: CentreUnderTest, address: str) -> None:
    assert store_unasked(central, [visit(2, seq=2)]) == ["stored"]
    silent = {"public_key": b"k" * 32, "made": 2, "seen_at": (NOW - timedelta(hours=5)).isoformat()}
    with writing(central.engine) as connection:
        connection.execute(update(devices).where(devices.c.id == "kiosk-1").values(**silent))
    answer = httpx.get(f"{address}/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    found = values(answer.text)
    assert found["hailong_up"] == 1
    assert found["hailong_audit_intact"] == 1
    assert found["hailong_devices state=enrolled"] == 1
    assert found["hailong_devices state=waiting"] == 2
    assert found["hailong_devices_needing reason=silent"] == 1
    assert found["hailong_devices_needing reason=clock"] == 0
    assert (found["hailong_responses_held"], found["hailong_responses_missing"]) == (1, 1)
    assert found["hailong_needs_person point=no-backup"] == 1
    assert found["hailong_needs_person point=lag"] == 0
    assert "hailong_backup_timestamp_seconds" not in found, "what is unknown is missing, never 0"


def test_no_name_or_id_of_a_person_an_officer_a_procedure_or_a_response_is_in_it(
    central: CentreUnderTest, address: str
) -> None:
    response = visit(1, seq=1)
    assert store_unasked(central, [response]) == ["stored"]
    with acting(central.engine, By("nguyen-van-mau", NOW)) as act:
        create_token(act, token_text=lambda: "x" * 43, role="admin", device="", label="Bà Mẫu")
    text = httpx.get(f"{address}/metrics").text
    names = ("a01", "Cán bộ", "1.001193", response.id, "nguyen-van-mau", "Bà Mẫu", "kiosk-1", "phuong-mot")
    assert [name for name in names if name in text] == []


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {}, 404),
        ("/health", {}, 404),
        ("/metrics", {"X-Forwarded-For": "10.0.0.7"}, 403),
        ("/metrics", {"Forwarded": "for=10.0.0.7"}, 403),
        ("/metrics", {"Via": "1.1 caddy"}, 403),
        ("/metrics", {"Host": "hailong.example.vn"}, 403),
        ("/metrics", {"Host": "localhost:9870"}, 200),
    ],
)
def test_a_request_that_a_proxy_has_passed_on_or_that_names_another_host_is_refused(
    address: str, path: str, headers: dict[str, str], status: int
) -> None:
    assert httpx.get(address + path, headers=headers).status_code == status


def test_nothing_but_reading_is_answered(address: str) -> None:
    assert httpx.post(f"{address}/metrics").status_code == 501


def test_a_request_without_a_host_is_one_from_here() -> None:
    assert is_from_here([])
    assert not is_from_here([("HOST", "127.0.0.1.example.vn")])


def test_while_the_database_cannot_be_read_it_is_down_and_everything_else_is_missing() -> None:
    def fails() -> Condition:
        raise ProblemError(DATABASE_FAILED())

    with listening(Metrics(fails, lambda: NOW), 0) as port:
        found = values(httpx.get(f"http://{LOOPBACK}:{port}/metrics").text)
    assert found == {"hailong_up": 0}


def test_a_port_that_is_taken_is_refused_by_its_number(tmp_path: Path) -> None:
    central = CentreUnderTest(tmp_path / "centre")
    with listening(metrics_of(central), 0) as port:
        second = listening(metrics_of(central), port)
        with pytest.raises(ProblemError, match=f"HL5125.*127.0.0.1:{port}"), second:
            pass
    central.close()


def test_a_served_centre_answers_on_the_loopback_alone_and_only_where_it_was_asked_to(tmp_path: Path) -> None:
    port = free_port()
    served = ServedCentre(tmp_path)
    served.start("--metrics-port", str(port))
    try:
        assert values(httpx.get(f"http://{LOOPBACK}:{port}/metrics").text)["hailong_up"] == 1
        assert served.client.get("/metrics").status_code in (401, 404), "no route of the centre leads there"
        with socket.socket() as other, pytest.raises(ConnectionRefusedError):
            other.connect(("127.0.0.2", port))
    finally:
        served.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://{LOOPBACK}:{port}/metrics")

"""What somebody between centre and device holds back is noticed, and shown where a person looks."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from sync.agent.caring import SILENCE
from sync.agent.status import read_status
from sync.central.office.audit.acts import By, acting
from sync.central.office.bundle import import_bundle
from sync.central.office.devices import revoke
from sync.outbox import ReceiptsReader
from tests.support import lying_network as lies
from tests.support.lying_network import Lie
from tests.support.tablet import Tablet, fill
from tests.support.wire import NOW, CentreUnderTest, write_bundle


@pytest.fixture
def tablet(central: CentreUnderTest, tmp_path: Path) -> Iterator[Tablet]:
    found = Tablet(tmp_path, central)
    found.configured()
    yield found
    found.receipts.close()


def only_for(path: str, told: Lie) -> Lie:
    """This lie for requests to one address; the others go through."""

    def lie(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        return (told if request.url.path == path else lies.honest)(inner, request)

    return lie


def shown(tablet: Tablet) -> str:
    """What `hailong-agent status` and the staff screen show."""
    wrong = read_status(tablet.outbox(), ReceiptsReader(tablet.folder / "agent")).problem
    return wrong.brief() if wrong else ""


def newer(central: CentreUnderTest, folder: Path) -> None:
    with acting(central.engine, By("test", NOW)) as act:
        import_bundle(act, write_bundle(folder, version=2))


NOTHING_NEW = lies.status(304)


@pytest.mark.parametrize("told", [NOTHING_NEW, lies.lost_answer, lies.portal, lies.status(503)])
def test_a_configuration_that_is_held_back_is_a_problem_after_a_set_time(
    tablet: Tablet, central: CentreUnderTest, tmp_path: Path, told: Lie
) -> None:
    assert (tablet.beats(), tablet.configuration and tablet.configuration.version()) == (None, 1)
    newer(central, tmp_path / "newer")
    tablet.hears(only_for("/v1/config", told))
    tablet.running = SILENCE / 2
    assert tablet.beats() is not None
    assert shown(tablet) == "", "a line may break off"
    tablet.running = SILENCE + 1
    tablet.beats()
    assert shown(tablet).startswith("HL4114 configuration ")
    fill(tablet.folder / "outbox", 1)
    tablet.sends()
    assert shown(tablet).startswith("HL4114"), "also while batches get through"
    tablet.hears()
    assert (tablet.beats(), shown(tablet)) == (None, "")
    assert tablet.configuration is not None
    assert tablet.configuration.version() == 2


def test_nobody_can_make_a_device_ask_for_another_configuration_than_it_does(
    tablet: Tablet, central: CentreUnderTest, tmp_path: Path
) -> None:
    """With the tag of the newest one in If-None-Match the centre itself would sign "nothing new"."""
    tags: list[str] = []

    def listen(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        answer = lies.honest(inner, request)
        tags.append(answer.headers["etag"])
        return answer

    assert tablet.beats() is None
    newer(central, tmp_path / "newer")
    other = Tablet(tmp_path / "other", central)
    other.configured()
    other.hears(only_for("/v1/config", listen))
    assert other.beats() is None
    tablet.hears(only_for("/v1/config", lies.changing("if-none-match", tags[-1])))
    found = tablet.beats()
    assert found is not None
    assert found.number == "HL4115"
    assert tablet.configuration is not None
    assert tablet.configuration.version() == 1, "not taken for the newest"
    other.receipts.close()


@pytest.mark.parametrize("told", [lies.lost_request, lies.portal, lies.status(503)])
def test_a_centre_that_never_answers_heartbeats_is_a_problem_after_a_set_time(
    tablet: Tablet, told: Lie
) -> None:
    assert tablet.beats() is None
    tablet.hears(only_for("/v1/heartbeat", told))
    tablet.running = SILENCE / 2
    tablet.beats()
    assert shown(tablet) == ""
    tablet.running = SILENCE + 1
    tablet.beats()
    assert shown(tablet).startswith("HL4113 heartbeat ")
    fill(tablet.folder / "outbox", 1)
    tablet.sends()
    assert shown(tablet).startswith("HL4113"), "also while batches get through"
    tablet.hears()
    assert (tablet.beats(), shown(tablet)) == (None, "")


def test_what_the_centre_refuses_of_a_heartbeat_is_shown_at_once(
    tablet: Tablet, central: CentreUnderTest
) -> None:
    assert tablet.beats() is None
    with acting(central.engine, By("test", NOW)) as act:
        revoke(act, device="kiosk-1", reason="test")
    tablet.beats()
    assert shown(tablet).startswith("HL4017")

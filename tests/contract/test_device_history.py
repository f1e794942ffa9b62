"""What became of one device: places, devices before and after it, configurations, erasures, acts."""

from datetime import timedelta
from pathlib import Path

import pytest
from litestar.testing import TestClient

from sync.agent.identity import load_identity
from sync.agent.sending import Sender, Wire
from sync.central.office import removal
from sync.central.office.audit.acts import By, acting
from sync.central.office.bundle import import_bundle
from sync.central.office.configuration.sources import move_device
from sync.central.office.device_history import Move, read_history
from sync.central.office.places import replace_device
from sync.central.store.database import reading
from sync.contract.heartbeat import Heartbeat, HeartbeatReply
from sync.contract.problem import ProblemError
from tests.contract.conftest import Run
from tests.support.wire import NOW, CentreUnderTest, store_unasked, visit, write_bundle

LATER = NOW + timedelta(hours=2)
WARDS = '[[units]]\ncode = "phuong-hai"\nname.vi = "Phường Hai"\n'


def test_a_device_has_the_history_of_its_places_configurations_erasures_and_acts(
    central: CentreUnderTest, tmp_path: Path, run: Run
) -> None:
    folder = write_bundle(tmp_path / "newer", version=2)
    catalogue = folder / "catalogue.toml"
    catalogue.write_text(WARDS + catalogue.read_text("utf-8"), "utf-8")
    with acting(central.engine, By("test", NOW)) as act:
        import_bundle(act, folder)
    with TestClient(central.app) as client:
        central.enrolled(client, "kiosk-1", tmp_path / "kiosk-1")
        sender = Sender(Wire(client, central.now), load_identity(tmp_path / "kiosk-1"))
        news = sender.heartbeat(Heartbeat(at=NOW, made=0, queue=0), timedelta(0))
        assert isinstance(news, HeartbeatReply)
        sender.heartbeat(Heartbeat(at=NOW, made=1, queue=0, bundle=news.bundle), timedelta(0))
    response = visit(1, seq=1)
    assert store_unasked(central, [response]) == ["stored"]
    with acting(central.engine, By("somebody", LATER)) as act:
        removal.forget(act, id=response.id, reason="asked for", not_here_yet=False)
    with acting(central.engine, By("somebody", LATER)) as act:
        move_device(act, "kiosk-1", "QĐ 7", unit="phuong-hai")
    with acting(central.engine, By("somebody", LATER)) as act:
        new = replace_device(act, device="kiosk-1", reason="broken").device

    with reading(central.engine) as connection:
        old, successor = read_history(connection, "kiosk-1"), read_history(connection, new)
    assert (old.enrolled_at, old.revoked_at, old.revoked_reason) == (NOW, LATER, "broken")
    assert (old.replaced_by, successor.replaces, successor.enrolled_at) == (new, "kiosk-1", None)
    assert old.moves == (Move("phuong-mot", LATER),)
    assert (old.bundle, old.bundle_issued) == (news.bundle, NOW)
    assert (old.newest, old.newest_issued) == (0, None), "its present unit was given nothing yet"
    assert old.erasures == 1
    acts = ["replace-device", "revoke", "device-move", "enrol", "enrol-token"]
    assert [each.act for each in old.happened] == acts
    assert [each.who for each in old.happened] == [*["somebody"] * 3, "kiosk-1", "test"]
    assert '"replaced_by": "' + new in run("devices", "history", "kiosk-1")


def test_a_device_that_never_was_has_no_history(central: CentreUnderTest) -> None:
    with reading(central.engine) as connection, pytest.raises(ProblemError, match="HL5004"):
        read_history(connection, "kiosk-9")

"""Before there is a configuration the glass shows what is missing, and the terminal goes on by itself."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.contract.enrolment import Enrolled
from sync.host.first_start import ENROLLED_FILE, write_enrolled
from tests.support.display import Display
from tests.support.finger import Finger
from tests.support.office import Office
from tests.support.processes import wait_until
from tests.support.service_manager import Manager

pytestmark = pytest.mark.screen


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Whose bundle has not arrived."""
    size = {"width": 1280, "height": 800}
    with Office(tmp_path / "office", {"screen": size, "volume": 0.0}) as made:
        (made.folder / "bundle").rename(made.folder / "centre-s")
        agent = made.folder / "terminal" / "agent"
        agent.mkdir(parents=True)
        write_enrolled(agent, Enrolled("may-01", "phuong-mau"))
        yield made


@pytest.fixture
def manager(tmp_path: Path) -> Manager:
    return Manager(tmp_path / "notify")


def start(office: Office, screen: Display, manager: Manager, described: Path) -> Finger:
    environment = {**screen.environment(), **manager.environment()}
    office.start_kiosk(environment, "--describe", str(described))
    return Finger(screen, described)


def test_it_waits_for_the_first_configuration(office: Office, manager: Manager, tmp_path: Path) -> None:
    with Display() as screen:
        finger = start(office, screen, manager, tmp_path / "described.jsonl")
        finger.until("UnconfiguredView")
        wait_until(lambda: {"READY=1", "WATCHDOG=1"} <= set(manager.listen()))
        assert any(line.startswith("STATUS=HL1011") for line in manager.heard)
        screen.settle()
        blank = screen.picture().getcolors(1280 * 800) or []
        assert len(blank) > 20  # letters with their smooth edges

        (office.folder / "centre-s").rename(office.folder / "bundle")
        finger.until("IdleView")
        assert office.is_running("kiosk")
        screen.settle()
        finger.scan(office.card("procedure", "1.001193"))
        finger.until("RatingView")
        office.stop("kiosk")


def test_one_that_kiosk_toml_names_is_enrolled_on_its_screen_or_gets_its_configuration_by_hand(
    office: Office, manager: Manager, tmp_path: Path
) -> None:
    (office.folder / "terminal" / "agent" / ENROLLED_FILE).unlink()
    with Display() as screen:
        finger = start(office, screen, manager, tmp_path / "described.jsonl")
        finger.until("FirstStartView")
        (office.folder / "centre-s").rename(office.folder / "bundle")
        finger.until("IdleView")
        office.stop("kiosk")


@pytest.mark.parametrize(
    ("file", "content", "number"),
    [
        ("bundle.toml", None, "HL1001"),
        ("catalogue.toml", "units = 7", "HL1003"),
        ("surveys/kien-hung.toml", "levels = [", "HL1002"),
        ("surveys/kien-hung.toml", None, "HL1005"),
    ],
)
def test_it_waits_for_one_that_can_be_used(
    office: Office, manager: Manager, tmp_path: Path, file: str, content: str | None, number: str
) -> None:
    bundle = office.folder / "bundle"
    shutil.copytree(office.folder / "centre-s", bundle)
    good = (bundle / file).read_text("utf-8")
    put(bundle / file, content)
    with Display() as screen:
        finger = start(office, screen, manager, tmp_path / "described.jsonl")
        finger.until("UnconfiguredView")
        assert number in office.log("kiosk")
        put(bundle / file, good)
        finger.until("IdleView")
        office.stop("kiosk")


def test_it_ends_when_it_is_told_to(office: Office, manager: Manager, tmp_path: Path) -> None:
    with Display() as screen:
        start(office, screen, manager, tmp_path / "described.jsonl").until("UnconfiguredView")
        assert office.stop("kiosk") == 0


def test_wrong_settings_still_end_it_once_they_are_changed(office: Office, manager: Manager) -> None:
    settings = office.folder / "kiosk.toml"
    right = settings.read_text("utf-8")
    settings.write_text(right.replace("device =", "devise ="), "utf-8")
    with Display() as screen:
        office.start_kiosk({**screen.environment(), **manager.environment()})
        wait_until(lambda: "HL1003" in office.log("kiosk"))
        assert office.is_running("kiosk"), "or it would be started again at once"
        settings.write_text(right, "utf-8")
        assert office.exit_code("kiosk") == 2
    assert "READY=1" not in manager.listen()


def put(path: Path, content: str | None) -> None:
    """Replace a file in one step; None: take it away."""
    if content is None:
        path.unlink()
        return
    fresh = path.with_suffix(".new")
    fresh.write_text(content, "utf-8")
    fresh.replace(path)

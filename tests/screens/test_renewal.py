"""A live terminal takes a new configuration between two visits."""

import base64
import os
import shutil
import signal
from functools import partial
from pathlib import Path

import msgspec
import pytest

from sync.contract.bundle import Case
from sync.contract.codes import case_hash
from tests.support.display import Display
from tests.support.finger import Finger
from tests.support.office import CASE_KEY, Office, until

SIZE = {"width": 1280, "height": 800}
FIRST, SECOND = "H29-260302-0001", "H29-260302-0002"


@pytest.mark.screen
def test_a_case_rated_elsewhere_is_no_tag_once_the_configuration_says_so(tmp_path: Path) -> None:
    described = tmp_path / "described.jsonl"
    with Display((1280, 800)) as display, Office(tmp_path / "office", {"screen": SIZE}) as office:
        office.start_kiosk(display.environment(), "--describe", str(described))
        finger = Finger(display, described)
        finger.until("IdleView")
        display.settle()

        finger.scan(FIRST)
        finger.until("RatingView")
        marked = office.cases(Case(case_hash(SECOND, CASE_KEY), rated=True))
        renewed = tmp_path / "cases.json"
        renewed.write_bytes(msgspec.json.encode(marked))
        renewed.replace(office.folder / "bundle" / "cases.json")
        reload(office)
        display.settle()
        assert finger.until("RatingView")  # the visit at hand goes on undisturbed
        finger.press("Để sau")
        finger.until("IdleView", 60)

        display.settle()
        reload(office)
        display.settle()
        shown = len(finger.pictures())
        finger.scan(SECOND)
        until(partial(shows_more_than, finger, shown), "the officer is told")
        display.settle()
        assert {picture.screen for picture in finger.pictures()[shown:]} == {"IdleView"}


@pytest.mark.screen
def test_a_configuration_that_is_refused_is_an_alarm_until_a_good_one_comes(tmp_path: Path) -> None:
    described = tmp_path / "described.jsonl"
    quiet = {"screen": SIZE, "volume": 0.0}  # a missing loudspeaker would be an alarm of its own
    with Display((1280, 800)) as display, Office(tmp_path / "office", quiet) as office:
        office.start_kiosk(display.environment(), "--describe", str(described))
        finger = Finger(display, described)
        finger.until("IdleView")
        display.settle()
        finger.scan(office.card("badge", "cb-01"))  # a missing officer would be an alarm, too
        display.until(lambda: not shows_alarm(display), "a terminal that is well")

        for file, bad in (("catalogue.toml", "units = 7"), ("cases.json", '{"key": "abc"}')):
            path = office.folder / "bundle" / file
            good = path.read_text("utf-8")
            put(path, bad)
            reload(office)
            display.until(lambda: shows_alarm(display), f"the alarm for {file}")
            put(path, good)
            reload(office)
            display.until(lambda: not shows_alarm(display), f"the alarm's end for {file}")
        finger.scan(FIRST)
        finger.until("RatingView")
        assert office.is_running("kiosk")


@pytest.mark.screen
def test_a_terminal_that_starts_with_a_bad_configuration_serves_with_the_last_one(tmp_path: Path) -> None:
    described = tmp_path / "described.jsonl"
    quiet = {"screen": SIZE, "volume": 0.0}
    with Display((1280, 800)) as display, Office(tmp_path / "office", quiet) as office:
        bundle, kept = office.folder / "bundle", office.folder / "bundles"
        shutil.copytree(bundle, kept / "1-aaaa")
        shutil.move(bundle, kept / "2-bbbb")
        zeros = base64.b64encode(bytes(32)).decode()  # a key, and none that words can be sealed to
        put(kept / "2-bbbb" / "keys.toml", f'[[sealing]]\nid = "k1"\npublic = "{zeros}"')
        bundle.symlink_to(kept / "2-bbbb")
        office.start_kiosk(display.environment(), "--describe", str(described))
        finger = Finger(display, described)
        finger.until("IdleView")
        display.until(lambda: shows_alarm(display), "the alarm")
        display.settle()
        finger.scan(FIRST)
        finger.until("RatingView")
        assert "HL2012" in office.log("kiosk")


def put(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(text, "utf-8")
    fresh.replace(path)


def shows_alarm(display: Display) -> bool:
    """Whether a disc in the office's accent stands in the staff's corner of the idle screen."""
    corner = display.picture().crop((0, 640, 640, 800))
    colours = corner.getcolors(640 * 160) or []
    return any(colour == (0xB2, 0x3A, 0x5B) for _, colour in colours)


def reload(office: Office) -> None:
    os.kill(office._processes["kiosk"].pid, signal.SIGHUP)


def shows_more_than(finger: Finger, pictures: int) -> bool:
    return len(finger.pictures()) > pictures

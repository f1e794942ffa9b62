"""Finding the scanner among the event devices."""

from pathlib import Path

from kiosk.devices import grabbing


def open_files() -> set[str]:
    return {path.name for path in Path("/proc/self/fd").iterdir()}


def test_the_requests_have_the_numbers_of_the_kernel() -> None:
    """As `linux/input.h` gives them: EVIOCGID, EVIOCGBIT(EV_KEY, 96), EVIOCGRAB."""
    numbers = (grabbing._EVIOCGID, grabbing._EVIOCGBIT_KEYS, grabbing._EVIOCGRAB)
    assert numbers == (0x80084502, 0x80604521, 0x40044590)


def test_no_device_of_this_kind_is_no_device() -> None:
    assert grabbing.grab(0xDEAD, 0xBEEF) is None


def test_what_is_no_event_device_is_passed_over_and_closed(tmp_path: Path) -> None:
    (tmp_path / "event0").write_bytes(b"no device")
    (tmp_path / "event1").mkdir()
    (tmp_path / "event2").symlink_to("/dev/null")
    before = open_files()
    assert grabbing.grab(0, 0, tmp_path) is None
    assert open_files() == before

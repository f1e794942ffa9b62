import errno
from pathlib import Path

import pytest
from nacl.signing import SigningKey

from sync.agent.identity import keep_identity, keep_keys, load_identity, name_to_kiosk, own_key
from sync.contract.bundle import PublicKey, PublicKeys
from sync.contract.enrolment import Enrolled, EnrolReply
from sync.contract.problem import ProblemError
from sync.host.first_start import ENROLLED_FILE, read_enrolled
from tests.support.wire import NOW


def keys(*ids: str) -> PublicKeys:
    return PublicKeys(centre=tuple(PublicKey(id, "A" * 43 + "=") for id in ids))


def enrolled(folder: Path, *ids: str) -> SigningKey:
    key = own_key(folder)
    keep_identity(
        folder, EnrolReply(device="kiosk-1", unit="phuong-mot", epoch=1, keys=keys(*ids), server_time=NOW)
    )
    return key


def test_a_device_knows_itself_after_it_was_enrolled(tmp_path: Path) -> None:
    key = enrolled(tmp_path, "a")
    found = load_identity(tmp_path)
    assert (found.device, found.key, found.believed) == ("kiosk-1", key, frozenset("a"))


def test_a_device_knows_its_centre_where_the_code_named_it_and_names_itself_to_the_kiosk(
    tmp_path: Path,
) -> None:
    own_key(tmp_path)
    name = {"vi": "Phường Một"}
    reply = EnrolReply(
        device="kiosk-1", unit="phuong-mot", epoch=1, keys=keys("a"), server_time=NOW, office=name
    )
    keep_identity(tmp_path, reply, "https://hailong.example.vn")
    keep_keys(tmp_path, keys("b"))
    found = load_identity(tmp_path)
    assert (found.unit, found.address) == ("phuong-mot", "https://hailong.example.vn")
    assert read_enrolled(tmp_path) == Enrolled("kiosk-1", "phuong-mot", name)


def test_a_device_that_an_older_agent_enrolled_is_named_to_the_kiosk(tmp_path: Path) -> None:
    enrolled(tmp_path, "a")
    (tmp_path / ENROLLED_FILE).unlink()
    name_to_kiosk(tmp_path, load_identity(tmp_path))
    assert read_enrolled(tmp_path) == Enrolled("kiosk-1", "phuong-mot")


def test_whose_answers_counted_is_kept_when_keys_are_others_and_when_it_is_enrolled_again(
    tmp_path: Path,
) -> None:
    enrolled(tmp_path, "a")
    assert keep_keys(tmp_path, keys("b")).believed == {"a", "b"}
    enrolled(tmp_path, "c")
    assert load_identity(tmp_path).believed == {"a", "b", "c"}


def test_a_device_without_a_whole_identity_is_not_enrolled(tmp_path: Path) -> None:
    def refused() -> None:
        with pytest.raises(ProblemError, match="HL4106"):
            load_identity(tmp_path)

    refused()
    enrolled(tmp_path, "a")
    (tmp_path / "identity.json").write_text("{")
    refused()
    enrolled(tmp_path, "a")
    (tmp_path / "device.key").write_text("short")
    refused()


def test_a_disk_that_does_not_give_the_identity_back_is_no_reason_to_enrol_again(tmp_path: Path) -> None:
    enrolled(tmp_path, "a")
    (tmp_path / "identity.json").unlink()
    (tmp_path / "identity.json").symlink_to("/proc/self/mem")  # reading it fails like a bad sector
    with pytest.raises(OSError, match="Input/output") as caught:
        load_identity(tmp_path)
    assert caught.value.errno == errno.EIO

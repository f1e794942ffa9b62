"""The agent signs a code for the kiosk: a token of this device, and nothing else."""

import socket
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from nacl.signing import SigningKey

from sync.agent.code_signing import CodeSigner
from sync.contract.phone_token import PhoneToken, check_token, pack
from sync.host.phone_codes import LONGEST, SOCKET, ask_signature

KEY = SigningKey(bytes(range(32)))
NOW = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
TOKEN = PhoneToken(
    device="may-001",
    visit=bytes.fromhex("019ad00000007000800000000000000a"),
    unit="phuong-mau",
    survey="kien-hung-2020",
    survey_version=1,
    expires=int((NOW + timedelta(days=7)).timestamp()),
)


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("a")
    signer = CodeSigner(folder, "may-001", KEY, lambda: NOW)
    signer.start()
    yield folder
    signer.close()
    assert not (folder / SOCKET).exists()


def test_a_token_of_this_device_is_signed_by_its_key(folder: Path) -> None:
    signature = ask_signature(folder / SOCKET, pack(TOKEN))
    assert signature is not None
    check_token(pack(TOKEN), signature, bytes(KEY.verify_key))


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b'"@method": POST',
        b"x" * (LONGEST + 1),
        pack(TOKEN) + b"x",
        pack(replace(TOKEN, device="may-002")),
        pack(replace(TOKEN, expires=int((NOW + timedelta(days=30)).timestamp()))),
        pack(replace(TOKEN, expires=int(NOW.timestamp()) - 1)),
    ],
    ids=["nothing", "a request", "too long", "more", "another device", "for a month", "over"],
)
def test_nothing_else_is_signed(folder: Path, packed: bytes) -> None:
    assert ask_signature(folder / SOCKET, packed) is None
    assert ask_signature(folder / SOCKET, pack(TOKEN)) is not None


def test_who_is_silent_delays_nobody_for_long(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(str(folder / SOCKET))
        assert ask_signature(folder / SOCKET, pack(TOKEN), patience=5) is not None


def test_the_kiosks_group_may_open_the_socket_and_others_not(folder: Path) -> None:
    assert stat.S_IMODE((folder / SOCKET).stat().st_mode) == 0o660


def test_without_an_agent_there_is_no_signature(tmp_path: Path) -> None:
    assert ask_signature(tmp_path / SOCKET, pack(TOKEN)) is None


def test_a_socket_that_an_ended_agent_left_is_replaced(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("b")
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(folder / SOCKET))
    signer = CodeSigner(folder, "may-001", KEY, lambda: NOW)
    signer.start()
    assert ask_signature(folder / SOCKET, pack(TOKEN)) is not None
    signer.close()


def test_a_folder_with_too_long_a_name_stops_nothing(tmp_path: Path) -> None:
    signer = CodeSigner(tmp_path / ("x" * 120), "may-001", KEY, lambda: NOW)
    signer.start()
    signer.close()

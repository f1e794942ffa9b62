"""agent.toml: what is refused, and by which certificate a centre is known."""

import http.server
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sync.agent.sending import make_client
from sync.agent.settings import load_settings
from sync.contract.problem import ProblemError

GOOD = {"centre": "https://centre.example", "device": "kiosk-1", "outbox": "outbox", "folder": "agent"}


def write(folder: Path, **changes: object) -> Path:
    path = folder / "agent.toml"
    lines = [
        f"{key} = {str(value).lower() if isinstance(value, bool) else repr(value)}"
        for key, value in {**GOOD, **changes}.items()
    ]
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_paths_are_from_the_folder_of_the_file(tmp_path: Path) -> None:
    assert load_settings(write(tmp_path)).outbox == str(tmp_path / "outbox")


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"centre": "http://centre.example"}, "HL4101"),
        ({"centre": "ftp://centre.example"}, "HL1003"),
        ({"centre": "centre.example"}, "HL1003"),
        ({"device": "Kiosk 1"}, "HL1003"),
        ({"poll_seconds": 0.0}, "HL1003"),
        ({"timeout_seconds": -1.0}, "HL1003"),
        ({"heartbeat_seconds": 0.0}, "HL1003"),
        ({"unheard_of": "x"}, "HL1003"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_key(
    tmp_path: Path, changes: dict[str, object], number: str
) -> None:
    with pytest.raises(ProblemError, match=number):
        load_settings(write(tmp_path, **changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"centre": "http://127.0.0.1:8700"},
        {"centre": "http://localhost"},
        {"centre": "http://centre.example", "plain_http": True},
    ],
)
def test_plain_http_goes_to_this_machine_or_where_it_was_allowed(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    assert load_settings(write(tmp_path, **changes)).centre == changes["centre"]


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """An HTTPS server on loopback with a certificate nobody knows, and the file of that certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "centre")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    public, private = tmp_path / "centre.pem", tmp_path / "centre.key"
    public.write_bytes(certificate.public_bytes(pem))
    private.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_address[1]}", str(public)
    server.shutdown()
    server.server_close()


def test_only_the_pinned_authority_is_believed(secure: tuple[str, str]) -> None:
    address, certificate = secure
    with make_client(address, ca=certificate) as client:
        assert client.head("/").status_code in (200, 404)
    with make_client(address) as client, pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        client.head("/")

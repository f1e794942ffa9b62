"""What ends TLS in front of the centre reads the files that we give it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from sync.central.office.installing import KEY, Https, Wished, site
from tests.support.https import certificate
from tests.support.processes import free_port

SERVER = Path(__file__).parents[2] / "deploy" / "server"


def read_by(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.mark.programs
@pytest.mark.parametrize(
    ("address", "https"),
    [
        ("https://hailong.example.vn", "public"),
        ("https://hailong.example.vn:8443", "public"),
        ("https://10.0.0.5", "own"),
        ("https://[fd00::5]:8443", "own"),
    ],
)
def test_caddy_reads_what_set_up_writes(tmp_path: Path, address: str, https: Https) -> None:
    pem = certificate(tmp_path, -1, 1)
    text = site(Wished(address=address, https=https))
    text = text.replace(str(KEY), str(tmp_path / "key.pem")).replace("/etc/hailong/tls/centre.pem", str(pem))
    (tmp_path / "Caddyfile").write_text(text)
    read_by("caddy", "validate", "--config", tmp_path / "Caddyfile", "--adapter", "caddyfile")
    shutil.copy(tmp_path / "Caddyfile", tmp_path / "formatted")
    read_by("caddy", "fmt", "--overwrite", tmp_path / "formatted")
    assert (tmp_path / "formatted").read_text() == text


@pytest.mark.programs
def test_caddy_reads_the_sample() -> None:
    read_by("caddy", "validate", "--config", SERVER / "Caddyfile", "--adapter", "caddyfile")


@pytest.mark.programs
def test_nginx_reads_the_sample(tmp_path: Path) -> None:
    text = (SERVER / "nginx.conf").read_text("utf-8")
    folder = "/etc/letsencrypt/live/hailong.example.vn"
    text = text.replace(f"{folder}/fullchain.pem", str(certificate(tmp_path, -1, 1)))
    text = text.replace(f"{folder}/privkey.pem", str(tmp_path / "key.pem"))
    for port in ("443", "80"):
        free = str(free_port())
        text = text.replace(f"listen {port}", f"listen {free}").replace(
            f"listen [::]:{port}", f"listen [::]:{free}"
        )
    (tmp_path / "site").write_text(text)
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\n"
        f"http {{ access_log off; include {tmp_path}/site; }}\n"
    )
    said = read_by("nginx", "-t", "-c", tmp_path / "nginx.conf")
    assert "syntax is ok" in said

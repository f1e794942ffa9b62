"""Three nodes of etcd, Patroni and PostgreSQL on loopback, set up by the files of deploy/server/cluster/.

Differences from three machines: addresses become ports of 127.0.0.1, and folders are in a temporary one.
"""

import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg

from tests.support.postgres import programs
from tests.support.processes import free_port, wait_until
from tests.support.wire import ROOT

PROFILE = ROOT / "deploy" / "server" / "cluster"
NODES = (1, 2, 3)
_ADDRESS = re.compile(r"10\.0\.0\.1([123]):(\d+)")
_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


def missing() -> str:
    """What a cluster needs and is not installed; "" if everything is."""
    needed = [each for each in ("etcd", "patroni") if shutil.which(each, path=_PATH) is None]
    return ", ".join(needed + ([] if programs() else ["postgresql"]))


class Node:
    """One machine: its etcd and its Patroni, which starts PostgreSQL."""

    def __init__(self, number: int, cluster: "Cluster") -> None:
        self.name = f"node{number}"
        self.folder = cluster.folder / self.name
        self.folder.mkdir()
        cluster.give_away(self.folder)
        self._etcd = {**cluster.settings("etcd.env", number), "ETCD_DATA_DIR": str(self.folder / "etcd")}
        self._patroni = {
            **cluster.settings("patroni.env", number),
            "PATRONI_POSTGRESQL_DATA_DIR": str(self.folder / "data"),
            "PATRONI_POSTGRESQL_PGPASS": str(self.folder / "pgpass"),
            "PATRONI_POSTGRESQL_BIN_DIR": str(programs()),
        }
        self.address = self._patroni["PATRONI_POSTGRESQL_CONNECT_ADDRESS"]
        self.rest = f"http://{self._patroni['PATRONI_RESTAPI_CONNECT_ADDRESS']}"
        self.password = self._patroni["PATRONI_SUPERUSER_PASSWORD"]
        self.auth = (self._patroni["PATRONI_RESTAPI_USERNAME"], self._patroni["PATRONI_RESTAPI_PASSWORD"])
        self._cluster = cluster

    def start_etcd(self) -> None:
        self._cluster.start(["etcd"], self._etcd, self.folder / "etcd.log")

    def start(self) -> None:
        """Start Patroni, and with it PostgreSQL."""
        command = ["patroni", str(PROFILE / "patroni.yml")]
        self._patroni_process = self._cluster.start(command, self._patroni, self.folder / "patroni.log")

    def processes(self) -> list[psutil.Process]:
        """Patroni, PostgreSQL and their children; Patroni's supervisor first, PostgreSQL's last."""
        found = [psutil.Process(self._patroni_process.pid)]
        with suppress(FileNotFoundError, psutil.NoSuchProcess):
            pid = (self.folder / "data" / "postmaster.pid").read_text().partition("\n")[0]
            found.append(psutil.Process(int(pid)))
        return [each for one in found for each in (one, *one.children(recursive=True))]

    def die(self) -> None:
        """End Patroni and PostgreSQL at once, as a power cut would."""
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._patroni_process.wait()

    def receiver(self) -> psutil.Process | None:
        """The process of a standby that receives what the leader writes."""
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):
                if "walreceiver" in " ".join(process.cmdline()):
                    return process
        return None


class Cluster:
    """All of them; `members` is what Patroni says about itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._root = os.geteuid() == 0  # as which PostgreSQL refuses to run
        self._user = pwd.getpwnam("postgres") if self._root else None
        self.give_away(folder)
        self._ports: dict[tuple[str, str], int] = {}
        self._started: list[subprocess.Popen[bytes]] = []
        self.nodes = [Node(number, self) for number in NODES]
        self.etcd = self.settings("etcd.env", 1)["ETCD_ADVERTISE_CLIENT_URLS"]

    def settings(self, file: str, number: int) -> dict[str, str]:
        """What a shipped file sets on node `number`, with loopback for addresses."""
        lines = [line.partition("=") for line in (PROFILE / file).read_text("utf-8").splitlines()]
        found = {key: value for key, _, value in lines if key and not key.startswith("#")}
        for key, value in found.items():
            if key not in ("ETCD_INITIAL_CLUSTER", "PATRONI_ETCD3_HOSTS"):
                value = value.replace("node1", f"node{number}").replace("10.0.0.11:", f"10.0.0.1{number}:")
            found[key] = _ADDRESS.sub(self._loopback, value)
        return found

    def _loopback(self, found: re.Match[str]) -> str:
        key = (found[1], found[2])
        if key not in self._ports:
            self._ports[key] = free_port()
        return f"127.0.0.1:{self._ports[key]}"

    def give_away(self, folder: Path) -> None:
        if self._user is not None:
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)
        folder.chmod(0o700)

    def start(self, command: list[str], settings: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
        """Start one of their programs, as the user who may."""
        environment = {"PATH": _PATH, "LC_ALL": "C.UTF-8", "HOME": str(self.folder), **settings}
        with log.open("ab") as output:
            process = subprocess.Popen(
                command,
                cwd=log.parent,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                user=self._user.pw_uid if self._user else None,
                group=self._user.pw_gid if self._user else None,
                extra_groups=[] if self._user else None,
            )
        self._started.append(process)
        return process

    def members(self) -> dict[str, tuple[str, str]]:
        """Every node's role and state, as reported by the first one that answers."""
        for node in self.nodes:
            with suppress(httpx.HTTPError):
                said: Any = httpx.get(f"{node.rest}/cluster", timeout=5).json()
                return {each["name"]: (each["role"], each["state"]) for each in said["members"]}
        return {}

    def leader(self) -> Node | None:
        """The node that reports to be the leader."""
        roles = self.members()
        for node in self.nodes:
            if roles.get(node.name) == ("leader", "running"):
                with suppress(httpx.HTTPError):
                    if httpx.get(f"{node.rest}/leader", timeout=5).status_code == 200:
                        return node
        return None

    def takes_writes(self) -> bool:
        """Whether one of them can be written to."""
        with suppress(psycopg.OperationalError), self.superuser():
            return True
        return False

    def is_whole(self, standbys: int) -> bool:
        """Whether there is a leader that this many standbys follow, one of them synchronously."""
        found = list(self.members().values())
        following = [role for role, state in found if role != "leader" and state in ("running", "streaming")]
        return ("leader", "running") in found and len(following) == standbys and "sync_standby" in following

    def configure(self, **changes: object) -> None:
        """Change the settings of all, as `patronictl edit-config` does."""
        leader = self.leader()
        assert leader is not None
        httpx.patch(f"{leader.rest}/config", json=changes, auth=leader.auth, timeout=10).raise_for_status()

    def superuser(self, database: str = "postgres") -> psycopg.Connection:
        """A connection to the leader, for setting up."""
        return psycopg.connect(self.url("postgres", self.nodes[0].password, database), autocommit=True)

    def url(self, user: str, password: str, database: str) -> str:
        """All nodes in one URL of libpq, which connects to the one that accepts writes."""
        hosts = ",".join(node.address for node in self.nodes)
        return f"postgresql://{user}:{password}@{hosts}/{database}?target_session_attrs=read-write"

    def close(self) -> None:
        for node in self.nodes:
            with suppress(AttributeError, psutil.NoSuchProcess):
                node.die()
        for process in self._started:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def cluster(seconds: float = 120) -> Iterator[Cluster]:
    """Three nodes that follow each other synchronously, for as long as the `with` lasts."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hailong-cluster-")))
        found = Cluster(folder)
        stack.callback(found.close)
        for node in found.nodes:
            node.start_etcd()
        for node in found.nodes:
            node.start()
        wait_until(lambda: found.is_whole(2), seconds=seconds)
        yield found

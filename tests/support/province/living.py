"""A province that lives on: its centre serves, one terminal can be touched, and the others report."""

import time
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec
import tomli_w
from msgspec.structs import replace

from sync.contract.heartbeat import HeartbeatReply
from sync.host.clock import local_now
from tests.support.office import Processes
from tests.support.province.arriving import key_of, signed
from tests.support.province.making import Province
from tests.support.province.people import ADMIN
from tests.support.province.places import Terminal, Trouble
from tests.support.province.visits import CLOCK_BEHIND

EVERY = 30.0
"""Seconds between two heartbeats of a terminal."""
SIZE = (1280, 800)


class Living(Processes):
    """A centre over a province; `terminal`, its first one, gets a real agent and kiosk in `folder`."""

    def __init__(self, province: Province, folder: Path, port: int | None = None) -> None:
        self.terminal: Terminal = province.communes[0].terminals[0]
        super().__init__(folder, province.data, self.terminal.id, port)
        self.province = province
        self._beats = {id: beat for id, beat in province.beats.items() if id != self.terminal.id}
        self._next = 0.0
        kiosk = {
            "data": "terminal",
            "bundle": "terminal/agent/bundle",
            "languages": ["vi", "en"],
            "start_by_touch": True,
        }
        agent = {
            "centre": self.address,
            "device": self.terminal.id,
            "outbox": "terminal/outbox",
            "folder": "terminal/agent",
            "bundle": "terminal/agent/bundle",
        }
        (folder / "kiosk.toml").write_text(tomli_w.dumps(kiosk), "utf-8")
        (folder / "agent.toml").write_text(tomli_w.dumps(agent), "utf-8")

    def sign_in_address(self, login: str = ADMIN) -> str:
        """An address that signs this person in, once."""
        return self.address + self.province.sign_in_path(login, local_now())

    def beat(self) -> None:
        """Let every other terminal that is not silent report, if it is time again."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + EVERY
        slow = self.province.odd(Trouble.CLOCK).id
        with httpx.Client(base_url=self.address) as client:
            for device, last in self._beats.items():
                now = local_now()
                beat = replace(last, at=now - (CLOCK_BEHIND if device == slow else timedelta(0)))
                body = msgspec.json.encode(beat)
                key = key_of(device, self.province.size.seed)
                host = self.address.removeprefix("http://")
                call = signed(key, device, "/v1/heartbeat", body, now, host)
                answer = client.post("/v1/heartbeat", content=body, headers=dict(call.headers))
                answer.raise_for_status()
                reply = msgspec.json.decode(answer.content, type=HeartbeatReply)
                self._beats[device] = replace(last, bundle=reply.bundle)

"""Wi-Fi as the kiosk asks for it: a question and an answer over one connection of a socket.

    kiosk ──Look | Connect──► /run/hailong-wifi.sock ──► `hailong-kiosk wifi` ──► NetworkManager
          ◄─────Answer───────

The kiosk has no network and no right to change one. systemd holds the socket, which the kiosk's user alone
may open, and starts the helper for one question, as a user who may connect to Wi-Fi and nothing else.

Promises:
- a password goes through memory alone: it is in no file and no log of ours, on no command line, in no answer;
- the helper always answers, with a problem that says what to do where something failed.
"""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from sync.contract.problem import Problem
from sync.contract.problem.terminal import WIFI_HELPER_SILENT

LONGEST = 4096  # bytes of a question; of an answer ten times that
PATIENCE = 60.0  # seconds: looking takes 5 to 15, connecting up to 45


class WifiNetwork(Struct, frozen=True, kw_only=True):
    """One network. bars: its strength, 0 to 4. secured: it needs a password. connected: it is in use."""

    name: str
    bars: int
    secured: bool
    connected: bool = False


class Look(Struct, frozen=True, tag="look"):
    """Which networks are there?"""


class Connect(Struct, frozen=True, tag="connect"):
    """Connect to this network; password: "" none."""

    name: str
    password: str = ""

    def __repr__(self) -> str:
        """Without the password: what is printed by mistake shows none."""
        return f"Connect({self.name!r})"


Question = Look | Connect


class Answer(Struct, frozen=True, kw_only=True):
    """The networks that were found, the strongest first; or what went wrong."""

    networks: tuple[WifiNetwork, ...] = ()
    problem: Problem | None = None


_questions = msgspec.json.Decoder(Question)
_answers = msgspec.json.Decoder(Answer)


def ask(path: Path, question: Question, patience: float = PATIENCE) -> Answer:
    """Ask the helper behind the socket `path`; where it says nothing sensible, that is the problem."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(patience)
            connection.connect(str(path))
            with connection.makefile("rwb") as line:
                line.write(msgspec.json.encode(question) + b"\n")
                line.flush()
                return _answers.decode(line.readline(10 * LONGEST))
    except (OSError, msgspec.DecodeError):
        return Answer(problem=WIFI_HELPER_SILENT(where=str(path)))


def serve(question: BinaryIO, answer: BinaryIO, reply: Callable[[Question], Answer]) -> None:
    """Read one question, write its answer. A question that is none gets no answer."""
    try:
        asked = _questions.decode(question.readline(LONGEST))
    except msgspec.DecodeError:
        return
    answer.write(msgspec.json.encode(reply(asked)) + b"\n")
    answer.flush()

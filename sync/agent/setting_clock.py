"""This machine's clock, set to the centre's time where nothing else sets it: for root, by timedatectl alone.

The agent has no right to a clock. It names the centre's time in a file of its folder (centre_clock.py), and
hailong-clock.path starts this once the file is there. A clock that network time takes care of is left to it.
"""

import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sync.agent.centre_clock import TOLERANCE, read_centre_time
from sync.agent.uptime import Uptime
from sync.contract.problem import ProblemError
from sync.contract.problem.offline import MACHINE_CLOCK_NOT_SET

# The words of a command line -> what it printed. Raises ProblemError HL4216.
Run = Callable[[Sequence[str]], str]


def set_clock(folder: Path, own: datetime, uptime: Uptime, run: Run) -> datetime | None:
    """Set the clock to the centre's time in the agent's folder; None where it is left as it is.

    own, uptime: what this machine's clock shows, and how long it has run.
    Raises ProblemError HL4216.
    """
    named = read_centre_time(folder)
    at = named.now(uptime) if named else None
    if at is None or abs(at - own) <= TOLERANCE or _is_kept_by_network(run):
        return None
    run(["timedatectl", "set-time", f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"])
    return at


def run_command(words: Sequence[str]) -> str:
    """Run a program of the system. Raises ProblemError HL4216 if it fails."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=30, check=True)
    except subprocess.CalledProcessError as error:
        raise _not_set(words, str(error.stderr).strip()) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _not_set(words, type(error).__name__) from error
    return done.stdout


def _is_kept_by_network(run: Run) -> bool:
    """Whether network time is on, which then alone sets this clock."""
    shown = run(["timedatectl", "show", "--property=NTP", "--property=NTPSynchronized"])
    return "yes" in [line.partition("=")[2] for line in shown.splitlines()]


def _not_set(words: Sequence[str], reason: str) -> ProblemError:
    return ProblemError(MACHINE_CLOCK_NOT_SET(where=words[0], detail=reason[:200]))

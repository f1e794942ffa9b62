"""Recording with the microphone of this machine, through `arecord` of alsa-utils."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from kiosk.devices.sound import RATE
from kiosk.voices.recording import LONGEST
from sync.contract.problem import ProblemError
from sync.contract.problem.terminal import MICROPHONE_UNUSABLE


def record(path: Path, microphone: str, wait: Callable[[], object]) -> None:
    """Record into `path` until `wait` returns; `microphone`: its ALSA name, "" the machine's own.

    Raises:
        ProblemError: HL2019 where there is no arecord, no microphone, or it fails.
    """
    command = ["arecord", "-q", "-t", "wav", "-f", "S16_LE", "-r", str(RATE), "-c", "1"]
    command += ["-d", str(round(LONGEST)), *(["-D", microphone] if microphone else []), str(path)]
    try:
        recorder = subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8", errors="replace")
    except OSError as error:
        raise ProblemError(MICROPHONE_UNUSABLE(where="arecord", detail=str(error.strerror))) from error
    with recorder:
        try:
            wait()
        finally:
            recorder.terminate()
        said = recorder.communicate()[1].strip().splitlines()
    # It ends with 1 also where it was asked to end; without a microphone it has written nothing.
    if not path.exists() or path.stat().st_size == 0:
        where = microphone or "default"
        raise ProblemError(MICROPHONE_UNUSABLE(where=where, detail=said[-1] if said else ""))

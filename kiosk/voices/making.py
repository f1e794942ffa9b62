"""Prompts that a program speaks: espeak-ng, or what kiosk.toml names for a language, such as Piper.

The program of a language is a command line with `{file}`, the WAV file that it writes, and `{text}`, what it
says; without `{text}` it reads the text from its input. A text that it fails on is spoken by espeak-ng.
"""

import shlex
import subprocess
from pathlib import Path

from kiosk.devices.sound import write_wave
from kiosk.voices.recording import read_recording
from sync.contract.problem import ProblemError
from sync.contract.problem.scanning import PROMPT_NOT_MADE

PATIENCE = 120  # seconds for one text
MADE_BY = "program"
"""A file next to the prompts of a language: the program that made all of them."""


def espeak(language: str) -> str:
    """The command line of espeak-ng for a language."""
    return f"espeak-ng -v {language} -s 150 -w {{file}} -- {{text}}"


def make_prompt(text: str, program: str, path: Path) -> None:
    """Let `program` speak `text` into `path`; raises ProblemError HL3020 with its reason where it can't."""
    spoken = path.with_suffix(".made.wav")
    command = [word.replace("{file}", str(spoken)).replace("{text}", text) for word in shlex.split(program)]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            command,
            input="" if "{text}" in program else text + "\n",
            encoding="utf-8",
            check=True,
            capture_output=True,
            timeout=PATIENCE,
        )
        write_wave(path, read_recording(spoken))
    except (OSError, subprocess.SubprocessError, ProblemError) as error:
        detail = f"{command[0]}: {_reason(error)}"
        raise ProblemError(PROMPT_NOT_MADE(where=str(path.parent), detail=detail)) from error
    finally:
        spoken.unlink(missing_ok=True)


def _reason(error: OSError | subprocess.SubprocessError | ProblemError) -> str:
    match error:
        case ProblemError():
            return error.problem.detail
        case subprocess.CalledProcessError():
            said = str(error.stderr).strip().splitlines()
            return said[-1] if said else f"kết thúc với mã {error.returncode}"
        case subprocess.TimeoutExpired():
            return f"quá {PATIENCE} giây"
        case OSError():
            return str(error.strerror)
        case _:
            return type(error).__name__

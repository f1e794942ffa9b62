"""Short sounds and spoken prompts, through the SDL that is in the process anyway.

A terminal without a loudspeaker is a terminal: where no audio device opens, everything else works and the
state says "missing". A new sound ends the one before it, so that a prompt never talks over the next screen.
The device is paused when nothing plays: an open one would wake the processor a hundred times a second.
"""

import array
import ctypes
import hashlib
import wave
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias

RATE = 22050  # samples a second, mono, 16 bit: what espeak-ng makes, and plenty for speech
_SIGNED_16 = 0x8010

SoundState = Literal["ready", "missing"]
Samples: TypeAlias = "array.array[int]"
"""16-bit numbers; at run time array takes no parameter."""

After = Callable[[int, Callable[[], None]], object]


class Speaker(Protocol):
    """Something that sounds."""

    @property
    def state(self) -> SoundState:
        """Whether anything would be heard."""

    def play(self, sound: str) -> None:
        """Play one of the short sounds: "press", "thanks" or "call"."""

    def speak(self, text: str, language: str, queued: bool = False) -> int:
        """Say a text for which a prompt was recorded or made, else nothing.

        queued: after what is being said, not instead of it. Returns the milliseconds until all is said, 0
        where this text can't be heard.
        """


def prompt_name(text: str) -> str:
    """The file name of a prompt: made from its words, so that a changed text never keeps an old voice."""
    return hashlib.sha256(text.encode()).hexdigest()[:20] + ".wav"


def find_prompt(text: str, language: str, folders: Sequence[Path], ending: str = ".wav") -> Path | None:
    """The prompt of a text in the first of the folders that has one; `ending`: or what lies next to it."""
    name = Path(prompt_name(text)).with_suffix(ending)
    paths = (folder / language / name for folder in folders)
    return next((path for path in paths if path.exists()), None)


def read_wave(path: Path, volume: float) -> bytes:
    """The samples of a mono 16-bit file of `RATE`, made louder or softer by `volume` (0 to 1).

    Raises wave.Error where it is something else, OSError where it can't be read.
    """
    with wave.open(str(path), "rb") as file:
        if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (1, 2, RATE):
            raise wave.Error(f"{path.name}: not mono, 16 bit, {RATE} Hz")
        samples = array.array("h", file.readframes(file.getnframes()))
    return array.array("h", (round(sample * volume) for sample in samples)).tobytes()


def write_wave(path: Path, samples: Samples) -> None:
    """Write mono 16-bit samples of `RATE`, whole or not at all: the terminal may be reading."""
    fresh = path.with_suffix(".new")
    with wave.open(str(fresh), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    fresh.replace(path)


class _Spec(ctypes.Structure):
    """SDL_AudioSpec (SDL 2)."""

    _fields_ = (
        ("freq", ctypes.c_int),
        ("format", ctypes.c_uint16),
        ("channels", ctypes.c_uint8),
        ("silence", ctypes.c_uint8),
        ("samples", ctypes.c_uint16),
        ("padding", ctypes.c_uint16),
        ("size", ctypes.c_uint32),
        ("callback", ctypes.c_void_p),
        ("userdata", ctypes.c_void_p),
    )


class SdlSpeaker:
    """The loudspeaker of the tablet.

    sdl: the library, loaded. sounds: folder of press.wav, thanks.wav and call.wav. prompts: folders of
    <language>/ with prompts, the first ones first. after: calls back that many milliseconds later.
    """

    def __init__(self, sdl: Any, sounds: Path, prompts: Sequence[Path], volume: float, after: After) -> None:
        self._sdl = sdl
        self._folders = prompts
        self._volume = volume
        self._after = after
        self._turn = 0
        self._device = self._open()
        self._short = {path.stem: read_wave(path, volume) for path in sounds.glob("*.wav")}

    @property
    def state(self) -> SoundState:
        """Whether an audio device is open."""
        return "ready" if self._device else "missing"

    def play(self, sound: str) -> None:
        """Play one of the short sounds."""
        self._sound(self._short[sound])

    def speak(self, text: str, language: str, queued: bool = False) -> int:
        """Say a text; what is not translated into `language` is said in Vietnamese."""
        for spoken in (language, "vi"):
            path = find_prompt(text, spoken, self._folders)
            if path is not None:
                return self._sound(read_wave(path, self._volume), queued)
        return 0

    def _open(self) -> int:
        self._sdl.SDL_OpenAudioDevice.restype = ctypes.c_uint32
        self._sdl.SDL_GetQueuedAudioSize.restype = ctypes.c_uint32
        if self._volume == 0 or self._sdl.SDL_InitSubSystem(0x10) != 0:
            return 0
        wanted = _Spec(freq=RATE, format=_SIGNED_16, channels=1, samples=1024)
        return int(self._sdl.SDL_OpenAudioDevice(None, 0, ctypes.byref(wanted), None, 0))

    def _sound(self, samples: bytes, queued: bool = False) -> int:
        if not self._device:
            return 0
        if not queued:
            self._sdl.SDL_ClearQueuedAudio(self._device)
        self._sdl.SDL_QueueAudio(self._device, samples, len(samples))
        self._sdl.SDL_PauseAudioDevice(self._device, 0)
        self._turn += 1
        turn = self._turn
        left = self._sdl.SDL_GetQueuedAudioSize(self._device) * 500 // RATE
        self._after(left + 300, lambda: self._rest(turn))
        return int(left)

    def _rest(self, turn: int) -> None:
        """Pause, unless something else has begun since."""
        if turn == self._turn:
            self._sdl.SDL_PauseAudioDevice(self._device, 1)

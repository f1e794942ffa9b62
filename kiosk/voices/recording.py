"""A recording as a person made it: read whatever its format, and examined before a citizen hears it."""

import array
import ctypes
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kiosk.devices.sound import RATE, Samples
from sync.contract.problem import ProblemError
from sync.contract.problem.terminal import RECORDING_UNUSABLE

ENDINGS = (".wav", ".ogg", ".flac", ".mp3")
SHORTEST, LONGEST = 0.2, 60.0  # seconds
QUICKEST, SLOWEST, PAUSE = 0.02, 0.4, 3.0  # seconds a letter, and what a reader may wait on top of that
SOFTEST = 0.05  # of full scale: the loudest moment of a recording is louder
MOST_CLIPPED = 0.001  # of all samples
SILENCE = 0.01  # of full scale
KEPT = RATE // 10  # samples of silence that stay at both ends
_FULL = 32767
_SIGNED_16 = 0x8010


class _Chunk(ctypes.Structure):
    """Mix_Chunk (SDL_mixer 2)."""

    _fields_ = (
        ("allocated", ctypes.c_int),
        ("samples", ctypes.POINTER(ctypes.c_uint8)),
        ("length", ctypes.c_uint32),
        ("volume", ctypes.c_uint8),
    )


def read_recording(path: Path) -> Samples:
    """The samples of a WAV, OGG, FLAC or MP3 file as mono, 16 bit, `RATE`; silence at both ends is cut.

    Raises:
        ProblemError: HL2018 where the file is none of these or can't be read.
    """
    mixer = _mixer()
    chunk = mixer.Mix_LoadWAV_RW(mixer.SDL_RWFromFile(str(path).encode(), b"rb"), 1)
    if not chunk:
        reason = mixer.SDL_GetError().decode("utf-8", "replace")
        raise ProblemError(RECORDING_UNUSABLE(where=str(path), detail=f"không đọc được: {reason}"))
    try:
        found = chunk.contents
        samples = array.array("h", ctypes.string_at(found.samples, found.length))
    finally:
        mixer.Mix_FreeChunk(chunk)
    return _without_silence(samples)


def fault(samples: Samples, text: str) -> str:
    """Why this recording can't be the voice for `text`, in Vietnamese; "" it can."""
    seconds = len(samples) / RATE
    loudest = max(map(abs, samples), default=0)
    least = max(SHORTEST, QUICKEST * len(text))
    most = min(LONGEST, PAUSE + SLOWEST * len(text))
    if loudest < SOFTEST * _FULL:
        return "tiếng quá nhỏ hoặc không có tiếng"
    if sum(abs(sample) >= _FULL for sample in samples) > MOST_CLIPPED * len(samples):
        return "tiếng quá to nên bị vỡ"
    if seconds < least:
        return f"dài {seconds:.1f} giây, quá ngắn cho lời này (ít nhất {least:.1f} giây)"
    if seconds > most:
        return f"dài {seconds:.1f} giây, quá dài cho lời này (nhiều nhất {most:.1f} giây)"
    return ""


def _without_silence(samples: Samples) -> Samples:
    loud = [place for place, sample in enumerate(samples) if abs(sample) > SILENCE * _FULL]
    return samples[max(0, loud[0] - KEPT) : loud[-1] + KEPT] if loud else samples[:0]


@lru_cache(1)
def _mixer() -> Any:
    """SDL_mixer of the SDL that Kivy brings, with a device that plays nothing: it decodes and resamples."""
    spec = find_spec("kivy")
    bundled = Path(spec.origin).parent.parent if spec and spec.origin else Path()

    def load(name: str, system: str) -> Any:
        found = sorted(bundled.glob(f"[Kk]ivy.libs/{name}*.so*"))
        return ctypes.CDLL(str(found[0]) if found else system, ctypes.RTLD_GLOBAL)

    sdl, mixer = load("libSDL2-2", "libSDL2-2.0.so.0"), load("libSDL2_mixer", "libSDL2_mixer-2.0.so.0")
    sdl.SDL_SetHintWithPriority(b"SDL_AUDIODRIVER", b"dummy", 2)
    mixer.SDL_RWFromFile, mixer.SDL_GetError = sdl.SDL_RWFromFile, sdl.SDL_GetError
    mixer.SDL_RWFromFile.restype = ctypes.c_void_p
    mixer.SDL_GetError.restype = ctypes.c_char_p
    mixer.Mix_LoadWAV_RW.argtypes = [ctypes.c_void_p, ctypes.c_int]
    mixer.Mix_LoadWAV_RW.restype = ctypes.POINTER(_Chunk)
    mixer.Mix_FreeChunk.argtypes = [ctypes.POINTER(_Chunk)]
    mixer.Mix_Init(0x01 | 0x08 | 0x10)  # FLAC, MP3, OGG
    mixer.Mix_OpenAudio(RATE, _SIGNED_16, 1, 1024)
    return mixer

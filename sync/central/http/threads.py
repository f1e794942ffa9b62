"""Threads for blocking calls: devices and administrators have their own, and neither waits for the other.

readers, writer       devices: a write on SQLite waits here, which is cheaper than waiting for its lock.
                      They come first, see precedence.py
administrators        few, because their calls compute for a long time
signing               passwords of people are hashed here, one at a time
lookups, notes        identifying an administrator by the token, and writing the audit log before the answer
"""

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from litestar.datastructures import State

from sync.central.http.precedence import Precedence

T = TypeVar("T")


def limiters(writers: int) -> dict[str, CapacityLimiter]:
    """The threads of one process, for the application's state; writers: how many may write at once."""
    writer = CapacityLimiter(writers)
    return {
        "writer": writer,
        "readers": CapacityLimiter(8),
        "administrators": CapacityLimiter(2),
        "lookups": CapacityLimiter(2),
        "signing": CapacityLimiter(1),
        # PostgreSQL has many writers: calls that wait for the audit log's lock don't take devices' threads.
        "notes": writer if writers == 1 else CapacityLimiter(1),
    }


async def read(state: State, call: Callable[..., T], *arguments: object) -> T:
    """Run `call` in a thread that reads for devices."""
    precedence: Precedence = state.precedence
    return await to_thread.run_sync(precedence.first, call, *arguments, limiter=state.readers)


async def write(state: State, call: Callable[..., T], *arguments: object) -> T:
    """Run `call` in a thread that writes for devices."""
    precedence: Precedence = state.precedence
    return await to_thread.run_sync(precedence.first, call, *arguments, limiter=state.writer)


async def pull(state: State, call: Callable[..., T], *arguments: object) -> T:
    """Run `call` in a thread of administrators."""
    return await to_thread.run_sync(call, *arguments, limiter=state.administrators)


async def look_up(state: State, call: Callable[..., T], *arguments: object) -> T:
    """Run `call`, which is quick, for a caller who may have no token."""
    return await to_thread.run_sync(call, *arguments, limiter=state.lookups)


async def note(state: State, call: Callable[..., T], *arguments: object) -> T:
    """Run `call`, which adds to the audit log."""
    return await to_thread.run_sync(call, *arguments, limiter=state.notes)


async def sign(state: State, call: Callable[..., T], *arguments: object) -> T:
    """Run `call`, which may hash a password."""
    return await to_thread.run_sync(call, *arguments, limiter=state.signing)

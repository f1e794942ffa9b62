"""Threads for what blocks: devices and administrators have their own, and neither waits for the other's.

readers, writer       devices: a write on SQLite waits here, which is cheaper than waiting for its lock
administrators        few, for they compute for long
lookups, notes        knowing an administrator by the token, and writing down what they are about to see
"""

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from litestar.datastructures import State

T = TypeVar("T")


def limiters(writers: int) -> dict[str, CapacityLimiter]:
    """The threads of one process, for the application's state; writers: how many may write at once."""
    writer = CapacityLimiter(writers)
    return {
        "writer": writer,
        "readers": CapacityLimiter(8),
        "administrators": CapacityLimiter(2),
        "lookups": CapacityLimiter(2),
        # PostgreSQL has many writers: who waits there for the log's turn waits apart from devices.
        "notes": writer if writers == 1 else CapacityLimiter(1),
    }


async def read(state: State, call: Callable[..., T], *arguments: object) -> T:
    """Do `call` in a thread of those that read for devices."""
    return await to_thread.run_sync(call, *arguments, limiter=state.readers)


async def write(state: State, call: Callable[..., T], *arguments: object) -> T:
    """Do `call` in a thread of those that write for devices."""
    return await to_thread.run_sync(call, *arguments, limiter=state.writer)


async def pull(state: State, call: Callable[..., T], *arguments: object) -> T:
    """Do `call` in a thread of those that administrators have among themselves."""
    return await to_thread.run_sync(call, *arguments, limiter=state.administrators)


async def look_up(state: State, call: Callable[..., T], *arguments: object) -> T:
    """Do `call`, which is quick, for somebody who may have no token at all."""
    return await to_thread.run_sync(call, *arguments, limiter=state.lookups)


async def note(state: State, call: Callable[..., T], *arguments: object) -> T:
    """Do `call`, which adds to the audit log."""
    return await to_thread.run_sync(call, *arguments, limiter=state.notes)

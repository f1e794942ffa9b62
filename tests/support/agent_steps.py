"""One step of the agent at a time, each in a process of its own that waits to be traced.

    python -m tests.support.agent_steps PORT OUTBOX AGENT

It takes one step itself, so that everything is loaded, and prints the result. Then, for every line on its
input, it forks; the child stops itself, continues at SIGCONT, takes one step and ends. The child's id is
printed, then how it ended. So a tracer sees only the step.
"""

import os
import signal
import sys
from pathlib import Path

import httpx

from sync.agent.identity import load_identity
from sync.agent.pushing import Delivered, Pusher
from sync.agent.sending import Sender, Wire, make_client
from sync.outbox import OutboxReader, Receipts
from tests.support.wire import NOW


def step(client: httpx.Client, outbox: Path, agent: Path) -> bool:
    """Open the receipts, send one batch, store its receipts; True if that was done."""
    receipts = Receipts(agent)
    sender = Sender(Wire(client, lambda: NOW), load_identity(agent))
    done = isinstance(Pusher(OutboxReader(outbox), receipts, sender, lambda: NOW).step(), Delivered)
    receipts.close()
    return done


def main(port: int, outbox: Path, agent: Path) -> None:
    """See above."""
    address = f"http://127.0.0.1:{port}"
    with make_client(address) as client:
        print(step(client, outbox, agent), flush=True)
    with make_client(address) as client:
        for _ in sys.stdin:
            child = os.fork()
            if not child:
                os.kill(os.getpid(), signal.SIGSTOP)
                os._exit(0 if step(client, outbox, agent) else 1)
            print(child, flush=True)
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))

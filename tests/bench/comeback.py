"""Ten thousand tablets come back at the same moment, each with a few visits, after a night without a network.

Every tablet follows the agent's rules (`sync/agent/retry.py`): full jitter, and what Retry-After asks for.
The centre is a process of its own. Shown is how the queue drains, in build/bench/comeback.png, and what the
centre's memory does meanwhile. At the end every response is there, once.
"""

import asyncio
import hashlib
import os
import sys
import tempfile
import time
from pathlib import Path
from random import Random

import httpx
import psutil
from msgspec.structs import replace
from nacl.signing import SigningKey
from PIL import Image, ImageDraw
from sqlalchemy import insert

from sync.agent.retry import backoff, retry_after
from sync.central.store.database import writing
from sync.central.store.schema import devices
from sync.contract.canonical import canonical_bytes
from sync.contract.signing import Call, sign_request
from tests.bench.results import FOLDER, Progress, Row
from tests.support.processes import free_port, running, wait_until
from tests.support.wire import NOW, ROOT, CentreUnderTest, visit

TABLETS = int(os.environ.get("HAILONG_BENCH_TABLETS", "10000"))
VISITS = 5
CONNECTIONS = 200  # how many get through to the server's socket at once; the others wait in the kernel
KEY = SigningKey(bytes(range(32)))
PICTURE = (960, 540)

Sample = tuple[float, int, int, int]
"""Seconds, tablets drained, answers of 429 so far, bytes of memory of the centre."""


def run(progress: Progress) -> list[Row]:
    """Let them come back, and draw it."""
    with tempfile.TemporaryDirectory() as folder:
        central = CentreUnderTest(Path(folder) / "centre")
        try:
            return _measure(central, Path(folder), progress)
        finally:
            central.close()


def _measure(central: CentreUnderTest, folder: Path, progress: Progress) -> list[Row]:
    with writing(central.engine) as connection:
        connection.execute(
            insert(devices),
            [
                {
                    "id": f"tablet-{number}",
                    "kind": "terminal",
                    "unit": "phuong-mot",
                    "counter": "",
                    "public_key": bytes(KEY.verify_key),
                }
                for number in range(TABLETS)
            ],
        )
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "sync.central",
        "serve",
        "--data",
        str(central.folder),
        "--port",
        str(port),
    ]
    with (
        (folder / "log").open("wb") as log,
        running([*command, "--port", str(port)], {**os.environ, "PYTHONPATH": str(ROOT)}, log=log) as server,
    ):
        wait_until(lambda: _answers(port))
        samples = asyncio.run(_come_back(port, server.pid, progress))
    stored, made = len(central.stored()), TABLETS * VISITS
    _draw(samples, FOLDER / "comeback.png")
    start = samples[0][3]
    grown = (max(sample[3] for sample in samples) - start) / 2**20
    return [
        Row(f"{TABLETS:,} tablets at once: responses stored, each once", stored, made, "responses",
            stored / made, "all", stored == made),
        Row("until the last is drained", samples[-1][0], None, "s", None, "drains", True),
        Row("told to come back later (429)", samples[-1][2], None, "answers", None, "honoured", True),
        Row("memory the centre takes more meanwhile", grown, None, "MiB", None, "≤ 150 MiB", grown <= 150),
    ]  # fmt: skip


async def _come_back(port: int, server: int, progress: Progress) -> list[Sample]:
    process = psutil.Process(server)
    door = asyncio.Semaphore(CONNECTIONS)
    drained = busy = 0
    samples: list[Sample] = []
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    address = f"http://127.0.0.1:{port}"

    def sample() -> None:
        memory = sum(each.memory_info().rss for each in (process, *process.children(recursive=True)))
        samples.append((time.perf_counter() - started, drained, busy, memory))

    async def tablet(client: httpx.AsyncClient, number: int) -> None:
        nonlocal drained, busy
        random = Random(number).random
        body, headers = posts[number]
        failures = 0
        while True:
            try:
                async with door:
                    answer = await client.post("/v1/batches", content=body, headers=headers)
            except httpx.HTTPError:
                answer = None
            if answer is not None and answer.status_code == 200:
                assert answer.text.count('"stored"') + answer.text.count('"duplicate"') == VISITS
                drained += 1
                return
            failures += 1
            after = 0.0
            if answer is not None:
                assert answer.status_code == 429, answer.text
                busy += 1
                after = retry_after(answer.headers.get("retry-after"), NOW)
            await asyncio.sleep(backoff(failures, random, at_least=after))

    progress("packing and signing")
    posts = [_post(number) for number in range(TABLETS)]
    started = time.perf_counter()
    sample()
    async with httpx.AsyncClient(base_url=address, limits=limits, timeout=None) as client:
        work = asyncio.gather(*(tablet(client, number) for number in range(TABLETS)))
        while not work.done():
            await asyncio.wait([work], timeout=0.5)
            progress(f"{drained:,} of {TABLETS:,} drained, {busy:,} times told to wait")
            sample()
        await work
    return samples


def _post(number: int) -> tuple[bytes, dict[str, str]]:
    device = f"tablet-{number}"
    bodies = []
    for seq in range(1, VISITS + 1):
        made = visit(number * VISITS + seq, device=device)
        bodies.append(canonical_bytes(replace(made, seq=seq)))
    body = b'{"device":"%b","responses":[%b]}' % (device.encode(), b",".join(bodies))
    fields = {"host": "centre", "content-type": "application/json"}
    call = Call("POST", "/v1/batches", fields)
    nonce = hashlib.sha256(body).digest()[:16]
    signed = sign_request(KEY, device, call, body, created=int(NOW.timestamp()), nonce=nonce)
    return body, {**signed, **fields}


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200
    except httpx.TransportError:
        return False


def _draw(samples: list[Sample], path: Path) -> None:
    """Tablets drained (green) and answers of 429 (red) over time, each up to its own highest value."""
    width, height = PICTURE
    picture = Image.new("RGB", PICTURE, "white")
    draw = ImageDraw.Draw(picture)
    left, top, right, bottom = 60, 40, width - 20, height - 40
    draw.rectangle((left, top, right, bottom), outline="black")
    end = samples[-1][0]
    for column, colour, name in ((1, "darkgreen", "tablets drained"), (2, "firebrick", "answers 429")):
        most = max(sample[column] for sample in samples) or 1
        line = [
            (left + (right - left) * sample[0] / end, bottom - (bottom - top) * sample[column] / most)
            for sample in samples
        ]
        draw.line(line, fill=colour, width=3)
        draw.text((left + 10 + 300 * (column - 1), 15), f"{name}: {most:,}", fill=colour)
    draw.text((left, bottom + 12), "0 s", fill="black")
    draw.text((right - 50, bottom + 12), f"{end:.0f} s", fill="black")
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)

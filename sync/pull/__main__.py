"""`hailong-pull`: bring every response here, each once; made for a scheduled task.

Exit codes: 0 everything is here · 1 a person has to look (the problem is printed) · 2 wrong usage ·
75 the centre cannot be reached now; nothing is lost, the next run continues.
"""

import os
import signal
import ssl
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from sync.contract.address import LOOPBACK, check_encrypted
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.pull import CENTRE_UNAVAILABLE, PROXY_UNUSABLE, PULL_CA_UNUSABLE
from sync.pull.pulling import pull
from sync.pull.settings import Format, Job, read_token
from sync.pull.state import Spool
from sync.pull.writing import check_format, publish
from sync.tables.column import Headings

# How a day may be written.
DAYS = ["%Y-%m-%d", "%d/%m/%Y"]
Separator = Literal["comma", "semicolon", "tab"]
SEPARATORS: dict[Separator, str] = {"comma": ",", "semicolon": ";", "tab": "\t"}
TRY_LATER = 75  # EX_TEMPFAIL of sysexits.h
# Plain HTTP stays on this machine: the proxies of the environment are not used for it.
_DIRECT = {f"http://{f'[{host}]' if ':' in host else host}": None for host in LOOPBACK}

app = typer.Typer(help=__doc__, pretty_exceptions_enable=False, add_completion=False)


@app.command(help=__doc__)
def run(
    centre: Annotated[str, typer.Argument(help="Its address, such as https://hailong.example.vn")],
    output: Annotated[Path, typer.Argument(help="The file to keep: .csv, .jsonl, .xlsx or .parquet")],
    format: Annotated[  # noqa: A002
        Format | None, typer.Option(help="Else by the ending of the file's name.")
    ] = None,
    token_file: Annotated[
        Path | None, typer.Option(help="Holds the token, mode 600; else HAILONG_TOKEN is used.")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=DAYS, help="Only responses of this day and later.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=DAYS, help="Only responses of this day and earlier.")
    ] = None,
    separator: Annotated[
        Separator, typer.Option(help="Between the cells of CSV: what this machine's Excel splits by.")
    ] = "comma",
    headings: Annotated[
        Headings | None, typer.Option(help="Above the columns: Vietnamese, as in .xlsx, or ids.")
    ] = None,
    unit: Annotated[str, typer.Option(help="This unit and all below it.")] = "",
    survey: Annotated[str, typer.Option(help="Of this survey.")] = "",
    plan: Annotated[str, typer.Option(help="Of this plan.")] = "",
    procedure: Annotated[str, typer.Option(help="About this procedure.")] = "",
    follow: Annotated[bool, typer.Option("--follow", help="Keep pulling until SIGTERM.")] = False,
    every: Annotated[float, typer.Option(min=0.1, help="With --follow: seconds from pull to pull.")] = 60,
    ca: Annotated[Path | None, typer.Option(help="The file of a certificate authority of your own.")] = None,
    plain_http: Annotated[
        bool, typer.Option("--plain-http", help="Allow http:// to another machine: a closed network only.")
    ] = False,
) -> None:
    """Pull once, or repeatedly."""
    _check_address(centre)
    check_encrypted(centre, centre, plain_http=plain_http)
    chosen = format or _by_name(output)
    given = {"unit": unit, "survey": survey, "plan": plan, "procedure": procedure}
    filters = {name: value for name, value in given.items() if value}
    if since:
        filters["from"] = since.date().isoformat()
    if until:
        filters["to"] = until.date().isoformat()
    job = Job(
        centre=centre,
        output=output.absolute(),
        format=chosen,
        filters=filters,
        separator=SEPARATORS[separator],
        headings=headings or ("vi" if chosen == "xlsx" else "ids"),
    )
    check_format(job)
    token = read_token(token_file, os.environ)
    listening = _listening() if follow else nullcontext(threading.Event())
    with listening as stop, _client(token, ca) as client:
        bring(client, job, stop, every if follow else None)


def _check_address(centre: str) -> None:
    try:
        address = httpx.URL(centre)
    except httpx.InvalidURL:
        address = httpx.URL("")
    if address.scheme not in ("http", "https") or not address.host:
        raise typer.BadParameter(f"“{centre}” không phải địa chỉ đủ; ghi như https://hailong.example.vn")


def _client(token: str, ca: Path | None) -> httpx.Client:
    """A client for this machine's network; raises ProblemError HL4210 (authority) or HL4211 (proxy)."""
    try:
        trust = ssl.create_default_context(cafile=str(ca)) if ca else ssl.create_default_context()
    except OSError as error:
        detail = "không đọc được tệp PEM" if isinstance(error, ssl.SSLError) else error.strerror or ""
        raise ProblemError(PULL_CA_UNUSABLE(where=str(ca), detail=detail)) from error
    try:
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.Client(headers=headers, timeout=60, verify=trust, mounts=_DIRECT)
    except (httpx.InvalidURL, ValueError, ImportError) as error:
        raise ProblemError(PROXY_UNUSABLE(where=_proxy_settings(os.environ))) from error


def _proxy_settings(environment: Mapping[str, str]) -> str:
    """The variables that name a proxy; without their values, which can contain a password."""
    names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
    return ", ".join(sorted(name for name in environment if name.upper() in names))


def bring(client: httpx.Client, job: Job, stop: threading.Event, every: float | None = None) -> None:
    """Pull what is new once; with `every`, repeat after that many seconds until the process is stopped."""
    spool = Spool(job.output, job.name)
    try:
        _say(spool.repaired)
        while True:
            _once(client, job, spool, stop, keep_on=every is not None)
            if every is None or stop.wait(every):
                return
    finally:
        spool.close()


def _once(client: httpx.Client, job: Job, spool: Spool, stop: threading.Event, *, keep_on: bool) -> None:
    try:
        with _bar() as bar:
            task = bar.add_task("Tải phiếu", total=None, rows=spool.state.rows)
            pull(client, job, spool, lambda rows: bar.update(task, rows=spool.state.rows), stop.wait)
    except ProblemError as error:
        if not (keep_on and error.problem.kind is CENTRE_UNAVAILABLE):
            raise
        print(error, file=sys.stderr)
    damaged = spool.damaged(job.output)
    _say(damaged)
    if damaged or not spool.is_published(job.output, job.look):
        publish(job, spool)


def _say(found: Problem | None) -> None:
    if found is not None:
        print(ProblemError(found), file=sys.stderr)


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rows]:,} phiếu"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
        transient=True,
    )


def _by_name(output: Path) -> Format:
    endings: dict[str, Format] = {
        ".csv": "csv",
        ".jsonl": "jsonl",
        ".ndjson": "jsonl",
        ".xlsx": "xlsx",
        ".parquet": "parquet",
    }
    found = endings.get(output.suffix.lower())
    if found is None:
        raise typer.BadParameter("name the file .csv, .jsonl, .xlsx or .parquet, or give --format")
    return found


@contextmanager
def _listening() -> Iterator[threading.Event]:
    """Is set at the first signal to stop; at the end, signals mean again what they meant before."""
    stop = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def main() -> None:
    """Run the command line; a problem is printed with its remedy."""
    os.umask(0o077)  # the files contain people's answers
    try:
        app()
    except ProblemError as error:
        print(error, file=sys.stderr)
        sys.exit(TRY_LATER if error.problem.kind is CENTRE_UNAVAILABLE else 1)


if __name__ == "__main__":
    main()

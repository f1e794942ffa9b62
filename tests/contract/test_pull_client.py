"""`hailong-pull` as a real process against a real centre over a real socket."""

import csv
import http.server
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import httpx
import openpyxl
import pytest
from msgspec.structs import replace
from pyarrow.parquet import read_table

from sync.central.office.audit.acts import By, acting
from sync.central.office.corrections import retag, void
from sync.central.store.database import writing
from sync.central.store.days_over import close_days
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.response import Response
from sync.pull.__main__ import _listening
from sync.pull.pulling import pull
from sync.pull.settings import Format, Job, read_token
from sync.pull.state import Spool
from sync.pull.writing import publish
from tests.support.processes import free_port, running, wait_until
from tests.support.recounting import recount, rows_of, summed
from tests.support.wire import NOW, ROOT, CentreUnderTest, numbered, store_unasked

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}


class Office:
    """A centre that runs, and an administrator's machine."""

    def __init__(self, central: CentreUnderTest, address: str, folder: Path) -> None:
        self.central = central
        self.address = address
        self.folder = folder
        self.token = folder / "token"
        self.token.write_text(central.token(role="admin") + "\n")
        self.token.chmod(0o600)

    def store(self, responses: list[Response]) -> None:
        assert set(store_unasked(self.central, responses)) == {"stored"}

    def command(self, name: str, *more: str) -> list[str]:
        program = [sys.executable, "-m", "sync.pull", self.address, str(self.folder / name)]
        return [*program, "--token-file", str(self.token), *more]

    def pull(self, name: str, *more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(name, *more),
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
        )

    def seqs(self, name: str) -> list[int]:
        with (self.folder / name).open(encoding="utf-8-sig", newline="") as lines:
            return [int(row["seq"]) for row in csv.DictReader(lines)]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[CentreUnderTest, str]]:
    folder = tmp_path_factory.mktemp("office")
    central = CentreUnderTest(folder / "centre")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    serve = [
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
        running(serve, ENVIRONMENT, log=log),
    ):
        wait_until(lambda: answers(address))
        yield central, address
    central.close()


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health").status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture
def office(served: tuple[CentreUnderTest, str], tmp_path: Path) -> Office:
    """The same centre for all; it holds as many responses as the tests before left there."""
    return Office(*served, tmp_path)


def more(office: Office, count: int) -> int:
    """Store `count` more responses; how many there are now."""
    held = len(office.central.stored())
    office.store(numbered(held + count)[held:])
    return held + count


def test_each_run_adds_what_is_new_and_the_file_holds_each_row_once(office: Office) -> None:
    first = more(office, 3)
    assert office.pull("all.csv").returncode == 0
    assert office.seqs("all.csv") == list(range(1, first + 1))
    second = more(office, 2)
    assert office.pull("all.csv").returncode == 0
    assert office.seqs("all.csv") == list(range(1, second + 1))
    assert (office.folder / "all.csv").stat().st_mode & 0o077 == 0


def test_every_format_holds_the_same_rows(office: Office) -> None:
    count = more(office, 2)
    for name in ("all.jsonl", "all.xlsx"):
        done = office.pull(name, "--headings", "ids")
        assert done.returncode == 0, done.stderr
    lines = (office.folder / "all.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["response"]["seq"] for line in lines] == list(range(1, count + 1))
    rows = openpyxl.load_workbook(office.folder / "all.xlsx").worksheets[0].iter_rows(values_only=True)
    header = list(next(rows))
    assert [row[header.index("seq")] for row in rows] == list(range(1, count + 1))


def test_parquet_holds_the_same_rows(office: Office) -> None:
    count = more(office, 1)
    assert office.pull("all.parquet").returncode == 0
    table = read_table(office.folder / "all.parquet")
    assert table.column("seq").to_pylist() == list(range(1, count + 1))


@pytest.mark.parametrize("stop", ["after-rows", "after-state", "before-publish"])
def test_killed_anywhere_and_run_again_each_row_is_there_once(office: Office, stop: str) -> None:
    """The process kills itself at that point, after the second page; pages are of two rows."""
    count = more(office, 7)
    code = f"""
import os, signal
from sync.pull import __main__, pulling, state
pulling.PAGE = 2
pages = 0
def die(): os.kill(os.getpid(), signal.SIGKILL)
append, write = state.Spool._append, state.Spool._write
def appended(self, path, page):
    global pages
    pages += 1
    if pages == 2 and {stop == "after-rows"}:
        append(self, path, page[: len(page) // 2]); die()
    append(self, path, page)
def written(self, found):
    write(self, found)
    if pages == 2 and {stop == "after-state"}: die()
state.Spool._append, state.Spool._write = appended, written
if {stop == "before-publish"}: __main__.publish = lambda job, spool: die()
__main__.main()
"""
    command = [sys.executable, "-c", code, *office.command("all.csv")[3:]]
    killed = subprocess.run(command, env=ENVIRONMENT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert not (office.folder / "all.csv").exists()
    assert office.pull("all.csv").returncode == 0
    assert office.seqs("all.csv") == list(range(1, count + 1))


def test_following_goes_on_until_it_is_told_to_stop(office: Office) -> None:
    count = more(office, 1)
    command = office.command("all.csv", "--follow", "--every", "0.2")
    with running(command, ENVIRONMENT) as process:
        wait_until(lambda: (office.folder / "all.csv").exists() and office.seqs("all.csv")[-1] == count)
        count = more(office, 1)
        wait_until(lambda: office.seqs("all.csv")[-1] == count)
        second = office.pull("all.csv")
        assert (second.returncode, second.stderr[:6]) == (1, "HL4205")
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert office.seqs("all.csv") == list(range(1, count + 1))


def test_signals_mean_after_a_pull_what_they_meant_before() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with _listening() as stop:
        signal.raise_signal(signal.SIGTERM)
        assert stop.is_set()
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_pull_needs_nothing_that_windows_lacks(office: Office) -> None:
    """In a process where the modules of POSIX alone can't be imported, as far as Python itself lets one."""
    count = more(office, 1)
    code = """
import asyncio, sys
for name in ("fcntl", "pwd", "grp", "termios", "resource", "syslog"):
    sys.modules[name] = None
from sync.pull.__main__ import main
main()
"""
    command = [sys.executable, "-c", code, *office.command("all.csv")[3:]]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert office.seqs("all.csv") == list(range(1, count + 1))


def test_exit_codes_say_who_has_to_act(office: Office) -> None:
    more(office, 1)
    assert office.pull("all.txt").returncode == 2
    unreachable = office.command("all.csv")
    unreachable[3] = f"http://127.0.0.1:{free_port()}"
    done = subprocess.run(
        unreachable,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr[:6]) == (75, "HL4203")
    for option, near, number in (("--unit", "phuong-mot", "HL4038"), ("--plan", "có: ", "HL5020")):
        done = office.pull("typo.csv", option, "phuong-mott")
        assert (done.returncode, done.stderr[:6]) == (1, number)
        assert near in done.stderr
        assert not (office.folder / "typo.csv").exists()
    office.token.write_text("hl_wrong")
    done = office.pull("other.csv")
    assert (done.returncode, done.stderr[:6]) == (1, "HL4001")
    office.token.chmod(0o644)
    done = office.pull("other.csv")
    assert (done.returncode, done.stderr[:6]) == (1, "HL4201")


@pytest.mark.parametrize("address", ["localhost:8700", "hailong.example.vn", "ftp://example.vn", "http://"])
def test_an_address_that_is_none_is_wrong_usage(office: Office, address: str) -> None:
    command = office.command("all.csv")
    command[3] = address
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "https://hailong.example.vn" in done.stderr


class Listener(http.server.BaseHTTPRequestHandler):
    """Anyone who is on the line; writes down what it hears."""

    heard: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        """Note who was asked for what, with which token."""
        self.heard.append(f"{self.path} {self.headers['Authorization']}")
        self.send_error(503)


@pytest.fixture
def listener() -> Iterator[str]:
    """The address of a proxy that listens."""
    Listener.heard.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("options", [[], ["--plain-http"]])
def test_no_token_leaves_this_machine_unencrypted_unless_that_is_allowed(
    office: Office, listener: str, options: list[str]
) -> None:
    command = office.command("all.csv", *options)
    command[3] = "http://hailong.example"
    proxy = {**ENVIRONMENT, "HTTP_PROXY": f"http://{listener}", "NO_PROXY": ""}
    done = subprocess.run(command, env=proxy, capture_output=True, text=True, check=False)
    heard = [each for each in Listener.heard if "Bearer hl_" in each]
    if options:
        assert (done.returncode, len(heard)) == (75, 1)
    else:
        assert (done.returncode, done.stderr[:6], heard) == (1, "HL4101", [])


def test_what_stays_on_this_machine_goes_to_no_proxy(office: Office, listener: str) -> None:
    more(office, 1)
    proxy = {**ENVIRONMENT, "HTTP_PROXY": f"http://{listener}", "NO_PROXY": ""}
    done = subprocess.run(office.command("all.csv"), env=proxy, capture_output=True, text=True, check=False)
    assert (done.returncode, Listener.heard) == (0, [])


@pytest.mark.parametrize(
    ("variable", "value", "options", "number"),
    [
        ("NO_PROXY", "[::1]", [], "HL4211"),
        ("ALL_PROXY", "socks5://127.0.0.1:1080", [], "HL4211"),
        ("all_proxy", "nonsense://127.0.0.1:1080", [], "HL4211"),
        ("LANG", "C.UTF-8", ["--ca", "nowhere.pem"], "HL4210"),
        ("LANG", "C.UTF-8", ["--ca", "/dev/null"], "HL4210"),
    ],
)
def test_what_this_machine_lacks_is_a_numbered_problem(
    office: Office, variable: str, value: str, options: list[str], number: str
) -> None:
    done = subprocess.run(
        office.command("all.csv", *options),
        env={**ENVIRONMENT, variable: value},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr[:6]) == (1, number)
    assert "Traceback" not in done.stderr


def test_other_filters_need_another_file(office: Office) -> None:
    more(office, 1)
    assert office.pull("all.csv").returncode == 0
    done = office.pull("all.csv", "--since", "2026-03-02")
    assert (done.returncode, done.stderr[:6]) == (1, "HL4202")
    assert office.pull("since.csv", "--since", "2027-01-01").returncode == 0
    assert office.seqs("since.csv") == []


def test_a_token_comes_from_the_environment_too(tmp_path: Path) -> None:
    assert read_token(None, {"HAILONG_TOKEN": "hl_x"}) == "hl_x"
    with pytest.raises(ProblemError, match="HL4201"):
        read_token(None, {})
    with pytest.raises(ProblemError, match="HL4201"):
        read_token(tmp_path / "nowhere", {})


def test_a_token_file_written_by_notepad_is_read_without_its_mark(tmp_path: Path) -> None:
    file = tmp_path / "ma.txt"
    file.write_bytes(b"\xef\xbb\xbfhl_x\r\n")
    file.chmod(0o600)
    assert read_token(file, {}) == "hl_x"


# --- against a centre that answers what we choose -----------------------------------------------------------


HEAD = '[["position","whole"],["seq","whole"]]\n'


def page(text: str, cursor: str, *, more: bool = False) -> httpx.Response:
    return httpx.Response(200, text=text, headers={"Next-Cursor": cursor, "More": str(more).lower()})


def pulled(tmp_path: Path, answers: list[httpx.Response]) -> tuple[Job, list[str]]:
    """Pull until `answers` are used up; the cursors that were asked for."""
    job = Job(centre="http://centre", output=tmp_path / "all.csv", format="csv", filters={})
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params.get("after", ""))
        return answers.pop(0)

    spool = Spool(job.output, job.name)
    try:
        with httpx.Client(transport=httpx.MockTransport(answer)) as client:
            while answers:
                pull(client, job, spool, lambda rows: None, lambda time: asked.append(f"waited {time:g}"))
        publish(job, spool)
    finally:
        spool.close()
    return job, asked


def test_a_restored_centre_is_pulled_anew(tmp_path: Path) -> None:
    gone = httpx.Response(410, json={"number": "HL4014", "restart": "2-0"})
    answers = [
        page(f"{HEAD}[1,1]\n[2,2]\n", "1-2"),
        gone,
        page(f"{HEAD}[1,1]\n", "2-1"),
    ]
    job, asked = pulled(tmp_path, answers)
    assert asked == ["", "1-2", "2-0"]
    assert job.output.read_text("utf-8-sig").split() == ["position,seq", "1,1"]


def test_a_centre_that_is_busy_is_given_the_time_it_asks_for(tmp_path: Path) -> None:
    busy = httpx.Response(429, json={"number": "HL4029"}, headers={"Retry-After": "2"})
    answers = [busy, busy, page(f"{HEAD}[1,1]\n", "1-1")]
    _, asked = pulled(tmp_path, answers)
    assert asked == ["", "waited 2", "", "waited 2", ""]
    with pytest.raises(ProblemError, match="HL4203"):
        pulled(tmp_path, [busy] * 6)


def test_a_new_survey_brings_columns_and_no_row_moves(tmp_path: Path) -> None:
    answers = [
        page(f'{HEAD[:-2]},["answers.a","whole"]]\n[1,1,5]\n', "1-1"),
        page(f'{HEAD[:-2]},["answers.b","whole"],["answers.a","text"]]\n[2,2,4,"x\\r\\ny"]\n', "1-2"),
    ]
    job, _ = pulled(tmp_path, answers)
    with job.output.open(encoding="utf-8-sig", newline="") as lines:
        assert list(csv.reader(lines)) == [
            ["position", "seq", "answers.a", "answers.b"],
            ["1", "1", "5", ""],
            ["2", "2", "x\r\ny", "4"],
        ]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>Welcome to our Wi-Fi</html>"),
        page("<html></html>\n", "1-1"),
        page(f"{HEAD}[1,1]\n[2,", "1-2"),
    ],
)
def test_what_is_no_page_of_the_centre_is_not_kept(tmp_path: Path, answer: httpx.Response) -> None:
    with pytest.raises(ProblemError, match="HL4204"):
        pulled(tmp_path, [answer])
    assert not list((tmp_path / "all.csv.pull").glob("rows-*"))


def test_only_one_pull_writes_a_file(tmp_path: Path) -> None:
    first = Spool(tmp_path / "all.csv", "job")
    with pytest.raises(ProblemError, match="HL4205"):
        Spool(tmp_path / "all.csv", "job")
    first.close()
    Spool(tmp_path / "all.csv", "job").close()


def test_values_keep_their_types_and_their_words_in_every_file(tmp_path: Path) -> None:
    """An option named 01, and words that look like a formula: no number, and a guard in CSV alone."""
    kinds = {
        "position": "whole",
        "day": "day",
        "started_at": "moment",
        "answers.a": "text",
        "words.b": "text",
    }
    head = json.dumps(list(kinds.items()), separators=(",", ":"))
    row = '[1,"2026-03-02","2026-03-02T23:30:00Z","01","-1+1"]'
    job, _ = pulled(tmp_path, [page(f"{head}\n{row}\n", "1-1")])
    assert "1,2026-03-02,2026-03-02T23:30:00Z,01,'-1+1" in job.output.read_text("utf-8-sig")
    forms: tuple[Format, ...] = ("xlsx", "parquet")
    for form in forms:
        again = replace(job, output=tmp_path / f"all.{form}", format=form)
        spool = Spool(again.output, again.name)
        spool.add(row.encode() + b"\n", 1, head, "1-1")
        publish(again, spool)
        spool.close()
    (sheet,) = rows_of((tmp_path / "all.xlsx").read_bytes(), "xlsx")
    assert [str(value) for value in sheet.values()] == [
        "1",
        "2026-03-02 00:00:00",
        "2026-03-03 06:30:00",
        "01",
        "-1+1",
    ]
    (line,) = rows_of((tmp_path / "all.parquet").read_bytes(), "parquet")
    moment = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    assert list(line.values()) == [1, date(2026, 3, 2), moment, "01", "-1+1"]


def test_a_workbook_has_the_questions_that_were_answered_alone(tmp_path: Path) -> None:
    head = f'{HEAD[:-2]},["answers.a","whole"],["answers.b","whole"]]\n'
    job, _ = pulled(tmp_path, [page(f"{head}[1,1,5,null]\n[2,2,null,null]\n", "1-1")])
    assert "answers.b" in job.output.read_text("utf-8-sig")
    again = replace(job, output=tmp_path / "all.xlsx", format="xlsx")
    spool = Spool(again.output, again.name)
    spool.add(b"[1,1,5,null]\n[2,2,null,null]\n", 2, head.strip(), "1-1")
    publish(again, spool)
    spool.close()
    rows = rows_of(again.output.read_bytes(), "xlsx")
    assert rows == [{"position": 1, "seq": 1, "answers.a": 5}, {"position": 2, "seq": 2, "answers.a": None}]


def test_a_csv_can_have_the_separator_of_the_office(office: Office) -> None:
    more(office, 1)
    for separator, sign in (("semicolon", ";"), ("tab", "\t"), ("comma", ",")):
        assert office.pull("all.csv", "--separator", separator).returncode == 0
        assert f"position{sign}id{sign}device" in (office.folder / "all.csv").read_text("utf-8-sig")


@pytest.mark.parametrize("role", ["admin", "analyst"])
def test_what_was_voided_after_it_was_pulled_counts_in_no_file(office: Office, role: str) -> None:
    office.token.write_text(office.central.token(role=role))
    count = more(office, 6)
    visits = numbered(count)[-6:]
    names = ["all.csv", "all.jsonl", "all.xlsx", "all.parquet", "march.csv"]
    tomorrow = datetime.now(VIET_NAM).date() + timedelta(days=1)
    march = {"march.csv": ["--since", "2026-03-01", "--until", "31/03/2026"]}
    for after in (False, True):
        if after:
            with acting(office.central.engine, By("an administrator", NOW + timedelta(days=60))) as act:
                void(act, visits[0].id, "đưa nhầm người")
                retag(act, visits[1].id, {"counter": "2"}, "quét nhầm quầy")
        with writing(office.central.engine) as connection:
            close_days(connection, tomorrow + timedelta(days=after))
        reply = httpx.get(
            f"{office.address}/v1/summary",
            params={"from": "2026-03-01", "to": "2026-03-31"},
            headers={"Authorization": f"Bearer {office.token.read_text()}"},
        )
        for name in names:
            done = office.pull(name, "--headings", "ids", *march.get(name, []))
            assert done.returncode == 0, done.stderr
            rows = rows_of((office.folder / name).read_bytes(), name.rpartition(".")[2])
            assert recount(rows) == summed(reply.json()), name


def test_the_filters_are_those_of_the_centre(office: Office) -> None:
    held = len(office.central.stored())
    (one,) = numbered(held + 1)[held:]
    assert one.tag
    office.store([replace(one, tag=replace(one.tag, procedure="2.000815"))])
    assert office.pull("one.csv", "--procedure", "2.000815").returncode == 0
    assert office.seqs("one.csv") == [held + 1]

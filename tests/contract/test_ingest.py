"""What the centre does with batches, asked over its HTTP interface in one process."""

import csv
import gzip
import io
import json
import random
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard
from litestar.testing import TestClient
from msgspec.structs import replace

from sync.central.intake import bodies
from sync.central.office.audit.acts import By, acting
from sync.central.office.bundle import import_bundle
from sync.contract.batch import BatchReply
from sync.contract.canonical import canonical_bytes
from sync.contract.problem import ProblemError
from sync.contract.response import Response, SurveyRef
from sync.contract.sealing import seal_words
from tests.support.wire import NOW, CentreUnderTest, numbered, visit, write_bundle


class Caller:
    """Speaks HTTP to the centre as a device and as an administrator."""

    def __init__(self, central: CentreUnderTest, client: Any, device: str = "kiosk-1") -> None:
        self.client = client
        self.device = {"Authorization": f"Bearer {central.token(device=device)}"}
        self.admin = {"Authorization": f"Bearer {central.token(role='admin')}"}
        self.analyst = {"Authorization": f"Bearer {central.token(role='analyst')}"}

    def push(self, responses: list[Response], **headers: str) -> Any:
        return self.push_bytes([canonical_bytes(response) for response in responses], **headers)

    def push_bytes(self, bodies: list[bytes], device: str = "kiosk-1", **headers: str) -> Any:
        content = b'{"device":"%b","responses":[%b]}' % (device.encode(), b",".join(bodies))
        return self.client.post("/v1/batches", content=content, headers={**self.device, **headers})

    def receipts(self, responses: list[Response]) -> list[str]:
        answer = self.push(responses)
        assert answer.status_code == 200, answer.text
        reply = msgspec.json.decode(answer.content, type=BatchReply)
        assert [receipt.id for receipt in reply.receipts] == [response.id for response in responses]
        return [receipt.status for receipt in reply.receipts]

    def pull(self, **parameters: Any) -> Any:
        return self.client.get("/v1/responses", params=parameters, headers=self.admin).json()


@pytest.fixture
def caller(central: CentreUnderTest) -> Iterator[Caller]:
    with TestClient(central.app) as client:
        yield Caller(central, client)


def test_a_batch_is_stored_and_comes_out_again_byte_for_byte(caller: Caller) -> None:
    sent = numbered(3)
    assert caller.receipts(sent) == ["stored"] * 3
    answer = caller.client.get("/v1/responses", headers=caller.admin)
    raw = msgspec.json.decode(answer.content, type=dict[str, msgspec.Raw])
    items = msgspec.json.decode(raw["items"], type=list[dict[str, msgspec.Raw]])
    assert [bytes(item["response"]) for item in items] == [canonical_bytes(each) for each in sent]


def test_the_same_batch_again_is_a_duplicate_and_stored_once(caller: Caller) -> None:
    caller.receipts(numbered(3))
    assert caller.receipts(numbered(5)) == ["duplicate"] * 3 + ["stored"] * 2
    assert len(caller.pull()["items"]) == 5


def test_a_response_twice_in_one_batch_is_stored_once(caller: Caller) -> None:
    first = numbered(1)[0]
    assert caller.receipts([first, first]) == ["stored", "duplicate"]


def test_the_same_id_with_other_content_is_a_conflict_and_both_are_kept(
    caller: Caller, central: CentreUnderTest
) -> None:
    first = numbered(1)[0]
    caller.receipts([first])
    assert caller.receipts([replace(first, answers={"result": 1, "service": 1})]) == ["conflict"]
    assert [item["response"]["answers"]["result"] for item in caller.pull()["items"]] == [5]
    with central.engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT status, problem, body FROM set_aside").one()
    assert (kept.status, kept.problem) == ("conflict", "HL4005")
    assert json.loads(kept.body)["answers"]["result"] == 1


def test_the_same_number_from_two_machines_marks_a_clone(caller: Caller, central: CentreUnderTest) -> None:
    caller.receipts(numbered(1))
    assert caller.receipts([replace(visit(77), seq=1)]) == ["conflict"]
    with central.engine.connect() as connection:
        cloned = connection.exec_driver_sql("SELECT cloned FROM devices WHERE id = 'kiosk-1'").scalar_one()
    assert cloned == 1


def test_a_bad_response_is_refused_and_kept_and_the_others_are_stored(
    caller: Caller, central: CentreUnderTest
) -> None:
    good, bad, unknown = numbered(3)
    bad = replace(bad, answers={"result": 9, "service": 4})
    unknown = replace(unknown, survey=SurveyRef("nowhere", 1))
    answer = caller.push([good, bad, unknown])
    reply = msgspec.json.decode(answer.content, type=BatchReply)
    assert [receipt.status for receipt in reply.receipts] == ["stored", "refused", "refused"]
    assert [receipt.problem and receipt.problem.number for receipt in reply.receipts] == [
        None,
        "HL4004",
        "HL4008",
    ]
    assert reply.held == ((1, 3),)
    with central.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM set_aside").scalar_one() == 2


def test_a_yes_is_not_a_level_even_after_a_level_was_seen(caller: Caller) -> None:
    one, yes = numbered(2)
    assert caller.receipts([replace(one, answers={"result": 1, "service": 1})]) == ["stored"]
    assert caller.receipts([replace(yes, answers={"result": True, "service": True})]) == ["refused"]


def test_a_name_no_database_could_hold_is_refused_and_the_others_are_stored(caller: Caller) -> None:
    long, hollow, good = numbered(3)
    assert long.tag
    assert hollow.tag
    long = replace(long, tag=replace(long.tag, counter="x" * 65))
    hollow = replace(hollow, tag=replace(hollow.tag, counter="a\0b"))
    assert caller.receipts([long, hollow, good]) == ["refused", "refused", "stored"]


@pytest.mark.parametrize(
    "member",
    ['"id":"[^"]*', '"plan":"p', '"unit":"phuong-mot', '"officer":"a01', '"procedure":"1.001193', "result"],
)
def test_an_id_that_ends_in_a_line_break_is_refused_and_the_others_are_stored(
    caller: Caller, central: CentreUnderTest, member: str
) -> None:
    one, good = numbered(2)
    body = canonical_bytes(replace(one, plan="p")).decode()
    bent = re.sub(member, lambda found: found[0] + "\\n", body, count=1).encode()
    answer = caller.push_bytes([bent, canonical_bytes(good)])
    # Where the id itself can't be read no receipt can name it: the device halves the batch.
    if answer.status_code == 200:
        assert [each["status"] for each in answer.json()["receipts"]] == ["refused", "stored"]
    else:
        assert (answer.status_code, answer.json()["number"]) == (400, "HL4003")
    assert caller.receipts([good])[0] in ("stored", "duplicate")
    assert central.stored() == [canonical_bytes(good)]


def test_a_parameter_that_ends_in_a_line_break_is_a_numbered_problem(caller: Caller) -> None:
    answer = caller.client.get("/v1/summary?by=day%0a", headers=caller.analyst)
    assert (answer.status_code, answer.json()["number"]) == (400, "HL4013")


def test_a_survey_that_was_taken_in_while_the_centre_runs_is_known_at_once(
    caller: Caller, central: CentreUnderTest, tmp_path: Path
) -> None:
    folder = write_bundle(tmp_path / "next", version=2)
    survey = folder / "surveys" / "kien-hung.toml"
    survey.write_text(survey.read_text("utf-8").replace("version = 1", "version = 2", 1), "utf-8")
    newer = [replace(each, survey=SurveyRef("kien-hung", 2)) for each in numbered(2)]
    assert caller.receipts(newer[:1]) == ["refused"]
    with acting(central.engine, By("test", central.now())) as act:
        import_bundle(act, folder)
    assert caller.receipts(newer) == ["stored", "stored"]


def test_a_reason_never_quotes_the_answer(caller: Caller) -> None:
    secret = replace(numbered(1)[0], answers={"result": "bimat", "service": 4})
    assert "bimat" not in caller.push([secret]).text


def test_bytes_that_are_not_canonical_are_refused(caller: Caller) -> None:
    loose = json.dumps(json.loads(canonical_bytes(numbered(1)[0])), indent=1).encode()
    reply = msgspec.json.decode(caller.push_bytes([loose]).content, type=BatchReply)
    assert [(each.status, each.problem and each.problem.number) for each in reply.receipts] == [
        ("refused", "HL4006")
    ]


def test_another_devices_responses_are_refused(caller: Caller) -> None:
    assert caller.receipts([replace(visit(1, device="kiosk-2"), seq=1)]) == ["refused"]
    answer = caller.push_bytes([canonical_bytes(numbered(1)[0])], device="kiosk-2")
    assert (answer.status_code, answer.json()["number"]) == (403, "HL4009")


def test_the_reply_says_which_numbers_the_centre_holds(caller: Caller) -> None:
    visits = numbered(9)
    reply = msgspec.json.decode(caller.push(visits[:2] + visits[4:6]).content, type=BatchReply)
    assert reply.held == ((1, 2), (5, 6))
    reply = msgspec.json.decode(caller.push(visits[2:4]).content, type=BatchReply)
    assert reply.held == ((1, 6),)


@pytest.mark.parametrize("encoding", ["gzip", "zstd", ""])
def test_a_body_may_be_packed(caller: Caller, encoding: str) -> None:
    content = b'{"device":"kiosk-1","responses":[%b]}' % canonical_bytes(numbered(1)[0])
    pack = {"gzip": gzip.compress, "zstd": zstandard.ZstdCompressor().compress}.get(encoding, bytes)
    packed = pack(content)
    headers = {**caller.device, "Content-Encoding": encoding} if encoding else caller.device
    assert caller.client.post("/v1/batches", content=packed, headers=headers).status_code == 200


@pytest.mark.parametrize("checksum", [False, True])
@pytest.mark.parametrize("size", [1, 300_000])
@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_bytes_behind_the_end_of_a_packed_body_are_refused(encoding: str, size: int, checksum: bool) -> None:
    plain = random.Random(size).randbytes(size // 2) + bytes(size - size // 2)
    pack = {"gzip": gzip.compress, "zstd": zstandard.ZstdCompressor(write_checksum=checksum).compress}
    packed = pack[encoding](plain)
    assert bodies.unpack(packed, encoding) == plain
    for behind in (b"\0", b"{}", packed, b"\x50\x2a\x4d\x18\x00\x00\x00\x00"):
        with pytest.raises(ProblemError, match="HL4054"):
            bodies.unpack(packed + behind, encoding)
    for short in range(1, min(len(packed), 20)):
        with pytest.raises(ProblemError, match="HL4003"):
            bodies.unpack(packed[:-short], encoding)


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_a_bomb_is_refused_before_it_opens(caller: Caller, encoding: str) -> None:
    zeros = bytes(64 * 1024 * 1024)
    bomb = gzip.compress(zeros) if encoding == "gzip" else zstandard.ZstdCompressor().compress(zeros)
    headers = {**caller.device, "Content-Encoding": encoding}
    answer = caller.client.post("/v1/batches", content=bomb, headers=headers)
    assert (answer.status_code, answer.json()["number"]) == (413, "HL4007")


@pytest.mark.parametrize(
    ("body", "number"),
    [
        (b"", "HL4003"),
        (b"{", "HL4003"),
        (b'{"device":"kiosk-1","responses":[1]}', "HL4003"),
        (b'{"device":"kiosk-1","responses":[NaN]}', "HL4003"),
        (b'{"device":"kiosk-1","responses":[' + b"[" * 1_000_000, "HL4003"),
        (b'{"device":"kiosk-1","responses":[{"id":"\x00"}]}', "HL4003"),
        (b'{"device":"kiosk-1","responses":[],"more":1}', "HL4003"),
        (b'{"device":"kiosk-1","responses":[' + b"{}," * 600 + b"{}]}", "HL4007"),
        (b" " * 2_000_000, "HL4007"),
        (b'{"device":"kiosk-1","responses":"\xff"}', "HL4003"),
    ],
)
def test_a_hostile_body_is_a_numbered_problem(caller: Caller, body: bytes, number: str) -> None:
    answer = caller.client.post("/v1/batches", content=body, headers=caller.device)
    assert answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["number"] == number


ONE = canonical_bytes(numbered(1)[0])


@pytest.mark.parametrize(
    ("member", "bent"),
    [
        (b'"seq":1', b'"seq":1,"seq":1'),
        (b'"answers":{', b'"answers":{"result":1,'),
        (b'"service":4', b'"service":NaN'),
        (b'"service":4', b'"service":Infinity'),
        (b'"service":4', b'"service":4.0'),
        (b'"counter":"1"', b'"counter":"1\\u0000"'),
        (b'"app":"0.1.0"', b'"app":"0.1.0","more":1'),
        (b'"service":4', b'"service":"\xed\xa0\x80"'),
    ],
)
def test_a_hostile_response_alone_or_among_others_is_never_stored_and_the_others_are(
    caller: Caller, central: CentreUnderTest, member: bytes, bent: bytes
) -> None:
    hostile = ONE.replace(member, bent, 1)
    assert hostile != ONE
    good = canonical_bytes(numbered(2)[1])
    answer = caller.push_bytes([hostile, good])
    if answer.status_code == 200:
        assert [each["status"] for each in answer.json()["receipts"]] == ["refused", "stored"]
        assert central.stored() == [good]
    else:  # not JSON at all: the device halves the batch until the one at fault stands alone
        assert (answer.status_code, answer.json()["number"]) == (400, "HL4003")
        assert central.stored() == []
        assert caller.push_bytes([good]).status_code == 200


@pytest.mark.parametrize(
    "twice",
    [
        b'{"device":"kiosk-2","device":"kiosk-1","responses":[%b]}',
        b'{"device":"kiosk-1","device":"kiosk-1","responses":[%b]}',
        b'{"device":"kiosk-1","responses":[],"responses":[%b]}',
        b'{"responses":[%b],"device":"kiosk-1","responses":[]}',
        b'{"device":"kiosk-1","responses":[%b],"\\u0064evice":"kiosk-1"}',
    ],
)
def test_a_member_given_twice_is_refused_whichever_reader_takes_which(
    caller: Caller, central: CentreUnderTest, twice: bytes
) -> None:
    answer = caller.client.post("/v1/batches", content=twice % ONE, headers=caller.device)
    assert (answer.status_code, answer.json()["number"]) == (400, "HL4054")
    assert central.stored() == []


def test_a_body_may_be_written_in_any_way_that_has_one_meaning(caller: Caller) -> None:
    content = b'{ "responses" : [ %b ],\n "device" : "kiosk\\u002d1" }' % ONE
    answer = caller.client.post("/v1/batches", content=content, headers=caller.device)
    assert [each["status"] for each in answer.json()["receipts"]] == ["stored"]


def test_nothing_answers_without_a_token(caller: Caller) -> None:
    assert caller.client.get("/v1/responses").status_code == 401
    assert caller.client.post("/v1/batches", content=b"{}").status_code == 401
    assert caller.client.get("/v1/responses", headers=caller.device).status_code == 403
    assert caller.client.post("/v1/batches", content=b"{}", headers=caller.admin).status_code == 403
    assert caller.client.get("/health").status_code == 200


def test_a_pull_resumes_where_it_stopped_and_meets_a_late_response(caller: Caller) -> None:
    visits = numbered(4)
    caller.receipts([visits[0], visits[3]])
    page = caller.pull(limit=1)
    assert page["more"]
    second = caller.pull(after=page["next"])
    caller.receipts(visits[1:3])
    third = caller.pull(after=second["next"])
    seqs = [item["response"]["seq"] for each in (page, second, third) for item in each["items"]]
    assert seqs == [1, 4, 2, 3]


def test_a_cursor_of_before_a_restore_is_gone_with_a_place_to_restart(
    caller: Caller, central: CentreUnderTest
) -> None:
    caller.receipts(numbered(2))
    answer = caller.client.get("/v1/responses", params={"after": "0-2"}, headers=caller.admin)
    assert (answer.status_code, answer.json()["restart"]) == (410, "1-0")


def test_the_table_has_names_answers_and_opened_words(caller: Caller, central: CentreUnderTest) -> None:
    key = central.keys.public().sealing[-1]
    sealed = seal_words({"unsatisfied": "=1+1 Chờ lâu"}, key.id, key.public)
    caller.receipts([replace(numbered(1)[0], sealed=sealed)])
    answer = caller.client.get("/v1/responses", params={"format": "csv"}, headers=caller.admin)
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert row["procedure_name"] == "Đăng ký khai sinh"
    assert (row["officer"], row["officer_name"]) == ("a01", "Cán bộ Một")
    assert (row["answers.result"], row["answers.service"], row["outcome"]) == ("5", "4", "complete")
    assert row["words.unsatisfied"] == "'=1+1 Chờ lâu"
    assert answer.headers["next-cursor"] == caller.pull()["next"]


def test_below_admin_there_is_the_day_but_no_minute_no_officer_and_no_words(
    caller: Caller, central: CentreUnderTest
) -> None:
    key = central.keys.public().sealing[-1]
    sealed = seal_words({"unsatisfied": "Chờ lâu"}, key.id, key.public)
    caller.receipts([replace(numbered(1)[0], sealed=sealed)])
    central.now = lambda: NOW + timedelta(days=1)
    for parameters in ({"format": "csv"}, {"format": "json"}):
        text = caller.client.get("/v1/responses", params=parameters, headers=caller.analyst).text
        assert "2026-03-02" in text
        for hidden in ("08:0", "a01", "Cán bộ", "Chờ lâu", "2300"):
            assert hidden not in text

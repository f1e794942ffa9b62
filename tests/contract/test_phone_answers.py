"""The same form on a citizen's own phone: what the centre stores, and of two answers the first."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from nacl.signing import SigningKey
from sqlalchemy import insert, select, update

from sync.central.http.token_bucket import Rates
from sync.central.intake.claims import claims_by
from sync.central.intake.ingest import REPEATED, store
from sync.central.intake.judge import judge
from sync.central.intake.scope import within_scope
from sync.central.office.audit.acts import By
from sync.central.office.backup import back_up, restore
from sync.central.office.phone.from_phone import store_answer
from sync.central.office.phone.repeated import repeated_answers
from sync.central.office.phone.walk import Said
from sync.central.office.set_aside import rejudge
from sync.central.store.database import reading, writing
from sync.central.store.first_answers import first_answers
from sync.central.store.schema import devices, responses, set_aside
from sync.contract.canonical import canonical_bytes, decode_response
from sync.contract.case_box import seal_case
from sync.contract.problem import ProblemError
from sync.contract.response import Outcome, Response, SurveyRef, Void
from sync.contract.sealing import open_words
from tests.support.paper import put_closed
from tests.support.phone import Phone, code_of, trust
from tests.support.wire import NOW, CentreUnderTest, visit

PHONES = "centre-phone-phuong-mot"
CASE = "0123456789abcdef0123456789abcdef"
ARRIVED = int(NOW.timestamp() * 1000)
CANARY = "Chim hoàng yến hót ở quầy số 9"


@pytest.fixture
def client(central: CentreUnderTest) -> Iterator[Any]:
    trust(central, "kiosk-1", "kiosk-2")
    with TestClient(central.app) as client:
        yield client


def shown(
    central: CentreUnderTest,
    number: int = 1,
    *cases: str,
    seq: int = 1,
    device: str = "kiosk-1",
    outcome: Outcome = "timed_out",
) -> Response:
    """A visit as its terminal stores it, with a code on the glass. Its clock is the centre's."""
    made = visit(number, device=device, seq=seq)
    assert made.tag is not None
    public = central.keys.case_public()
    answered = outcome in ("complete", "partial")
    return replace(
        made,
        tag=replace(made.tag, cases=tuple(seal_case(each, public) for each in cases), scanned_at=None),
        outcome=outcome,
        answers=made.answers if answered else {},
        timing=made.timing if answered else {},
        phone_code=True,
    )


def send(central: CentreUnderTest, made: Response) -> str:
    """The terminal's response arrives."""
    judged = judge(
        canonical_bytes(made),
        device=made.device,
        unit="phuong-mot",
        forms=central.centre.devices.forms,
        received_at=ARRIVED,
        claims=claims_by(central.keys.case_keys()),
    )
    with writing(central.engine) as connection:
        (receipt,), _ = store(connection, made.device, [judged], ARRIVED, revoked=False)
    assert receipt.problem is None
    return receipt.status


def answered(client: Any, code: str, result: str = "2", service: str = "4") -> Phone:
    """A phone on which the form was answered and sent."""
    phone = Phone(client, code).open().rate(result=result, service=service)
    assert "gui" in phone.page.moves
    return phone.send("gui")


def here(central: CentreUnderTest) -> list[Response]:
    with reading(central.engine) as connection:
        bodies = connection.execute(select(responses.c.body).order_by(responses.c.position)).scalars()
        return [decode_response(bytes(body)) for body in bodies]


def apart(central: CentreUnderTest) -> list[tuple[str, str]]:
    """What was kept apart as repeated: its device, and the answer that counts."""
    query = select(set_aside.c.device, set_aside.c.detail).where(set_aside.c.status == REPEATED)
    with reading(central.engine) as connection:
        return [(row.device, row.detail) for row in connection.execute(query)]


def figures(central: CentreUnderTest, client: Any) -> tuple[int, int]:
    """Handovers, and how many of them were answered."""
    headers = {"Authorization": f"Bearer {central.token(role='admin')}"}
    asked = {"from": "2026-03-01", "to": "2026-03-03"}
    found = client.get("/v1/summary", params=asked, headers=headers).json()["handovers"]
    return found["tagged"], found["answered"]


def test_an_answer_from_a_phone_is_a_response_like_any_other(central: CentreUnderTest, client: Any) -> None:
    made = shown(central, 1, CASE)
    phone = answered(client, code_of(made, NOW))
    assert phone.answer.status_code == 200
    assert "Xin chân thành cảm ơn ông/bà." in phone.text()
    (stored,) = here(central)
    assert stored == replace(
        made,
        id=stored.id,
        device=PHONES,
        seq=1,
        channel="phone",
        answers={"result": 2, "service": 4},
        outcome="complete",
        started_at=stored.started_at,
        finished_at=stored.started_at,
        boot="",
        monotonic_ms=0,
        app=stored.app,
        phone_code=False,
    )
    assert stored.finished_at == NOW
    assert figures(central, client) == (1, 1)


def test_capitals_open_the_same_page(central: CentreUnderTest, client: Any) -> None:
    code = code_of(shown(central), NOW)
    assert Phone(client, code, capitals=True).open().text() == Phone(client, code).open().text()


def test_what_is_written_is_sealed_before_it_is_anywhere(
    central: CentreUnderTest, client: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    phone = Phone(client, code_of(shown(central), NOW)).open().rate(result="1", service="1")
    phone.send("tiep").send("tiep", unsatisfied=CANARY).send("tiep", suggestion="")
    assert ("c.unsatisfied", CANARY) in phone.page.filled
    phone.send("gui", **{"contact.name": CANARY, "contact.phone": "0900 000 001"})
    (stored,) = here(central)
    assert stored.sealed is not None
    assert open_words(stored.sealed, central.keys.sealing_keys()) == {
        "unsatisfied": CANARY,
        "contact": {"name": CANARY, "phone": "0900 000 001"},
    }
    assert stored.answers == {"result": 1, "service": 1}
    written = capsys.readouterr()
    assert CANARY not in written.out + written.err
    if central.url is None:
        files = [path.read_bytes() for path in central.folder.rglob("*") if path.is_file()]
        assert not any(part.encode() in data for data in files for part in (CANARY, "0900 000 001"))


def test_numbers_are_gapless_and_a_second_phone_is_the_next(central: CentreUnderTest, client: Any) -> None:
    for number in (1, 2, 3):
        answered(client, code_of(shown(central, number), NOW))
    assert [(each.device, each.seq) for each in here(central)] == [(PHONES, 1), (PHONES, 2), (PHONES, 3)]
    with reading(central.engine) as connection:
        row = connection.execute(select(devices).where(devices.c.id == PHONES)).one()
    assert (row.kind, row.unit, row.made, row.held) == ("phone", "phuong-mot", 3, "[[1,3]]")


@pytest.mark.parametrize("outcome", ["complete", "partial"])
def test_the_glass_was_first(central: CentreUnderTest, client: Any, outcome: Outcome) -> None:
    made = shown(central, outcome=outcome)
    late = Phone(client, code_of(made, NOW)).open().rate(result="1", service="1")
    assert send(central, made) == "stored"
    assert late.send("gui").answer.status_code == 200
    assert [each.id for each in here(central)] == [made.id]
    assert apart(central) == [(PHONES, made.id)]
    assert figures(central, client) == (1, 1)
    again = Phone(client, code_of(made, NOW)).open()
    assert "Xin chân thành cảm ơn" in again.text()


def test_after_the_glass_a_code_says_that_there_is_nothing_more_to_do(
    central: CentreUnderTest, client: Any
) -> None:
    made = shown(central, outcome="complete")
    send(central, made)
    phone = Phone(client, code_of(made, NOW)).open()
    assert (phone.answer.status_code, phone.page.moves) == (409, [])
    assert "HL4272" in phone.text()
    assert "Không cần làm gì thêm" in phone.text()


def test_the_phone_was_first(central: CentreUnderTest, client: Any) -> None:
    made = shown(central, outcome="complete")
    answered(client, code_of(made, NOW))
    (first,) = here(central)
    assert send(central, made) == "duplicate"
    assert here(central) == [first]
    assert apart(central) == [("kiosk-1", first.id)]
    assert figures(central, client) == (1, 1)
    assert send(central, made) == "duplicate"


def test_a_terminal_that_had_not_noted_its_code_was_first_all_the_same(
    central: CentreUnderTest, client: Any
) -> None:
    made = replace(shown(central, outcome="complete"), phone_code=False)
    late = Phone(client, code_of(made, NOW)).open().rate(result="1", service="1")
    send(central, made)
    late.send("gui")
    assert [each.id for each in here(central)] == [made.id]
    assert apart(central) == [(PHONES, made.id)]


@pytest.mark.parametrize("outcome", ["timed_out", "declined"])
def test_nobody_answered_on_the_glass_and_then_somebody_on_the_phone(
    central: CentreUnderTest, client: Any, outcome: Outcome
) -> None:
    made = shown(central, outcome=outcome)
    assert send(central, made) == "stored"
    answered(client, code_of(made, NOW))
    silent, voiding, answer = here(central)
    assert silent == made
    assert voiding.void is not None
    assert voiding.void.response == made.id
    assert [voiding.seq, answer.seq] == [1, 2]
    assert figures(central, client) == (1, 1), "one handover, one answer"


def test_nobody_answered_on_the_glass_and_that_arrives_after_the_phone(
    central: CentreUnderTest, client: Any
) -> None:
    made = shown(central)
    answered(client, code_of(made, NOW))
    assert send(central, made) == "duplicate"
    assert len(here(central)) == 1
    assert figures(central, client) == (1, 1)
    with reading(central.engine) as connection:
        assert repeated_answers(connection) == (), "it is no second answer"


def test_what_was_held_while_a_phone_answered_is_kept_apart_when_it_is_judged_again(
    central: CentreUnderTest, client: Any
) -> None:
    made = shown(central, outcome="complete")
    assert made.tag is not None
    made = replace(made, tag=replace(made.tag, officer="nobody-here"))
    judged = judge(
        canonical_bytes(made),
        device="kiosk-1",
        unit="phuong-mot",
        forms=central.centre.devices.forms,
        received_at=ARRIVED,
    )
    with writing(central.engine) as connection:
        held = within_scope(connection, [judged], unit="phuong-mot", moves=(), received_at=ARRIVED)
        store(connection, "kiosk-1", held, ARRIVED, revoked=False)
    answered(client, code_of(shown(central), NOW))
    (first,) = here(central)
    rejudge(
        central.engine, By("an administrator", NOW), reason="", device="kiosk-1", held=True, dry_run=False
    )
    assert (here(central), apart(central)) == ([first], [("kiosk-1", first.id)])


def test_a_case_that_a_phone_answered_meanwhile_is_answered_by_nothing_that_is_judged_again(
    central: CentreUnderTest, client: Any
) -> None:
    made = shown(central, 1, CASE, outcome="complete")
    body = canonical_bytes(made)
    with writing(central.engine) as connection:
        row = {"id": made.id, "device": "kiosk-1", "seq": made.seq, "received_at": ARRIVED, "body": body}
        why = {"status": "refused", "problem": "HL4008", "detail": "", "digest": sha256(body).digest()}
        connection.execute(insert(set_aside).values(**row, **why))
    answered(client, code_of(shown(central, 2, CASE, device="kiosk-2"), NOW))
    (first,) = here(central)
    claims = claims_by(central.keys.case_keys())
    rejudge(central.engine, By("an administrator", NOW), reason="", dry_run=False, claims=claims)
    assert (here(central), apart(central)) == ([first], [("kiosk-1", first.id)])


def test_a_visit_without_an_answer_that_is_sent_again_is_a_duplicate(
    central: CentreUnderTest, client: Any
) -> None:
    made = shown(central)
    send(central, made)
    answered(client, code_of(made, NOW))
    assert send(central, made) == "duplicate"
    assert apart(central) == []


@pytest.mark.parametrize("first", ["phone", "glass"])
def test_a_case_that_came_twice_is_answered_once(central: CentreUnderTest, client: Any, first: str) -> None:
    mine, other = shown(central, 1, CASE), shown(central, 2, CASE, device="kiosk-2", outcome="complete")
    if first == "phone":
        answered(client, code_of(mine, NOW))
        assert send(central, other) == "duplicate"
    else:
        assert send(central, other) == "stored"
        answered(client, code_of(mine, NOW))
    (counts,) = here(central)
    assert counts.channel == ("phone" if first == "phone" else "kiosk")
    assert [detail for _, detail in apart(central)] == [counts.id]


def test_a_repeated_answer_leaves_the_silent_visit_as_it_is(central: CentreUnderTest, client: Any) -> None:
    send(central, shown(central, 2, CASE, device="kiosk-2", outcome="complete"))
    mine = shown(central, 1, CASE)
    send(central, mine)
    answered(client, code_of(mine, NOW))
    assert [each.outcome for each in here(central)] == ["complete", "timed_out"]
    assert figures(central, client) == (2, 1)


def test_an_answer_that_would_be_held_is_refused_and_claims_and_voids_nothing(
    central: CentreUnderTest, client: Any
) -> None:
    silent = shown(central)
    send(central, silent)
    assert silent.tag is not None
    unknown = replace(silent, tag=replace(silent.tag, officer="nobody-here"))
    phone = answered(client, code_of(unknown, NOW))
    assert (phone.answer.status_code, "HL4273" in phone.text()) == (409, True)
    assert "gui" in Phone(client, code_of(unknown, NOW)).open().rate(result="2", service="4").page.moves
    with reading(central.engine) as connection:
        claims = connection.execute(select(first_answers.c.response, first_answers.c.answered)).all()
        assert connection.execute(select(set_aside)).all() == []
    assert [tuple(row) for row in claims] == [(silent.id, 0)]
    assert here(central) == [silent]
    answered(client, code_of(silent, NOW))
    assert [each.seq for each in here(central)] == [1, 1, 2], "no number was used for what was refused"
    assert figures(central, client) == (1, 1)


def taken_back(central: CentreUnderTest) -> Response:
    """A visit with a code on the glass that staff have taken back."""
    return replace(shown(central, outcome="voided"), void=Void("staff", "quét nhầm"))


def test_a_visit_that_staff_took_back_is_answered_by_nobody(central: CentreUnderTest, client: Any) -> None:
    made = taken_back(central)
    late = Phone(client, code_of(made, NOW)).open().rate(result="1", service="1")
    assert send(central, made) == "stored"
    assert Phone(client, code_of(made, NOW)).open().page.moves == []
    late.send("gui")
    assert here(central) == [made]
    assert apart(central) == [(PHONES, made.id)]
    assert figures(central, client)[1] == 0


def test_staff_cannot_take_back_what_was_answered_and_who_may_correct_sees_that_they_tried(
    central: CentreUnderTest, client: Any
) -> None:
    made = taken_back(central)
    answered(client, code_of(made, NOW), result="1")
    (first,) = here(central)
    assert send(central, made) == "duplicate"
    assert here(central) == [first]
    with reading(central.engine) as connection:
        (shown_to,) = repeated_answers(connection)
    assert (shown_to.first, shown_to.taken_back) == (first.id, True)
    assert figures(central, client) == (1, 1)


def test_a_code_is_answered_once_also_from_two_tabs(central: CentreUnderTest, client: Any) -> None:
    code = code_of(shown(central), NOW)
    tabs = [Phone(client, code).open().rate(result=each, service="4") for each in ("5", "1", "1")]
    for tab in tabs:
        assert "Xin chân thành cảm ơn" in tab.send("gui").text()
    assert [each.answers["result"] for each in here(central)] == [5]
    assert apart(central) == []


def test_a_repeated_answer_is_kept_apart_once(central: CentreUnderTest, client: Any) -> None:
    made = shown(central, outcome="complete")
    tabs = [Phone(client, code_of(made, NOW)).open().rate(result="1", service="1") for _ in range(3)]
    send(central, made)
    for tab in tabs:
        tab.send("gui")
    assert len(apart(central)) == 1


def test_of_answers_at_once_one_is_stored(central: CentreUnderTest) -> None:
    trust(central)
    code = code_of(shown(central), NOW)
    results: list[str] = []

    def answers(level: int) -> None:
        try:
            with central.centre.storage.changing() as connection:
                store_answer(
                    connection,
                    code,
                    Said(answers={"result": level, "service": 4}),
                    "vi",
                    now=NOW,
                    keys=central.keys,
                    random_bytes=lambda size: bytes([level]) * size,
                )
            results.append("stored")
        except ProblemError as error:
            results.append(error.problem.number)

    threads = [threading.Thread(target=answers, args=(level,)) for level in (1, 2, 3, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(results) == ["HL4272"] * 3 + ["stored"]
    assert len(here(central)) == 1
    assert apart(central) == []


def test_a_glass_and_a_phone_at_once(central: CentreUnderTest) -> None:
    trust(central)
    made = [shown(central, number, seq=number, outcome="complete") for number in range(1, 9)]

    def on_the_phone(each: Response) -> None:
        with central.centre.storage.changing() as connection:
            store_answer(
                connection,
                code_of(each, NOW),
                Said(answers={"result": 1, "service": 1}),
                "vi",
                now=NOW,
                keys=central.keys,
                random_bytes=lambda size: bytes([each.seq]) * size,
            )

    for each in made:
        racing = [
            threading.Thread(target=on_the_phone, args=(each,)),
            threading.Thread(target=send, args=(central, each)),
        ]
        if each.seq % 2:
            racing.reverse()
        for thread in racing:
            thread.start()
        for thread in racing:
            thread.join(30)
    stored = here(central)
    assert len(stored) == len(made)
    assert len(apart(central)) == len(made)
    assert {detail for _, detail in apart(central)} == {each.id for each in stored}


def test_a_half_filled_form_stores_nothing(central: CentreUnderTest, client: Any) -> None:
    phone = Phone(client, code_of(shown(central), NOW)).open()
    phone.send("tiep")
    assert "Còn câu chưa có câu trả lời." in phone.text()
    phone.send("tiep", result="3")
    first = phone.page.offered
    assert first.keys() == {"c.service"}
    phone.send("gui")
    assert "Còn câu chưa có câu trả lời." in phone.text()
    assert phone.page.offered == first
    assert here(central) == []


def test_what_was_not_offered_is_as_if_it_were_not_there(central: CentreUnderTest, client: Any) -> None:
    phone = Phone(client, code_of(shown(central), NOW)).open()
    for wrong in ("6", "0", "na", "-1", "5 ", "５", "x" * 5000):
        phone.send("tiep", result=wrong)
        assert "Còn câu chưa có câu trả lời." in phone.text(), wrong
    phone.send("tiep", result="4", elsewhere="1")
    assert phone.page.offered.keys() == {"c.service"}


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"device": "kiosk-9"}, "HL4270"),
        ({"device": "desk-1"}, "HL4270"),
        ({"survey": SurveyRef("kien-hung", 9)}, "HL4270"),
        ({"respondents": ("staff",)}, "HL4270"),
        ({"expires": int(NOW.timestamp()) - 1}, "HL4271"),
        ({"expires": int((NOW + timedelta(days=30)).timestamp())}, "HL4271"),
    ],
    ids=["no device", "never enrolled", "unknown form", "another respondent", "over", "a month"],
)
def test_what_no_terminal_would_show_opens_nothing(
    central: CentreUnderTest, client: Any, changes: dict[str, Any], number: str
) -> None:
    phone = Phone(client, code_of(shown(central), NOW, **changes)).open()
    assert number in phone.text()
    assert phone.answer.status_code in (404, 410)
    assert not phone.page.moves


def test_a_code_of_another_key_or_of_a_revoked_device_opens_nothing(
    central: CentreUnderTest, client: Any
) -> None:
    made = shown(central)
    forged = Phone(client, code_of(made, NOW, SigningKey(bytes(32)))).open()
    assert "HL4270" in forged.text()
    phone = Phone(client, code_of(made, NOW)).open().rate(result="1", service="1")
    with writing(central.engine) as connection:
        connection.execute(update(devices).where(devices.c.id == "kiosk-1").values(state="revoked"))
    phone.send("gui")
    assert (phone.answer.status_code, here(central)) == (404, [])
    assert "HL4270" in phone.text()


def test_nothing_of_the_phone_is_kept(central: CentreUnderTest, client: Any) -> None:
    answer = Phone(client, code_of(shown(central), NOW)).open().answer
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    assert "script" not in answer.text
    assert "script" not in answer.headers["content-security-policy"]
    assert len(answer.content) <= 20 * 1024
    assert "src=" not in answer.text, "one request"


def test_a_form_of_another_site_is_refused(central: CentreUnderTest, client: Any) -> None:
    code = code_of(shown(central), NOW)
    answer = client.post(f"/p/{code}", data={"lam": "gui"}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert "HL4240" in answer.text


def test_how_often_a_code_may_ask_is_counted_by_the_code(central: CentreUnderTest, client: Any) -> None:
    central.centre.web.codes = Rates(burst=2, a_second=0.0)
    one, other = (code_of(shown(central, number), NOW) for number in (1, 2))
    assert [Phone(client, one).open().answer.status_code for _ in range(3)] == [200, 200, 429]
    assert Phone(client, other).open().answer.status_code == 200, "an office has one address"


@pytest.mark.parametrize("text", ["A", "%00", "A" * 2500, "a" * 300, "ÄÖ", "A=B", "=" * 64, "A" * 300])
def test_made_up_codes_open_nothing(client: Any, text: str) -> None:
    answer = client.get(f"/p/{text}")
    assert answer.status_code in (400, 404)
    assert "Traceback" not in answer.text


def test_whoever_may_be_several_says_who_they_are(central: CentreUnderTest, client: Any) -> None:
    phone = Phone(client, code_of(shown(central), NOW, respondents=("citizen", "organisation"))).open()
    assert phone.page.offered == {"cho_ai": ["citizen", "organisation"]}
    phone.send("tiep", cho_ai="staff")
    assert phone.page.offered == {"cho_ai": ["citizen", "organisation"]}
    phone.send("tiep", cho_ai="organisation").rate(result="5", service="5").send("gui")
    assert [each.respondent for each in here(central)] == ["organisation"]


def test_a_backup_holds_no_word_in_clear(central: CentreUnderTest, client: Any, tmp_path: Path) -> None:
    if central.url is not None:
        pytest.skip("the file of SQLite is what a backup copies")
    phone = Phone(client, code_of(shown(central, 1, CASE), NOW)).open().rate(result="1", service="1")
    phone.send("tiep").send("tiep", unsatisfied=CANARY).send("tiep").send("gui")
    back_up(central.engine, tmp_path / "backup.db")
    data = (tmp_path / "backup.db").read_bytes()
    assert PHONES.encode() in data
    assert CANARY.encode() not in data
    assert CASE.encode() not in data


def test_the_answer_is_pulled_with_its_channel(central: CentreUnderTest, client: Any) -> None:
    answered(client, code_of(shown(central), NOW))
    headers = {"Authorization": f"Bearer {central.token(role='admin')}"}
    items = client.get("/v1/responses", headers=headers).json()["items"]
    assert [item["response"]["channel"] for item in items] == ["phone"]


def test_an_answer_after_the_backup_is_carried_over_and_stays_the_first(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    trust(central)
    back_up(central.engine, tmp_path / "copy")
    made = shown(central, 1, CASE, outcome="complete")
    with TestClient(central.app) as client:
        answered(client, code_of(made, NOW))
    before = here(central)
    central.close()
    restore(tmp_path / "copy", central.address, By("an administrator", NOW + timedelta(hours=1)))
    central.open()
    assert here(central) == before
    with reading(central.engine) as connection:
        assert connection.execute(select(devices.c.kind).where(devices.c.id == PHONES)).scalar() == "phone"
    assert send(central, made) == "duplicate"
    assert here(central) == before
    with TestClient(central.app) as client:
        assert "Xin chân thành cảm ơn" in Phone(client, code_of(made, NOW)).open().text()


@pytest.mark.parametrize("written", [b"%ED%A0%80", b"%FF%FE", b"%00", b"a%0D%0Ab", b"x" * 5000])
def test_whatever_bytes_are_written_are_sealed_or_left_out(
    central: CentreUnderTest, client: Any, written: bytes
) -> None:
    phone = Phone(client, code_of(shown(central), NOW)).open().rate(result="1", service="1")
    kept = b"&".join(f"{name}={value}".encode() for name, value in phone.page.filled)
    form = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
    answer = client.post(
        phone.page.action, content=kept + b"&c.unsatisfied=" + written + b"&lam=gui", headers=form
    )
    assert answer.status_code == 200
    (stored,) = here(central)
    assert stored.answers == {"result": 1, "service": 1}
    if stored.sealed is not None:
        assert open_words(stored.sealed, central.keys.sealing_keys()).keys() == {"unsatisfied"}


def test_a_code_is_over_once_its_plan_was_closed(central: CentreUnderTest, client: Any) -> None:
    code = code_of(replace(shown(central), plan="dot-mot"), NOW)
    assert "Mã này đã hết hạn" not in Phone(client, code).open().text()
    put_closed(central.engine, "dot-mot")
    assert "Mã này đã hết hạn" in Phone(client, code).open().text()

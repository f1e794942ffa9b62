"""Letters to organisations: made from a list, sent, answered by form or link, reminded, emptied, restored."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from sqlalchemy import select

from sync.central.figures.closing import what_blocks, what_is_noted
from sync.central.figures.plan_rounds import read_round, read_work
from sync.central.figures.plans import read_forms
from sync.central.intake.ingest import REPEATED
from sync.central.office.audit import chain
from sync.central.office.audit.acts import By, acting
from sync.central.office.backup import back_up, restore
from sync.central.office.letter_rows import empty_letters
from sync.central.office.paper import entering, lots
from sync.central.office.paper.asked import new_id
from sync.central.office.paper.listing import lot_state
from sync.central.office.phone.walk import Said
from sync.central.office.post import sending
from sync.central.office.post.addressed import SealedOrganisation, open_letters
from sync.central.office.post.answering import open_letter, store_letter_answer
from sync.central.office.post.letters import count_states, letters_of, waiting
from sync.central.office.sample.emptying import KEPT_DAYS
from sync.central.store.database import reading, writing
from sync.central.store.letter_tables import letters
from sync.central.store.schema import audit, set_aside
from sync.contract.canonical import decode_response
from sync.contract.problem import ProblemError
from sync.contract.response import Response
from tests.support import post
from tests.support.paper import form, lot_of, put_closed, put_plan
from tests.support.phone import Phone
from tests.support.wire import NOW, CentreUnderTest

DAY = NOW.date()
ENDS = DAY + timedelta(days=30)
ALL = 5


@pytest.fixture
def posted(central: CentreUnderTest) -> CentreUnderTest:
    """A centre with five letters, forms 1 to 5, that were numbered and sent."""
    put_plan(central.engine, post.post_plan(starts=date(2026, 2, 1), ends=ENDS))
    act(central, post.made, central.keys, ALL)
    act(central, sending.number_letters, post.MAILING, number="08/STP-VP", day=DAY, one_each=True, account=1)
    act(central, sending.send_letters, post.MAILING, post.some(range(1, ALL + 1)), day=DAY, account=1)
    return central


def act(central: CentreUnderTest, change: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    with acting(central.engine, By("account 1", central.now())) as doing:
        return change(doing, *arguments, **named)


def answer(central: CentreUnderTest, number: int, **answers: int) -> None:
    """Answer through the link of this letter."""
    said = Said(answers={"result": 5, "service": 4, **answers}, words={"more": "một lời"})
    with writing(central.engine) as connection:
        store_letter_answer(
            connection,
            post.codes(ALL)[number - 1],
            said,
            "vi",
            now=central.now(),
            keys=central.keys,
            random_bytes=bytes,
        )


def lot(central: CentreUnderTest) -> str:
    made = lot_of(post.ASKED, way="handed", channel="post", day=DAY, last=ALL)
    return str(act(central, lots.open_lot, made, account=1).id)


def key(central: CentreUnderTest, of: str, number: int) -> str:
    keyed = form(number, respondent="organisation")
    return str(act(central, entering.key_form, of, keyed, account=1))


def states(central: CentreUnderTest) -> list[str]:
    with reading(central.engine) as connection:
        return [letter.state for letter in letters_of(connection, post.PLAN)]


def stored(central: CentreUnderTest) -> list[Response]:
    return [decode_response(body) for body in central.stored()]


def lines(central: CentreUnderTest) -> list[str]:
    with reading(central.engine) as connection:
        assert chain.verify(connection)[1] is None
        rows = connection.execute(select(audit).order_by(audit.c.number)).all()
    return [f"{row.act} {row.subject}: {row.detail}" for row in rows if row.act.startswith("letter")]


# --- the office's side -------------------------------------------------------------------------------


def test_each_letter_gets_a_form_a_number_a_postal_code_and_a_link(posted: CentreUnderTest) -> None:
    with reading(posted.engine) as connection:
        found = letters_of(connection, post.PLAN, {post.ASKED.unit})
        assert letters_of(connection, post.PLAN, {"phuong-hai"}) == ()
    assert [letter.form for letter in found] == [1, 2, 3, 4, 5]
    assert [letter.number for letter in found] == [f"{n:02}/STP-VP" for n in (8, 9, 10, 11, 12)]
    assert {letter.signed_on for letter in found} == {DAY}
    assert found[2].postal_code == "EB000000003VN"
    assert count_states(found)["sent"] == ALL
    assert lines(posted) == [
        "letters-make kien-hung-2020 nhan-ket-qua phuong-mot: 1-5",
        f"letters-number kien-hung-2020 nhan-ket-qua phuong-mot: 08/STP-VP {DAY}: 1 2 3 4 5",
        f"letters-send kien-hung-2020 nhan-ket-qua phuong-mot: {DAY}: 1 2 3 4 5",
    ]


def test_one_address_is_opened_by_its_number_and_leaves_a_line(posted: CentreUnderTest) -> None:
    keys = posted.keys.sealing_keys()
    opened = act(posted, sending.reveal_letter, post.MAILING, 3, keys)
    listed = post.list_file(ALL).decode().splitlines()[3]
    assert all(part and part in listed for part in (opened.name, opened.address))
    assert lines(posted)[-1] == "letter-address kien-hung-2020 nhan-ket-qua phuong-mot: 3"
    for form_number, known, problem in ((9, keys, "HL4345"), (3, {}, "HL4347")):
        with pytest.raises(ProblemError, match=problem):
            act(posted, sending.reveal_letter, post.MAILING, form_number, known)
    assert not any(opened.name in line for line in lines(posted))


def test_a_letter_that_nobody_answered_is_noted_and_one_that_was_not_sent_keeps_a_plan_open(
    posted: CentreUnderTest,
) -> None:
    plan = post.post_plan(starts=date(2026, 2, 1), ends=ENDS)
    key(posted, lot(posted), 1)
    act(posted, sending.mark_letter, post.MAILING, 2, "undelivered", day=DAY, account=1)
    made = act(posted, post.made, posted.keys, 2, after=100)
    after = ENDS + timedelta(days=1)
    with reading(posted.engine) as connection:
        work = read_work(connection, plan, read_round(connection, plan, after), after)
    assert made == 2
    assert (work.unsent, work.unanswered) == (2, 3)
    assert work.batches == [f"{DAY.day}/{DAY.month}/{DAY.year} (1–{ALL})"]
    assert ("letters", 2) in [(each.cause, each.there) for each in what_blocks(plan, work)]
    assert [(each.cause, each.there) for each in what_is_noted(plan, work)] == [("unanswered", 3)]
    assert what_is_noted(plan, replace(work, today=ENDS)) == (), "they may still answer"


def test_letters_that_are_made_twice_are_made_once(central: CentreUnderTest) -> None:
    put_plan(central.engine, post.post_plan(starts=date(2026, 2, 1), ends=ENDS))
    id = new_id()
    for _ in range(2):
        assert act(central, post.made, central.keys, 3, id=id) == 3
    assert states(central) == ["draft"] * 3
    assert act(central, sending.discard_drafts, post.MAILING) == 3
    assert states(central) == []
    with pytest.raises(ProblemError, match="HL4348"):
        act(central, sending.discard_drafts, post.MAILING)


def test_a_group_that_is_not_asked_by_post_gets_no_letters(central: CentreUnderTest) -> None:
    plan = post.post_plan(starts=date(2026, 2, 1), ends=ENDS)
    put_plan(central.engine, replace(plan, groups=(replace(plan.groups[0], channels=("paper",)),)))
    with pytest.raises(ProblemError, match="HL4343"):
        act(central, post.made, central.keys, 3)


def test_a_letter_goes_only_where_it_can(posted: CentreUnderTest) -> None:
    def mark(number: int, how: str, day: date = DAY) -> None:
        act(posted, sending.mark_letter, post.MAILING, number, how, day=day, account=1)

    mark(1, "undelivered")
    mark(2, "lost")
    answer(posted, 3)
    with pytest.raises(ProblemError, match="HL4344"):
        mark(3, "undelivered")
    with pytest.raises(ProblemError, match=r"HL4346.*chưa đến"):
        mark(4, "lost", DAY + timedelta(days=1))
    with pytest.raises(ProblemError, match="HL4345"):
        mark(9, "lost")
    with pytest.raises(ProblemError, match="HL4344"):
        act(posted, sending.send_letters, post.MAILING, post.some([3]), day=DAY, account=1)
    mark(2, "undelivered")
    assert states(posted) == ["undelivered", "undelivered", "link", "sent", "sent"]
    act(posted, sending.send_letters, post.MAILING, post.some([1]), day=DAY, account=1)
    assert states(posted) == ["sent", "undelivered", "link", "sent", "sent"]


def test_a_reminder_goes_to_those_who_have_not_answered_with_the_same_link(posted: CentreUnderTest) -> None:
    answer(posted, 1)
    key(posted, lot(posted), 2)
    act(posted, sending.mark_letter, post.MAILING, 3, "undelivered", day=DAY, account=1)
    closed = act(posted, sending.remind, post.MAILING, number="20/STP-VP", day=DAY, account=1)
    opened = open_letters(closed, posted.keys.sealing_keys())
    assert [(each.letter.form, each.name) for each in opened] == [(4, "Sở Ví Dụ 4"), (5, post.CANARIES[0])]
    assert [each.code for each in opened] == list(post.codes(ALL)[3:])
    assert states(posted) == ["link", "form", "undelivered", "reminded", "reminded"]
    with reading(posted.engine) as connection:
        assert [each.form for each in waiting(letters_of(connection, post.PLAN))] == [4, 5]
    assert lines(posted)[-1].endswith(f"20/STP-VP {DAY}: 4 5")


# --- answers -----------------------------------------------------------------------------------------


def test_an_answer_by_link_is_a_response_by_post_of_an_organisation(posted: CentreUnderTest) -> None:
    answer(posted, 2)
    (response,) = stored(posted)
    assert (response.channel, response.respondent, response.plan) == ("post", "organisation", post.PLAN)
    assert (response.device, response.seq, response.tag) == ("centre-phone-phuong-mot", 1, None)
    assert response.sealed is not None
    with reading(posted.engine) as connection:
        plan = post.post_plan(starts=date(2026, 2, 1), ends=ENDS)
        assert read_forms(connection, plan) == {(post.GROUP, post.ASKED.unit): 1}
    with pytest.raises(ProblemError, match="HL4342"):
        answer(posted, 2)
    assert states(posted) == ["sent", "link", "sent", "sent", "sent"]


def test_a_form_that_comes_after_the_link_is_kept_apart(posted: CentreUnderTest) -> None:
    answer(posted, 1)
    of = lot(posted)
    assert key(posted, of, 1) == ""
    assert key(posted, of, 2)
    assert len(stored(posted)) == 2
    assert states(posted)[:2] == ["link", "form"]
    with reading(posted.engine) as connection:
        state = lot_state(connection, of)
        apart = connection.execute(select(set_aside.c.status)).scalars().all()
    assert (state.valid, state.invalid, list(apart)) == (1, {"repeated": 1}, [REPEATED])


def test_a_link_after_the_form_is_refused_and_a_form_that_is_taken_back_frees_it(
    posted: CentreUnderTest,
) -> None:
    of = lot(posted)
    key(posted, of, 1)
    with pytest.raises(ProblemError, match="HL4342"):
        answer(posted, 1)
    again = form(1, respondent="organisation", answers={"result": 2, "service": 2})
    assert act(posted, entering.key_again, of, again, reason="gõ nhầm", account=1)
    with pytest.raises(ProblemError, match="HL4342"):
        answer(posted, 1)
    act(posted, entering.make_invalid, of, 1, reason="two-levels", account=1)
    assert states(posted)[0] == "form"
    answer(posted, 1)
    assert states(posted)[0] == "link"


def test_an_invalid_form_came_back_too(posted: CentreUnderTest) -> None:
    of = lot(posted)
    act(posted, entering.note_invalid, of, token="e" * 32, number=4, reason="blank", account=1)
    assert states(posted)[3] == "form"


def test_a_link_is_open_on_the_days_of_the_group_alone(posted: CentreUnderTest) -> None:
    code = post.codes(1)[0]
    with reading(posted.engine) as connection:
        assert open_letter(connection, code.lower(), NOW).form == 1
        for days in (-40, 31):
            with pytest.raises(ProblemError, match="HL4341"):
                open_letter(connection, code, NOW + timedelta(days=days))
        for wrong in ("", code[:-1], code[:-1] + "Z", "É" * 26):
            with pytest.raises(ProblemError, match="HL4340"):
                open_letter(connection, wrong, NOW)


# --- what stays --------------------------------------------------------------------------------------


def test_no_name_address_or_link_is_in_clear_in_any_file_of_the_centre(
    posted: CentreUnderTest, tmp_path: Path
) -> None:
    answer(posted, 1)
    act(posted, sending.print_letters, post.MAILING)
    back_up(posted.engine, tmp_path / "backup")
    links = post.codes(ALL)
    for path in (*posted.folder.rglob("*"), tmp_path / "backup"):
        assert post.without_canaries(path.read_bytes() if path.is_file() else b"", links), path
    with reading(posted.engine) as connection:
        everything = repr([connection.execute(select(table)).all() for table in (letters, audit)])
    assert post.without_canaries(everything.encode(), links)


def test_organisations_and_links_are_removed_some_time_after_the_plan(posted: CentreUnderTest) -> None:
    def emptied(days: int) -> int:
        with acting(posted.engine, By("night", NOW + timedelta(days=days))) as doing:
            return empty_letters(doing, {post.PLAN: DAY})

    assert [emptied(days) for days in (KEPT_DAYS, KEPT_DAYS + 1, KEPT_DAYS + 2)] == [0, ALL, 0]
    with reading(posted.engine) as connection:
        found = letters_of(connection, post.PLAN)
        with pytest.raises(ProblemError, match="HL4340"):
            open_letter(connection, post.codes(1)[0], NOW)
    assert {(letter.state, letter.has_address) for letter in found} == {("sent", False)}
    closed = act(posted, sending.print_letters, post.MAILING)
    with pytest.raises(ProblemError, match="HL4347"):
        open_letters(closed, posted.keys.sealing_keys())


def test_what_became_of_letters_after_a_backup_outlives_its_restore(
    posted: CentreUnderTest, tmp_path: Path
) -> None:
    if posted.url:
        pytest.skip("restoring on PostgreSQL is tested with all of it")
    more = new_id()
    act(posted, post_more, posted.keys, more)
    backup = tmp_path / "backup"
    back_up(posted.engine, backup)
    posted.now = lambda: NOW + timedelta(hours=1)
    answer(posted, 1)
    of = lot(posted)
    key(posted, of, 2)
    act(posted, sending.discard_drafts, post.MAILING)
    before = states(posted)
    assert before == ["link", "form", "sent", "sent", "sent"]
    posted.close()
    restore(backup, posted.address, By("test", posted.now()))
    posted.open()
    assert states(posted) == before
    assert key(posted, of, 1) == ""  # the first answer is still the first
    with pytest.raises(ProblemError, match="HL4342"):
        answer(posted, 2)


def post_more(doing: Any, keys: Any, id: str) -> int:
    """Letters to other organisations."""
    others = [
        SealedOrganisation(each.sealed, bytes(31) + bytes([number]))
        for number, each in enumerate(post.organisations(keys, 2))
    ]
    return sending.make_letters(doing, post.ASKED, others, id=id, account=1)


# --- the link's page ---------------------------------------------------------------------------------


def test_a_link_opens_the_form_without_a_script_and_thanks_once_it_is_answered(
    posted: CentreUnderTest,
) -> None:
    code = post.codes(ALL)[2]
    with TestClient(posted.app) as client:
        page = Phone(client, code)
        for address in (f"/t/{code.lower()}", f"/T/{code}"):
            page.address = address
            page.open()
            assert (page.answer.status_code, "<script" in page.answer.text) == (200, False)
            assert len(page.answer.content) < 20_000
            assert "set-cookie" not in page.answer.headers
        pressed_twice = page.rate(result="4", service="5").page
        for _ in range(2):
            page.page = pressed_twice
            page.send("gui")
            assert (page.answer.status_code, "cảm ơn" in page.text()) == (200, True)
        again = Phone(client, code)
        again.address = f"/t/{code.lower()}"
        assert "cảm ơn" in again.open().text()
        unknown = Phone(client, "A" * 26)
        unknown.address = f"/t/{'A' * 26}"
        assert (unknown.open().answer.status_code, "HL4340" in unknown.text()) == (404, True)
    (response,) = stored(posted)
    assert (response.answers["result"], response.answers["service"]) == (4, 5)
    assert states(posted)[2] == "link"


def test_a_link_is_over_once_its_plan_was_closed(posted: CentreUnderTest) -> None:
    put_closed(posted.engine, post.PLAN)
    with pytest.raises(ProblemError, match="HL4341"):
        answer(posted, 1)

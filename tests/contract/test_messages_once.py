"""Each message arrives once: over four processes, fifty kills, stalls, refusals and lost answers."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from multiprocessing.context import ForkServerProcess

from sqlalchemy import insert, select

from sync.central.office.messages.identity import Content, Key, message_id
from sync.central.office.messages.outbox import claim, hand_over, milliseconds, put, settle
from sync.central.office.messages.retries import LEASE, After, State
from sync.central.office.messages.sending import send_waiting
from sync.central.office.messages.settings import MailSettings
from sync.central.store.database import reading, writing
from sync.central.store.outgoing import deliveries, messages, subscriptions
from sync.central.store.storage import Storage
from tests.support.mail_server import mail_server
from tests.support.message_worker import SITE, carry_on, sender_for
from tests.support.own_process import started
from tests.support.people import make_person
from tests.support.wire import NOW, CentreUnderTest

WORKERS, KILLS = 4, 50
MONDAY = date(2026, 3, 2)


def subscriber(central: CentreUnderTest, login: str = "nguyen.mau") -> int:
    account = make_person(central, login, ("viewer", ""), password=None)
    with writing(central.engine) as connection:
        row = {"account": account, "since": 0, "kinds": '["monday"]', "address": f"{login}@example.vn"}
        connection.execute(insert(subscriptions).values(row))
    return account


def key(account: int, subject: str = "phuong-mot") -> Key:
    return Key(kind="monday", subject=subject, due=MONDAY, recipient=account)


def make(central: CentreUnderTest, keys: Sequence[Key]) -> None:
    with writing(central.engine) as connection:
        for each in keys:
            assert put(connection, each, Content(f"Tin {each.subject}"), fell_due=NOW, now=NOW)


def states(central: CentreUnderTest) -> Counter[str]:
    with reading(central.engine) as connection:
        return Counter(connection.execute(select(deliveries.c.state)).scalars())


def test_a_message_is_made_once_for_its_key(central: CentreUnderTest) -> None:
    account = subscriber(central)
    make(central, [key(account)])
    with writing(central.engine) as connection:
        assert not put(connection, key(account), Content("Lần nữa"), fell_due=NOW, now=NOW)
        assert len(connection.execute(select(messages)).all()) == 1


def test_four_workers_and_fifty_kills_deliver_each_message_once(central: CentreUnderTest) -> None:
    account, lease = subscriber(central), timedelta(seconds=1)
    keys = [key(account, f"xa-{number}") for number in range(KILLS * 3)]
    make(central, keys)
    dice = random.Random(16)

    def worker(mail: MailSettings) -> ForkServerProcess:
        return started(carry_on, central.address, mail, lease)

    with mail_server(seconds=0.005) as server:
        workers = [worker(server.settings) for _ in range(WORKERS)]
        try:
            for kill in range(KILLS):
                assert server.wait_for(2 * (kill + 1))
                at = dice.randrange(WORKERS)
                workers[at].kill()
                workers[at].join()
                workers[at] = worker(server.settings)
            while open_deliveries(central):
                workers[0].join(0.05)
        finally:
            for each in workers:
                each.kill()
                each.join()
        assert set(server.accepted.values()) == {1}
        # A person who looks finds each unsure one in the mailbox, or sends it again.
        sent = Counter(states(central))
        assert sent["sent"] + sent["unsure"] == len(keys)
        again = [made for made in keys if f"<{message_id(made, SITE)}@example.vn>" not in server.accepted]
        assert len(again) <= sent["unsure"] <= KILLS
        with writing(central.engine) as connection:
            for missing in again:
                number = select(messages.c.id).where(messages.c.subject == missing.subject).scalar_subquery()
                row = deliveries.update().where(deliveries.c.message == number)
                done = connection.execute(row.where(deliveries.c.state == "unsure").values(state="waiting"))
                assert done.rowcount == 1
        send_waiting(sender_for(Storage(central.engine), server.settings, lease=lease))
        assert len(server.accepted) == len(keys)
        assert set(server.accepted.values()) == {1}


def open_deliveries(central: CentreUnderTest) -> bool:
    found = states(central)
    return any(found[state] for state in (State.WAITING, State.CLAIMED, State.HANDING))


def test_a_process_that_goes_on_after_its_claim_was_given_up_hands_nothing_over(
    central: CentreUnderTest,
) -> None:
    make(central, [key(subscriber(central))])
    later = NOW + LEASE + timedelta(seconds=1)
    with writing(central.engine) as connection:
        stalled = claim(connection, {"mail"}, NOW)
        assert stalled
        assert claim(connection, {"mail"}, NOW) is None
        taken = claim(connection, {"mail"}, later)
        assert taken
        assert taken.message == stalled.message
        assert not hand_over(connection, stalled, later)
        assert hand_over(connection, taken, later)
        settle(connection, stalled, After(State.FAILED), later)
    assert states(central) == {"handing": 1}


def test_what_was_handed_over_without_an_answer_is_not_sent_again_by_itself(central: CentreUnderTest) -> None:
    make(central, [key(subscriber(central))])
    later = NOW + LEASE + timedelta(seconds=1)
    with writing(central.engine) as connection:
        claimed = claim(connection, {"mail"}, NOW)
        assert claimed
        assert hand_over(connection, claimed, NOW)
    with mail_server() as server:
        storage = Storage(central.engine)
        send_waiting(sender_for(storage, server.settings, lease=LEASE, now=later))
        assert server.mails == []
        assert states(central) == {"unsure": 1}
        with writing(central.engine) as connection:  # the answer came after all
            settle(connection, claimed, After(State.SENT), later)
        assert states(central) == {"sent": 1}


def test_a_refusal_is_tried_again_later_or_is_final(central: CentreUnderTest) -> None:
    account = subscriber(central)
    make(central, [key(account, "mot"), key(account, "hai")])
    storage = Storage(central.engine)
    with mail_server() as server:
        server.answers = ["451 Later", "550 Never"]
        done = send_waiting(sender_for(storage, server.settings, lease=LEASE, now=NOW))
        assert done == {State.WAITING: 1, State.FAILED: 1}
        assert send_waiting(sender_for(storage, server.settings, lease=LEASE, now=NOW)) == {}
        later = NOW + timedelta(minutes=2)
        assert send_waiting(sender_for(storage, server.settings, lease=LEASE, now=later)) == {State.SENT: 1}
        assert len(server.mails) == 1
    with reading(central.engine) as connection:
        rows = connection.execute(select(deliveries.c.state, deliveries.c.why)).all()
    assert sorted(map(tuple, rows)) == [("failed", "máy chủ thư trả lời 550"), ("sent", "")]


def test_a_server_that_is_away_costs_one_try_a_round_and_no_other_message_its_turn(
    central: CentreUnderTest,
) -> None:
    account = subscriber(central)
    make(central, [key(account, "mot"), key(account, "hai")])
    with mail_server() as server:
        settings = server.settings
    done = send_waiting(sender_for(Storage(central.engine), settings, lease=LEASE, now=NOW))
    assert done == {State.WAITING: 1}
    with reading(central.engine) as connection:
        rows = connection.execute(
            select(deliveries.c.tries, deliveries.c.next_at).order_by(deliveries.c.tries)
        )
        assert [(row.tries, row.next_at - milliseconds(NOW)) for row in rows] == [(0, 0), (1, 60_000)]

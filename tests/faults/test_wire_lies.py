"""Agent and centre with a network between them that lies; the agent is also stopped and started at will.

The oracle: what the tablet believes to be acknowledged is at the centre with the very same bytes; what is at
the centre is there once; `seq` has no gap; and once the network tells the truth, everything is there.
"""

import gzip
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from random import Random

import httpx
import msgspec
import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from nacl.signing import SigningKey
from typer.testing import CliRunner

from sync.agent.__main__ import OFFER_AGAIN, app
from sync.agent.identity import Identity, load_identity
from sync.agent.pushing import POSTPONED_AGAIN, STEADY, Delivered, Idle, Pusher, Step
from sync.agent.retry import Verdict
from sync.agent.sending import Answer, Refused, Sender, Wire
from sync.central.office.audit.acts import By, acting
from sync.central.office.devices import revoke
from sync.central.office.removal import forget
from sync.contract.batch import BATCH_LIMIT, BatchReply, Receipt
from sync.contract.bundle import PublicKeys
from sync.contract.canonical import canonical_bytes, digest
from sync.contract.problem.wire import BODY_UNREADABLE
from sync.contract.response import Response
from sync.contract.signing import Call, sign_request
from sync.outbox import Outbox, OutboxReader, Receipts, StoredResponse
from tests.support import lying_network as lies
from tests.support.lying_network import Lie, LyingNetwork
from tests.support.receipts import status_of
from tests.support.wire import NOW, CentreUnderTest, fill_outbox, visit

VISITS = 60


class Scene:
    """A tablet with VISITS visits, an enrolled agent, a network and a centre."""

    def __init__(self, folder: Path, central: CentreUnderTest, honest: httpx.Client, seed: int) -> None:
        self.folder = folder
        self.central = central
        central.enrolled(honest, "kiosk-1", folder / "agent")
        self.visits = fill_outbox(folder / "outbox", VISITS)
        self.network = LyingNetwork(honest._transport, [lies.honest], Random(seed))
        self.client = httpx.Client(transport=self.network, base_url="http://testserver")
        self.receipts = Receipts(folder / "agent")

    def pusher(
        self,
        wire: type[Wire] = Wire,
        limit: int = BATCH_LIMIT,
        *,
        kind: type[Pusher] = Pusher,
        now: Callable[[], datetime] = lambda: NOW,
        asked: Path | None = None,
    ) -> Pusher:
        """A new start of the agent: nothing is left of the one before but what is on disk."""
        self.receipts.close()
        self.receipts = Receipts(self.folder / "agent")
        sender = Sender(wire(self.client, now), load_identity(self.folder / "agent"))
        outbox = OutboxReader(self.folder / "outbox")
        return kind(outbox, self.receipts, sender, now, limit=limit, asked=asked)

    def drain(self, pusher: Pusher) -> None:
        """Step with an honest network until all is told."""
        self.network.lies = [lies.honest]
        for _ in range(10 * VISITS):
            if isinstance(pusher.step(), Idle):
                return
        raise AssertionError("it never became idle")

    def judge(self) -> None:
        """The oracle."""
        there = [msgspec.json.decode(body, type=Response) for body in self.central.stored()]
        at_centre = {response.seq: body for response, body in zip(there, self.central.stored(), strict=True)}
        assert len(at_centre) == len(there), "something is there twice"
        written = {response.seq: canonical_bytes(response) for response in self.visits}
        assert all(written[seq] == body for seq, body in at_centre.items()), "other bytes"
        view = self.receipts.view
        believed = {seq for seq in written if status_of(view, seq) == "stored"}
        assert believed <= set(at_centre), "acknowledged, and not at the centre"

    def judge_all_there(self) -> None:
        """The oracle, and nothing is missing or set aside."""
        self.judge()
        assert len(self.central.stored()) == VISITS
        assert self.receipts.through == VISITS
        assert not self.receipts.view.set_aside


@pytest.fixture
def client(central: CentreUnderTest) -> Iterator[httpx.Client]:
    with TestClient(central.app) as found:
        yield found


ALL_LIES: list[Lie] = [
    lies.honest,
    lies.lost_request,
    lies.lost_answer,
    lies.twice,
    lies.portal,
    lies.redirect,
    lies.cut_answer,
    lies.bent_answer,
    lies.bent_request,
    lies.cut_request,
    lies.dropping("content-encoding"),
    lies.changing("content-encoding", "identity"),
    lies.changing("host", "elsewhere.example"),
    lies.status(500),
    lies.status(404),
    lies.status(413),
    lies.status(400, b'{"type":"urn:hailong:problem:HL4003","number":"HL4003"}'),
]


@pytest.mark.parametrize("seed", range(12))
def test_whatever_the_network_does_nothing_is_lost_doubled_or_believed_falsely(
    central: CentreUnderTest, client: httpx.Client, tmp_path: Path, seed: int
) -> None:
    scene = Scene(tmp_path, central, client, seed)
    random = Random(seed)
    scene.network.lies = [*ALL_LIES, lies.Replay()]
    pusher = scene.pusher(limit=7)
    for _ in range(40):
        pusher.step()
        scene.judge()
        if random.random() < 0.2:
            pusher = scene.pusher(limit=7)
    scene.drain(pusher)
    scene.judge_all_there()


class Gullible(Wire):
    """The control: believes any 200."""

    def _checked(self, answer: Answer, *_: object) -> Answer:
        return answer


def forged(scene: Scene) -> Lie:
    """Whoever stands between answers as the centre would, and throws the batch away."""

    def lie(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        body = gzip.decompress(request.read())
        batch = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        raws = msgspec.json.decode(batch["responses"], type=list[msgspec.Raw])
        responses = [msgspec.json.decode(raw, type=Response) for raw in raws]
        reply = BatchReply(
            receipts=tuple(
                Receipt(id=response.id, seq=response.seq, status="stored", digest=digest(bytes(raw)))
                for response, raw in zip(responses, raws, strict=True)
            ),
            request=digest(request.read()),
            epoch=1,
            held=((1, VISITS),),
            server_time=NOW,
        )
        return lies.answering(200, msgspec.json.encode(reply))

    return lie


def test_a_perfect_forgery_is_not_believed(
    central: CentreUnderTest, client: httpx.Client, tmp_path: Path
) -> None:
    scene = Scene(tmp_path, central, client, 0)
    scene.network.lies = [forged(scene)]
    pusher = scene.pusher()
    step = pusher.step()
    assert isinstance(step, Refused)
    assert step.problem.number == "HL4105"
    scene.drain(pusher)
    scene.judge_all_there()


def test_control_an_agent_that_checks_no_signature_loses_everything(
    central: CentreUnderTest, client: httpx.Client, tmp_path: Path
) -> None:
    scene = Scene(tmp_path, central, client, 0)
    scene.network.lies = [forged(scene)]
    scene.pusher(Gullible).step()
    with pytest.raises(AssertionError, match="acknowledged, and not at the centre"):
        scene.judge()


def test_no_status_from_between_makes_the_agent_give_up_or_set_anything_aside() -> None:
    identity = Identity("kiosk-1", SigningKey(bytes(32)), PublicKeys())
    for number in range(300, 600):
        network = httpx.MockTransport(lambda _, number=number: lies.answering(number))
        wire = Wire(httpx.Client(transport=network), lambda: NOW)
        refused = wire.ask(
            "POST", "http://centre/", b"", key=identity.key, key_id="kiosk-1", trusted=lambda _: {}
        )
        assert isinstance(refused, Refused)
        assert not refused.signed
        if number in (304, 408, 425, 429) or number >= 500 or number < 400:
            assert refused.verdict is Verdict.AGAIN
        else:
            assert refused.verdict is (Verdict.SMALLER if number == 413 else Verdict.PAUSE)


def test_a_storm_of_every_status_loses_and_doubles_nothing(
    central: CentreUnderTest, client: httpx.Client, tmp_path: Path
) -> None:
    scene = Scene(tmp_path, central, client, 0)
    pusher = scene.pusher(limit=7)
    for number in range(400, 600):
        scene.network.lies = [
            lies.status(number),
            lies.status(number, b'{"number":"HL4004"}'),
            lies.lost_answer,
        ]
        pusher.step()
        scene.judge()
    assert not scene.receipts.view.set_aside
    scene.drain(pusher)
    scene.judge_all_there()


class Hasty(Pusher):
    """The control: marks what it is about to send."""

    def _step(self) -> Step:
        self._store(
            [Receipt(id=each.id, seq=each.seq, status="stored", digest=each.digest) for each in self._next()]
        )
        return Delivered(0)


def test_control_an_agent_that_marks_before_it_is_told_loses_what_did_not_arrive(
    central: CentreUnderTest, client: httpx.Client, tmp_path: Path
) -> None:
    scene = Scene(tmp_path, central, client, 0)
    scene.network.lies = [lies.lost_request]
    scene.pusher(kind=Hasty).step()
    with pytest.raises(AssertionError, match="acknowledged, and not at the centre"):
        scene.judge()


YEARS = [NOW.replace(year=1970), NOW.replace(year=2099), NOW - timedelta(seconds=1), NOW]


def test_clocks_of_1970_and_2099_that_also_run_backwards_lose_and_double_nothing(
    central: CentreUnderTest, client: httpx.Client, tmp_path: Path
) -> None:
    scene = Scene(tmp_path, central, client, 0)
    clock = cycle(YEARS)
    scene.network.lies = [lies.honest, lies.lost_answer, lies.status(503)]
    pusher = scene.pusher(limit=7, now=lambda: next(clock))
    for _ in range(12):
        pusher.step()
        scene.judge()
    scene.drain(pusher)
    scene.judge_all_there()


# --- who is not the device ----------------------------------------------------------------------------------


def recorded(scene: Scene) -> httpx.Request:
    """A request of the tablet as it went over the wire."""
    seen: list[httpx.Request] = []

    def listen(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        request.read()
        seen.append(request)
        return lies.lost_request(inner, request)

    scene.network.lies = [listen]
    scene.pusher().step()
    return seen[-1]


def again(scene: Scene, request: httpx.Request, **headers: str) -> httpx.Response:
    """The centre's answer to the same bytes."""
    scene.network.lies = [lies.honest]
    return scene.client.post("/v1/batches", content=request.content, headers={**request.headers, **headers})


def test_a_request_signed_anew_by_another_is_refused_and_stores_nothing(
    central: CentreUnderTest, client: httpx.Client, tmp_path: Path
) -> None:
    scene = Scene(tmp_path, central, client, 0)
    central.enrolled(client, "kiosk-2", tmp_path / "other")
    request = recorded(scene)
    other = load_identity(tmp_path / "other")
    for key, key_id, number in (
        (SigningKey(bytes(32)), "kiosk-1", "HL4018"),
        (other.key, "kiosk-1", "HL4018"),
        (other.key, "kiosk-2", "HL4009"),
        (other.key, "kiosk-3", "HL4018"),
    ):
        call = Call("POST", "/v1/batches", request.headers)
        created = int(NOW.timestamp())
        signed = sign_request(key, key_id, call, request.content, created=created, nonce=bytes(16))
        answer = again(scene, request, **{name.lower(): value for name, value in signed.items()})
        assert answer.json()["number"] == number
    assert central.stored() == []
    scene.drain(scene.pusher())
    scene.judge_all_there()


def test_a_request_that_is_replayed_years_later_changes_nothing_and_brings_back_nothing(
    central: CentreUnderTest, client: httpx.Client, tmp_path: Path
) -> None:
    scene = Scene(tmp_path, central, client, 0)
    request = recorded(scene)
    scene.drain(scene.pusher())
    with acting(central.engine, By("test", NOW)) as act:
        forget(act, id=scene.visits[0].id)
    central.now = lambda: NOW + timedelta(days=1000)
    central.open()
    with TestClient(central.app) as later:
        for _ in range(3):
            answer = later.post("/v1/batches", content=request.content, headers=dict(request.headers))
            assert answer.status_code == 200
    assert len(central.stored()) == VISITS - 1
    assert canonical_bytes(scene.visits[0]) not in central.stored()


def test_a_narrow_door_makes_batches_smaller_and_everything_still_passes(
    central: CentreUnderTest, client: httpx.Client, tmp_path: Path
) -> None:
    scene = Scene(tmp_path, central, client, 0)
    scene.network.lies = [lies.at_most(1500)]
    pusher = scene.pusher()
    for _ in range(10 * VISITS):
        if isinstance(pusher.step(), Idle):
            break
    scene.judge_all_there()


def test_a_door_too_narrow_for_one_response_is_waited_for_and_nothing_is_set_aside(
    central: CentreUnderTest, client: httpx.Client, tmp_path: Path
) -> None:
    scene = Scene(tmp_path, central, client, 0)
    scene.network.lies = [lies.at_most(10)]
    pusher = scene.pusher()
    steps = [pusher.step() for _ in range(30)]
    assert isinstance(steps[-1], Refused)
    assert not scene.receipts.view.set_aside
    scene.drain(pusher)
    scene.judge_all_there()


@pytest.mark.parametrize(
    "lie",
    [
        lies.dropping("content-encoding"),
        lies.changing("content-encoding", "identity"),
        lies.changing("content-type", "text/plain"),
        lies.dropping("hailong-uptime"),
        lies.changing("host", "elsewhere.example"),
    ],
)
def test_who_drops_or_changes_a_header_field_settles_nothing_and_an_alarm_shows_it(
    central: CentreUnderTest, client: httpx.Client, tmp_path: Path, lie: Lie
) -> None:
    scene = Scene(tmp_path, central, client, 0)
    scene.network.lies = [lie]
    pusher = scene.pusher()
    for _ in range(20):
        assert isinstance(pusher.step(), Refused)
    assert (scene.receipts.through, scene.receipts.view.set_aside) == (0, {})
    assert noted(scene).startswith("HL4115 centre mã 401, không có chữ ký: HL4018")
    scene.drain(pusher)
    scene.judge_all_there()
    assert noted(scene) == ""


def noted(scene: Scene) -> str:
    """What the agent remembers as wrong."""
    wrong = scene.receipts.view.notes.problem
    return wrong.brief() if wrong else ""


UNREADABLE = "00000384-0000-4000-8000-000000000000"


def test_one_response_that_can_not_be_read_waits_with_an_alarm_and_the_others_pass(
    central: CentreUnderTest, client: httpx.Client, tmp_path: Path
) -> None:
    scene = Scene(tmp_path, central, client, 0)
    outbox = Outbox(tmp_path / "outbox", "kiosk-1", clock=lambda: NOW)
    outbox.append(replace(visit(900), id=UNREADABLE))
    after = outbox.append(visit(901))
    outbox.close()
    now = NOW
    pusher = scene.pusher(now=lambda: now)
    scene.drain(pusher)
    assert canonical_bytes(after) in central.stored()
    assert len(central.stored()) == VISITS + 1
    assert (pusher.step(), pusher.waiting()) == (Idle(postponed=1), 1), "only a receipt is final"
    assert scene.receipts.view.set_aside == {}
    assert noted(scene).startswith("HL4003")
    now += timedelta(seconds=POSTPONED_AGAIN)
    tried: list[httpx.Request] = []

    def listen(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        tried.append(request)
        return lies.honest(inner, request)

    scene.network.lies = [listen]
    while not isinstance(step := pusher.step(), Idle):
        pass
    assert (len(tried), step) == (1, Idle(postponed=1)), "it is tried again every now and then"


def test_where_one_response_after_the_other_is_refused_it_backs_off_and_none_is_given_up(
    central: CentreUnderTest, client: httpx.Client, tmp_path: Path
) -> None:
    """A centre that refuses everything, signed: the fault is not the responses'."""
    scene = Scene(tmp_path, central, client, 0)
    outbox = Outbox(tmp_path / "outbox", "kiosk-1", clock=lambda: NOW)
    for number in range(2 * STEADY):
        outbox.append(replace(visit(900 + number), id=f"{number:08x}{UNREADABLE[8:]}"))
    outbox.close()
    pusher = scene.pusher()
    scene.network.lies = [lies.honest]
    steps = [pusher.step() for _ in range(200)]
    assert sum(isinstance(step, Refused) for step in steps) == STEADY + 1
    assert steps[-1] == Idle(postponed=2 * STEADY)
    assert len(central.stored()) == VISITS
    assert scene.receipts.view.set_aside == {}


def test_whoever_asks_for_it_by_command_has_everything_that_is_set_aside_offered_again(
    central: CentreUnderTest, client: httpx.Client, tmp_path: Path
) -> None:
    scene = Scene(tmp_path, central, client, 0)
    asked = tmp_path / "agent" / OFFER_AGAIN
    pusher = scene.pusher(asked=asked)
    config = tmp_path / "agent.toml"
    config.write_text(
        'centre = "https://centre.example"\ndevice = "kiosk-1"\noutbox = "outbox"\nfolder = "agent"\n'
    )
    aside = [
        Receipt(id=visit.id, seq=visit.seq, status="refused", digest="", problem=BODY_UNREADABLE())
        for visit in scene.visits[:6]
    ]
    scene.receipts.add(aside)
    scene.drain(pusher)
    assert len(central.stored()) == VISITS - 6
    done = CliRunner().invoke(app, ["--config", str(config), "offer-again"])  # while the agent runs
    assert (done.exit_code, "6 phiếu" in done.stdout) == (0, True), done.output
    scene.drain(pusher)
    assert not asked.exists()
    scene.judge_all_there()


def test_a_stolen_key_after_revocation_stores_nothing(
    central: CentreUnderTest, client: httpx.Client, tmp_path: Path
) -> None:
    scene = Scene(tmp_path, central, client, 0)
    with acting(central.engine, By("test", NOW)) as act:
        revoke(act, device="kiosk-1", reason="stolen")
    scene.drain(scene.pusher())
    assert central.stored() == []
    assert len(scene.receipts.view.set_aside) == VISITS


def test_a_response_changed_on_the_tablet_after_it_was_sent_is_a_conflict_and_both_are_kept(
    central: CentreUnderTest, client: httpx.Client, tmp_path: Path
) -> None:
    scene = Scene(tmp_path, central, client, 0)
    scene.drain(scene.pusher())
    forged_body = canonical_bytes(replace(scene.visits[0], answers={"result": 1, "service": 1}))
    sender = Sender(Wire(scene.client, lambda: NOW), load_identity(tmp_path / "agent"))
    reply = sender.push([StoredResponse(1, scene.visits[0].id, forged_body, digest(forged_body))])
    assert isinstance(reply, BatchReply)
    assert reply.receipts[0].status == "conflict"
    scene.judge_all_there()

"""Who is between centre and devices, or asks for a signature, gets nothing that he could use."""

from random import Random

import httpx
import pytest
from msgspec.structs import replace
from nacl.signing import SigningKey

from sync.agent.identity import load_identity
from sync.agent.retry import Verdict
from sync.agent.sending import Refused, Sender, Wire
from sync.contract.batch import BatchReply
from sync.host.clock import local_now
from tests.support import lying_network as lies
from tests.support.lying_network import Lie, LyingNetwork
from tests.support.served import ServedCentre, Tablet


@pytest.fixture(scope="module")
def tablet(served: ServedCentre) -> Tablet:
    """One device for all of these."""
    return served.device("phuong-mot")


def through(served: ServedCentre, tablet: Tablet, lie: Lie) -> Tablet:
    """The same device, with a proxy between it and the centre."""
    transport = LyingNetwork(httpx.HTTPTransport(), [lie], Random(0))
    client = httpx.Client(base_url=served.address, transport=transport)
    identity = load_identity(served.folder / "devices" / tablet.device)
    return Tablet(tablet.device, tablet.ward, Sender(Wire(client, local_now), identity))


@pytest.mark.parametrize("name", ["content-encoding", "content-type", "hailong-uptime"])
def test_a_proxy_that_drops_a_header_field_makes_nothing_final(
    served: ServedCentre, tablet: Tablet, name: str
) -> None:
    visit = tablet.visit()
    answer = through(served, tablet, lies.dropping(name)).push(visit)
    assert isinstance(answer, Refused)
    assert (answer.problem.number, answer.verdict, answer.signed) == ("HL4115", Verdict.PAUSE, False)
    reply = tablet.push(visit)
    assert isinstance(reply, BatchReply)
    assert [each.status for each in reply.receipts] == ["stored"], "the centre has not seen it before"


def test_a_request_for_another_host_or_a_target_spelt_in_another_way_is_refused(
    served: ServedCentre, tablet: Tablet
) -> None:

    def respell(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(raw_path=request.url.raw_path.replace(b"batches", b"%62atches"))
        return lies.honest(inner, request)

    for lie in (lies.changing("host", "elsewhere.example"), respell):
        answer = through(served, tablet, lie).push(tablet.visit())
        assert isinstance(answer, Refused)
        assert answer.problem.number == "HL4115"


def test_nobody_has_an_answer_signed_by_asking_for_it(served: ServedCentre, tablet: Tablet) -> None:
    asking = {"Signature-Input": "x", "Signature": "hailong=:victimsig:"}
    analyst = served.token("analyst", "phuong-mot")
    forged = Sender(tablet.sender._wire, replace(tablet.sender._identity, key=SigningKey(bytes(32))))
    answers = [
        served.client.get("/health", headers=asking),
        served.client.get("/v1/keys", headers=asking),
        served.client.get("/nowhere", headers=asking),
        served.client.post("/v1/batches", headers=asking),
        served.client.post("/v1/enrol", headers=asking, content=b"{}"),
        served.get("/v1/responses?format=ndjson", analyst, **asking),
        served.get("/odata/Responses", analyst, **asking),
    ]
    for answer in answers:
        assert not {"signature", "signature-input", "centre-key"} & set(answer.headers), answer.url
    refused = forged.push([])
    assert isinstance(refused, Refused)
    assert not refused.signed

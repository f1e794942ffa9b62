"""A device with a good key and a bad will: what it may not say counts nowhere, and stops nobody else."""

from msgspec.structs import replace

from sync.contract.batch import BatchReply
from sync.contract.canonical import canonical_bytes, digest
from sync.contract.response import Response
from sync.outbox import StoredResponse
from tests.support.served import ServedCentre, Tablet


def sent(tablet: Tablet, response: Response, body: bytes) -> BatchReply:
    answer = tablet.sender.push([StoredResponse(response.seq, response.id, body, digest(body))])
    assert isinstance(answer, BatchReply)
    return answer


def test_a_tablet_of_one_ward_counts_in_no_other(served: ServedCentre) -> None:
    tablet = served.device("phuong-mot")
    own, other = tablet.visit(), tablet.visit(result=1)
    assert other.tag
    other = replace(other, tag=replace(other.tag, unit="phuong-hai", officer="b01"))
    answer = tablet.push(own, other)
    assert isinstance(answer, BatchReply)
    assert [each.status for each in answer.receipts] == ["stored", "held"]
    problem = answer.receipts[1].problem
    assert problem
    assert problem.number == "HL4050"
    pulled = served.get("/v1/responses?format=ndjson&unit=phuong-hai", served.token("admin")).text
    assert other.id not in pulled


def test_an_id_that_ends_in_a_line_break_reaches_no_table(served: ServedCentre) -> None:
    tablet = served.device("phuong-mot")
    bent = replace(tablet.visit(), plan="ke-hoach\n")
    assert [each.status for each in sent(tablet, bent, canonical_bytes(bent)).receipts] == ["refused"]
    token = served.token("admin")
    assert served.get("/v1/responses?format=xlsx", token).status_code == 200
    assert "ke-hoach" not in served.get("/v1/responses?format=csv", token).text


def test_made_up_answers_draw_a_short_reply(served: ServedCentre) -> None:
    tablet = served.device("phuong-mot")
    first = replace(tablet.visit(), answers={f"a{number:05}": 1 for number in range(60_000)})
    answer = sent(tablet, first, canonical_bytes(first))
    (receipt,) = answer.receipts
    assert receipt.status == "refused"
    assert receipt.problem
    assert len(receipt.problem.detail) <= 1000
    good = tablet.visit()
    again = tablet.push(good)
    assert isinstance(again, BatchReply)
    assert [each.status for each in again.receipts] == ["stored"]

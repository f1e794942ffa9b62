"""The newest configuration: checked, compared and issued; decoded once, and sent where it changed."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from litestar.testing import TestClient
from sqlalchemy import func, select, update

from sync.agent.identity import load_identity
from sync.agent.sending import Sender, Wire
from sync.central.office.audit.acts import By, acting
from sync.central.office.backup import back_up, restore
from sync.central.office.bundle import Contents, Difference, compare, issue, newest
from sync.central.office.keys.by_unit import keep_list
from sync.central.office.names import NameBook
from sync.central.office.rated import MarkedList
from sync.central.store.database import open_database, reading, writing
from sync.central.store.schema import bundles
from sync.contract.batch import BatchReply
from sync.contract.bundle import Case, Cases, bundle_files, read_bundle
from sync.contract.canonical import canonical_bytes, digest
from sync.contract.case_box import seal_case
from sync.contract.problem import ProblemError
from sync.outbox import StoredResponse
from tests.support.wire import NOW, CentreUnderTest, visit, write_bundle

UNIT, KEY = "phuong-mot", bytes(range(32))
FIRST, SECOND = "a" * 32, "b" * 32
ISSUED = "issued = 2026-03-01T00:00:00Z"


@pytest.fixture
def sender(central: CentreUnderTest, tmp_path: Path) -> Iterator[Sender]:
    """A terminal of the unit."""
    client: httpx.Client
    with TestClient(central.app) as client:
        yield central.enrolled(client, "kiosk-1", tmp_path / "agent")


def contents(central: CentreUnderTest) -> Contents:
    with reading(central.engine) as connection:
        issued = newest(connection)
    assert issued is not None
    return issued.contents


def texts(central: CentreUnderTest, version: int, officer: str = "Cán bộ Một") -> dict[str, str]:
    """The files of the bundle in place under another version, with this officer."""
    before = bundle_files(central.folder / "bundle")
    changed = before["catalogue.toml"].replace("Cán bộ Một", officer)
    numbered = before["bundle.toml"].replace("version = 1", f"version = {version}")
    return {**before, "bundle.toml": numbered, "catalogue.toml": changed}


def issued(central: CentreUnderTest, files: dict[str, str]) -> Difference:
    with acting(central.engine, By("test", NOW)) as act:
        return issue(act, files)[1]


# --- decoded once -------------------------------------------------------------------------------------------


def test_a_bundle_is_decoded_once_however_often_it_is_asked_for(central: CentreUnderTest) -> None:
    first, second = contents(central), contents(central)
    assert first is second
    assert first.catalogue is second.catalogue
    assert [officer.name for officer in first.catalogue.officers] == ["Cán bộ Một"]


def test_the_newest_bundle_is_the_one_in_the_database_whichever_process_issued_it(
    central: CentreUnderTest, tmp_path: Path, run: Callable[..., str]
) -> None:
    before = contents(central)
    said = run("init", "--bundle", str(write_bundle(tmp_path / "next", version=2, devices=("kiosk-1",))))
    assert contents(central) is not before
    assert [device.id for device in contents(central).catalogue.devices] == ["kiosk-1"]
    assert "đổi: bundle.toml\n  đổi: catalogue.toml" in said
    other = open_database(central.address)
    with reading(other) as connection:
        found = newest(connection)
    other.dispose()
    assert found is not None
    assert found.version == 2


def test_the_newest_bundle_is_the_one_in_the_database_after_a_restore(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    back_up(central.engine, tmp_path / "backup")
    issued(central, texts(central, 2, "Cán bộ Hai"))
    assert contents(central).catalogue.officers[0].name == "Cán bộ Hai"
    central.close()
    restore(tmp_path / "backup", central.address, By("test", NOW))
    central.open()
    assert contents(central).catalogue.officers[0].name == "Cán bộ Một"
    # The same version as before, with other texts.
    issued(central, texts(central, 2, "Cán bộ Ba"))
    assert contents(central).catalogue.officers[0].name == "Cán bộ Ba"


def test_the_newest_bundle_is_the_one_of_its_own_database(central: CentreUnderTest, tmp_path: Path) -> None:
    other = CentreUnderTest(tmp_path / "other")
    issued(central, texts(central, 2, "Cán bộ Hai"))
    issued(other, texts(other, 2, "Cán bộ Ba"))
    for each, name in ((central, "Cán bộ Hai"), (other, "Cán bộ Ba")):
        assert contents(each).catalogue.officers[0].name == name
    other.close()


def test_names_follow_a_bundle_of_the_same_version_with_other_texts(central: CentreUnderTest) -> None:
    book = NameBook()
    issued(central, texts(central, 2, "Cán bộ Hai"))
    with reading(central.engine) as connection:
        assert book.read(connection).officers["a01"] == "Cán bộ Hai"
    replace_newest(central, texts(central, 2, "Cán bộ Ba"))
    with reading(central.engine) as connection:
        assert book.read(connection).officers["a01"] == "Cán bộ Ba"


def replace_newest(central: CentreUnderTest, files: dict[str, str]) -> None:
    """What a restored backup in which version 2 is another one looks like to a process that goes on."""
    body = msgspec.json.encode(files, order="sorted").decode()
    later = (NOW + timedelta(seconds=1)).isoformat()
    with writing(central.engine) as connection:
        connection.execute(update(bundles).where(bundles.c.version == 2).values(files=body, issued_at=later))


# --- checked, compared, issued ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "number"),
    [
        ("note.toml", "x = 1", "HL1016"),
        ("cases.json", "{}", "HL1014"),
        ("catalogue.toml", "units = 1", "HL1003"),
        ("surveys/kien-hung.toml", "not toml", "HL1002"),
        (
            "bundle.toml",
            "version = 2\nissued = 2026-03-01T00:00:00Z\nexpires = 2026-03-01T00:00:00Z",
            "HL1008",
        ),
        (
            "bundle.toml",
            "version = 0\nissued = 2026-03-01T00:00:00Z\nexpires = 2046-03-01T00:00:00Z",
            "HL1008",
        ),
    ],
)
def test_what_is_issued_is_checked_whole_first_and_a_bundle_that_is_refused_changes_nothing(
    central: CentreUnderTest, name: str, text: str, number: str
) -> None:
    before = contents(central)
    with pytest.raises(ProblemError) as caught:
        issued(central, {**texts(central, 2), name: text})
    assert caught.value.problem.number == number
    assert caught.value.problem.where.startswith(name)
    assert contents(central) is before
    with reading(central.engine) as connection:
        assert connection.execute(select(func.count()).select_from(bundles)).scalar() == 1


def test_a_bundle_is_compared_with_the_one_before(central: CentreUnderTest) -> None:
    first = texts(central, 2)
    assert issued(central, first) == Difference(added=(), changed=("bundle.toml",), removed=())
    second = {**texts(central, 3), "settings.toml": "repeat_days = 7\n"}
    assert issued(central, second) == Difference(("settings.toml",), ("bundle.toml",), ())
    assert not issued(central, second)
    assert compare(second, first) == Difference((), ("bundle.toml",), ("settings.toml",))
    with reading(central.engine) as connection:
        assert connection.execute(select(bundles.c.version)).scalars().all() == [1, 2, 3]


# --- what a terminal gets -----------------------------------------------------------------------------------


def test_what_a_terminal_has_already_is_neither_put_together_nor_sent_again(
    central: CentreUnderTest, sender: Sender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_list(central.folder / "keys", UNIT, KEY, [Case(FIRST)])
    put_together: list[str] = []
    cases = MarkedList.cases

    def counted(listed: MarkedList) -> Cases:
        put_together.append(listed.unit)
        return cases(listed)

    monkeypatch.setattr(MarkedList, "cases", counted)
    tag = fetched(sender)[1]
    assert sender.config(tag) is None
    assert sender.config(tag) is None
    assert put_together == [UNIT]
    # A process that has just started has made none yet: the same configuration has the same tag.
    central.open()
    with TestClient(central.app) as client:
        again = Sender(Wire(client, lambda: NOW), load_identity(tmp_path / "agent"))
        assert again.config(tag) is None


def fetched(sender: Sender, known: str = "") -> tuple[Sequence[Case], str]:
    """The case list of a configuration that is sent, and the configuration's tag."""
    answer = sender.config(known)
    assert isinstance(answer, tuple), answer
    text = answer[0].files.get("cases.json", "{}")
    return msgspec.json.decode(text, type=Cases).case, answer[1]


def test_organisations_are_in_a_file_of_their_own_and_never_in_the_case_list(
    central: CentreUnderTest, sender: Sender
) -> None:
    keep_list(central.folder / "keys", UNIT, KEY, [Case(FIRST), Case(SECOND)], [SECOND])
    answer = sender.config("")
    assert isinstance(answer, tuple), answer
    bundle = read_bundle(answer[0].files)
    assert bundle.organisations == {SECOND}
    assert msgspec.json.decode(answer[0].files["cases.json"]).keys() == {"key", "public", "case"}
    keep_list(central.folder / "keys", UNIT, KEY, [Case(FIRST), Case(SECOND)])
    changed = sender.config(answer[1])
    assert isinstance(changed, tuple), changed
    assert "organisations.json" not in changed[0].files


def test_whatever_changes_reaches_a_terminal_with_its_next_question(
    central: CentreUnderTest, sender: Sender
) -> None:
    listed, tag = fetched(sender)
    assert not listed
    keep_list(central.folder / "keys", UNIT, KEY, [Case(FIRST)])
    listed, tag = fetched(sender, tag)
    assert listed == (Case(FIRST),)
    keep_list(central.folder / "keys", UNIT, KEY, [Case(FIRST), Case(SECOND)])
    listed, tag = fetched(sender, tag)
    assert listed == (Case(FIRST), Case(SECOND))
    rate(central, sender, SECOND)
    listed, tag = fetched(sender, tag)
    assert listed == (Case(FIRST), Case(SECOND, rated=True))
    issued(central, texts(central, 2, "Cán bộ Hai"))
    _, tag = fetched(sender, tag)
    replace_newest(central, texts(central, 2, "Cán bộ Ba"))
    _, tag = fetched(sender, tag)
    assert sender.config(tag) is None


def rate(central: CentreUnderTest, sender: Sender, case: str) -> None:
    """A visit of that terminal, sent and stored, which rated this case."""
    made = visit(1, seq=1)
    assert made.tag is not None
    tag = msgspec.structs.replace(made.tag, cases=(seal_case(case, central.keys.case_public()),))
    body = canonical_bytes(msgspec.structs.replace(made, tag=tag))
    assert isinstance(sender.push([StoredResponse(1, made.id, body, digest(body))]), BatchReply)

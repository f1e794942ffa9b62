"""The newest configuration: a folder is checked, compared and taken in; what it changed is sent."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import httpx
import msgspec
import pytest
from litestar.testing import TestClient
from sqlalchemy import select

from sync.agent.identity import load_identity
from sync.agent.sending import Sender, Wire
from sync.central.office.audit.acts import By, acting
from sync.central.office.backup import back_up, restore
from sync.central.office.bundle import Difference, issue
from sync.central.office.configuration.row_queries import whole_catalogue
from sync.central.office.configuration.versions import Bundles, files_of
from sync.central.office.keys.by_unit import keep_list
from sync.central.office.names import NameBook
from sync.central.office.rated import MarkedList
from sync.central.store.database import reading
from sync.central.store.schema import bundles
from sync.central.store.storage import Storage
from sync.contract.batch import BatchReply
from sync.contract.bundle import Case, Cases, bundle_files, read_bundle
from sync.contract.canonical import canonical_bytes, digest
from sync.contract.case_box import seal_case
from sync.contract.catalogue import Catalogue
from sync.contract.files import decode_toml
from sync.contract.problem import ProblemError
from sync.outbox import StoredResponse
from tests.support.wire import NOW, CentreUnderTest, visit, write_bundle

UNIT, KEY = "phuong-mot", bytes(range(32))
FIRST, SECOND = "a" * 32, "b" * 32


@pytest.fixture
def sender(central: CentreUnderTest, tmp_path: Path) -> Iterator[Sender]:
    """A terminal of the unit."""
    client: httpx.Client
    with TestClient(central.app) as client:
        yield central.enrolled(client, "kiosk-1", tmp_path / "agent")


def officers(central: CentreUnderTest, bundled: Bundles | None = None) -> list[str]:
    """The names of the officers that terminals of the unit get now."""
    storage = Storage(central.engine)
    issued = (bundled or Bundles()).newest(storage, UNIT, NOW)
    assert issued is not None
    with reading(central.engine) as connection:
        files = files_of(connection, issued)
    return [officer.name for officer in decode_toml(files["catalogue.toml"], Catalogue, "").officers]


def texts(central: CentreUnderTest, version: int, officer: str = "Cán bộ Một") -> dict[str, str]:
    """The files of the folder in place under another version, with this officer."""
    before = bundle_files(central.folder / "bundle")
    changed = before["catalogue.toml"].replace("Cán bộ Một", officer)
    numbered = before["bundle.toml"].replace("version = 1", f"version = {version}")
    return {**before, "bundle.toml": numbered, "catalogue.toml": changed}


def issued(central: CentreUnderTest, files: dict[str, str]) -> Difference:
    with acting(central.engine, By("test", NOW)) as act:
        return issue(act, files)[1]


# --- noticed ------------------------------------------------------------------------------------------------


def test_a_change_is_noticed_by_every_process_from_its_next_question_on(
    central: CentreUnderTest, tmp_path: Path, run: Callable[..., str]
) -> None:
    here, there = Bundles(), Bundles()
    assert officers(central, here) == officers(central, there) == ["Cán bộ Một"]
    folder = write_bundle(tmp_path / "next", version=2, devices=("kiosk-1",))
    catalogue = (folder / "catalogue.toml").read_text("utf-8").replace("Cán bộ Một", "Cán bộ Hai")
    (folder / "catalogue.toml").write_text(catalogue, "utf-8")
    assert "đổi: cán bộ a01" in run("init", "--bundle", str(folder))
    assert officers(central, here) == officers(central, there) == ["Cán bộ Hai"]


def test_a_restored_backup_is_noticed(central: CentreUnderTest, tmp_path: Path) -> None:
    bundled = Bundles()
    back_up(central.engine, tmp_path / "backup")
    issued(central, texts(central, 2, "Cán bộ Hai"))
    assert officers(central, bundled) == ["Cán bộ Hai"]
    central.close()
    restore(tmp_path / "backup", central.address, By("test", NOW))
    central.open()
    assert officers(central, bundled) == ["Cán bộ Một"]


def test_the_newest_bundle_is_the_one_of_its_own_database(central: CentreUnderTest, tmp_path: Path) -> None:
    other = CentreUnderTest(tmp_path / "other")
    issued(central, texts(central, 2, "Cán bộ Hai"))
    issued(other, texts(other, 2, "Cán bộ Ba"))
    for each, name in ((central, "Cán bộ Hai"), (other, "Cán bộ Ba")):
        assert officers(each) == [name]
    other.close()


def test_names_follow_the_configuration(central: CentreUnderTest) -> None:
    book = NameBook()
    for version, name in ((2, "Cán bộ Hai"), (3, "Cán bộ Ba")):
        issued(central, texts(central, version, name))
        with reading(central.engine) as connection:
            assert book.read(connection).officers["a01"] == name


def test_an_officer_who_left_keeps_a_name(central: CentreUnderTest) -> None:
    files = texts(central, 2)
    before, _, _ = files["catalogue.toml"].partition("[[officers]]")
    issued(central, {**files, "catalogue.toml": before})
    assert officers(central) == []
    with reading(central.engine) as connection:
        assert NameBook().read(connection).officers == {"a01": "Cán bộ Một"}


# --- checked, compared, taken in ----------------------------------------------------------------------------


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
    ],
)
def test_what_is_issued_is_checked_whole_first_and_a_bundle_that_is_refused_changes_nothing(
    central: CentreUnderTest, name: str, text: str, number: str
) -> None:
    with pytest.raises(ProblemError) as caught:
        issued(central, {**texts(central, 2, "Cán bộ Hai"), name: text})
    assert caught.value.problem.number == number
    assert caught.value.problem.where.startswith(name)
    with reading(central.engine) as connection:
        assert [officer.name for officer in whole_catalogue(connection).officers] == ["Cán bộ Một"]


def test_another_folder_under_a_version_that_is_not_newer_is_refused(central: CentreUnderTest) -> None:
    with pytest.raises(ProblemError) as caught:
        issued(central, texts(central, 1, "Cán bộ Hai"))
    assert (caught.value.problem.number, caught.value.problem.where) == ("HL1008", "bundle.toml")
    assert officers(central) == ["Cán bộ Một"]


def test_the_same_folder_again_changes_nothing(central: CentreUnderTest) -> None:
    assert officers(central) == ["Cán bộ Một"]
    assert not issued(central, texts(central, 1))
    assert officers(central) == ["Cán bộ Một"]
    with reading(central.engine) as connection:
        assert connection.execute(select(bundles.c.version)).scalars().all() == [1]


def test_a_folder_is_compared_with_the_rows_there_are(central: CentreUnderTest) -> None:
    second = texts(central, 2, "Cán bộ Hai")
    second["catalogue.toml"] += '[[counters]]\nid = "1"\nunit = "phuong-mot"\nname.vi = "Quầy 1"\n'
    second["catalogue.toml"] += '[[devices]]\nid = "kiosk-9"\nkind = "terminal"\nunit = "phuong-mot"\n'
    assert issued(central, second) == Difference(
        ("counters phuong-mot 1", "devices kiosk-9"), ("officers a01",), ()
    )
    assert issued(central, texts(central, 3)) == Difference((), ("officers a01",), ("counters phuong-mot 1",))


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


def test_known_applicants_are_in_files_of_their_own_and_never_in_the_case_list(
    central: CentreUnderTest, sender: Sender
) -> None:
    keep_list(central.folder / "keys", UNIT, KEY, [Case(FIRST), Case(SECOND)], [SECOND], [FIRST])
    answer = sender.config("")
    assert isinstance(answer, tuple), answer
    bundle = read_bundle(answer[0].files)
    assert (bundle.organisations, bundle.citizens) == (frozenset({SECOND}), frozenset({FIRST}))
    assert msgspec.json.decode(answer[0].files["cases.json"]).keys() == {"key", "public", "case"}
    keep_list(central.folder / "keys", UNIT, KEY, [Case(FIRST), Case(SECOND)])
    changed = sender.config(answer[1])
    assert isinstance(changed, tuple), changed
    assert not {"organisations.json", "citizens.json"} & changed[0].files.keys()


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
    issued(central, texts(central, 3, "Cán bộ Ba"))
    _, tag = fetched(sender, tag)
    assert sender.config(tag) is None


def rate(central: CentreUnderTest, sender: Sender, case: str) -> None:
    """A visit of that terminal, sent and stored, which rated this case."""
    made = visit(1, seq=1)
    assert made.tag is not None
    tag = msgspec.structs.replace(made.tag, cases=(seal_case(case, central.keys.case_public()),))
    body = canonical_bytes(msgspec.structs.replace(made, tag=tag))
    assert isinstance(sender.push([StoredResponse(1, made.id, body, digest(body))]), BatchReply)

import copy
import errno
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tinydb import TinyDB, where
from tinydb.operations import add, delete, increment
from tinydb.storages import MemoryStorage
from tinydb.table import Document, Table

from sync.outbox import journal
from sync.outbox.storage import ForeignJournalError, JournalStorage, create, load
from sync.outbox.table import JournalDB
from tests.support.simulated_disk import SimulatedDisk

PATH = Path("/folder/db.journal")


def on(disk: SimulatedDisk) -> JournalDB:
    return JournalDB(PATH, files=disk)


def lines(disk: SimulatedDisk) -> int:
    return content(disk).count(b"\n")


def content(disk: SimulatedDisk) -> bytes:
    found = bytearray()
    disk.damage(PATH, found.extend)
    return bytes(found)


def test_plain_tinydb_works_on_a_journal(tmp_path: Path) -> None:
    with TinyDB(tmp_path / "new" / "db.journal", storage=JournalStorage, create_dirs=True) as db:
        db.insert_multiple([{"n": 1}, {"n": 2}, {"n": 3}])
        db.update({"n": 5}, where("n") == 2)
        db.remove(where("n") == 3)
        db.table("other").insert({"x": "Một cửa"})
    with TinyDB(tmp_path / "new" / "db.journal", storage=JournalStorage) as db:
        assert db.all() == [{"n": 1}, {"n": 5}]
        assert db.table("other").all() == [{"x": "Một cửa"}]


def test_the_same_file_serves_tinydb_s_own_table_and_the_journal_table(tmp_path: Path) -> None:
    with JournalDB(tmp_path / "db.journal") as db:
        db.insert({"n": 1})
    with TinyDB(tmp_path / "db.journal", storage=JournalStorage) as db:
        db.insert({"n": 2})
    with JournalDB(tmp_path / "db.journal") as db:
        assert db.all() == [{"n": 1}, {"n": 2}]


def test_a_document_changed_in_place_is_committed() -> None:
    disk = SimulatedDisk()
    db = on(disk)
    db.insert_multiple([{"n": 1, "list": [1]}, {"n": 2, "list": [2]}])

    def append_to_list(document: Any) -> None:
        document["list"].append(9)

    db.update(append_to_list, where("n") == 2)
    db.update(increment("n"), doc_ids=[1])
    disk.kill()
    assert on(disk).all() == [{"n": 2, "list": [1]}, {"n": 2, "list": [2, 9]}]


def test_an_operation_that_changes_nothing_writes_nothing() -> None:
    disk = SimulatedDisk()
    db = on(disk)
    db.insert({"n": 1})
    before = len(disk.calls)
    db.update({"n": 1})
    db.remove(where("n") == 7)
    assert "write" not in disk.calls[before:]


def test_an_insert_writes_one_line_and_syncs_once_however_much_is_stored() -> None:
    disk = SimulatedDisk()
    db = on(disk)
    db.insert_multiple([{"n": n} for n in range(1000)])
    before, size = len(disk.calls), len(content(disk))
    db.insert({"n": 1000})
    assert disk.calls[before:] == ["write", "datasync"]
    assert len(content(disk)) - size < 80


def test_what_is_read_is_a_copy() -> None:
    db = on(SimulatedDisk())
    db.insert({"list": [1]})
    db.all()[0]["list"].append(2)
    found = db.get(doc_id=1)
    assert isinstance(found, Document)
    found["list"].append(3)
    read = db.storage.read()
    assert read is not None
    read["_default"]["1"]["list"].append(4)
    assert db.search(where("list").exists()) == [{"list": [1]}]


def test_a_document_that_json_cannot_hold_is_refused_and_nothing_changes() -> None:
    db = on(SimulatedDisk())
    db.insert({"n": 1})
    with pytest.raises(TypeError):
        db.insert({"n": object()})
    with pytest.raises(TypeError):
        db.update({"n": object()})
    assert db.all() == [{"n": 1}]


def test_what_is_changed_together_is_one_commit() -> None:
    disk = SimulatedDisk()
    db = on(disk)
    before = lines(disk)
    storage = db.storage
    assert isinstance(storage, JournalStorage)
    with storage.together():
        db.table("a").insert({"n": 1})
        db.table("b").insert({"n": 2})
    assert lines(disk) == before + 1

    def one_good_one_bad() -> None:
        with storage.together():
            db.table("a").insert({"n": 3})
            db.table("b").insert({"n": object()})

    with pytest.raises(TypeError):
        one_good_one_bad()
    assert lines(disk) == before + 1
    assert (db.table("a").all(), db.table("b").all()) == ([{"n": 1}], [{"n": 2}])


def failing(disk: SimulatedDisk, call: str, code: int = errno.EIO) -> None:
    def fault(name: str, path: Path) -> None:
        if name == call:
            raise OSError(code, "injected")

    disk.faults = fault


def test_after_a_failed_sync_nothing_is_written_through_the_same_storage() -> None:
    disk = SimulatedDisk()
    db = on(disk)
    db.insert({"n": 1})
    failing(disk, "datasync")
    with pytest.raises(OSError, match="injected"):
        db.insert({"n": 2})
    disk.faults = None
    before = len(disk.calls)
    with pytest.raises(OSError, match="earlier write failed"):
        db.insert({"n": 3})
    assert disk.calls[before:] == []
    assert db.all() == [{"n": 1}]


def test_after_a_failed_write_that_was_undone_writing_goes_on() -> None:
    disk = SimulatedDisk()
    db = on(disk)
    db.insert({"n": 1})
    disk.room = disk.used() + 20
    with pytest.raises(OSError, match="no space"):
        db.insert({"n": 2})
    disk.room = None
    db.insert({"n": 3})
    disk.kill()
    assert on(disk).all() == [{"n": 1}, {"n": 3}]


def test_after_a_failed_write_that_could_not_be_undone_nothing_more_is_written() -> None:
    disk = SimulatedDisk()
    db = on(disk)

    def fault(name: str, path: Path) -> None:
        if name in ("write", "truncate"):
            raise OSError(errno.EIO, "injected")

    disk.faults = fault
    with pytest.raises(OSError, match="injected"):
        db.insert({"n": 1})
    disk.faults = None
    with pytest.raises(OSError, match="earlier write failed"):
        db.insert({"n": 2})


@pytest.mark.parametrize("call", ["write", "datasync", "rename", "sync_folder"])
def test_a_file_that_could_not_be_made_leaves_nothing_half_written(call: str) -> None:
    disk = SimulatedDisk()
    failing(disk, call, errno.ENOSPC)
    with pytest.raises(OSError, match="injected"):
        create(disk, PATH, {})
    assert disk.files() == ([PATH] if call == "sync_folder" else [])


def test_a_torn_last_line_is_cut_off() -> None:
    disk = SimulatedDisk()
    db = on(disk)
    db.insert_multiple([{"n": 1}])
    whole = content(disk)
    db.insert({"n": 2})
    disk.kill()

    def tear(data: bytearray) -> None:
        del data[-5:]

    disk.damage(PATH, tear)
    db = on(disk)
    assert db.all() == [{"n": 1}]
    assert content(disk) == whole


def test_a_file_of_zeros_is_an_empty_journal() -> None:
    disk = SimulatedDisk()
    on(disk).close()

    def zeros(data: bytearray) -> None:
        data[:] = bytes(len(data))

    disk.damage(PATH, zeros)
    db = on(disk)
    assert db.all() == []
    db.insert({"n": 1})
    disk.kill()
    assert on(disk).all() == [{"n": 1}]


@pytest.mark.parametrize(
    "data",
    [
        b'{"_default": {"1": {"n": 1}}}',
        b"SQLite format 3\x00",
        journal.encode_line(0, b'{"format":"something-else","version":1}'),
        journal.encode_line(0, b'{"format":"hailong-journal","version":2}'),
        journal.encode_line(0, b'{"format":"hailong-journal","version":1}') + journal.encode_line(1, b"[1]"),
    ],
)
def test_a_foreign_or_newer_file_is_refused_and_not_touched(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "db.journal"
    path.write_bytes(data)
    with pytest.raises(ForeignJournalError):
        JournalStorage(path)
    assert path.read_bytes() == data


def test_every_line_is_json_that_any_tool_reads(tmp_path: Path) -> None:
    with JournalDB(tmp_path / "db.journal") as db:
        db.insert({"text": 'dòng 1\n"dòng 2" \\ \u2028'})
    rows = [json.loads(line) for line in (tmp_path / "db.journal").read_bytes().splitlines()]
    assert [row[1] for row in rows] == [0, 1]
    assert rows[1][3] == {"_default": {"put": {"1": {"text": 'dòng 1\n"dòng 2" \\ \u2028'}}}}


# --- TinyDB's own tables are the model ---------------------------------------------------------------

_keys = st.sampled_from(["a", "b", "c"])
_values = st.one_of(
    st.integers(-5, 5), st.text(max_size=3), st.none(), st.booleans(), st.lists(st.integers(0, 3), max_size=2)
)
_documents = st.dictionaries(_keys, _values, max_size=3)
_ids = st.integers(1, 8)
_conditions = st.builds(lambda key, value: where(key) == value, _keys, st.integers(-5, 5)) | st.builds(
    lambda key: where(key).exists(), _keys
)
_fields = _documents | st.builds(delete, _keys) | st.builds(lambda key: add(key, 1), _keys)
_operations = st.one_of(
    st.tuples(st.just("insert"), _documents),
    st.tuples(st.just("insert"), st.builds(Document, _documents, _ids)),
    st.tuples(st.just("insert_multiple"), st.lists(_documents, max_size=3)),
    st.tuples(st.just("insert_multiple"), st.lists(st.builds(Document, _documents, _ids), max_size=3)),
    st.tuples(st.just("update"), _fields),
    st.tuples(st.just("update"), _fields, _conditions),
    st.tuples(st.just("update"), _fields, st.none(), st.lists(_ids, max_size=3)),
    st.tuples(st.just("update_multiple"), st.lists(st.tuples(_fields, _conditions), max_size=2)),
    st.tuples(st.just("upsert"), _documents, _conditions),
    st.tuples(st.just("upsert"), st.builds(Document, _documents, _ids)),
    st.tuples(st.just("remove"), _conditions),
    st.tuples(st.just("remove"), st.none(), st.lists(_ids, max_size=3)),
    st.tuples(st.just("truncate")),
    st.tuples(st.just("all")),
    st.tuples(st.just("search"), _conditions),
    st.tuples(st.just("get"), _conditions),
    st.tuples(st.just("get"), st.none(), _ids),
    st.tuples(st.just("get"), st.none(), st.none(), st.lists(_ids, max_size=3)),
    st.tuples(st.just("contains"), _conditions),
    st.tuples(st.just("contains"), st.none(), _ids),
    st.tuples(st.just("count"), _conditions),
    st.tuples(st.just("drop_table")),
    st.tuples(st.just("drop_tables")),
    st.tuples(st.just("tables")),
    st.tuples(st.just("reopen")),
)


class CarefulMemory(MemoryStorage):
    """MemoryStorage without its one weakness: an update that raises halfway leaves half of it behind."""

    def read(self) -> Any:
        return copy.deepcopy(self.memory)


def outcome(db: TinyDB, table: str, operation: tuple[Any, ...]) -> Any:
    name, *arguments = operation
    target: Any = db if name in ("drop_table", "drop_tables", "tables") else db.table(table)
    if name == "drop_table":
        arguments = [table]
    try:
        result = getattr(target, name)(*arguments)
    except (KeyError, TypeError, ValueError) as error:
        return type(error)
    ids = [each.doc_id for each in result if isinstance(each, Document)] if isinstance(result, list) else None
    return result, ids


def state(db: TinyDB) -> Any:
    return {
        name: [(document.doc_id, document) for document in Table(db.storage, name)] for name in db.tables()
    }


@settings(max_examples=250, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["one", "two"]), _operations), max_size=25))
def test_every_table_operation_does_what_tinydb_does_and_survives_in_the_journal(
    steps: list[tuple[str, tuple[Any, ...]]],
) -> None:
    disk = SimulatedDisk()
    model, ours, plain = (
        TinyDB(storage=CarefulMemory),
        on(disk),
        TinyDB(Path("/folder/plain"), storage=JournalStorage, files=disk),
    )
    for table, operation in steps:
        if operation[0] == "reopen":
            # A table that is opened anew counts its ids from what it finds.
            model_memory = model.storage
            model, ours = TinyDB(storage=lambda kept=model_memory: kept), on(disk)
            plain = TinyDB(Path("/folder/plain"), storage=JournalStorage, files=disk)
            continue
        expected = outcome(model, table, operation)
        assert outcome(ours, table, operation) == expected
        assert outcome(plain, table, operation) == expected
        assert state(ours) == state(model) == state(plain)
    replayed = load(PATH, content(disk)).tables
    assert {name: list(rows) for name, rows in replayed.items()} == {
        name: [str(doc_id) for doc_id, _ in rows] for name, rows in state(model).items()
    }
    disk.kill()
    assert state(on(disk)) == state(model)

"""JournalTable: TinyDB's Table at the cost of what changed.

TinyDB's own `Table` reads every document and writes every document back for any change. This one gives
TinyDB's updaters a mapping that decodes a document on access and then knows which documents have changed,
including those changed in place. Only these are committed.
"""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any, cast

import msgspec
from tinydb import TinyDB
from tinydb.table import Document, Table

from sync.outbox.journal import Change
from sync.outbox.storage import JournalStorage

_encode = msgspec.json.Encoder().encode
_decode: Callable[[bytes], dict[str, Any]] = msgspec.json.Decoder().decode

Updater = Callable[[dict[int, Mapping[str, Any]]], None]


class JournalTable(Table):
    """A table that commits only what an operation changed. Works on a JournalStorage only.

    There is no query cache unless `cache_size` asks for one: cached documents are shared between callers.
    """

    def __init__(
        self, storage: JournalStorage, name: str, cache_size: int = 0, persist_empty: bool = False
    ) -> None:
        self._journal = storage
        super().__init__(storage, name, cache_size, persist_empty)

    def put(self, document: Document) -> None:
        """Insert `document` under its `doc_id`, replacing a document that has this id."""
        self._update_table(lambda table: table.__setitem__(document.doc_id, dict(document)))

    def _read_table(self) -> dict[str, Mapping[str, Any]]:
        return cast(dict[str, Mapping[str, Any]], _Documents(self._journal.table(self.name) or {}))

    def _update_table(self, updater: Updater) -> None:
        stored = self._journal.table(self.name)
        recorder = _Recorder(stored or {}, self.document_id_class)
        updater(cast(dict[int, Mapping[str, Any]], recorder))
        change = recorder.change()
        if change.put or change.drop or stored is None:
            self._journal.commit({self.name: change})
        self.clear_cache()


class JournalDB(TinyDB):
    """TinyDB on a journal: the arguments are those of JournalStorage."""

    table_class: type[Table] = JournalTable
    default_storage_class = JournalStorage  # type: ignore[assignment] # TinyDB infers type[JSONStorage]


class _Documents(Mapping[str, dict[str, Any]]):
    """A stored table that decodes a document on access: a caller gets a copy."""

    def __init__(self, stored: Mapping[str, bytes]) -> None:
        self._stored = stored

    def __getitem__(self, doc_id: str) -> dict[str, Any]:
        return _decode(self._stored[doc_id])

    def __iter__(self) -> Iterator[str]:
        return iter(self._stored)

    def __len__(self) -> int:
        return len(self._stored)


class _Recorder(MutableMapping[int, dict[str, Any]]):
    """A stored table as an updater sees it. `change` returns what the updater changed."""

    def __init__(self, stored: Mapping[str, bytes], id_class: Callable[[str], int]) -> None:
        self._stored = stored
        self._id_class = id_class
        self._touched: dict[str, dict[str, Any]] = {}
        self._dropped: dict[str, None] = {}

    def __getitem__(self, doc_id: int) -> dict[str, Any]:
        key = str(doc_id)
        if key not in self._touched:
            if key in self._dropped:
                raise KeyError(doc_id)
            try:
                self._touched[key] = _decode(self._stored[key])
            except KeyError:
                raise KeyError(doc_id) from None
        return self._touched[key]

    def __setitem__(self, doc_id: int, document: dict[str, Any]) -> None:
        self._touched[str(doc_id)] = document

    def __delitem__(self, doc_id: int) -> None:
        if doc_id not in self:
            raise KeyError(doc_id)
        key = str(doc_id)
        self._touched.pop(key, None)
        if key in self._stored:
            self._dropped[key] = None

    def __contains__(self, doc_id: object) -> bool:
        key = str(doc_id)
        return key in self._touched or (key in self._stored and key not in self._dropped)

    def __iter__(self) -> Iterator[int]:
        for key in self._stored:
            if key not in self._dropped:
                yield self._id_class(key)
        for key in self._touched:
            if key not in self._stored or key in self._dropped:
                yield self._id_class(key)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def clear(self) -> None:
        self._touched.clear()
        self._dropped = dict.fromkeys(self._stored)

    def change(self) -> Change:
        """The commit that turns the stored table into this one."""
        put = {}
        for key, document in self._touched.items():
            encoded = _encode(document)
            if key in self._dropped or self._stored.get(key) != encoded:
                put[key] = msgspec.Raw(encoded)
        return Change(put=put, drop=list(self._dropped))

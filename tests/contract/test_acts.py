"""Administrative acts: each leaves its line in the audit log in its own transaction, or does not happen."""

import ast
import secrets
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

import sync.central
from sync.central.__main__ import app
from sync.central.office.access import create_token, expire_token, list_tokens, revoke_token
from sync.central.office.audit import chain
from sync.central.office.audit.acts import By, UnrecordedError, acting
from sync.central.office.devices import revoke
from sync.central.office.keys import changes
from sync.central.office.keys.stored import load_keys
from sync.central.store.database import reading
from sync.central.store.schema import audit, devices
from sync.contract.problem import ProblemError
from tests.support.wire import NOW, CentreUnderTest

BY = By("một người", NOW)


def lines(central: CentreUnderTest, *acts: str) -> list[tuple[str, str, str, str]]:
    """What the audit log has of these acts: who, act, subject, detail."""
    c = audit.c
    query = select(c.who, c.act, c.subject, c.detail).where(c.act.in_(acts)).order_by(c.number)
    with reading(central.engine) as connection:
        assert chain.verify(connection)[1] is None
        return [tuple(row) for row in connection.execute(query)]


def state_of(central: CentreUnderTest, device: str) -> str:
    with reading(central.engine) as connection:
        return str(connection.execute(select(devices.c.state).where(devices.c.id == device)).scalar_one())


def command(central: CentreUnderTest, words: Sequence[str]) -> str:
    database = ["--database", central.url] if central.url else []
    result = CliRunner().invoke(app, [*words, "--data", str(central.folder), *database])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_an_act_that_records_nothing_cant_commit(central: CentreUnderTest) -> None:
    before = state_of(central, "kiosk-1")
    with pytest.raises(UnrecordedError), acting(central.engine, BY) as act:
        act.connection.execute(update(devices).where(devices.c.id == "kiosk-1").values(state="revoked"))
    assert state_of(central, "kiosk-1") == before


def test_what_is_recorded_is_committed_with_its_line(central: CentreUnderTest) -> None:
    with acting(central.engine, BY) as act:
        revoke(act, device="kiosk-1", reason="mất máy")
    assert state_of(central, "kiosk-1") == "revoked"
    assert lines(central, "revoke") == [("một người", "revoke", "kiosk-1", "mất máy")]


def test_an_act_that_fails_or_is_taken_back_leaves_neither_a_change_nor_a_line(
    central: CentreUnderTest,
) -> None:
    before = state_of(central, "kiosk-1")
    with acting(central.engine, BY) as act:
        revoke(act, device="kiosk-1", reason="mất máy")
        act.undo()
    assert state_of(central, "kiosk-1") == before

    def revoke_both() -> None:
        with acting(central.engine, BY) as act:
            for device in ("kiosk-1", "no-such-device"):
                revoke(act, device=device, reason="mất máy")

    with pytest.raises(ProblemError, match="HL5004"):
        revoke_both()
    assert state_of(central, "kiosk-1") == before
    assert lines(central, "revoke") == []


def test_a_token_made_in_python_leaves_the_line_that_the_command_leaves(central: CentreUnderTest) -> None:
    words = ("tokens", "create", "--role", "viewer", "--unit", "phuong-mot", "--label", "bảng tin")
    assert command(central, words).startswith("hl_")
    with acting(central.engine, By(chain.operator(), NOW)) as act:
        create_token(
            act,
            token_text=lambda: secrets.token_urlsafe(32),
            role="viewer",
            unit="phuong-mot",
            label="bảng tin",
        )
    made, same = lines(central, "token")
    assert made == same == (chain.operator(), "token", "viewer phuong-mot", "bảng tin")


def test_tokens_are_expired_and_revoked_by_whom_and_why(central: CentreUnderTest) -> None:
    central.token(role="admin")
    later = NOW + timedelta(days=1)
    with acting(central.engine, BY) as act:
        expire_token(act, id=1, at=later)
    with acting(central.engine, BY) as act:
        revoke_token(act, id=1, reason="lộ mã")
    with reading(central.engine) as connection:
        assert [token.state for token in list_tokens(connection, NOW)] == ["revoked"]
    assert lines(central, "token-expire", "token-revoke") == [
        ("một người", "token-expire", "1", later.isoformat()),
        ("một người", "token-revoke", "1", "lộ mã"),
    ]


def test_a_configuration_that_is_taken_in_leaves_a_line(central: CentreUnderTest) -> None:
    command(central, ["init", "--bundle", str(central.folder / "bundle")])
    (line,) = lines(central, "bundle")
    assert line[1:3] == ("bundle", "version 1")


def test_a_key_that_cant_be_written_leaves_no_line(central: CentreUnderTest) -> None:
    folder = central.folder / "keys"
    there = load_keys(folder).signing[0].id
    with pytest.raises(ProblemError, match="HL1004"), acting(central.engine, BY) as act:
        changes.announce(act, folder, "signing", there)
    assert lines(central, "keys-announce") == []
    with acting(central.engine, BY) as act:
        changes.announce(act, folder, "signing", "signing-next")
    assert lines(central, "keys-announce") == [("một người", "keys-announce", "signing-next", "signing")]


def test_only_acts_and_what_is_done_over_the_wire_write_to_the_log() -> None:
    folder = Path(sync.central.__file__).parent
    writers = {
        str(file.relative_to(folder))
        for file in folder.rglob("*.py")
        if "chain.record(" in file.read_text("utf-8")
    }
    # Enrolment, tombstones that a device brings back, what an administrator's program pulls, and pages that
    # name persons or show words.
    over_the_wire = {"office/devices.py", "office/removal.py", "http/callers.py", "web/desk.py"}
    assert writers == {"office/audit/acts.py"} | over_the_wire


def test_a_reason_that_somebody_typed_is_masked_in_the_log_as_words_of_citizens_are(
    central: CentreUnderTest,
) -> None:
    with acting(central.engine, BY) as act:
        revoke(act, device="kiosk-1", reason="người dân số 0912 345 678 báo mất ngày 02/03/2026")
    (line,) = lines(central, "revoke")
    assert line[3] == "người dân số •••• ••• ••• báo mất ngày 02/03/2026"


def test_no_act_writes_a_typed_reason_to_the_log_as_it_is() -> None:
    folder = Path(sync.central.__file__).parent
    bare = {
        f"{file.relative_to(folder)}:{name.lineno}"
        for file in folder.rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "note"
        for argument in call.args
        for name in _shown(argument)
        if name.id in ("why", "reason")
    }
    assert bare == set()


def _shown(node: ast.AST) -> Iterator[ast.Name]:
    """The names whose values an expression shows, but for those that are masked, or only asked about."""
    if isinstance(node, ast.Name):
        yield node
    elif isinstance(node, ast.IfExp):
        yield from (*_shown(node.body), *_shown(node.orelse))
    elif not (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "mask_digits"
    ):
        for child in ast.iter_child_nodes(node):
            yield from _shown(child)

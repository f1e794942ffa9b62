"""What may be done with a document in which state, and what becomes of it."""

import itertools

import pytest

from sync.central.reports.records.stages import FROZEN, LIVING, STATES, STEPS, State, advance, possible
from sync.contract.problem import ProblemError


def test_a_draft_is_written_approved_sent_and_published() -> None:
    state: State = "draft"
    for step, then in (
        ("write", "draft"),
        ("refresh", "draft"),
        ("approve", "approved"),
        ("send", "sent"),
        ("publish", "published"),
        ("announce", "published"),
        ("replace", "replaced"),
    ):
        state = advance(state, step)  # type: ignore[arg-type]
        assert state == then


def test_what_is_possible_is_exactly_what_is_not_refused() -> None:
    for state, step, sent in itertools.product(STATES, STEPS, (False, True)):
        if step in possible(state, sent=sent):
            assert advance(state, step, sent=sent) in STATES
        else:
            with pytest.raises(ProblemError, match="HL5163"):
                advance(state, step, sent=sent)


def test_figures_are_read_again_only_in_a_draft_and_a_frozen_document_becomes_one_only_by_its_return() -> (
    None
):
    assert [state for state in STATES if "refresh" in possible(state)] == ["draft"]
    assert [state for state in STATES if "write" in possible(state)] == ["draft"]
    thawing = [
        (state, step) for state in FROZEN for step in possible(state) if advance(state, step) == "draft"
    ]
    assert thawing == [("approved", "return")]


def test_only_a_document_that_left_the_office_is_revised_and_only_one_that_somebody_approved_leaves_it() -> (
    None
):
    assert {state for state in STATES if "revise" in possible(state)} == {"sent", "published"}
    assert {state for state in STATES if "publish" in possible(state)} == {"approved", "sent"}
    assert {state for state in STATES if "send" in possible(state)} == {"approved", "published"}
    assert "send" not in possible("published", sent=True)


def test_nothing_is_done_with_a_document_that_was_replaced_or_withdrawn() -> None:
    assert {state for state in STATES if not possible(state)} == {"replaced", "withdrawn"}
    assert frozenset(STATES) - LIVING == {"replaced", "withdrawn"}

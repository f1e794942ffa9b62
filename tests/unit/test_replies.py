from sync.central.pulling.replies import Replies
from sync.central.store.freshness import Revision

REPLY = (b"{}", "application/json")
FIRST = Revision((1,), (1,))
ARRIVED = Revision((1,), (2,))
ACTED = Revision((2,), (2,))


def test_a_reply_is_given_again_under_the_same_revision_only() -> None:
    replies = Replies()
    assert replies.get(FIRST, "a") is None
    replies.keep(FIRST, "a", REPLY)
    assert replies.get(FIRST, "a") == REPLY
    assert replies.get(FIRST, "b") is None
    assert replies.get(ARRIVED, "a") is None
    assert replies.get(FIRST, "a") is None, "nothing from before another revision is kept"


def test_what_arrives_for_one_question_leaves_the_replies_to_others() -> None:
    replies = Replies()
    for question in ("a", "b"):
        assert replies.get(FIRST, question) is None
        replies.keep(FIRST, question, REPLY)
    assert replies.get(ARRIVED, "a") is None
    assert replies.get(FIRST, "b") == REPLY


def test_after_an_act_no_reply_from_before_is_kept() -> None:
    replies = Replies()
    for question in ("a", "b"):
        assert replies.get(FIRST, question) is None
        replies.keep(FIRST, question, REPLY)
    assert replies.get(ACTED, "a") is None
    assert replies.get(FIRST, "b") is None


def test_a_reply_that_was_computed_before_an_act_is_not_kept() -> None:
    replies = Replies()
    replies.get(FIRST, "a")
    replies.get(ACTED, "a")
    replies.keep(FIRST, "a", REPLY)
    assert replies.get(FIRST, "a") is None


def test_replies_take_a_bounded_number_of_bytes_and_the_longest_not_asked_for_goes_first() -> None:
    replies = Replies(room=10, largest=5)
    for question in ("a", "b", "a", "c"):
        if replies.get(FIRST, question) is None:
            replies.keep(FIRST, question, (b"12345", "text"))
    assert replies.get(FIRST, "b") is None
    assert replies.get(FIRST, "a")
    assert replies.get(FIRST, "c")
    replies.keep(FIRST, "long", (b"123456", "text"))
    assert replies.get(FIRST, "long") is None
    assert replies.get(FIRST, "a"), "a reply that is too large drives no other out"

from sync.central.pulling.replies import Replies

REPLY = (b"{}", "application/json")


def test_a_reply_is_given_again_under_the_same_revision_only() -> None:
    replies = Replies()
    assert replies.get((1,), "a") is None
    replies.keep((1,), "a", REPLY)
    assert replies.get((1,), "a") == REPLY
    assert replies.get((1,), "b") is None
    assert replies.get((2,), "a") is None
    assert replies.get((1,), "a") is None, "nothing from before another revision is kept"


def test_a_reply_that_was_computed_under_an_earlier_revision_is_not_kept() -> None:
    replies = Replies()
    replies.get((1,), "a")
    replies.get((2,), "a")
    replies.keep((1,), "a", REPLY)
    assert replies.get((2,), "a") is None


def test_replies_take_a_bounded_number_of_bytes_and_the_longest_not_asked_for_goes_first() -> None:
    replies = Replies(room=10, largest=5)
    for question in ("a", "b", "a", "c"):
        if replies.get((1,), question) is None:
            replies.keep((1,), question, (b"12345", "text"))
    assert replies.get((1,), "b") is None
    assert replies.get((1,), "a")
    assert replies.get((1,), "c")
    replies.keep((1,), "long", (b"123456", "text"))
    assert replies.get((1,), "long") is None
    assert replies.get((1,), "a"), "a reply that is too large drives no other out"

"""The self-test that feeds the watchdog."""

from kiosk.health import FROZEN_PICTURE_MS, STUCK_TOUCH_MS, Health


def test_a_terminal_at_rest_is_well() -> None:
    assert Health().ailments(10**9) == ()


def test_a_stuck_touch_is_noticed() -> None:
    health = Health().touched(1000, 1)
    assert health.ailments(1000 + STUCK_TOUCH_MS - 1) == ()
    assert health.ailments(1000 + STUCK_TOUCH_MS) == ("stuck_touch",)


def test_a_finger_that_leaves_is_no_stuck_touch() -> None:
    assert Health().touched(1000, 1).released(1).ailments(10**9) == ()


def test_a_frozen_picture_is_noticed() -> None:
    health = Health().asked(1000)
    assert health.ailments(1000 + FROZEN_PICTURE_MS) == ("frozen_picture",)


def test_asking_again_does_not_hide_a_frozen_picture() -> None:
    health = Health().asked(1000).asked(9000)
    assert health.ailments(1000 + FROZEN_PICTURE_MS) == ("frozen_picture",)


def test_a_picture_that_is_shown_is_not_frozen() -> None:
    assert Health().asked(1000).shown().ailments(10**9) == ()


def test_a_finger_that_is_lifted_says_nothing_of_another_that_is_stuck() -> None:
    health = Health().touched(1000, "bottle").touched(2000, "finger").released("finger")
    assert health.ailments(1000 + STUCK_TOUCH_MS) == ("stuck_touch",)
    assert health.released("bottle").ailments(10**9) == ()


def test_a_finger_that_comes_later_does_not_hide_one_that_is_stuck() -> None:
    health = Health().touched(1000, "bottle").touched(50_000, "finger")
    assert health.ailments(1000 + STUCK_TOUCH_MS) == ("stuck_touch",)


def test_a_finger_that_comes_down_again_was_lifted_in_between() -> None:
    health = Health().touched(1000, "mouse").touched(50_000, "mouse")
    assert health.ailments(1000 + STUCK_TOUCH_MS) == ()


def test_a_hidden_window_is_noticed() -> None:
    assert Health().ailments(1000, seen=False) == ("hidden_window",)
    assert Health().ailments(1000, seen=True) == ()

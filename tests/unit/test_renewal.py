import os
from pathlib import Path

import pytest

from kiosk.renewal import BundleWatcher, mark_of, version_at
from sync.contract.bundle import Bundle, PublicKey, PublicKeys, keys_toml
from sync.contract.problem import ProblemError
from tests.support.wire import write_bundle


def link(to: Path, name: Path) -> None:
    """Move the link in one step, as the agent does."""
    draft = name.with_name("draft")
    draft.symlink_to(to)
    draft.replace(name)


@pytest.fixture
def used(tmp_path: Path) -> Path:
    link(write_bundle(tmp_path / "b2", version=2), tmp_path / "bundle")
    return tmp_path / "bundle"


def test_nothing_is_new_until_the_link_moves(used: Path) -> None:
    renewal = BundleWatcher(used, 2, mark_of(used))
    assert renewal.newer() is None
    link(write_bundle(used.parent / "b3", version=3), used)
    bundle = renewal.newer()
    assert isinstance(bundle, Bundle)
    assert bundle.version.version == 3
    assert renewal.newer() is None


def test_a_cheap_look_says_whether_the_link_moved(used: Path) -> None:
    renewal = BundleWatcher(used, 2, mark_of(used))
    assert not renewal.moved()
    link(write_bundle(used.parent / "b3", version=3), used)
    assert renewal.moved()
    assert renewal.newer() is not None
    assert not renewal.moved()


def test_the_version_of_a_bundle_is_known_also_where_it_can_t_be_read(used: Path) -> None:
    assert version_at(used) == 2
    for content in (None, b"version = ", b"\xff"):
        kept = write_bundle(used.parent / f"bundles{len(content or b'')}" / "17-abcd", version=3)
        if content is None:
            (kept / "bundle.toml").unlink()
        else:
            (kept / "bundle.toml").write_bytes(content)
        link(kept, used)
        assert version_at(used) == 17
    assert version_at(used.parent / "none") == 0


def test_a_bundle_that_comes_while_the_terminal_starts_is_new(used: Path) -> None:
    before = mark_of(used)
    link(write_bundle(used.parent / "b3", version=3), used)
    renewal = BundleWatcher(used, 2, before)
    assert renewal.moved()
    assert renewal.newer() is not None


def test_the_same_version_with_other_content_is_new(used: Path) -> None:
    renewal = BundleWatcher(used, 2, mark_of(used))
    link(write_bundle(used.parent / "b2-other", version=2), used)
    assert renewal.newer() is not None


def test_a_folder_changed_by_hand_is_noticed(tmp_path: Path) -> None:
    folder = write_bundle(tmp_path / "bundle")
    renewal = BundleWatcher(folder, 1, mark_of(folder))
    later = (folder / "catalogue.toml").stat().st_mtime_ns + 1_000_000_000
    os.utime(folder / "catalogue.toml", ns=(later, later))
    assert renewal.newer() is not None


def test_an_older_bundle_is_refused_and_said_once(used: Path) -> None:
    renewal = BundleWatcher(used, 2, mark_of(used))
    link(write_bundle(used.parent / "b1", version=1), used)
    with pytest.raises(ProblemError, match="HL1008"):
        renewal.newer()
    assert renewal.newer() is None


def older_with(keys: PublicKeys, used: Path) -> None:
    """Version 1 with these keys is in place now."""
    older = write_bundle(used.parent / "b1", version=1)
    (older / "keys.toml").write_text(keys_toml(keys))
    link(older, used)


def test_an_older_bundle_counts_where_it_names_one_more_key_as_revoked(used: Path) -> None:
    # The stolen key had been replaced before: the keys of the centre are the same.
    centre = (PublicKey("new", "B" * 43 + "="),)
    renewal = BundleWatcher(used, 2, mark_of(used), PublicKeys(centre=centre, revoked=("once",)))
    after = PublicKeys(centre=centre, revoked=("once", "stolen"))
    older_with(after, used)
    bundle = renewal.newer()
    assert bundle is not None
    assert (bundle.version.version, bundle.keys) == (1, after)


def test_an_older_bundle_whose_keys_are_others_by_plan_is_refused(used: Path) -> None:
    renewal = BundleWatcher(
        used, 2, mark_of(used), PublicKeys(centre=(PublicKey("old", "A" * 43 + "="),), revoked=("once",))
    )
    older_with(PublicKeys(centre=(PublicKey("new", "B" * 43 + "="),), revoked=("once",)), used)
    with pytest.raises(ProblemError, match="HL1008"):
        renewal.newer()


def test_a_bundle_that_does_not_load_is_said_once_and_the_next_one_counts(used: Path) -> None:
    renewal = BundleWatcher(used, 2, mark_of(used))
    wrong = write_bundle(used.parent / "wrong", version=3)
    (wrong / "catalogue.toml").write_text("units = 7")
    link(wrong, used)
    with pytest.raises(ProblemError, match="HL1003"):
        renewal.newer()
    assert renewal.newer() is None
    link(write_bundle(used.parent / "b4", version=4), used)
    assert renewal.newer() is not None

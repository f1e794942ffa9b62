"""A form that an upper body has handed over: locked here, its source next to each release."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from httpx import Response
from msgspec.structs import replace

from sync.central.office.audit.acts import By, acting
from sync.central.office.configuration.handed_over import is_locked, sources_of
from sync.central.office.configuration.wordings import add_release
from sync.central.office.forms.drafts import find_draft
from sync.central.office.forms.releases import release_of
from sync.central.office.forms.writing import form_toml
from sync.central.office.forms.xlsform.outgoing import write_xlsform
from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import reading, writing
from sync.contract.catalogue import Unit
from sync.contract.problem import ProblemError
from sync.contract.survey import Survey
from tests.support.browsing import Browser, words_of
from tests.support.surveys import every_kind
from tests.support.wire import NOW, CentreUnderTest

FORM = replace(every_kind(), id="mau-tinh", version=1)
DRAFT = "/mau-phieu/mau-tinh/soan"
BODY = "Sở Nội vụ tỉnh Mẫu"


@pytest.fixture
def central(tmp_path: Path) -> Iterator[CentreUnderTest]:
    """A fresh centre with a ward."""
    centre = CentreUnderTest(tmp_path / "centre")
    with writing(centre.engine) as connection:
        put_bundled_units(connection, [Unit("phuong-mot", {"vi": "Phường Một"})], NOW)
    yield centre
    centre.close()


@pytest.fixture
def admin(central: CentreUnderTest) -> Iterator[Browser]:
    with Browser(central, "quan.tri", ("admin", "")) as browser:
        yield browser


def upload(admin: Browser, survey: Survey, body: str = BODY, name: str = "mau.toml") -> tuple[Response, str]:
    """Send a form as a file; the answer, and the digest of the file."""
    content = {
        ".toml": form_toml(survey).encode(),
        ".json": msgspec.json.encode(survey),
        ".xlsx": write_xlsform(survey) if name.endswith(".xlsx") else b"",
    }[Path(name).suffix]
    sent = admin.post("/mau-phieu", {"chuyen_giao": body}, files={"tep": (name, content)})
    return sent, hashlib.sha256(content).hexdigest()


def release(admin: Browser) -> None:
    sent = admin.post("/mau-phieu/mau-tinh/phat-hanh", {"ly_do": "theo kế hoạch"})
    assert sent.status_code == 303, words_of(sent)


def test_a_form_that_was_handed_over_changes_only_by_another_file_that_is_handed_over(
    central: CentreUnderTest, admin: Browser
) -> None:
    sent, _ = upload(admin, FORM)
    assert sent.headers["location"] == DRAFT
    page = admin.get(DRAFT)
    assert "Không ai sửa mẫu này ở đây" in words_of(page)
    assert "Lưu bản nháp" not in words_of(page)
    edited = form_toml(replace(FORM, title={**FORM.title, "vi": "Tên khác"}))
    refused = admin.post(f"{DRAFT}?toml=true", {"toml": edited, "viec": "luu", "truoc": ""}, at="/mau-phieu")
    assert "HL4365" in refused.text
    assert "HL4365" in upload(admin, FORM, body="")[0].text
    release(admin)
    assert "HL4365" in upload(admin, replace(FORM, version=2), body="")[0].text
    assert "HL5092" in upload(admin, FORM)[0].text
    row = words_of(admin.get("/mau-phieu")).partition("mau-tinh")[2][:60]
    assert "Soạn bản mới" not in row
    with pytest.raises(ProblemError, match="HL4365"), acting(central.engine, By("test", NOW)) as act:
        add_release(act.connection, replace(FORM, version=3), NOW)
    assert upload(admin, replace(FORM, version=2))[0].status_code == 303
    release(admin)
    copied = {"ma": "mau-xa", "ten": "Mẫu của xã"}
    assert admin.post("/mau-phieu/mau-tinh/2/chep", copied, at="/mau-phieu/mau-tinh/2").status_code == 303
    assert "Lưu bản nháp" in words_of(admin.get("/mau-phieu/mau-xa/soan"))


@pytest.mark.parametrize("name", ["mẫu của Sở.toml", "mau.json", "mau.xlsx"])
def test_its_source_and_the_digest_of_its_file_stay_with_each_release(
    central: CentreUnderTest, admin: Browser, name: str
) -> None:
    sent, digest = upload(admin, FORM, name=name)
    assert sent.status_code == 303, words_of(sent)
    release(admin)
    page = words_of(admin.get("/mau-phieu/mau-tinh/1"))
    assert f"Do {BODY} chuyển giao: tệp {name}." in page
    assert digest in page
    with reading(central.engine) as connection:
        assert release_of(connection, "mau-tinh") == FORM
        (source,) = sources_of(connection, "mau-tinh").values()
    assert (source.body, source.file, source.sha256) == (BODY, name, digest)


def test_a_draft_that_was_handed_over_by_mistake_is_discarded_and_locks_nothing(
    central: CentreUnderTest, admin: Browser
) -> None:
    assert upload(admin, FORM)[0].status_code == 303
    discarded = admin.post(
        "/mau-phieu/mau-tinh/bo-nhap", {"ly_do": "nhầm"}, at="/mau-phieu/mau-tinh/phat-hanh"
    )
    assert discarded.status_code == 303
    with reading(central.engine) as connection:
        assert not is_locked(connection, "mau-tinh")
    assert upload(admin, FORM, body="")[0].status_code == 303
    assert "Lưu bản nháp" in words_of(admin.get(DRAFT))


def test_a_file_of_json_with_faults_is_refused_by_its_keys(central: CentreUnderTest, admin: Browser) -> None:
    for content, expected in ((b"{", "HL1002"), (b'{"id": 5}', "mau.json: id"), (b"\xff", "HL1010")):
        sent = admin.post("/mau-phieu", {}, files={"tep": ("mau.json", content)})
        assert sent.status_code == 400
        assert expected in words_of(sent)
    with reading(central.engine) as connection:
        assert find_draft(connection, "mau-tinh") is None


def test_a_unit_locks_no_form_that_others_ask(central: CentreUnderTest) -> None:
    with Browser(central, "ward", ("admin", "phuong-mot")) as ward:
        known = "kien-hung"
        with reading(central.engine) as connection:
            newer = replace(release_of(connection, known), version=9)
        sent, _ = upload(ward, newer)
    with reading(central.engine) as connection:
        locked = is_locked(connection, known)
    assert (sent.status_code == 303) == locked

"""A problem over HTTP: Vietnamese first, all of it in English for who asks for English."""

from pathlib import Path

import pytest
from litestar.testing import TestClient

from tests.support.wire import CentreUnderTest

VIETNAMESE = ("Tham số của yêu cầu không hợp lệ", "tham số lạ hoặc ghi hai lần")
ENGLISH = ("A parameter of the request is not valid", "a parameter that is unknown or there twice")


@pytest.mark.parametrize(
    ("asked", "told"),
    [("", VIETNAMESE), ("vi-VN,vi;q=0.9,en;q=0.8", VIETNAMESE), ("en-GB,en;q=0.9", ENGLISH)],
)
def test_a_problem_is_in_the_language_of_who_asks(tmp_path: Path, asked: str, told: tuple[str, str]) -> None:
    central = CentreUnderTest(tmp_path / "centre")
    headers = {"Authorization": f"Bearer {central.token(role='admin')}", "Accept-Language": asked}
    with TestClient(central.app) as client:
        document = client.get("/v1/summary?colour=red", headers=headers).json()
    central.close()
    assert (document["title"], document["detail"]) == told

"""The OpenAPI document is true: no call that it allows, or nearly allows, is answered in another way."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from litestar.testing import TestClient
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from sync.central.http.queries import names
from sync.central.pulling.asked import ResponsesAsked, SummaryAsked
from sync.contract.problem.table import KINDS
from tests.support.wire import CentreUnderTest


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreUnderTest]:
    found = CentreUnderTest(Path(tmp_path_factory.mktemp("openapi")))
    yield found
    found.close()


@pytest.fixture(scope="module")
def document(centre: CentreUnderTest) -> Any:
    with TestClient(centre.app) as client:
        return client.get("/openapi.json").json()


OPERATIONS = [
    ("GET", "/health"),
    ("GET", "/v1/config"),
    ("GET", "/v1/keys"),
    ("GET", "/v1/releases/{digest}"),
    ("GET", "/v1/responses"),
    ("GET", "/v1/summary"),
    ("POST", "/v1/batches"),
    ("POST", "/v1/enrol"),
    ("POST", "/v1/forgotten"),
    ("POST", "/v1/heartbeat"),
]
PARAMETERS = names(ResponsesAsked) | names(SummaryAsked)
QUIET = settings(
    max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
)


def test_every_operation_is_tried(document: Any) -> None:
    there = [(method.upper(), path) for path, methods in document["paths"].items() for method in methods]
    assert sorted(there) == OPERATIONS


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_no_answer_is_undocumented_or_a_fault_of_ours(
    centre: CentreUnderTest, method: str, path: str, mode: GenerationMode
) -> None:
    operation = schemathesis.openapi.from_asgi("/openapi.json", centre.app)[path][method]
    device = path in ("/v1/batches", "/v1/heartbeat", "/v1/forgotten", "/v1/config")
    token = centre.token(device="kiosk-1") if device else centre.token(role="admin")
    try:
        cases = operation.as_strategy(generation_mode=mode)
    except Unsatisfiable:
        return

    @QUIET
    @given(case=cases)
    def every_answer_is_documented(case: Any) -> None:
        answer = case.call(headers={"Authorization": f"Bearer {token}"})
        # A well-formed cursor may be of another epoch, and good parameters need not go together: 410 and 422
        # are as right an answer as 409 would be.
        excluded = [positive_data_acceptance] if answer.status_code in (410, 422) else []
        if set(parse_qs(urlsplit(answer.request.url or "").query)) <= PARAMETERS:
            excluded.append(
                negative_data_rejection
            )  # what was wrong has no form in an address: it was not sent
        case.validate_response(answer, excluded_checks=excluded)

    with suppress(Unsatisfiable):  # where an operation has nothing that could be wrong
        every_answer_is_documented()


def test_every_address_documents_its_problems_as_rfc_9457(document: Any) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["description"], f"{method} {path} says nothing"
            errors = {code: each for code, each in operation["responses"].items() if code >= "400"}
            assert errors
            for code, each in errors.items():
                assert list(each["content"]) == ["application/problem+json"], f"{method} {path} {code}"
                for line in each["description"].split("; "):
                    assert line.split()[0] in KINDS

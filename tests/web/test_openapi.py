"""The OpenAPI document describes the routes, and no request of its kind makes the server fail."""

import warnings
from dataclasses import fields

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from extent import FULL
from kalette.types import Settings
from kalette.web import ServerConfig
from kalette.web.app import API, api_routes
from kalette.web.engine import Engine
from kalette.web.monitoring import Monitor
from kalette.web.openapi import document
from kalette.web.problems import STATUS_OF
from web_server import jpeg, running

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the modules that it loads
    import schemathesis

EXAMPLES = 300 if FULL else 6
DOCUMENT = document()
OPERATIONS = [(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods]
TAKE_IMAGES = ["/v1/compress", "/v1/palette", "/v1/compare", "/v1/pictures"]


@pytest.fixture(scope="module")
def lenient():
    """A server that ends long work soon."""
    with running("--timeout", "3") as started:
        yield started


def test_the_document_lists_the_routes_and_their_methods():
    engine = Engine(ServerConfig(workers=1))
    try:
        routes = api_routes(engine, Monitor(engine))
        listed = {
            (f"{API}{each.path}", method.lower()) for each in routes for method in each.methods - {"HEAD"}
        }
    finally:
        engine.stop()
    assert set(OPERATIONS) == listed


def test_the_document_lists_the_settings_with_their_meaning():
    parameters = DOCUMENT["paths"]["/v1/compress"]["post"]["parameters"]
    names = {each["name"] for each in parameters if each["in"] == "query"}
    assert {field.name for field in fields(Settings)} <= names
    assert all(each["description"] for each in parameters)


def test_the_document_lists_every_status():
    listed = {
        status for path, method in OPERATIONS for status in DOCUMENT["paths"][path][method]["responses"]
    }
    assert {str(status) for status in STATUS_OF.values()} <= listed


def test_the_server_gives_the_document(server):
    assert server.client.get("/v1/openapi.json").json() == DOCUMENT


CHECKS = schemathesis.checks


def checked(case, address, *excluded):
    """Send a request, and check the answer against the document."""
    answer = case.call(base_url=address)
    assert answer.status_code < 500 or answer.status_code == 504, answer.text
    excluded_checks = [CHECKS.positive_data_acceptance, *excluded]  # no options suit all images
    case.validate_response(answer, excluded_checks=excluded_checks)
    return answer.status_code


VALID, INVALID = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE
KINDS = [(path, method, mode) for path, method in OPERATIONS for mode in (VALID, INVALID)]
KINDS = [kind for kind in KINDS if kind[1:] != ("get", INVALID)]  # nothing can be wrong with these


@pytest.mark.parametrize(("path", "method", "mode"), KINDS)
def test_no_request_makes_the_server_fail(lenient, path, method, mode):
    operation = schemathesis.openapi.from_dict(DOCUMENT)[path][method]

    @seed(16)
    @settings(max_examples=EXAMPLES, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def answered(case):
        checked(case, lenient.address)

    answered()


@pytest.mark.parametrize("path", TAKE_IMAGES)
def test_no_options_for_an_image_make_the_server_fail(lenient, path):
    picture = lenient.post("/v1/pictures", jpeg(24, 16)).json()["picture"]
    operation = schemathesis.openapi.from_dict(DOCUMENT)[path]["post"]
    statuses = set()

    @seed(16)
    @settings(max_examples=2 * EXAMPLES, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(), dropped=st.sets(st.sampled_from(sorted(query_of(path)))))
    def answered(case, dropped):
        kept = {name: value for name, value in (case.query or {}).items() if name not in dropped}
        case.query = {**kept, "picture": picture}
        case.body = schemathesis.core.NOT_SET
        statuses.add(checked(case, lenient.address, CHECKS.negative_data_rejection))

    answered()
    assert statuses & {200, 201}


def query_of(path):
    return {each["name"] for each in DOCUMENT["paths"][path]["post"]["parameters"] if each["in"] == "query"}

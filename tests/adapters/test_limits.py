"""What boto3 lets pass and the service would refuse."""

from typing import Any

import boto3
import pytest

from pipelines.adapters.personalize.limits import check, problems
from pipelines.errors import AssayError
from tests.adapters.conftest import ARN


def shape(service: str, operation: str) -> Any:
    client = boto3.client(
        service, region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    return client.meta.service_model.operation_model(operation).input_shape


@pytest.mark.parametrize(
    ("params", "why"),
    [
        (
            {"campaignArn": "campaign/test"},
            "campaignArn 'campaign/test' does not match the pattern",
        ),
        ({"campaignArn": ARN + "x" * 256}, "at most 256"),
        ({"userId": "u" * 257}, "userId has 257 characters"),
        ({"numResults": 501}, "numResults is 501, but at most 500"),
        ({"context": {"bad name": "x"}}, "'bad name' does not match the pattern"),
        ({"context": {"a": "x" * 1001}}, "at most 1000"),
        ({"filterValues": {f"k{n}": "x" for n in range(26)}}, "26 entries"),
        ({"promotions": [{"name": "a"}, {"name": "b"}]}, "2 entries, but at most 1"),
        ({"promotions": [{"percentPromotedItems": 101}]}, "percentPromotedItems is 101"),
    ],
)
def test_the_runtime_limits_are_checked(params: dict[str, Any], why: str) -> None:
    with pytest.raises(AssayError, match=why):
        check(params, shape("personalize-runtime", "GetRecommendations"))


def test_a_usable_request_has_no_problems() -> None:
    params = {"campaignArn": ARN, "userId": "u" * 256, "numResults": 500, "context": {"A": "x"}}
    assert list(problems(params, shape("personalize-runtime", "GetRecommendations"))) == []
    ranking = {"campaignArn": ARN, "userId": "u", "inputList": ["i"] * 501}
    found = list(problems(ranking, shape("personalize-runtime", "GetPersonalizedRanking")))
    assert found == ["inputList has 501 entries, but at most 500 are allowed"]


def test_lists_of_allowed_values_are_checked() -> None:
    params = {"batchInferenceJobMode": "SOMETIMES"}
    with pytest.raises(AssayError, match="is not one of BATCH_INFERENCE"):
        check(params, shape("personalize", "CreateBatchInferenceJob"))

"""The clients that are compared are those of the locks, each beside the functions' own boto3."""

import boto3
import pytest

from bench.environments import version_of


@pytest.mark.parametrize("environment", ["boto3", "lightkube", "official"])
def test_each_environment_has_the_boto3_of_the_tests(environment: str) -> None:
    assert version_of(environment, "boto3") == boto3.__version__


def test_what_is_not_locked_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="lightkube is not locked for official"):
        version_of("official", "lightkube")

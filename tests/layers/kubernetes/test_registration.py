"""Which registration a cluster belongs to."""

import pytest

from kube.registration import Registration, is_pattern, name_of, registration_of

PROD = Registration(eks="prod", cluster_id="prod-blue")
SHOP = Registration(management_cluster="prod", namespace="clusters")
ALL = Registration(management_cluster="prod", namespace="others")
REGISTRATIONS = {"prod": PROD, "shop": Registration(eks="shop"), "shop-*": SHOP, "*": ALL}


@pytest.mark.parametrize(("name", "holds"), [("shop", False), ("shop-*", True), ("sho?", True), ("[ab]", False)])
def test_a_pattern_has_a_wildcard(name: str, *, holds: bool) -> None:
    assert is_pattern(name) is holds


@pytest.mark.parametrize(
    ("cluster_id", "name"),
    [("prod-blue", "prod"), ("shop", "shop"), ("shop-eu", "shop-eu"), ("other", "other"), ("prod", "prod")],
)
def test_an_id_has_a_name_to_connect_by(cluster_id: str, name: str) -> None:
    assert name_of(cluster_id, REGISTRATIONS) == name


def test_an_id_that_differs_from_the_name_hides_the_name() -> None:
    assert name_of("prod", {"prod": PROD}) is None
    assert name_of("Shop-eu", {"shop-*": SHOP}) is None


@pytest.mark.parametrize(("name", "registration"), [("prod", PROD), ("shop-eu", SHOP), ("shop-*", SHOP), ("x", ALL)])
def test_a_name_has_a_registration_and_the_first_pattern_wins(name: str, registration: Registration) -> None:
    assert registration_of(name, REGISTRATIONS) == registration


def test_a_name_that_nothing_covers_has_none() -> None:
    assert registration_of("x", {"prod": PROD, "shop-*": SHOP}) is None

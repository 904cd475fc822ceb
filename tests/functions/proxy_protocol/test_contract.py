"""The fakes, held to moto by one suite of scenarios; and to a recorded answer where moto differs from AWS.

moto 5.2.5 differs from AWS in these, so that the fake follows AWS:
- network groups lack `proxy_protocol_v2.enabled` and more (recorded: the sample …attributes.by-hand.standin.json);
- ModifyTargetGroupAttributes returns only what was written, and takes any key (the same sample; facts, section 6);
- DescribeTags answers for groups that are gone and for more than 20 ARNs (facts, section 6: TargetGroupNotFound, 20).

Over 120 lines because both backends and all their scenarios are read together.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Protocol

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from functions.proxy_protocol.decision.facts import APPLIED_TAG, Group, HealthCheck, Shape
from functions.proxy_protocol.elbv2_calls import RefusedError, TargetGroupGoneError
from functions.proxy_protocol.inventory import Inventory
from functions.proxy_protocol.target_groups import TargetGroups, described
from pitcrew.limiter import UNLIMITED
from pitcrew.mode import Mode, ModeParameter
from pitcrew.plan import PlanNotFoundError, load
from tests.functions.proxy_protocol.account import HOME, NETWORK_ATTRIBUTES
from tests.functions.proxy_protocol.cloud import MACHINE, Cloud

TAGS = {"kubernetes.io/service-name": "shop/web", "kubernetes.io/cluster/prod": "owned"}
GONE = f"{HOME}k8s-gone/0123456789abcdef"
PARAMETER = "/Pitcrew/proxy_protocol/mode"


class Backend(Protocol):
    """What a scenario sets up, and the adapters it looks through."""

    groups: TargetGroups
    inventory: Inventory
    mode: ModeParameter

    def add(self, *, protocol: str = "TCP", check: tuple[str, str] = ("TCP", "traffic-port")) -> str: ...
    def add_without_service(self) -> str: ...
    def attach(self, arn: str, *, port: int, is_weighted: bool = False) -> str: ...
    def make_healthy(self, arn: str) -> None: ...
    def delete(self, arn: str) -> None: ...
    def set_mode(self, value: str) -> None: ...
    def load(self, plan_id: str) -> None: ...


class Fake:
    """The fakes."""

    def __init__(self) -> None:
        self._cloud = Cloud()
        self.groups = TargetGroups(self._cloud.elbv2.client, reads=UNLIMITED, writes=UNLIMITED)
        self.inventory = self._cloud.inventory
        self.mode = ModeParameter(self._cloud.ssm.client, PARAMETER)
        self._cloud.ssm.values.clear()

    def add(self, *, protocol: str = "TCP", check: tuple[str, str] = ("TCP", "traffic-port")) -> str:
        return self._cloud.account.add(protocol=protocol, check=check, is_attached=False)

    def add_without_service(self) -> str:
        return self._cloud.account.add(service=None, cluster=None, is_attached=False)

    def attach(self, arn: str, *, port: int, is_weighted: bool = False) -> str:
        return self._cloud.account.attach(arn, port=port, is_weighted=is_weighted)

    def make_healthy(self, arn: str) -> None:
        self._cloud.account.groups[arn].states.append("healthy")

    def delete(self, arn: str) -> None:
        self._cloud.account.delete(arn)

    def set_mode(self, value: str) -> None:
        self._cloud.ssm.values[PARAMETER] = [value]

    def load(self, plan_id: str) -> None:
        load(self._cloud.states.client, execution_arn=f"{MACHINE}:x", plan_id=plan_id, now=datetime.now(UTC))


class Clients:
    """boto3's own clients, made once: each costs more than all the calls of a test."""

    def __init__(self) -> None:
        session = boto3.Session()
        self.elbv2: Any = session.client("elbv2")
        self.ec2: Any = session.client("ec2")
        self.tagging: Any = session.client("resourcegroupstaggingapi")
        self.ssm: Any = session.client("ssm")
        self.states: Any = session.client("stepfunctions")


class Moto:
    """boto3's own clients against moto."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._elbv2, self._ec2 = clients.elbv2, clients.ec2
        self._number = 0
        self.groups = TargetGroups(clients.elbv2, reads=UNLIMITED, writes=UNLIMITED)
        self.inventory = Inventory(clients.elbv2, clients.tagging, reads=UNLIMITED)
        self.mode = ModeParameter(clients.ssm, PARAMETER)
        self._vpc = self._ec2.describe_vpcs()["Vpcs"][0]["VpcId"]

    @cached_property
    def _load_balancer(self) -> str:
        subnets = [subnet["SubnetId"] for subnet in self._ec2.describe_subnets()["Subnets"]][:1]
        made = self._elbv2.create_load_balancer(Name="a1", Subnets=subnets, Type="network")
        return str(made["LoadBalancers"][0]["LoadBalancerArn"])

    def add(self, *, protocol: str = "TCP", check: tuple[str, str] = ("TCP", "traffic-port")) -> str:
        return self._create(protocol, check, [{"Key": key, "Value": value} for key, value in TAGS.items()])

    def add_without_service(self) -> str:
        return self._create("TCP", ("TCP", "traffic-port"), [{"Key": "x", "Value": "y"}])

    def _create(self, protocol: str, check: tuple[str, str], tags: list[dict[str, str]]) -> str:
        self._number += 1
        made = self._elbv2.create_target_group(
            Name=f"k8s-shop-web-{self._number:010x}",
            Protocol=protocol,
            Port=30000 + self._number,
            VpcId=self._vpc,
            TargetType="instance",
            HealthCheckProtocol=check[0],
            HealthCheckPort=check[1],
            Tags=tags,
        )
        return str(made["TargetGroups"][0]["TargetGroupArn"])

    def attach(self, arn: str, *, port: int, is_weighted: bool = False) -> str:
        action: dict[str, Any] = {"Type": "forward", "TargetGroupArn": arn}
        if is_weighted:
            action = {"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": arn, "Weight": 1}]}}
        self._elbv2.create_listener(
            LoadBalancerArn=self._load_balancer, Protocol="TCP", Port=port, DefaultActions=[action]
        )
        return self._load_balancer

    def make_healthy(self, arn: str) -> None:
        made = self._ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1)
        self._elbv2.register_targets(TargetGroupArn=arn, Targets=[{"Id": made["Instances"][0]["InstanceId"]}])

    def delete(self, arn: str) -> None:
        self._elbv2.delete_target_group(TargetGroupArn=arn)

    def set_mode(self, value: str) -> None:
        self._clients.ssm.put_parameter(Name=PARAMETER, Value=value, Type="String", Overwrite=True)

    def load(self, plan_id: str) -> None:
        load(self._clients.states, execution_arn=f"{MACHINE}:x", plan_id=plan_id, now=datetime.now(UTC))


@pytest.fixture(scope="module")
def clients() -> Clients:
    with mock_aws():
        return Clients()


@pytest.fixture(params=["fake", "moto"])
def backend(request: pytest.FixtureRequest, clients: Clients) -> Iterator[Backend]:
    if request.param == "fake":
        yield Fake()
        return
    with mock_aws():
        yield Moto(clients)


def test_tags_are_read_of_several_groups_at_once(backend: Backend) -> None:
    one, two = backend.add(), backend.add()

    assert backend.groups.tags(one, two) == {one: TAGS, two: TAGS}


def test_a_wish_is_remembered_beside_the_other_tags(backend: Backend) -> None:
    arn = backend.add()

    backend.groups.remember(arn, "a-hash")

    assert backend.groups.tags(arn)[arn] == TAGS | {APPLIED_TAG: "a-hash"}


@pytest.mark.parametrize("check", [("TCP", "traffic-port"), ("HTTP", "32487")])
@pytest.mark.parametrize("protocol", ["TCP", "TLS", "UDP", "TCP_UDP"])
def test_a_new_group_hangs_in_no_load_balancer(backend: Backend, protocol: str, check: tuple[str, str]) -> None:
    arn = backend.add(protocol=protocol, check=check)

    shape, group = backend.groups.group(arn)

    assert (shape.protocol, shape.target_type, shape.vpc_id[:4]) == (protocol, "instance", "vpc-")
    assert group == Group(port=group.port, health_check=HealthCheck(protocol=check[0], port=check[1]))
    assert 30000 < group.port < 32000


@pytest.mark.parametrize("is_weighted", [False, True])
def test_a_listener_says_where_a_group_hangs_and_under_which_port(backend: Backend, *, is_weighted: bool) -> None:
    arn, other = backend.add(), backend.add()
    load_balancer = backend.attach(arn, port=80, is_weighted=is_weighted)
    backend.attach(arn, port=443, is_weighted=is_weighted)
    backend.attach(other, port=22)

    _, group = backend.groups.group(arn)

    assert set(group.load_balancer_arns) == {load_balancer}  # moto names it once a listener
    assert backend.groups.listener_ports(arn, group.load_balancer_arns) == {80, 443}


def test_without_a_load_balancer_there_is_no_port(backend: Backend) -> None:
    assert backend.groups.listener_ports(backend.add(), ()) == frozenset()


def test_a_written_attribute_is_in_the_answer_and_stays(backend: Backend) -> None:
    arn = backend.add()

    written = backend.groups.set_attributes(arn, {"proxy_protocol_v2.enabled": "true"})

    assert written.attributes["proxy_protocol_v2.enabled"] == "true"
    assert written.request_id
    assert backend.groups.attributes(arn)["proxy_protocol_v2.enabled"] == "true"
    assert backend.groups.attributes(arn)["deregistration_delay.timeout_seconds"] == "300"


def test_an_http_group_has_no_proxy_protocol_to_switch_on(backend: Backend) -> None:
    arn = backend.add(protocol="HTTP", check=("HTTP", "traffic-port"))

    assert "proxy_protocol_v2.enabled" not in backend.groups.attributes(arn)


def test_a_healthy_target_makes_a_group_in_service(backend: Backend) -> None:
    busy, idle = backend.add(), backend.add()
    backend.make_healthy(busy)

    assert (backend.groups.is_in_service(busy), backend.groups.is_in_service(idle)) == (True, False)


Reads = Callable[[TargetGroups], object]
CALLS_ON_A_GONE_GROUP: dict[str, Reads] = {
    "group": lambda groups: groups.group(GONE),
    "attributes": lambda groups: groups.attributes(GONE),
    "is_in_service": lambda groups: groups.is_in_service(GONE),
    "set_attributes": lambda groups: groups.set_attributes(GONE, {"proxy_protocol_v2.enabled": "true"}),
    "remember": lambda groups: groups.remember(GONE, "a-hash"),
}


@pytest.mark.parametrize("call", CALLS_ON_A_GONE_GROUP.values(), ids=CALLS_ON_A_GONE_GROUP)
def test_a_group_that_is_gone_is_said_to_be(backend: Backend, call: Reads) -> None:
    with pytest.raises(TargetGroupGoneError):
        call(backend.groups)


def test_a_load_balancer_that_is_gone_is_an_error_to_try_again(backend: Backend) -> None:
    gone = GONE.replace("targetgroup/k8s-gone", "loadbalancer/net/a9")

    with pytest.raises(ClientError, match="LoadBalancerNotFound"):
        backend.groups.listener_ports(backend.add(), (gone,))


def test_the_inventory_holds_groups_of_services_with_what_the_lists_say(backend: Backend) -> None:
    backend.add_without_service()
    attached, free, deleted = backend.add(), backend.add(check=("HTTP", "32487")), backend.add(protocol="UDP")
    load_balancer = backend.attach(attached, port=80)
    backend.delete(deleted)

    found = backend.inventory.candidates()

    assert [facts.arn for facts in found] == sorted([attached, free])
    assert all(facts.tags == TAGS and not facts.by_event for facts in found)
    by_arn = {facts.arn: facts for facts in found}
    assert (by_arn[attached].shape, by_arn[attached].group) == backend.groups.group(attached)
    assert by_arn[attached].group == Group(
        port=backend.groups.group(attached)[1].port,
        health_check=HealthCheck(protocol="TCP", port="traffic-port"),
        load_balancer_arns=(load_balancer,),
    )


@pytest.mark.parametrize("count", [0, 101])
def test_the_inventory_reads_every_page(backend: Backend, count: int) -> None:
    arns = [backend.add() for _ in range(count)]

    assert [facts.arn for facts in backend.inventory.candidates()] == sorted(arns)


@pytest.mark.parametrize("mode", Mode)
def test_the_mode_is_what_the_parameter_says(backend: Backend, mode: Mode) -> None:
    backend.set_mode(mode)

    assert backend.mode.read() is mode


def test_a_missing_parameter_is_observe(backend: Backend) -> None:
    assert backend.mode.read() is Mode.OBSERVE


def test_an_execution_that_nobody_started_is_no_plan(backend: Backend) -> None:
    with pytest.raises(PlanNotFoundError, match="'nobody'"):
        backend.load("nobody")


# Where moto differs from AWS: the fake alone, held to a recorded answer or to the facts.


def test_the_fake_answers_a_write_as_recorded(load_event: Callable[[str], dict[str, Any]]) -> None:
    detail = load_event("elbv2-modify-target-group-attributes.by-hand.standin")["detail"]
    recorded = {one["key"]: one["value"] for one in detail["responseElements"]["attributes"]}
    fake = Fake()
    arn = fake.add()

    written = fake.groups.set_attributes(arn, {"proxy_protocol_v2.enabled": "true"})

    assert dict(written.attributes) == recorded
    assert fake.groups.attributes(arn) == recorded
    assert recorded == NETWORK_ATTRIBUTES | {"proxy_protocol_v2.enabled": "true"}


@pytest.mark.parametrize("key", ["proxy_protocol_v2.enable", "slow_start.duration_seconds"])
def test_the_fake_refuses_a_key_that_the_group_does_not_have(key: str) -> None:
    fake = Fake()

    with pytest.raises(RefusedError, match="InvalidConfigurationRequest"):
        fake.groups.set_attributes(fake.add(), {key: "true"})


def test_the_fake_fails_a_batch_of_tags_for_one_group_that_is_gone() -> None:
    fake = Fake()

    with pytest.raises(TargetGroupGoneError):
        fake.groups.tags(fake.add(), GONE)


def test_the_fake_refuses_more_than_20_groups_tags() -> None:
    fake = Fake()
    arns = [fake.add() for _ in range(21)]

    assert len(fake.groups.tags(*arns[:20])) == 20
    with pytest.raises(ClientError, match="ValidationError"):
        fake.groups.tags(*arns)


@pytest.mark.parametrize("arn", [HOME, f"{HOME}k8s-a", f"{HOME}k8s a/0123456789abcdef", "x"])
def test_the_fake_refuses_what_is_no_arn_of_a_group(arn: str) -> None:
    with pytest.raises(ClientError, match="ValidationError"):
        Fake().groups.group(arn)


def test_the_fakes_lists_come_in_pages_of_aws_size() -> None:
    cloud = Cloud()
    for _ in range(801):
        cloud.account.add()

    assert len(cloud.inventory.candidates()) == 801

    assert len(cloud.calls.of("DescribeTargetGroups")) == 3
    assert len(cloud.calls.of("GetResources")) == 9


def test_an_execution_of_the_fake_is_read_as_step_functions_writes_it() -> None:
    cloud = Cloud()
    ended = datetime.now(UTC) - timedelta(minutes=1)
    cloud.states.succeeded(f"{MACHINE}:p", given={"target": "vpc-1"}, output={"planId": "p", "table": []}, at=ended)

    found = load(cloud.states.client, execution_arn=f"{MACHINE}:x", plan_id="p", now=datetime.now(UTC))

    assert (found.id, found.target, found.rows) == ("p", "vpc-1", ())
    assert json.loads(cloud.states.executions[f"{MACHINE}:p"]["input"]) == {"target": "vpc-1"}


def test_what_aws_leaves_out_of_a_group_is_tolerated() -> None:
    shape, group = described({"TargetGroupArn": GONE})

    assert shape == Shape(protocol="", target_type="", vpc_id="")
    assert group == Group(port=0, health_check=HealthCheck(protocol="", port=""))

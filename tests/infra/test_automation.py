"""What a new automation has of its base class, and what it has to ask for."""

from bisect import bisect_left
from collections.abc import Callable
from functools import partial

from aws_cdk import App

from infra.options import ConfigError
from tests.infra.actions import INTERFACES, OWN, PROOF
from tests.infra.registrations import VPC
from tests.infra.scratch import LOOK, Scratch, deployed
from tests.infra.template import Template, actions_of


class Blind(Scratch):
    LAYERS = ("pitcrew", "powertools")


class Talkative(Scratch):
    def check_environments(self) -> None:
        self.let_notify(self.look)
        super().check_environments()


def test_a_new_automation_reaches_the_clusters_from_their_vpc(new_app: Callable[..., App]) -> None:
    found = deployed(Scratch, new_app())

    ways_in = {"secretsmanager:GetSecretValue", "eks:DescribeCluster"}
    assert actions_of(found.statements_of_function(LOOK)) == OWN | ways_in | PROOF | INTERFACES
    assert found.functions()[LOOK]["VpcConfig"]["SubnetIds"] == VPC["subnet_ids"]


def test_an_automation_without_the_layer_stands_outside_and_gets_nothing(new_app: Callable[..., App]) -> None:
    found = deployed(Blind, new_app())

    assert actions_of(found.statements_of_function(LOOK)) == OWN
    assert "VpcConfig" not in found.functions()[LOOK]


def topics_of(template: Template) -> list[object]:
    granted = template.statements_of_function(LOOK)
    return [statement["Resource"] for statement in granted if actions_of([statement]) == {"sns:Publish"}]


def test_a_function_may_publish_to_the_topic_alone_where_it_asks_for_it(new_app: Callable[..., App]) -> None:
    silent, talkative = deployed(Scratch, new_app()), deployed(Talkative, new_app())
    (topic,) = talkative.of_type("AWS::SNS::Topic")

    assert topics_of(silent) == []
    assert topics_of(talkative) == [{"Ref": topic}]
    variables = talkative.functions()[LOOK]["Environment"]["Variables"]
    assert variables["TOPIC_ARN"] == {"Ref": topic}
    assert "TOPIC_ARN" not in silent.functions()[LOOK]["Environment"]["Variables"]


def test_what_a_function_asks_for_takes_room_from_the_clusters(new_app: Callable[..., App]) -> None:
    def is_too_much(kind: type[Scratch], number: int) -> bool:
        try:
            deployed(kind, new_app(), {f"team-{n:03}": {"eks": f"team-{n:03}"} for n in range(number)})
        except ConfigError:
            return True
        return False

    least = [bisect_left(range(128), True, key=partial(is_too_much, kind)) for kind in (Scratch, Talkative)]

    bytes_of_one = len(r",\"team-000\":{\"eks\":\"team-000\"}")
    assert least[0] - least[1] in range(200 // bytes_of_one, 200 // bytes_of_one + 3)

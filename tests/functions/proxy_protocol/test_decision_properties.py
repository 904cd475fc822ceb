"""What holds of the decision whatever is read, and in whatever order."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from functions.proxy_protocol.decision import Facts, Policy, Section, Verdict, decide
from functions.proxy_protocol.decision.service import Standing
from tests.functions.proxy_protocol.account import HOME, PROXY_PROTOCOL
from tests.functions.proxy_protocol.strategies import (
    ATTRIBUTES,
    BACKENDS,
    FACTS,
    GROUPS,
    POLICIES,
    PORTS,
    SERVICES,
    SHAPES,
    TAGS,
)

ANSWERS: Mapping[Section, st.SearchStrategy[dict[str, Any]]] = {
    Section.TAGS: st.fixed_dictionaries({"tags": TAGS}),
    Section.GROUP: st.fixed_dictionaries({"shape": SHAPES, "group": GROUPS}),
    Section.SERVICE: st.fixed_dictionaries({"service": SERVICES}),
    Section.LISTENERS: st.fixed_dictionaries({"listener_ports": PORTS}),
    Section.ATTRIBUTES: st.fixed_dictionaries({"attributes": ATTRIBUTES}),
    Section.BACKEND: st.fixed_dictionaries({"backend": BACKENDS}),
    Section.HEALTH: st.fixed_dictionaries({"is_in_service": st.booleans()}),
}


def _asked_to_the_end(seen: Facts, policy: Policy, data: st.DataObject) -> tuple[Facts, Verdict, list[Section]]:
    asked: list[Section] = []
    while isinstance(answer := decide(seen, policy), Section):
        assert answer not in seen.read, "a question is asked once"
        assert len(asked) < len(Section), "there is a verdict after at most seven questions"
        asked.append(answer)
        seen = replace(seen, **data.draw(ANSWERS[answer]))
    return seen, answer, asked


@settings(max_examples=600)
@given(seen=FACTS, policy=POLICIES, data=st.data())
def test_any_facts_in_any_stage_lead_to_a_verdict(seen: Facts, policy: Policy, data: st.DataObject) -> None:
    _, verdict, asked = _asked_to_the_end(seen, policy, data)

    assert verdict in Verdict
    assert asked == [section for section in Section if section in asked], "questions come in their order"


@settings(max_examples=600)
@given(seen=FACTS, policy=POLICIES, data=st.data())
def test_what_is_switched_on_is_ours_asked_for_and_able(seen: Facts, policy: Policy, data: st.DataObject) -> None:
    seen, verdict, _ = _asked_to_the_end(seen, policy, data)

    if verdict.acts or verdict.is_held_back:
        tags = seen.tags or {}
        assert seen.service is not None
        assert seen.arn.startswith(HOME)
        assert not seen.is_gone
        assert tags["kubernetes.io/service-name"] == "shop/web"
        assert not any(key.startswith(("elbv2.", "service.k8s")) for key in tags)
        assert tags.get("sigs.k8s.io/cluster-api-provider-aws/role") != "apiserver"
        assert tags.get("kubernetes.io/cluster/prod") == "owned" or tags.get("kubernetes.io/cluster/dev") == "owned"
        assert tags.get("pitcrew:proxy-protocol") != "disabled"
        assert tags.get("pitcrew:proxy-protocol") == "enabled" or policy.services or seen.service.annotations
        assert seen.service.standing in {Standing.UNREGISTERED, Standing.FOUND}
        assert "disabled" not in seen.service.annotations.values()
        assert not any("proxy_protocol_v2.enabled=false" in value for value in seen.service.annotations.values())
        assert not (seen.backend and seen.backend.expects_header is False and verdict.acts)
        assert seen.shape is not None
        assert seen.shape.protocol in ({"TCP", "TLS"} if policy.allow_tls else {"TCP"})
        assert (seen.attributes or {})[PROXY_PROTOCOL] == "false"
        assert seen.by_event or (seen.group and seen.group.load_balancer_arns)


@settings(max_examples=300)
@given(seen=FACTS, policy=POLICIES, data=st.data())
def test_an_answer_already_known_changes_no_verdict(seen: Facts, policy: Policy, data: st.DataObject) -> None:
    seen, verdict, _ = _asked_to_the_end(seen, policy, data)

    assert decide(seen, policy) is verdict

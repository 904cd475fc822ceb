"""Parameters and answers in the stand-in's trail of ELBv2 writes, held to the samples of CloudTrail's events."""

from .aws import SERVICE, Client, Trail

ASKED = {
    "healthCheckIntervalSeconds": 10,
    "healthCheckPath": "/healthz",
    "healthCheckPort": "32487",
    "healthCheckProtocol": "HTTP",
    "port": 30080,
    "protocol": "TCP",
    "vpcId": "vpc-1",
}


def test_a_new_group_is_told_with_its_settings_and_tags(elbv2: Client, trail: Trail, unique: str) -> None:
    # Source: sample elbv2-create-target-group.local.standin.json
    settings = {"Protocol": "TCP", "Port": 30080, "VpcId": "vpc-1", "HealthCheckProtocol": "HTTP"}
    check = {"HealthCheckPath": "/healthz", "HealthCheckPort": "32487", "HealthCheckIntervalSeconds": 10}
    elbv2.create_target_group(Name=f"{unique}-b", **settings, **check, Tags=[SERVICE])
    (event,) = trail()
    tags = [{"key": "kubernetes.io/service-name", "value": "ingress-nginx/web"}]
    assert event["detail"]["requestParameters"] == {"name": f"{unique}-b", "tags": tags, **ASKED}
    (told,) = event["detail"]["responseElements"]["targetGroups"]
    assert told.pop("targetGroupArn").split(":targetgroup/")[1].startswith(f"{unique}-b/")
    assert told == {
        **ASKED,
        "targetGroupName": f"{unique}-b",
        "healthCheckEnabled": True,
        "healthCheckTimeoutSeconds": 6,
        "healthyThresholdCount": 5,
        "unhealthyThresholdCount": 2,
        "matcher": {"httpCode": "200-399"},
        "loadBalancerArns": [],
        "targetType": "instance",
    }


def test_listeners_are_told_with_the_groups_they_forward_to(
    elbv2: Client, trail: Trail, group: str, unique: str
) -> None:
    # Source: samples elbv2-create-listener.standin.json, elbv2-modify-listener.moved-to-new-group.standin.json
    made = elbv2.create_load_balancer(Name=unique, Type="network", Subnets=["subnet-1"])["LoadBalancers"][0]
    trail()
    action = {"Type": "forward", "TargetGroupArn": group}
    balancer = made["LoadBalancerArn"]
    created = elbv2.create_listener(LoadBalancerArn=balancer, Port=80, Protocol="TCP", DefaultActions=[action])
    listener = created["Listeners"][0]["ListenerArn"]
    elbv2.modify_listener(ListenerArn=listener, Port=80, DefaultActions=[action])
    forward = {"type": "forward", "targetGroupArn": group}
    told = {"listenerArn": listener, "loadBalancerArn": balancer, "port": 80, "protocol": "TCP"}
    response = {"listeners": [{**told, "defaultActions": [{**forward, "order": 1}]}]}
    asked = {"port": 80, "defaultActions": [forward]}
    assert [
        (event["detail"]["eventName"], event["detail"]["requestParameters"], event["detail"]["responseElements"])
        for event in trail()
    ] == [
        ("CreateListener", {**asked, "loadBalancerArn": balancer, "protocol": "TCP"}, response),
        ("ModifyListener", {**asked, "listenerArn": listener}, response),
    ]


def test_a_load_balancer_is_told_with_cloudtrails_spelling(elbv2: Client, trail: Trail, unique: str) -> None:
    # Source: facts/proxy-protocol.md section 4.1 ("acronym oddity dNSName", createdTime "Mar 17, 2021 8:37:10 AM")
    elbv2.create_load_balancer(Name=unique, Type="network", Subnets=["subnet-1"])
    (told,) = trail()[0]["detail"]["responseElements"]["loadBalancers"]
    assert told["dNSName"].endswith(".amazonaws.com")
    assert told["createdTime"].endswith((" AM", " PM"))


def test_attributes_are_told_before_and_after(elbv2: Client, trail: Trail, group: str) -> None:
    # Source: sample elbv2-modify-target-group-attributes.by-hand.standin.json
    wished = [{"Key": "proxy_protocol_v2.enabled", "Value": "true"}]
    elbv2.modify_target_group_attributes(TargetGroupArn=group, Attributes=wished)
    detail = trail()[-1]["detail"]
    switched = {"key": "proxy_protocol_v2.enabled", "value": "true"}
    assert detail["requestParameters"] == {"targetGroupArn": group, "attributes": [switched]}
    assert switched in detail["responseElements"]["attributes"]
    assert len(detail["responseElements"]["attributes"]) == 9


def test_tags_are_told_without_an_answer(elbv2: Client, trail: Trail, group: str) -> None:
    # Source: sample elbv2-add-tags.recorded.json (responseElements null on success)
    elbv2.add_tags(ResourceArns=[group], Tags=[{"Key": "WAF", "Value": ""}])
    detail = trail()[-1]["detail"]
    assert detail["requestParameters"] == {"resourceArns": [group], "tags": [{"key": "WAF", "value": ""}]}
    assert detail["responseElements"] is None
    assert "errorCode" not in detail

from tests.functions.proxy_protocol.cloud import Cloud, policy
from tests.functions.proxy_protocol.event_bodies import created

def test_smoke(log_lines, capsys):
    cloud = Cloud(policy("*/shop/*"))
    a = cloud.account.add(tags={"pitcrew:proxy-protocol": "enabled"}, is_attached=False)
    assert cloud.on_event(created(cloud.account.groups[a]), "x") == ["1"]
    print(log_lines)
    assert cloud.account.is_on(a)
    print(cloud.sweep())
    b = cloud.account.add()
    print(cloud.plan())
    print(cloud.apply())
    assert cloud.account.is_on(b)

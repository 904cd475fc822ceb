"""What starts the proxy-protocol functions, and how often."""

from tests.infra.template import Template


def test_the_queue_gives_a_record_five_tries_and_a_batch_of_ten_time_to_end(template: Template) -> None:
    (queue,) = (q for q in template.of_type("AWS::SQS::Queue", "proxy_protocol").values() if "RedrivePolicy" in q)
    poller = template.the("AWS::Lambda::EventSourceMapping", "proxy_protocol")

    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5
    assert queue["VisibilityTimeout"] == 540
    assert poller["BatchSize"] == 10


def test_the_sweep_is_started_at_its_rate_one_at_a_time_and_never_tried_again(template: Template) -> None:
    schedule = template.the("AWS::Scheduler::Schedule", "proxy_protocol")
    queued = template.the("AWS::Lambda::EventInvokeConfig", "proxy_protocol")
    sweep = template.functions()["proxy_protocol.sweep"]

    assert schedule["ScheduleExpression"] == "rate(15 minutes)"
    assert schedule["Target"]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 900, "MaximumRetryAttempts": 0}
    assert (queued["MaximumEventAgeInSeconds"], queued["MaximumRetryAttempts"]) == (900, 0)
    assert sweep["ReservedConcurrentExecutions"] == 1
    assert sweep["Timeout"] == 900

import json

from tests.infra.template import Template


def test_the_queue_gives_a_record_five_tries_and_each_batch_time_to_end(template: Template) -> None:
    (queue,) = (q for q in template.of_type("AWS::SQS::Queue").values() if "RedrivePolicy" in q)

    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5
    assert queue["VisibilityTimeout"] == 6 * template.functions()["on_event"]["Timeout"] == 540


def test_every_queue_is_encrypted_and_refuses_plain_connections(template: Template) -> None:
    queues = template.of_type("AWS::SQS::Queue")
    refusing = [
        policy["Queues"]
        for policy in template.of_type("AWS::SQS::QueuePolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny" and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    ]

    assert all(queue["SqsManagedSseEnabled"] for queue in queues.values())
    assert sorted(map(json.dumps, refusing)) == sorted(json.dumps([{"Ref": queue}]) for queue in queues)


def test_what_the_rule_cannot_deliver_is_kept(template: Template) -> None:
    (target,) = template.the("AWS::Events::Rule")["Targets"]
    dead_letter_queue, _ = target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"]

    assert template.of_type("AWS::SQS::Queue")[dead_letter_queue]["MessageRetentionPeriod"] == 14 * 86400


def test_records_fail_alone_and_two_batches_run_at_once(template: Template) -> None:
    mapping = template.the("AWS::Lambda::EventSourceMapping")

    assert mapping["BatchSize"] == 10
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}

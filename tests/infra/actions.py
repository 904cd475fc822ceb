"""IAM actions that functions of any automation may be granted."""

LOG = {"logs:CreateLogStream", "logs:PutLogEvents"}
"""Used by Lambda in the function's name."""

OWN = LOG | {"ssm:GetParameter"}
"""What every function has: its log, and its mode."""

POLL = {
    "sqs:ReceiveMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:GetQueueUrl",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
}
"""Used by the poller of a queue in the function's name."""

PROOF = {"ec2:DescribeInstances"}
"""The proof that a cluster is the one meant; EC2 knows no resource for it."""

INTERFACES = {
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
}
"""Lambda's own in a VPC: it makes them in the function's name, and wants them on all resources."""

LOG_DELIVERY = {
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
}
"""Used by Step Functions; none has a resource that could be named."""

"""The local stand-in for AWS: ministack in one process, and what it lacks.

process.py          starts and ends it, for the demo and the tests; runs commands such as the CDK CLI
cloud.py            a running one: clients, and what no AWS API does
guard.py            ends a command when its parent is gone
server.py           the process itself: additions, hypercorn on loopback
transport.py        loopback counts as TLS
runtime.py          functions run by AWS's own runtime client, in the folders of runtime_folders.py
targets.py          what a rule or a schedule cannot deliver goes to its dead-letter queue
effects.py          metrics in log lines
stepfunctions.py    names of executions, variables, outputs, throttling, the end of a loop
mailbox.py          what was published to topics; e-mail waits to be confirmed
control.py          /_local/…: fire a schedule, inject an event, lose events, look at queues and the mailbox
ec2*.py             moto's EC2: states that take time and are told, volumes that are held
elbv2*.py, cloudtrail.py, trail_*.py, permission*.py    load balancers, the trail of their writes, who may do what

Each addition has `install()`, which replaces private names of ministack; `tests/local/test_seams*.py` list them all.
"""

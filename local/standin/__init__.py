"""The local stand-in for AWS: ministack in one process, and what it lacks.

process.py      starts and ends it, for the demo and the tests; talks to it
server.py       the process itself: additions, hypercorn on loopback
runtime.py      functions run by AWS's own runtime client
targets.py      what a rule or a schedule cannot deliver goes to its dead-letter queue
effects.py      StartExecution is idempotent while running; metrics in log lines
control.py      /_local/…: fire a schedule, inject an event, lose events, look at queues
elbv2.py, cloudtrail.py, permissions.py      load balancers, the trail of writes, who may do what

Each addition has `install()`, which replaces private names of ministack; `tests/local/test_seams.py` lists them all.
"""

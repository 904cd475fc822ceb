"""What the automation for orphaned attachments costs: seconds of an outage, calls of a release, a quiet sweep.

sweep      a sweep of a large cluster in which nothing is amiss: pages, calls, memory
cases      which outages are played: with Pitcrew, and with Kubernetes alone
machine    the state machine as it is shipped, walked here, its states counted
release    one execution of it, with the functions that are shipped, and what these ask of AWS; others: but for EC2
stage      a real control plane, and machines that die when they are told
outages    plays the cases side by side   (python -m bench.orphaned_attachments.outages)
process    starts that in a process of its own
report     the part of the page; report_releases, what a release asks and costs
"""

"""What Pitcrew costs: seconds of a cold start and of an event, calls, wall clock and memory of a sweep.

__main__     the whole bench, one line a step; writes docs/performance.md
packages     the layers and the function's code as CDK zips them, unpacked as Lambda unpacks them
cloud        AWS, played by a loopback server in a process of its own
programs     what is measured, each in a fresh interpreter: Pitcrew's entry points, and a bare boto3 script
starts       cold and warm events, by turns with the bare script
sweeps       sweeps of small and large accounts
report       the page
"""

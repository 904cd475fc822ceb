"""What Pitcrew costs: seconds of a cold start and of an event, a sweep, the Kubernetes API.

__main__      the whole bench, one line a step; writes docs/performance.md
packages      the layers and the function's code as CDK zips them, unpacked as Lambda unpacks them
cloud         AWS, played by a loopback server in a process of its own
cluster       the Kubernetes API, played likewise, or a real one
environments  boto3 and one client of the Kubernetes API, each in a virtual environment
programs      what is measured, each in a fresh interpreter: Pitcrew's entry points, a bare boto3 script, and clients
starts        cold and warm events, by turns with the bare script
sweeps        sweeps of small and large accounts
clients       the layer `kube` and other clients of the Kubernetes API, by turns; layer, what it weighs
orphaned_attachments  outages, releases and a quiet sweep of that automation
report        the page; report_clients, its part about clients; tables, what both are made of
"""

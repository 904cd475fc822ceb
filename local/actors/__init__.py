"""Who acts in a cluster beside its control plane, played as small as the tests, the benches and the demo need it.

kubelet.py               one node: its Node, CSINode and Lease, and its pods; node.py: how these look
cloud_node_lifecycle.py  the cloud controller's loop: Nodes of machines that are stopped or gone
volumes.py               workloads with an EBS volume, and which node holds it
ec2_endpoint.py          EC2 on loopback, where there is no stand-in for AWS
outage.py                a cluster of such nodes, and how a machine of it dies
releasing.py             plays the state machine *Release volumes*, in real time
loop.py                  what kubelet and cloud controller run in
"""

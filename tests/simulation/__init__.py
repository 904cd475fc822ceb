"""A cluster and its AWS account in memory, on a clock of their own: stories, faults, crashes and planted bugs.

clock         time, which moves only when it is told to, and what happens at its moments
kubernetes    the API server: preconditions, patches, finalizers; kube.Cluster asks it as it asks a real one
ec2           instances and volumes that change their states as EC2's do, as boto3's client shows them
controllers   attach-detach, taint eviction and the rest of Kubernetes and its friends on AWS
calls         what the product asks, in order, and the faults that a test puts there
ledger        the harness's own record of what is unsafe: the product keeps none
machine       plays the state machine *Release volumes*, the queue of events and the sweep
world         all of it together
stories       what happens to an instance, and what must be true at the end
bugs          what somebody could get wrong in the product, and the test that finds it
"""

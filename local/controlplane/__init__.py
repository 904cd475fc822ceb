"""A real Kubernetes control plane on loopback, for the tests, the benches and the demo.

binaries.py       where its four binaries are: KUBEBUILDER_ASSETS, or the cache
programs.py       what is built: the four, and the external-attacher with our CSI controller
build.py, go.py   built once with Go where they are not; `make test` checks for that before anything else
plane.py          starts and stops it: etcd, kube-apiserver, and what else is asked for
csi.py            lets volumes be attached and detached there
startup.py        which components, with which flags.py, and when each is ready
component.py      one component as a process, and tethered.py, which lets none outlive us
ports.py          free ones; files.py: what the components read
certificates.py   its own authority; kubeconfigs.py: how a client gets in
client.py         the administrator of a test, who does not use the layer `kube` that is tested

The sources of the binaries are in tests/cluster/controlplane/ and tests/cluster/csi/. This file, binaries.py,
programs.py, build.py and go.py run on the machine's own Python, before anything is installed.
"""

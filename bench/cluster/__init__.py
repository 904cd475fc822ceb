"""A large cluster, played by a loopback TLS server in a process of its own; a small one, a real API server can hold.

names      what machines and volumes are called
nodes      what the Nodes look like; volumes: PersistentVolumes, VolumeAttachments and CSINodes
contents   how many of them there are
answers    a request in, a page of a list out   (no socket)
__main__   mutual TLS and HTTP around the answers
process    starts and stops it, or the real one
"""

"""A cluster of 5,000 Nodes, played by a loopback TLS server in a process of its own; fewer, a real API server can hold.

nodes      what the Nodes look like
answers    a request in, a page of Nodes out   (no socket)
__main__   mutual TLS and HTTP around the answers
process    starts and stops it, or the real one
"""

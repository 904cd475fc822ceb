"""AWS, played by a loopback server in a process of its own, so that its work is not in our figures.

inventory   which target groups there are
ec2         which instances and volumes, and EC2's own way to write them
answers     a request in, an answer as AWS would write it out   (no socket)
__main__    HTTP around the answers, with a delay
process     starts and stops it, and asks it which calls it saw
"""

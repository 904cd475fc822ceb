"""Proxy protocol on new NLB target groups: what starts it, and what it may do."""

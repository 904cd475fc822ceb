"""Orphaned EBS attachments of dead nodes: what starts it, and what it may do."""

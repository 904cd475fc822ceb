"""Who else acts in and around a cluster: each in a few lines, with the timers of facts/orphaned-attachments.md."""

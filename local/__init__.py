"""The local stand-in cloud, the demo, and the set-up of a clone."""

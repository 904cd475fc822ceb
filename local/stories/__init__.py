"""The stories that `make demo` and tests/local play, a file an automation; each names its lines in LINES."""

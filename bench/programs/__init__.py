"""What is measured, each file run by its path in a fresh interpreter; the result is the last line on stderr."""

"""The deployed stack on the stand-in, and the stand-in itself."""

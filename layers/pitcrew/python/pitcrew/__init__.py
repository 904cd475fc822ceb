"""What every automation needs at run time, one noun a file."""

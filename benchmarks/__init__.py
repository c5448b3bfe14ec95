"""What `make bench` measures: ratios to the bare statements in the same run, and a few figures in seconds."""

"""Loaded by Python at the start of every process of a service under test: its worker waits for the order to strike."""

import sys

if any("worker_process" in word for word in sys.orig_argv):
    from benchmarks.striking import arm

    arm()

"""Random histories: acts of all procedures, played on a database and by the reference, until the two say something different.

`chance` draws what is tried, `stage` plays it, `machine` is Hypothesis' state machine, `filed` writes what differs as a scenario.
"""

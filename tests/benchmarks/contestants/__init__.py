"""Ways to find what differs between a bank's book and ours, each run in a process of its own by `contest.py`."""

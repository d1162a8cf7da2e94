"""Measured comparisons that anyone can rerun: ``make bench`` on a Debian 12 machine, as root.

Every contender works on practice servers of its own, in the same run; what counts are medians and their ratios.
Nothing here is a gate: a slow machine is no mistake.
"""

"""The demo market: ERCOT, the wires companies, invented retailers, a registry and a year of issues."""

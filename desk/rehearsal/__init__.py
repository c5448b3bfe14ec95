"""Scenarios and synthetic years: written down, checked, played and judged."""

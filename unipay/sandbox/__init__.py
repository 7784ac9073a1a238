"""Simulated banks, provinces and a hall that speak the real wire, with books and pages of their own."""

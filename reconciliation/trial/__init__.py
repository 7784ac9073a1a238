"""Invented books to try reconciliation at any size: a consistent book of ours, and partners' views of it that differ
in known ways."""

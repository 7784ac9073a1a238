"""Signing: contracts between mobile numbers and bank accounts, by both channels, and their whole life."""

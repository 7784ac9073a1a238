"""The whole story of signing, driven through the real HTTP interfaces by `manage.py demo`."""

"""The doors of billing for partners: bills of provinces, recharges of banks."""

"""The doors of signing that partners come through: one module per resource, one flow per door."""

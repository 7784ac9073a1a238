"""Unipay, the unified payment centre: the project, and the ground its applications stand on."""

from unipay.celery import app as celery_app

__all__ = ["celery_app"]

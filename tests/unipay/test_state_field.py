"""The field of states, and what migrations see of it."""

import pytest
from django.db import models
from django.db.migrations.loader import MigrationLoader

from signing.models import Contract
from unipay.state_field import StateField


def test_it_is_changed_by_transitions_alone() -> None:
    contract = Contract(state="ACTIVE")

    with pytest.raises(AttributeError, match="Direct state modification"):
        contract.state = "TERMINATED"


def test_migrations_know_it_as_text() -> None:
    _name, path, _args, told = Contract._meta.get_field("state").deconstruct()

    assert isinstance(Contract._meta.get_field("state"), StateField)
    assert path == "django.db.models.CharField"
    assert "protected" not in told


def test_no_field_of_a_migration_listens_for_models_to_come() -> None:
    state = MigrationLoader(None).project_state()

    fields = {
        type(field).__module__ for model in state.models.values() for field in model.fields.values()
    } - {models.Field.__module__}
    assert not [module for module in fields if "fsm" in module]

from django.db import migrations, models
from django.db.models import Q

LIVE = ~Q(state__in=["REFUSED", "QUARANTINED"])


class Migration(migrations.Migration):
    dependencies = [("exchange", "0003_ship_neutral_layouts")]

    operations = [
        migrations.RemoveConstraint(model_name="receivedfile", name="one_live_file_per_content"),
        migrations.AddConstraint(
            model_name="receivedfile",
            constraint=models.UniqueConstraint(
                fields=["digest"], condition=LIVE & Q(size__gt=0), name="one_live_file_per_content"
            ),
        ),
        migrations.AddConstraint(
            model_name="receivedfile",
            constraint=models.UniqueConstraint(
                fields=["partner", "kind", "business_date"],
                condition=LIVE & Q(size=0),
                nulls_distinct=False,
                name="one_live_empty_file_per_day",
            ),
        ),
    ]

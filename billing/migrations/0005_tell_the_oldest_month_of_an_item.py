from datetime import date

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_check_entries_more_quickly")]

    operations = [
        migrations.AddField(
            model_name="debititem",
            name="oldest_month",
            field=models.DateField(
                default=date(2020, 1, 1), help_text="Its first day.", verbose_name="oldest billing month"
            ),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="debititem",
            index=models.Index(
                condition=models.Q(("agreement_no", ""), _negated=True),
                fields=["agreement_no", "-id"],
                name="item_by_agreement",
            ),
        ),
    ]

"""Makes the groups of the roles with their rights."""

from django.conf import settings
from django.db import migrations

from unipay.backoffice.grants import grant


def grant_all(apps, schema_editor):
    grant(apps)


class Migration(migrations.Migration):

    dependencies = [
        ('backoffice', '0003_post_people_to_provinces'),
        ('approvals', '0001_create_proposals_and_rules'),
        ('signing', '0004_propose_and_withdraw_cases'),
        ('messaging', '0004_index_lists_by_partner_and_exception'),
        ('partners', '0002_publish_own_keys_before_they_sign'),
        ('axes', '0010_accessattemptexpiration'),
        ('django_celery_beat', '0019_alter_periodictasks_options'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunPython(grant_all, migrations.RunPython.noop)]

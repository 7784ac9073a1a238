import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
from django.db import migrations, models

# Windows that met each other become one, with both remarks, under the number of the first.
MERGE = """
    WITH merged AS (
        SELECT partner_id, unnest(range_agg(period)) AS period FROM partners_maintenancewindow GROUP BY partner_id
    ), met AS (
        SELECT min(w.id) AS kept, array_agg(w.id) AS ids, m.period, left(string_agg(NULLIF(w.remark, ''), '; '), 200) AS remark
        FROM merged m JOIN partners_maintenancewindow w ON w.partner_id = m.partner_id AND w.period <@ m.period
        GROUP BY m.partner_id, m.period HAVING count(*) > 1
    ), gone AS (
        DELETE FROM partners_maintenancewindow w USING met WHERE w.id = ANY(met.ids) AND w.id <> met.kept
    )
    UPDATE partners_maintenancewindow w SET period = met.period, remark = COALESCE(met.remark, '')
    FROM met WHERE w.id = met.kept
"""


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0002_publish_own_keys_before_they_sign'),
    ]

    operations = [
        migrations.RunSQL(MERGE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='maintenancewindow',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func('partner_id', 'partner_id', models.Value('[]'), function='int8range', output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField()), '&&'), ('period', '&&')], name='one_maintenance_window_at_a_time'),
        ),
    ]

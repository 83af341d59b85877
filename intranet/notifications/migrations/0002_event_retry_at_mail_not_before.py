from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]

    operations = [
        migrations.AddField("event", "retry_at", models.DateTimeField(null=True)),
        migrations.AddField("mail", "not_before", models.DateTimeField(null=True)),
    ]

"""The record of the demonstration's imports."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Creates the one table of the demonstration."""

    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="DemoLoad",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("loaded_at", models.DateTimeField(auto_now_add=True)),
            ],
        )
    ]

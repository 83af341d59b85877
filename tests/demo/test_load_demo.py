"""The command ``load_demo`` where it does not belong; what it brings in is looked at in ``tests/golden``."""

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from intranet.demo.models import DemoLoad
from intranet.networks.models import Network


@pytest.mark.django_db
@override_settings(SETTINGS_MODULE="intranet.settings.production")
def test_load_demo_production_is_refused():
    with pytest.raises(CommandError, match="--force"):
        call_command("load_demo")

    assert not Network.objects.exists()
    assert not DemoLoad.objects.exists()

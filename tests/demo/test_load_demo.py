"""The command ``load_demo`` where it does not belong; what it brings in is looked at in ``tests/golden``."""

import os
import subprocess
import sys

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


@pytest.mark.parametrize("plugin", ["memos", "glossary"])
def test_load_demo_names_the_plugin_that_is_off(plugin):
    program = "import django; django.setup(); from intranet.demo.services import load_demo; load_demo()"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "intranet.settings.test",
        "INTRANET_PLUGINS_DISABLED": plugin,
    }
    loaded = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False
    )

    assert f"has content of the plugin {plugin}, which INTRANET_PLUGINS_DISABLED switches off" in loaded.stderr

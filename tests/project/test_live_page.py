"""docs/live.md: its settings load as they stand there, and it names every setting of the way to a target."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from pages import text_of
from ways import Authority, encrypted

from conformance.run.settings.loading import load
from conformance.run.settings.target import NetworkSection

PAGE = text_of("docs/live.md")


def test_the_settings_of_the_page_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("CONFORMANCE_", "LAYERS_"))]:
        monkeypatch.delenv(name)
    for name in re.findall(r'"([A-Z]+_[A-Z_]+)"', PAGE):
        monkeypatch.setenv(name, "robot:0123456789")
    authority = Authority(tmp_path)
    client = authority.issue("client")
    client.cert.rename(tmp_path / "client.pem")
    encrypted(client.key, "robot:0123456789").rename(tmp_path / "client-key.pem")
    (block,) = re.findall(r"^```toml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    (tmp_path / "conformance.toml").write_text(block, encoding="utf-8")
    network = load(tmp_path / "conformance.toml").network
    assert network.model_fields_set == set(NetworkSection.model_fields), "every setting stands there"


def test_each_setting_is_explained() -> None:
    explained = set(re.findall(r"`([a-z_]+)`", "".join(re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE))))
    assert set(NetworkSection.model_fields) <= explained

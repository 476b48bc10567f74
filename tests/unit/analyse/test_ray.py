"""Joining a cluster that is not there fails at once, with the next step."""

from __future__ import annotations

import sys

import pytest

from tests.object_store import free_ports
from tidewheel.analyse.executors.ray import Ray
from tidewheel.core.errors import Unavailable


def test_a_cluster_that_is_not_there_is_named() -> None:
    address = f"127.0.0.1:{free_ports(1)[0]}"
    with pytest.raises(Unavailable) as caught:
        Ray(address)
    assert (caught.value.code, caught.value.got) == ("no_cluster", address)


def test_without_the_package_the_way_to_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(Unavailable) as caught:
        Ray("auto")
    assert caught.value.code == "ray_not_installed"
    assert "tidewheel[ray]" in str(caught.value)

"""Joining a cluster that is not there fails at once, with the next step."""

from __future__ import annotations

import socket
import sys
from types import SimpleNamespace

import pytest

from tests.object_store import free_ports
from tidewheel.analyse.executors.ray import Ray, is_here
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


def test_an_address_is_of_this_machine_or_of_another() -> None:
    assert is_here("127.0.0.1")
    assert is_here("127.0.0.9")
    assert not is_here("192.0.2.7")  # for documentation: nobody has it
    assert not is_here("2001:db8::7")


def test_a_machine_that_is_no_part_of_the_cluster_is_told_to_join(monkeypatch: pytest.MonkeyPatch) -> None:
    offered = SimpleNamespace(
        util=SimpleNamespace(get_node_ip_address=lambda: "192.0.2.7", scheduling_strategies=None),
        is_initialized=lambda: False,
        init=lambda **_: None,
        shutdown=lambda: left.append(True),
    )
    left: list[bool] = []
    for name, module in (
        ("ray", offered),
        ("ray.util", offered.util),
        ("ray.util.scheduling_strategies", offered),
    ):
        monkeypatch.setitem(sys.modules, name, module)
    with socket.create_server(("127.0.0.1", 0)) as head:
        address = f"127.0.0.1:{head.getsockname()[1]}"
        with pytest.raises(Unavailable) as caught:
            Ray(address)
    assert (caught.value.code, caught.value.got) == ("ray_not_here", address)
    assert "192.0.2.7" in str(caught.value)
    assert left == [True]

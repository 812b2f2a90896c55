"""Where the portal serves, and one clear sentence when it cannot."""

import socket

import pytest

from portal.running.place import Place, Trouble, addresses, asked, bind


@pytest.mark.parametrize(
    ("env", "place"),
    [
        ({}, Place("127.0.0.1", 8000)),
        ({"PORT": "", "HOST": ""}, Place("127.0.0.1", 8000)),
        ({"PORT": "9001", "HOST": "0.0.0.0"}, Place("0.0.0.0", 9001)),
    ],
)
def test_asked(env, place):
    assert asked(env) == place


@pytest.mark.parametrize("port", ["x", "-1", "65536", "80.5", "٨٠"])
def test_a_port_that_is_none(port):
    with pytest.raises(Trouble, match=f"^PORT={port} is no port"):
        asked({"PORT": port})


def test_a_port_in_use():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Trouble, match=f"^Port {port} is in use.*PORT="):
            bind(Place("127.0.0.1", port))


@pytest.mark.parametrize("host", ["198.51.100.7", "nowhere.invalid", "a..b", "ä" * 70])
def test_a_host_that_is_not_ours(host):
    with pytest.raises(Trouble, match=f"^HOST={host} is no address of this machine"):
        bind(Place(host, 0))


def test_a_page_of_ours_may_come_from_each_address_that_serves():
    assert Place("127.0.0.1", 8000).origins == ("http://127.0.0.1:8000", "http://localhost:8000")
    assert Place("localhost", 8000).origins == ("http://localhost:8000", "http://127.0.0.1:8000")
    assert Place("::1", 8000).origins == ("http://[::1]:8000",)
    assert Place("127.0.0.1", 8000).public == "http://127.0.0.1:8000"
    everywhere = Place("0.0.0.0", 8000).origins
    assert Place("0.0.0.0", 8000).public in everywhere
    assert everywhere[0] == "http://127.0.0.1:8000"
    assert {f"http://{address}:8000" for address in addresses()} <= set(everywhere)


def test_paper_leads_to_an_address_that_a_phone_reaches():
    assert Place("127.0.0.1", 8000).public == "http://127.0.0.1:8000"
    assert Place("192.0.2.7", 8000).public == "http://192.0.2.7:8000"
    everywhere = Place("0.0.0.0", 8000)
    assert everywhere.public in everywhere.origins
    assert everywhere.public == (f"http://{addresses()[0]}:8000" if addresses() else "http://127.0.0.1:8000")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "localhost", "127.0.0.1"])
def test_the_first_name_leads_there(host):
    with bind(Place(host, 0)) as listening:
        place = Place(host, listening.getsockname()[1])
        socket.create_connection((place.names[0], place.port), 5).close()

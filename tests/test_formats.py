"""Recognizing files in other formats."""

from __future__ import annotations

import bz2
import gzip
import lzma
from pathlib import Path

import pytest

from dynaconf_cluster import ClusterFileError, read

from .test_parser import refuse

INI = "an Ansible inventory (INI)"
YAML = "an Ansible inventory (YAML)"
VALUES = "CSV or other separated values"
CONFLICT = "a file with merge conflicts"
GENDERS = "a genders file"
SSH = "an ssh_config file"
MARKUP = "HTML or XML"
TEXTS = [
    (INI, ["[web]\nw1\nw2\n[site:children]\nweb\n", "www[01:50].example.com\n"]),
    (INI, ["# ours\n\nmail.example.com\n\n[web] ; shops\nw[01:50].example.com\n"]),
    (INI, ["w1 ansible_host=192.0.2.1 ansible_user=deploy\nw2\n", "  [ web ]\n    w1\n"]),
    (INI, ["[web]\nw1 http_port=80\n[web:vars]\nport=80\nproxy = proxy.example.com\n"]),
    (INI, ["localhost ansible_connection=local\n[all:vars]\na=b\n", "w1 port=80 env=prod\nw2\n"]),
    (
        YAML,
        ["all:\n  children:\n    web:\n      hosts:\n        w1:\n", "web:\n  hosts: {w1: {}}\n"],
    ),
    (YAML, ["---\nungrouped:\n  hosts:\n    mail.example.com:\nweb:\n  hosts:\n    w1:\n"]),
    (YAML, ["# ours\nweb:\n  vars: {a: 1}\n  hosts:\n    w1:\n      ansible_host: 192.0.2.1\n"]),
    (YAML, ["all: {hosts: {w1: {}, w2: {}}}\n", "all: # ours\n  children: # shops\n    web:\n"]),
    ("YAML", ["web: [w1, w2]\ndb: [d1, d2]\n", "---\n- name: deploy\n  hosts: web\n"]),
    ("YAML", ["racks:\n  rack1: 'node[1-4]'\n", "web:\n- w1\n- w2\n", "- w1\n- w2\n"]),
    ("JSON", ['["w1","w2"]\n', '{\n  "web": {\n    "hosts": ["w1"]\n  }\n}\n', "[\n  {\n"]),
    ("JSON", ["[1, 2]", "{}\n"]),
    ("TOML", ['web = ["w1", "w2"]\n', '# ours\n[web]\nhosts = ["w1"]\nport = 80\n']),
    ("TOML", ['[[server]]\nname = "w1"\n', "debug = true # yes\n"]),
    ("TOML", ['[peak.running.cluster]\n_filename = "racks.cluster"\n']),
    ("TOML", ["[servers]\n  [servers.alpha]\n  ip = '192.0.2.1'\n"]),
    ("an INI file", ["[user]\n\tname = x\n", "[defaults]\ninventory = hosts\n"]),
    (VALUES, ["name,rack\nw1,a\nw2,b\n", '"name";"rack"\n"w1";"a"\n', "w1\ta\nw2\tb\n"]),
    (VALUES, ["name | rack\n-----|-----\nw1 | a\n", "w1,w2,w3\n"]),
    (
        GENDERS,
        [
            "w1 web,rack=a\nw2 web,rack=b\n",
            "# ours\nw[1-9]   all,web\nadmin\tall\n",
            "tux mgmt\ntux[0-9]  compute\n",
        ],
    ),
    ("/etc/hosts", ["192.0.2.1 w1.example.org w1\n"]),
    ("/etc/hosts", ["127.0.0.1\tlocalhost\n::1 localhost ip6-localhost # v6\nfe80::1%lo0 lo\n"]),
    (SSH, ["Host w1\n  HostName w1.example.org\n  User deploy\n"]),
    (SSH, ["host *\n\tServerAliveInterval=60\n", "ServerAliveInterval = 60\nHost w1\n  Port=22\n"]),
    (SSH, ["Include conf.d/*\nMatch user deploy\nPort 2222\n"]),
    (MARKUP, ["<!DOCTYPE html>\n<pre>\nGROUP:web\nw1\n</pre>\n"]),
    (MARKUP, ["<!DOCTYPE html>\n<html>\n<h1>404</h1>\n", '\n<?xml version="1.0"?>\n<racks/>\n']),
    (CONFLICT, ["<<<<<<< HEAD\nw1\n=======\nw2\n>>>>>>> topic\n"]),
    (CONFLICT, ["GROUP:web\n<<<<<<< HEAD\nw1\n||||||| base\n=======\nw2\n>>>>>>> topic\n"]),
    (CONFLICT, ["GROUP:web\nw1\n||||||| base\nw2\n=======\n"]),
    ("text in UTF-16", ["\0".join("GROUP:web\n") + "\0", "#\0 \0-\x04B\x04\n\0", "\0w\0\n"]),
    ("binary data", ["\x7fELF\x02\x01\x01\0\0\0\0\0", "a\x01\x02\x03\x04\x05\x06\x07\x08b"]),
]
TAR = b"racks.cluster".ljust(257, b"\0") + b"ustar\0" + b"00"


DATA = {
    "compressed data (gzip)": [gzip.compress(b"w1\n", mtime=0)],
    "compressed data (bzip2)": [bz2.compress(b"w1\n")],
    "compressed data (xz)": [lzma.compress(b"w1\n")],
    "compressed data (zip)": [b"PK\x03\x04\x14\0\0\0", b"PK\x05\x06" + bytes(18)],
    "compressed data (zstd)": [b"\x28\xb5\x2f\xfd\x24\x03\x19\x00\x00w1\n"],
    "compressed data (lz4)": [b"\x04\x22\x4d\x18\x64\x40\xa7"],
    "compressed data (7z)": [b"7z\xbc\xaf\x27\x1c\x00\x04"],
    "text in UTF-16": ["w1\n".encode("utf-16"), b"\xfe\xff" + "w1\n".encode("utf-16-be")],
    "binary data": [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", TAR, bytes(range(256)) * 4],
}


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in TEXTS for text in texts]
)
def test_another_format_is_named(name: str, text: str) -> None:
    """The error names the format once, above the problems of the lines."""
    for start in ("", "\ufeff"):
        first, *rest = str(refuse(start + text)).splitlines()
        advice = "; see dynaconf-cluster import ansible --help" if "Ansible" in name else ""
        assert first == f"x.cluster looks like {name}{advice}"
        assert rest
        assert not any("looks like" in line for line in rest)


@pytest.mark.parametrize("name", DATA)
def test_binary_data_is_named(name: str, tmp_path: Path) -> None:
    """Compressed and binary data, which are read as bytes, are recognized."""
    for data in DATA[name]:
        (tmp_path / "x").write_bytes(data)
        with pytest.raises(ClusterFileError) as caught:
            read("x")
        assert str(caught.value).startswith(f"x looks like {name}\n")


SLIPS = [
    *("w1;\nw2,w3\nw6:\nhttps://w7\n", "w1 # first\nw2\n", "GROUP:web\nw1,w2\nw[1-4]\n"),
    *("GROUP:web\n[db]\nw1 ansible_host=x\nall:\n", "one two\nthree four\n", "GROUP web\nw1\n"),
    *("größe\nb\xe4r -\n", "LUMP:a\nb\n", "x=1\nall:\nw1\n", "w1,\nw2,\n", "w{1,2}\nw[3,4]\n"),
    *("w1 # see ansible_host=192.0.2.1, once\nw2 # first, and best\n", "GROUP=1\nw1\n", ""),
    *("\x1b[01;32mw0\x1b[0m\n", 'GROUP="web"\nw1\n', "--- a/racks.cluster\n+++ b/racks.cluster\n"),
    *("\ufeffGROUP:web\nw1\n[db]\nw2\n", "a\x01b\n"),
]


@pytest.mark.parametrize("text", SLIPS)
def test_a_cluster_file_with_mistakes_is_no_other_format(text: str) -> None:
    """Neither a few invalid lines nor anything below a header suggests another format."""
    assert "looks like" not in str(refuse(text))

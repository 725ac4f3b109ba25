"""Cluster files as dynaconf settings.

A cluster file says which hosts there are and which groups they form::

    GROUP:web
    one.example.com
    two.example.com
    LUMP:site
    web

Add ``dynaconf_cluster.loader`` to the loaders of a dynaconf settings object and read
``settings.peak.running.cluster``; or read a file without dynaconf::

    cluster = dynaconf_cluster.read("racks.cluster")  # or parse(text)
    cluster.groups["web"]

Everything is typed, and imported at once, so that a program may change its root directory
or its user afterwards.

The loader can be named wherever dynaconf takes loaders: ``Dynaconf(loaders=[...])``, or
``LOADERS_FOR_DYNACONF`` in a settings module, a settings file, ``.env`` or the environment.
Keep ``dynaconf.loaders.env_loader`` in the list for environment variables to count, and
keep it after this one: in the other order, included files override the environment.

SETTINGS

All of these are below ``peak.running.cluster``.

groups
    The names of the declared groups and lumps, a tuple. Each maps to the tuple of its
    hosts: ``groups["web"]``, ``groups.web``, ``settings["peak.running.cluster.groups.web"]``.
    So do ``__all__`` (every host) and ``__orphans__`` (the hosts above the first header),
    which are always there and never listed.
hosts
    The names of all hosts, a tuple. Each maps to the tuple of the groups that it is in,
    ``__orphans__`` among them: ``hosts["one.example.com"]``, ``hosts.one.example.com``, and
    as a dotted setting.
group_names
    The groups of this machine: ``("__orphans__",)`` if it is above the first header or
    alone, ``()`` if the file does not list it.
hostname, shortname
    ``_hostname`` or what ``socket.gethostname()`` says, however the file spells it, and
    the same up to its first dot.
_filename
    Input: the path of the cluster file.
_hostname
    Input: the name of this machine, where ``gethostname()`` is wrong, as in containers.

The tuples are in cluster order, the order in which the file first mentions each name. They
are real tuples, and ``groups`` and ``hosts`` also have ``get``, ``keys``, ``items`` and
``values``; the last two are the quickest way to read everything. ``as_dict()``, and so
``dynaconf list``, returns plain dicts and tuples. A table above the cluster holds lazy
values, as it does with ``@format``, so ``json.dumps`` needs ``as_dict()``.

LOOKING UP

By key a name is exact, and a miss is an `UnknownKeyError`. By attribute a miss is an
`UnknownAttributeError`; ``get`` returns its default. Both errors suggest similar names, or
say that no cluster file is named. By attribute, ``get`` and dotted name, a name is looked
up as written first, and then ignoring case and with ``__`` (or your nested separator) for a
dot. Dotted names also work in validators, ``@format`` and ``@jinja``, and may end in an
index: ``groups.web.0``, ``@format {this.peak.running.cluster.groups.web[0]}``.

Part of a host's name by attribute (``hosts.one``, where only ``one.example.com`` is listed)
is a step on the way to it, not a tuple; if ``one`` and ``one.example.com`` are both listed,
it is the first. Names of a tuple's or a mapping's methods (``index``, ``count``, ``get``,
``keys``, ``items``, ``values``), and names that begin with an underscore, are read by key
or by dotted name. With dynaconf's ``dynaboxify=False``, read by key all the way:
``settings["PEAK"]["running"]["cluster"]["groups"]["web"]``.

THIS MACHINE

is the host with its name, ignoring case, user and port. Failing that, a name without a
domain matches the only host with that first label, and a name with a domain may be listed
by its first label alone.

WHERE THE FILE IS

The first of these that is neither ``None`` nor empty names it:

1. the setting ``peak.running.cluster._filename``, from any source. A relative path is
   found as dynaconf finds its own files. In the environment it is
   ``DYNACONF_PEAK__RUNNING__CLUSTER___FILENAME`` (mind the three underscores), with your
   own prefix, which wins over files.
2. ``CLUSTER`` in ``__main__``, relative to the working directory.
3. ``CLUSTER`` in the environment, likewise.

``~`` is expanded, ``os.PathLike`` is accepted, and a relative path keeps its first meaning
when the program changes its directory. A misspelt setting counts as none, and the machine
as alone; ``Validator("peak.running.cluster._filename", must_exist=True)`` insists.

- Nothing is set: the machine is alone. ``hosts``, ``groups.__all__`` and
  ``groups.__orphans__`` are ``(hostname,)``, ``groups`` is ``()``.
- A path is set and no file is there: the same, with a `ClusterFileWarning`. With
  dynaconf's ``silent_errors`` off it is a ``FileNotFoundError``.
- The file cannot be read or is refused: the ``OSError`` or `ClusterFileError` is raised
  while the settings are loaded, which is when they are first read.
- A file that these settings could read before is bad or gone when they are loaded again: the
  last good cluster stays in use, with a `ClusterFileWarning` that carries the error.
  With ``silent_errors`` off the error is raised, too.

Threads may read settings while another loads them again: each value is that of the old or
of the new cluster or, as in dynaconf, for a moment missing. A forked process keeps the
cluster of its parent.

The file that is named when the loader runs is read then; one that an include, a hook or
``settings.set`` names later, when that is set. A lazy ``_filename`` (``@format``) from a
file or the environment is evaluated, and its file read, when the cluster is read; one given
to ``settings.set``, at once. A pipe is read once, and what it said is kept. Python shows a
repeated warning only once; ``warnings.simplefilter("always", ClusterFileWarning)`` shows
every one.

REPLACING A GROUP

A list of hosts for ``groups.NAME``, set by any source, makes the group these hosts, as if
the file said so: lumps, ``hosts`` and ``group_names`` follow. A source is a file, the
environment, ``settings.set``, or a validator's default for a group that is not there::

    [peak.running.cluster.groups]
    web = ["localhost"]

    DYNACONF_PEAK__RUNNING__CLUSTER__GROUPS__WEB='["localhost"]'

With dynaconf's environments, a file's table belongs in the section of one, for example
``[default.peak.running.cluster.groups]``, as ``_filename`` does.

A lump becomes a group, a new name comes last, the list may be empty. The last source wins,
and what code has set is gone when settings are loaded again. In a second settings file, put
``dynaconf_merge = true`` at the top, or dynaconf forgets what the first says of ``peak``.

Invalid values raise a ``TypeError`` or ``ValueError`` that names the setting: anything but
a list of valid names, a host that differs from another in case alone, ``__all__`` and
``__orphans__``, ``@merge``, ``@get`` and ``dynaconf_merge`` (a group is replaced whole),
and anything for ``hosts.NAME``. If ``settings.set`` raises, nothing changes. ``None``, and
what is there already, change nothing either.

WRITING

The outputs follow ``_filename`` and ``_hostname``, whatever sets them and whenever. Values
set for ``group_names``, ``hostname`` or ``shortname`` are not kept, nor is a list for
``groups`` or ``hosts`` in a table above them. Your own keys below ``peak`` stay as they
are, and lazy ones stay lazy. Anything but a table where one is required
(``settings.set("peak", "x")``) is a ``TypeError``.

THE FILE

is UTF-8 text, one entry a line. Lines end in LF or CRLF; a byte order mark, white space
around entries, blank lines and lines that begin with ``#`` are ignored.

- ``GROUP:name`` starts a group; the lines below it are its hosts.
- ``LUMP:name`` starts a lump; the lines below it are groups and lumps, which may be defined
  further down, and may be ``__all__`` and ``__orphans__``. It has all their hosts.
- Lines above the first header are hosts, the orphans.

Groups may overlap. A name may have several sections, even of both kinds, which add up. A
host may have a group's name.

A group's name is made of letters and digits of any script, ``_``, ``-`` and ``.``; it
begins with neither of the last two, has no two dots together and none at its end. A host is
such a name or an IPv6 address, bare (``fe80::1%eth0``) or in brackets, with a port after a
name or brackets (``one.example.com:22``, ``[fe80::1]:22``), and a user in front
(``ann@one``).

A file that cannot mean what its author thought is refused as a whole, with all its
problems, up to a thousand: headers that are nearly right, invalid names, names that differ
in case alone, lumps that name no group or contain themselves, and a file without hosts,
which is what a failed ``generate > file`` leaves behind. ``dynaconf-cluster explain`` lists
the rules and explains each. If the file looks like an Ansible inventory, JSON, YAML, TOML,
CSV, genders, ``/etc/hosts``, ``ssh_config``, HTML, merge conflicts, UTF-16, compressed or
binary data, the error says so above its problems.

Differences from ClusterIt and PEAK: ClusterIt keeps the order of each section, PEAK's is as
here. PEAK forgot ``__orphans__`` among the groups of a host; ClusterIt's ``-g`` runs on
orphans, too, or loses them where the file ends in a lump. ClusterIt's lumps are made of
groups alone, and it passes over unknown members. To both, misspelt headers and invalid
names were hosts, names that differ in case alone were two, and a file without hosts was a
cluster.

NOT PROMISED

- What several sources give for one group before this loader runs is what dynaconf makes of
  it, marks and ``merge_enabled`` included.
- ``settings.update`` of several keys writes one after the other.
- Assigning to nodes (``settings.peak.running = {}``) goes around the settings, and is seen
  at the next load.
- What you hold of a cluster stays as it was when settings are loaded again.
- ``get_fresh`` and ``fresh_vars`` lose your own nested variables below ``PEAK``, and
  ``setenv`` does not call ``dynaconf_hooks.py`` again, as ever in dynaconf. ``_filename``,
  ``_hostname`` and ``groups.NAME`` in the environment are excepted, if ``env_loader`` is a
  loader and variables are not filtered.
- ``unset`` and ``del`` hold until settings are loaded.
- ``dynaconf list -k`` and ``dynaconf get`` print a table above the cluster as it reads,
  with the names of the groups.
"""

# How the modules fit together; each imports some of those above it, and none below:
#
#   _rules       what is refused and warned of, with examples
#   _errors      problems, errors, warnings, and the names near a slip
#   _syntax      what a name is
#   _advice      what to write instead
#   _problems    line by line to problems
#   _formats     the names of other formats
#   _parser      text to sections, at once where a file is clean
#   _names       the tuples that are read
#   _resolution  from sections to groups and hosts
#   _location    where the file is
#   _cluster     a cluster, groups of it replaced, and this machine
#   _source      its file, of which the last good state is kept
#   _tables      nested tables, as settings are
#   _settings    ClusterSettings and its lazy values: all that is known of dynaconf
#   loader       what dynaconf calls
#   _cli         the command

from ._cluster import Cluster, parse
from ._errors import (
    ClusterFileError,
    ClusterFileWarning,
    Problem,
    UnknownAttributeError,
    UnknownKeyError,
)
from ._names import Namespace
from ._source import read

__all__ = [
    "Cluster",
    "ClusterFileError",
    "ClusterFileWarning",
    "Namespace",
    "Problem",
    "UnknownAttributeError",
    "UnknownKeyError",
    "parse",
    "read",
]

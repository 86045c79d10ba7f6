"""The bench: this engine and everything one could call instead, on the same problem, for the same time.

Rooms: ``instance`` (what is solved), ``methods`` (who solves), ``question``
(what each is asked), ``engine``, ``solvers``, ``cbc``, ``relaxation`` and ``rules``
(how the others do), ``attempt`` (one method, in a process of its own), ``watch`` (time and memory of that process),
``contest`` (all methods, and what to compare), ``or_library`` (instances from files), ``machine`` (where it ran).
"""

"""Orders that are sent to other machines: the project's files go with them, and the run comes back as a whole."""

from __future__ import annotations

import dataclasses
import io
import os
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from models.stop import Stop
from planner.together.contents import Contents
from planner.together.kept import Kept
from planner.together.order import Order, carry_out
from planner.versions import code, versions
from planner.write.publishing import publish
from scenarios.running.processes import Tell
from scenarios.running.runner import Job

_DEEP = ("a", "b", "c", "d")


@dataclass(frozen=True)
class Parcel:
    """An order with everything that it needs.

    ``files`` holds the project's files by their names in the project folder, ``parent`` the run to begin with as a
    tar archive; ``made_by`` are the versions that the other side must have as well.
    """

    order: Order
    file: str | None
    files: dict[str, bytes]
    parent: bytes | None
    made_by: dict[str, str]


@dataclass(frozen=True)
class Returned:
    """A finished run as a tar archive, and its figures."""

    kept: Kept
    run: bytes


def parcel(job: Job, contents: Contents, added: list[str]) -> Parcel:
    """Pack an order with the project's files; a parent's run must be here already."""
    order: Order = job.order
    names = [*contents.files, *added]
    files = {name: (contents.folder / name).read_bytes() for name in names if (contents.folder / name).is_file()}
    parent = None if order.parent is None or not order.parent.is_dir() else _packed(order.parent)
    file = order.project.name if order.project.is_file() else None
    return Parcel(order, file, files, parent, _made_by())


def carry_out_elsewhere(sent: Parcel, stop: Stop, tell: Tell) -> Returned:
    """Do what the order says in a folder of this machine's own.

    Raises
    ------
    OSError
        When this machine has other versions than the one that sent it: its plans may be others.
    InputRefused
        When project or scenario cannot be planned with.
    """
    other = {name: version for name, version in sent.made_by.items() if _made_by().get(name) != version}
    if other:
        here = ", ".join(f"{name} {_made_by().get(name, 'none')} instead of {other[name]}" for name in sorted(other))
        raise OSError(0, f"the worker has other versions: {here}")
    with tempfile.TemporaryDirectory(prefix="planner-") as made:
        project = sent.order.project if sent.file is None else sent.order.project.parent
        # deep enough for tables that stand beside the project (../crm/customers.csv)
        folder, parent = Path(made).joinpath(*_DEEP, project.name), Path(made) / "parent"
        folder.mkdir(parents=True)
        for name, data in sent.files.items():
            path = Path(os.path.normpath(folder / name))
            if not path.is_relative_to(made):
                raise OSError(0, f"a table that is not in or beside the project folder cannot be sent: {name}")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        if sent.parent is not None:
            _unpacked(sent.parent, parent)
        order = dataclasses.replace(
            sent.order,
            project=folder if sent.file is None else folder / sent.file,
            target=Path(made) / "run",
            parent=None if sent.parent is None else parent,
        )
        kept = carry_out(order, stop, tell)
        return Returned(kept, _packed(order.target))


def received(job: Job, returned: Returned) -> Kept:
    """Put a run that came back where it is kept; it is there as a whole or not at all."""
    order: Order = job.order
    publish(order.target, order.project, lambda folder: _unpacked(returned.run, folder))
    return returned.kept


def _made_by() -> dict[str, str]:
    return {**{name: version for name, version in versions().items() if name != "platform"}, "code": code()}


def _packed(folder: Path) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz", compresslevel=1) as archive:
        archive.add(folder, arcname=".")
    return data.getvalue()


def _unpacked(data: bytes, folder: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
        archive.extractall(folder, filter="data")

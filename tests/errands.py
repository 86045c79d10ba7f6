"""Small things to do, for tests of those who do many at a time; they stand here so that other processes find them."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from models.cores import cores
from models.findings import Finding, InputRefused
from models.stop import Stop
from scenarios.running.processes import Tell


def errand(order: dict[str, Any], stop: Stop, tell: Tell) -> Any:
    """Do what ``order["do"]`` says; leave a line in the file ``order["log"]`` at each beginning."""
    if "log" in order:
        with Path(order["log"]).open("a", encoding="utf-8") as log:
            log.write(f"{order['name']}\n")
    tell("beginning", None, None)
    what = order["do"]
    if what == "double":
        return 2 * order["number"]
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "die once" and not (marker := Path(order["marker"])).exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "refuse":
        raise InputRefused([Finding("TP208", "A rep who is to leave is not on the roster", found="'R99'")])
    if what == "stumble":
        raise RuntimeError("stumbled")
    if what == "wait":
        stop.interrupted.wait(30)
        return "interrupted" if stop.interrupted.is_set() else "waited in vain"
    if what == "wait for cores":
        begun = time.monotonic()
        while cores() < order["number"] and time.monotonic() - begun < 30:
            time.sleep(0.01)
        return cores()
    if what == "sleep":
        time.sleep(order["seconds"])
    return order["name"]

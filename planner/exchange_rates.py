"""Exchange rates of a frontier in words: what the next bit of one thing buys of the other."""

from __future__ import annotations

from dataclasses import dataclass

from planner.language import beside
from planner.screens.figures import number
from scenarios.tracing.frontier import Knee
from scenarios.tracing.trade_off import TradeOff


@dataclass(frozen=True)
class Rates:
    """Words for the rates of one trade-off: per percent of what could move, or per unit of a goal."""

    trade: TradeOff

    @property
    def step(self) -> float:
        """What one step is in units of ``x``: a percent of the base where there is one, else a unit."""
        return self.trade.base / 100 if self.trade.base else 1.0

    @property
    def brief_step(self) -> str:
        """What one step is called where it is plain what it is of."""
        if self.trade.base:
            return "1%"
        unit = (
            self.trade.unit.removesuffix("s")
            if self.trade.unit in ("points", "customers", "moves")
            else self.trade.unit
        )
        return f"1 {unit}".rstrip()

    @property
    def of_step(self) -> str:
        """What one step is called."""
        return f"{self.brief_step} of {self.trade.x}"

    def bought(self, rate: float) -> str:
        """Return what one step takes off ``y`` at a rate (``y`` per unit of ``x``).

        >>> from scenarios.tracing.trade_off import TradeOff
        >>> plain = TradeOff({"balance": 1.0}, "customers", "customers", "points", 400.0, True, False, None, False, {})
        >>> Rates(plain).bought(0.575)
        '2.30 points off balance'
        """
        return beside(number(rate * self.step), self.trade.y_unit) + f" off {self.trade.y}"

    def next(self, rate: float) -> str:
        """Return the sentence for the way to the next point."""
        return f"the next {self.of_step} takes {self.bought(rate)}"

    def knee(self, knee: Knee) -> str:
        """Return why the knee is one."""
        after = number(knee.after * self.step)
        return f"up to here each {self.of_step} takes {self.bought(knee.before)} on average, beyond it only {after}"

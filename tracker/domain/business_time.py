"""Business days and hours over a calendar: arithmetic on days that the market works.

Days and hours are the market's own (US/Central); how a moment becomes such a day is the caller's.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

ONE_DAY = timedelta(days=1)
MORNING = time(7)
EVENING = time(19)
"""Between the two nobody is disturbed by a letter that can wait."""


@dataclass(frozen=True)
class Calendar:
    """When the market works: Monday to Friday but for `holidays`, from `opens` to `closes`."""

    holidays: frozenset[date]
    opens: time = time(8)
    closes: time = time(17)

    def is_business_day(self, day: date) -> bool:
        """The market works on this day."""
        return day.weekday() < 5 and day not in self.holidays

    def business_days_until(self, start: date, end: date) -> int:
        """Business days after `start` up to and with `end`; negative when `end` is the earlier."""
        if end < start:
            return -self.business_days_until(end, start)
        days = (start + ONE_DAY * n for n in range(1, (end - start).days + 1))
        return sum(self.is_business_day(day) for day in days)

    def add_business_days(self, day: date, count: int) -> date:
        """The business day that is `count` business days after `day` (before it, when negative)."""
        step = ONE_DAY if count >= 0 else -ONE_DAY
        for _ in range(abs(count)):
            day += step
            while not self.is_business_day(day):
                day += step
        return day

    def first_waking(self, moment: datetime) -> datetime:
        """The moment itself by day on a business day, else the next such morning, by the clock of its own zone."""
        if self.is_business_day(moment.date()) and MORNING <= moment.time() < EVENING:
            return moment
        early = self.is_business_day(moment.date()) and moment.time() < MORNING
        day = moment.date() if early else self.add_business_days(moment.date(), 1)
        return datetime.combine(day, MORNING, moment.tzinfo)

    def business_hours_between(self, start: datetime, end: datetime) -> float:
        """Hours between two moments (both on the market's clock) in which the market worked."""
        total, day = timedelta(), start.date()
        while day <= end.date():
            if self.is_business_day(day):
                total += self._worked(day, start, end)
            day += ONE_DAY
        return total / timedelta(hours=1)

    def _worked(self, day: date, start: datetime, end: datetime) -> timedelta:
        opened = datetime.combine(day, self.opens, start.tzinfo)
        closed = datetime.combine(day, self.closes, start.tzinfo)
        return max(min(end, closed) - max(start, opened), timedelta())

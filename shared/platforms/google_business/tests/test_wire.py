"""Between our words and Google's."""

from __future__ import annotations

from shared.platforms.google_business import wire


def test_a_day_is_a_whole_one() -> None:
    """It begins and ends with the day; times are the business's own."""
    assert wire.interval("2026-12-24", "2026-12-25T18:30") == {
        "startDate": {"year": 2026, "month": 12, "day": 24},
        "startTime": {"hours": 0, "minutes": 0},
        "endDate": {"year": 2026, "month": 12, "day": 25},
        "endTime": {"hours": 18, "minutes": 30},
    }


def test_nine_digits_of_a_second_are_read() -> None:
    """Google writes nanoseconds, Python reads microseconds."""
    at = wire.instant("2026-11-22T12:00:00.123456789Z")
    assert at is not None
    assert (at.microsecond, at.utcoffset()) == (123456, at.utcoffset())
    assert wire.instant("yesterday") is None

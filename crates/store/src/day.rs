//! UTC days, by which the store is partitioned.

use std::fmt;

use query::Window;

const NANOS_PER_DAY: i64 = 86_400_000_000_000;
const MILLIS_PER_DAY: i64 = 86_400_000;

/// A UTC day, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Day(i32);

impl Day {
    /// The day of a time in nanoseconds since 1970.
    pub(crate) fn of_nanos(nanos: i64) -> Self {
        let day = nanos.div_euclid(NANOS_PER_DAY);
        Self(i32::try_from(day).expect("2^63 nanoseconds are about 107 000 days"))
    }

    /// The day of a time in milliseconds since 1970; times outside of nanoseconds are clamped.
    pub(crate) fn of_millis(millis: i64) -> Self {
        Self::of_nanos(millis.saturating_mul(1_000_000))
    }

    /// The days that a window touches, both included. None: the window ends before it starts.
    pub(crate) fn range(window: Window) -> Option<(Self, Self)> {
        (window.start_millis <= window.end_millis)
            .then(|| (Self::of_millis(window.start_millis), Self::of_millis(window.end_millis)))
    }

    /// The first millisecond after the day.
    pub(crate) fn end_millis(self) -> i64 {
        (i64::from(self.0) + 1) * MILLIS_PER_DAY
    }

    /// The name of the day's file.
    pub(crate) fn file_name(self) -> String {
        format!("profiles-{self}.redb")
    }

    /// The day whose file has this name. None: it is not the name of a day file.
    pub(crate) fn from_file_name(name: &str) -> Option<Self> {
        let date = name.strip_prefix("profiles-")?.strip_suffix(".redb")?;
        let mut parts = date.splitn(3, '-');
        let year = parts.next()?.parse().ok()?;
        let month = parts.next()?.parse().ok()?;
        let day_of_month = parts.next()?.parse().ok()?;
        let day = Self::from_civil(year, month, day_of_month)?;
        // Only the spelling that we write: `2026-1-2` and impossible dates are other people's files.
        (day.file_name() == name).then_some(day)
    }

    /// Source: the days-from-civil algorithm of Howard Hinnant's "chrono-Compatible Low-Level Date
    /// Algorithms".
    fn from_civil(year: i32, month: i32, day_of_month: i32) -> Option<Self> {
        if !(1..=9999).contains(&year)
            || !(1..=12).contains(&month)
            || !(1..=31).contains(&day_of_month)
        {
            return None;
        }
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day_of_month - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Some(Self(era * 146_097 + day_of_era - 719_468))
    }

    fn civil(self) -> (i32, i32, i32) {
        let days = self.0 + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day_of_month = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        (year_of_era + era * 400 + i32::from(month <= 2), month, day_of_month)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day_of_month) = self.civil();
        write!(f, "{year:04}-{month:02}-{day_of_month:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::Day;

    #[test]
    fn a_day_file_name_leads_back_to_its_day() {
        for day in (-200_000..200_000).map(Day) {
            let (year, ..) = day.civil();
            let back = Day::from_file_name(&day.file_name());
            assert_eq!(back, (1..=9999).contains(&year).then_some(day), "{day}");
        }
    }

    #[test]
    fn days_are_cut_at_midnight_utc() {
        assert_eq!(Day::of_nanos(0).to_string(), "1970-01-01");
        assert_eq!(Day::of_nanos(-1).to_string(), "1969-12-31");
        assert_eq!(Day::of_millis(1_795_240_170_000).to_string(), "2026-11-21");
        assert_eq!(Day::of_millis(1_795_305_599_999).to_string(), "2026-11-21");
        assert_eq!(Day::of_millis(1_795_305_600_000).to_string(), "2026-11-22");
        assert_eq!(Day::of_millis(i64::MAX).to_string(), "2262-04-11");
    }

    #[test]
    fn other_files_are_no_day_files() {
        for name in ["profiles-2026-11-31.redb", "profiles-2026-1-2.redb", "profiles-.redb", "lock"]
        {
            assert_eq!(Day::from_file_name(name), None, "{name}");
        }
    }
}

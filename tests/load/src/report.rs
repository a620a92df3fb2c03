//! What was measured, as a table for people and as JSON for programs. Measures nothing itself.

use std::{fmt::Write as _, time::Duration};

use serde::Serialize;

use crate::{gauge::Cost, rush::Rush};

#[derive(Clone, Debug, Default, Serialize)]
pub struct Line {
    pub scenario: String,
    /// What is counted: requests, activities, deliveries.
    pub counted: &'static str,
    pub operations: usize,
    pub per_second: Option<f64>,
    pub p50_ms: Option<f64>,
    pub p95_ms: Option<f64>,
    pub p99_ms: Option<f64>,
    /// Processor seconds of the node per 1,000 operations.
    pub cpu_s_per_1000: Option<f64>,
    pub idle_mib: Option<f64>,
    pub peak_mib: Option<f64>,
    pub note: String,
    /// Everything that went wrong; a line with faults proves nothing.
    pub faults: Vec<String>,
}

impl Line {
    pub fn new(scenario: impl Into<String>, counted: &'static str) -> Self {
        Self {
            scenario: scenario.into(),
            counted,
            ..Self::default()
        }
    }

    /// Speed and times of a rush.
    pub fn rushed<T>(mut self, rush: &Rush<T>) -> Self {
        self.operations = rush.times.len();
        self.per_second = Some(rush.times.len() as f64 / rush.took.as_secs_f64());
        if let Some(first) = rush.failures.first() {
            let count = rush.failures.len();
            self.faults
                .push(format!("{count} requests failed, the first: {first}"));
        }
        self.timed(&rush.times)
    }

    pub fn timed(mut self, times: &[Duration]) -> Self {
        let mut sorted = times.to_vec();
        sorted.sort_unstable();
        let at = |percent: usize| percentile(&sorted, percent).map(milliseconds);
        (self.p50_ms, self.p95_ms, self.p99_ms) = (at(50), at(95), at(99));
        self
    }

    /// Cost of the operations counted so far.
    pub fn costing(mut self, cost: &Cost) -> Self {
        if self.operations > 0 {
            let seconds = cost.processor.as_secs_f64();
            self.cpu_s_per_1000 = Some(seconds * 1_000.0 / self.operations as f64);
        }
        self.peak_mib = Some(mebibytes(cost.peak));
        self
    }

    pub fn idle(mut self, bytes: u64) -> Self {
        self.idle_mib = Some(mebibytes(bytes));
        self
    }

    pub fn noting(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// Records a fault unless `holds`.
    pub fn must(mut self, holds: bool, fault: impl FnOnce() -> String) -> Self {
        if !holds {
            self.faults.push(fault());
        }
        self
    }
}

/// The nearest rank; `sorted` from short to long.
pub fn percentile(sorted: &[Duration], percent: usize) -> Option<Duration> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

const HEADINGS: [&str; 10] = [
    "scenario",
    "ops",
    "ops/s",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "CPU s/1000",
    "idle MiB",
    "peak MiB",
    "",
];

/// A table that is also Markdown.
pub fn table(lines: &[Line]) -> String {
    let mut rows = vec![HEADINGS.map(str::to_owned)];
    rows.extend(lines.iter().map(cells));
    let widths: Vec<usize> = (0..HEADINGS.len())
        .map(|column| {
            let lengths = rows.iter().map(|row| row[column].chars().count());
            lengths.max().unwrap_or(0).max(3)
        })
        .collect();
    let mut page = String::new();
    for (number, row) in rows.iter().enumerate() {
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let _ = if column == 0 || column == HEADINGS.len() - 1 {
                write!(page, "| {cell:<width$} ")
            } else {
                write!(page, "| {cell:>width$} ")
            };
        }
        page.push_str("|\n");
        if number == 0 {
            for (column, width) in widths.iter().enumerate() {
                let left = column == 0 || column == HEADINGS.len() - 1;
                let end = if left { '-' } else { ':' };
                let _ = write!(page, "| {}{end} ", "-".repeat(width - 1));
            }
            page.push_str("|\n");
        }
    }
    page
}

fn cells(line: &Line) -> [String; 10] {
    let number = |value: Option<f64>| value.map_or_else(String::new, readable);
    let operations = match line.operations {
        0 => String::new(),
        count => format!("{count} {}", line.counted),
    };
    let note = if line.faults.is_empty() {
        line.note.clone()
    } else {
        "FAILED, see below".to_owned()
    };
    [
        line.scenario.clone(),
        operations,
        number(line.per_second),
        number(line.p50_ms),
        number(line.p95_ms),
        number(line.p99_ms),
        number(line.cpu_s_per_1000),
        number(line.idle_mib),
        number(line.peak_mib),
        note,
    ]
}

/// Three digits say all that a measurement knows.
fn readable(value: f64) -> String {
    let digits = match value {
        ..1.0 => 3,
        ..10.0 => 2,
        ..100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_taken_by_nearest_rank() {
        let times: Vec<_> = (1..=100).map(Duration::from_millis).collect();
        assert_eq!(percentile(&times, 50), Some(Duration::from_millis(50)));
        assert_eq!(percentile(&times, 99), Some(Duration::from_millis(99)));
        assert_eq!(percentile(&times[..1], 99), Some(Duration::from_millis(1)));
        assert_eq!(percentile(&[], 50), None);
    }

    #[test]
    fn cost_is_told_per_thousand() {
        let line = Line {
            operations: 500,
            ..Line::new("x", "requests")
        };
        let cost = Cost {
            processor: Duration::from_secs(1),
            peak: 3 << 20,
        };
        let line = line.costing(&cost);
        assert_eq!((line.cpu_s_per_1000, line.peak_mib), (Some(2.0), Some(3.0)));
    }

    #[test]
    fn a_fault_is_seen_in_the_table() {
        let line = Line::new("x", "requests")
            .noting("fine")
            .must(false, || "lost".to_owned());
        assert!(table(&[line]).contains("FAILED"));
    }
}

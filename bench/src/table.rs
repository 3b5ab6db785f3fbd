//! The table that a run prints.

use crate::load::Measured;
use std::time::Duration;

/// One program under one load, over all its turns.
#[derive(Default)]
pub struct Turns {
    per_second: Vec<f64>,
    p50: Vec<Duration>,
    p99: Vec<Duration>,
    cpu: Vec<Duration>,
}

impl Turns {
    /// Adds a turn; `cpu` is what the program used in it.
    pub fn add(&mut self, measured: &Measured, cpu: Duration) {
        self.per_second.push(measured.per_second());
        self.p50.push(measured.per_mille(500));
        self.p99.push(measured.per_mille(990));
        let answers = u32::try_from(measured.answers).unwrap_or(u32::MAX).max(1);
        self.cpu.push(cpu / answers);
    }

    /// The median of the turns: answers in a second.
    pub fn per_second(&self) -> f64 {
        let mut sorted = self.per_second.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or_default()
    }

    /// The median of the turns: how long an answer took that was neither quick nor slow.
    pub fn p50(&self) -> Duration {
        median(&self.p50)
    }

    /// The median of the turns: what one answer in a hundred took longer than.
    pub fn p99(&self) -> Duration {
        median(&self.p99)
    }

    /// The median of the turns: processor time of one answer.
    pub fn cpu(&self) -> Duration {
        median(&self.cpu)
    }
}

/// The one in the middle.
pub fn median(of: &[Duration]) -> Duration {
    let mut sorted = of.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// The head of the table of loads.
pub fn head() {
    println!(
        "{:<34} {:<12} {:>9} {:>9} {:>9} {:>10}",
        "", "", "answers/s", "p50 ms", "p99 ms", "CPU µs each"
    );
}

/// One line.
pub fn line(scenario: &str, program: &str, turns: &Turns) {
    println!(
        "{scenario:<34} {program:<12} {:>9.0} {:>9.2} {:>9.2} {:>10.0}",
        turns.per_second(),
        median(&turns.p50).as_secs_f64() * 1e3,
        median(&turns.p99).as_secs_f64() * 1e3,
        turns.cpu().as_secs_f64() * 1e6,
    );
}

/// A figure with what is aimed at.
pub fn figure(what: &str, value: String, aim: &str) {
    println!("{what:<52} {value:>14}   {aim}");
}

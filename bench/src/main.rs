//! Measures Equipage from outside, as people meet it: over HTTP, and by its commands.
//! `script/bench` builds and runs it; `docs/performance.md` says what the figures mean.

mod data;
mod duties;
mod fill;
mod floors;
mod http;
mod load;
mod process;
mod scenarios;
mod services;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Anything that ends a run.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// What is measured, and how long.
pub struct Plan {
    /// The program.
    pub program: PathBuf,
    /// Where data is made and kept between runs.
    pub folder: PathBuf,
    /// How long one program is under load before it is another's turn.
    pub turn: Duration,
    /// How many turns each one has.
    pub turns: usize,
    /// Only scenarios whose name holds this.
    pub only: String,
    /// A PostgreSQL to measure too.
    pub postgres: Option<String>,
    /// The same as a superuser, who fills it.
    pub admin: Option<String>,
}

const USAGE: &str = "bench PROGRAM FOLDER [--quick] [--only WORD]";

fn plan(arguments: &[String]) -> Result<Plan> {
    let [program, folder, flags @ ..] = arguments else {
        return Err(USAGE.into());
    };
    let mut plan = Plan {
        program: std::fs::canonicalize(program)?,
        folder: PathBuf::from(folder),
        turn: Duration::from_millis(1000),
        turns: 7,
        only: String::new(),
        postgres: std::env::var("EQUIPAGE_TEST_POSTGRES").ok(),
        admin: std::env::var("EQUIPAGE_TEST_POSTGRES_ADMIN").ok(),
    };
    let mut flags = flags.iter();
    while let Some(flag) = flags.next() {
        match flag.as_str() {
            "--quick" => (plan.turn, plan.turns) = (Duration::from_millis(400), 3),
            "--only" => plan.only.clone_from(flags.next().ok_or(USAGE)?),
            _ => return Err(USAGE.into()),
        }
    }
    std::fs::create_dir_all(&plan.folder)?;
    plan.folder = std::fs::canonicalize(&plan.folder)?;
    Ok(plan)
}

fn run() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some((first, rest)) = arguments.split_first()
        && first == "floor"
    {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?;
        return runtime.block_on(floors::run(rest));
    }
    scenarios::all(&plan(&arguments)?)
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

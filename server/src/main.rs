//! The program `equipage`: serve, migrate, and the other commands. Commands call the
//! same use-cases as the screens.

mod cli;
mod config;
mod demo;
mod doctor;
mod duties;
mod mail;
mod plugins;
mod serve;
mod signing;

use clap::Parser;
use std::process::ExitCode;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(plugins::RENDER) {
        return match plugins::render_here() {
            Ok(()) => ExitCode::SUCCESS,
            Err(said) => {
                eprintln!("equipage: {said}");
                ExitCode::from(cli::EXIT_OURS)
            }
        };
    }
    let cli = cli::Cli::parse();
    let filter = std::env::var("EQUIPAGE_LOG").unwrap_or_else(|_| "info,sqlx=warn".into());
    tracing_subscriber::registry()
        .with(tracing_subscriber::EnvFilter::new(filter))
        .with(tracing_subscriber::fmt::layer().with_writer(std::io::stderr))
        .with(mail::errors::Listener)
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("equipage: {error}");
            return ExitCode::from(cli::EXIT_OURS);
        }
    };
    match runtime.block_on(cli::run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            eprintln!("equipage: {}", failed.text);
            ExitCode::from(failed.exit_code)
        }
    }
}

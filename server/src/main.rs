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

/// Whoever reads what a command prints may have read enough (`equipage audit list | head`): then it ends without a word.
fn end_with_the_reader() {
    let otherwise = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |told| {
        let payload = told.payload();
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
        if text.is_some_and(|text| text.starts_with("failed printing to stdout")) {
            std::process::exit(i32::from(cli::EXIT_OURS));
        }
        otherwise(told);
    }));
}

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
    end_with_the_reader();
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

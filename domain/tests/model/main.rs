//! The same random commands on SQLite, on PostgreSQL and on a model in memory: each answers
//! the same, step by step, and in the end all that people can see is the same.
//!
//! `EQUIPAGE_TEST_COMMANDS` says how many (for each engine), `EQUIPAGE_TEST_SEED` which;
//! `script/prove` sets both.
#![cfg(feature = "testing")]

#[cfg(test)]
mod command;
#[cfg(test)]
mod draw;
#[cfg(test)]
mod engine;
#[cfg(test)]
mod model;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod run;

//! Nobody sees another organisation's data: what protects it is read from the catalogue, tried from
//! the inside, and taken away on purpose, to see that the tries find it out.
//! docs/isolation.md says what each part shows.
#![cfg(feature = "testing")]

#[cfg(test)]
mod across;
#[cfg(test)]
mod carrying;
#[cfg(test)]
mod crossings;
#[cfg(test)]
mod ground;
#[cfg(test)]
mod proofs;
mod refusals;
#[cfg(test)]
mod sabotage;
#[cfg(test)]
mod sharing;
#[cfg(test)]
mod unique;
#[cfg(test)]
mod workers;

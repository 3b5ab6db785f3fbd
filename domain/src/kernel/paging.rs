//! Pages of a list.

use serde::{Deserialize, Serialize};

/// The most rows on one page of a list.
pub const PAGE_SIZE: i64 = 50;
/// The last page that a list turns to: beyond it, one searches.
pub const LAST_PAGE: i64 = 10_000;

/// How many rows a file of a list is read at a time: what it holds in memory.
pub const CHUNK: i64 = 2_000;

/// Which page of a list is wanted; the first is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRequest(i64);

impl PageRequest {
    /// The page of a number, brought into what there can be.
    pub fn new(number: i64) -> Self {
        Self(number.clamp(1, LAST_PAGE))
    }

    /// The page that a query names; the first where it names none that exists.
    pub fn from_query(text: &str) -> Self {
        Self::new(text.parse().unwrap_or(1))
    }

    /// The page's number, from 1.
    pub fn number(self) -> i64 {
        self.0
    }

    /// How many rows stand before it.
    pub fn offset(self) -> i64 {
        (self.0 - 1) * PAGE_SIZE
    }
}

/// One page of a list, and how many rows there are in all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows of this page.
    pub rows: Vec<T>,
    /// Rows of the whole list.
    pub total: i64,
    /// This page's number, from 1.
    pub number: i64,
}

impl<T> Page<T> {
    /// A page of rows that were read for a request.
    pub fn new(rows: Vec<T>, total: i64, request: PageRequest) -> Self {
        Self {
            rows,
            total,
            number: request.number(),
        }
    }

    /// How many pages there are; at least one.
    pub fn pages(&self) -> i64 {
        ((self.total + PAGE_SIZE - 1) / PAGE_SIZE).clamp(1, LAST_PAGE)
    }
}

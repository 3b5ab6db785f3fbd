//! The small things that every feature is made of: ids, money, days, texts that
//! were checked, problems with public codes, pages of a list. No I/O, no clock.

pub mod calendar;
pub mod check;
mod creditor;
pub mod iban;
pub mod ids;
pub mod locale;
pub mod money;
mod named;
pub mod paging;
pub mod problem;
pub mod right;
pub mod text;
pub mod words;

pub use self::iban::{parse_iban, shorten_iban, space_iban};
pub use calendar::{Day, Period};
pub use check::Check;
pub use creditor::parse_creditor_id;
pub use ids::*;
pub use locale::Locale;
pub use money::Cents;
pub(crate) use named::named;
pub use paging::{Page, PageRequest};
pub use problem::{Code, Problem, Result};
pub use right::Right;
pub use text::{Email, LoginName, Slug};

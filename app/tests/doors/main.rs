//! Every route of the site, taken from the router itself: what another site sends, what a
//! sibling's session opens, what a GET writes, and what hostile texts do to every field.
#![cfg(feature = "ssr")]

#[cfg(test)]
mod ask;
#[cfg(test)]
mod crossing;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod html;
#[cfg(test)]
mod listed;
#[cfg(test)]
mod operators;
#[cfg(test)]
mod strangers;
#[cfg(test)]
mod table;
#[cfg(test)]
mod texts;
#[cfg(test)]
mod world;

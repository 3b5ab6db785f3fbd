//! kill -9 under sixteen writers: a real server on real storage is killed again and again
//! while people enter and validate payments and import files. Whatever was answered is
//! kept, once; nothing is there by halves; receipts have no gap; every change is audited.
//!
//! `EQUIPAGE_TEST_KILLS` says how often (for each engine), `EQUIPAGE_TEST_SEED` how the
//! moments are drawn; `script/prove` sets both.

#[cfg(test)]
#[path = "kills"]
mod kills {
    mod check;
    mod clients;
    mod running;
    mod tests;
}

//! The browser's side of Equipage: one exported function that brings the islands of a page to
//! life. Nothing is decided here; what an island does stands in `app`.

use wasm_bindgen::prelude::wasm_bindgen;

// Each island is a function that the loader (`public/islands.js`) finds by its name among the
// module's exports. They are linked only if something refers to the crate that holds them.
pub use app::*;

/// Prepares the page for its islands: the loader calls this once, before it wakes the first one.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}

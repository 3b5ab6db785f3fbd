//! What the browser makes live. Every island enhances a form or a table that works
//! without it.

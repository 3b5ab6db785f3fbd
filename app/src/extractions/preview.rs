//! What a file would be, beside what it is.

use super::Shown;
use crate::locales::extractions as t;
use crate::ui::{self, Tone};
use domain::kernel::Locale;
use domain::plugins::Preview;
use domain::plugins::extractions::{Diff, DiffKind, diff};
use leptos::prelude::*;

/// The most characters of a text that are shown.
const TEXT_SHOWN_MAX: usize = 20_000;

/// The part of a page that shows it.
pub fn section(l: Locale, shown: &Shown) -> AnyView {
    let body = match shown {
        Ok(found) => found_view(l, found),
        Err(failure) => {
            let said = format!("{} {}", t::preview_failed(l), failure.error);
            ui::notice(Tone::Warning, said)
        }
    };
    view! {
        <section class="section" aria-labelledby="preview">
            <h2 id="preview">{t::preview(l)}</h2>
            <div class="card stack">{body}</div>
        </section>
    }
    .into_any()
}

fn found_view(l: Locale, found: &Preview) -> AnyView {
    let lines = found.text.lines().count();
    let compared = match &found.there {
        None => view! { <p>{t::is_new(l)} " " {t::would_be(l, lines)}</p> }.into_any(),
        Some(there) => match diff(there, &found.text) {
            none if none.is_empty() => view! { <p>{t::same(l)}</p> }.into_any(),
            some => difference(l, &some),
        },
    };
    let is_open = found.there.is_none();
    let is_cut = found.text.chars().count() > TEXT_SHOWN_MAX;
    let text: String = found.text.chars().take(TEXT_SHOWN_MAX).collect();
    let notes = (!found.notes.is_empty()).then(|| {
        let notes = found
            .notes
            .iter()
            .map(|note| view! { <li>{note.clone()}</li> });
        view! { <p>{t::notes(l)}</p> <ul>{notes.collect_view()}</ul> }
    });
    view! {
        <p class="help">{t::preview_state(l)}</p>
        {compared}
        <details open=is_open>
            <summary>{t::whole(l)}</summary>
            <pre class="file" tabindex="0">{text}</pre>
            {is_cut.then(|| view! { <p class="help">{t::is_cut(l)}</p> })}
        </details>
        {notes}
    }
    .into_any()
}

fn difference(l: Locale, diff: &Diff) -> AnyView {
    let lines = diff.lines.iter().map(|line| {
        let text = line.text.clone();
        match line.kind {
            DiffKind::Same => view! { <span>"  " {text} "\n"</span> }.into_any(),
            DiffKind::Added => view! { <ins>"+ " {text} "\n"</ins> }.into_any(),
            DiffKind::Removed => view! { <del>"- " {text} "\n"</del> }.into_any(),
            DiffKind::Gap => view! { <span class="gap">"…\n"</span> }.into_any(),
        }
    });
    view! {
        <p>{t::differs(l, diff.added, diff.removed)}</p>
        <pre class="file" tabindex="0">{lines.collect_view()}</pre>
        {diff.is_cut.then(|| view! { <p class="help">{t::is_cut(l)}</p> })}
    }
    .into_any()
}

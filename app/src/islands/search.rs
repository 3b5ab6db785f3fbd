//! Searching while one types: a member for a field of a form, and the lists.
#![expect(
    missing_docs,
    reason = "an island makes a type that cannot be documented"
)]

use domain::kernel::Locale;
use leptos::prelude::*;

/// Suggests members while somebody types into the input of an id, and fills in the
/// number of the one who is chosen. The input is the server's, and so is the way in
/// which what stands in it is read; the island stands beside it and shows nothing of
/// its own before it is live.
#[island]
pub fn MemberSuggest(
    /// The id of the input.
    target: String,
    /// The language of the page.
    locale: Locale,
) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| super::suggest::attach(&target, locale));
    #[cfg(not(feature = "hydrate"))]
    let _ = (target, locale);
}

/// Makes a list follow what is typed into its filters: fetches the same page as the
/// form would, and puts its results in place of those that are there. Where that does
/// not work, the form is sent as if there were no island.
#[island]
pub fn LiveSearch(
    /// The id of the form with the filters.
    form: String,
    /// The id of the element with the results; its `data-said` is read out.
    results: String,
) -> impl IntoView {
    let said = format!("{results}-said");
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| super::live::attach(&form, &results));
    #[cfg(not(feature = "hydrate"))]
    let _ = form;
    // Says what was found to those who do not see it change.
    view! { <span class="visually-hidden" role="status" id=said></span> }
}

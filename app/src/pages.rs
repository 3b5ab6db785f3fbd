//! Every URL in one place. Names of pages are nouns; an action is a POST.

use crate::request::App;
use crate::{
    account, addresses, audit, bank, crews, dues, exports, extractions, fields, home, importing,
    members, payments, people, plugins, privacy, receipts, reminders, services, settings,
    statistics,
};
use axum::Router;
use axum::routing::get;

/// All routes of the site.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(home::show))
        .route("/settings", get(settings::show).post(settings::save))
        .merge(audit::routes())
        .merge(account::routes())
        .merge(people::routes())
        .merge(extractions::routes())
        .merge(plugins::routes())
        .merge(privacy::routes())
        .merge(bank::routes())
        .merge(crews::routes())
        .merge(members::routes())
        .merge(dues::routes())
        .merge(payments::routes())
        .merge(receipts::routes())
        .merge(reminders::routes())
        .merge(services::routes())
        .merge(statistics::routes())
        .merge(addresses::routes())
        .merge(fields::routes())
        .merge(importing::routes())
        .merge(exports::routes())
}

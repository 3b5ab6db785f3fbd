//! Who pays for a member: a person or an organisation, named by typing. A name that fits
//! several leads to a choice among these.

use super::member;
use crate::locales::dues as t;
use crate::locales::notices::Notice;
use crate::people::choice::{Wanted, find, offer};
use crate::request::{Id, Posted, Reply, Req};
use crate::ui::FormView;
use domain::dues::{self, MemberDues};
use domain::kernel::{MemberId, Right};
use domain::members::MemberRow;
use leptos::prelude::*;
use serde::Deserialize;

/// Whom the form looks for: persons and organisations.
const WANTED: Wanted = Wanted {
    field: "payer",
    kind: None,
    right: Right::Members,
};

/// The form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PayerForm {
    payer: String,
    chosen: String,
}

/// What was typed, and who may be meant.
pub(super) struct Typed {
    form: PayerForm,
    offered: Vec<MemberRow>,
}

/// `POST /members/{id}/payer`
pub async fn save(req: Req, Id(id): Id<MemberId>, Posted(form): Posted<PayerForm>) -> Reply {
    let mut offered = Vec::new();
    let saved = match find(&req, &WANTED, (&form.payer, &form.chosen), &mut offered).await {
        Ok(payer) => {
            req.act(async |cx| dues::set_payer(cx, id, payer).await)
                .await
        }
        Err(problem) => Err(problem),
    };
    match saved {
        Ok(()) => Ok(req.go(&format!("/members/{id}"), Some(Notice::Saved))),
        Err(problem) => {
            let typed = member::Typed {
                terms: None,
                payer: Some(Typed { form, offered }),
            };
            member::again(&req, id, problem, typed).await
        }
    }
}

/// Who pays, and the form that changes it.
pub(super) fn section(
    req: &Req,
    f: &FormView<'_>,
    dues: &MemberDues,
    typed: Option<&Typed>,
) -> AnyView {
    let l = req.locale;
    let action = format!("/members/{}/payer", dues.member);
    let present = dues.payer.as_ref().map(|payer| payer.name.as_str());
    let value = typed.map_or(present.unwrap_or_default(), |t| t.form.payer.as_str());
    let offered = typed.map(|t| t.offered.as_slice()).unwrap_or_default();
    let who = f
        .optional("payer", t::payer(l), value)
        .help(t::payer_help(l));
    view! {
        <section class="section" aria-labelledby="payer-title">
            <h2 id="payer-title">{t::payer_title(l)}</h2>
            <form class="form" method="post" action=action novalidate>
                {who.view()}
                {offer(f, t::which_payer(l), offered)}
                <div><button class="button">{t::save_payer(l)}</button></div>
            </form>
        </section>
    }
    .into_any()
}

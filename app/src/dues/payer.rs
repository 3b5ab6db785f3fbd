//! Who pays for a member: a person or an organisation, named by typing. A name that fits
//! several leads to a choice among these.

use super::member;
use crate::locales::dues as t;
use crate::locales::notices::Notice;
use crate::request::{Id, Posted, Reply, Req};
use crate::ui::{Choice, FormView};
use domain::dues::{self, MemberDues};
use domain::kernel::{Code, MemberId, PageRequest, PartyId, Problem, Right};
use domain::members::{self, DirectoryFilter, MemberRow, Membership};
use leptos::prelude::*;
use serde::Deserialize;

/// How many are offered where a name fits several.
const OFFERED_MAX: usize = 10;

/// The form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PayerForm {
    payer: String,
}

/// What was typed, and who may be meant.
pub(super) struct Typed {
    form: PayerForm,
    offered: Vec<MemberRow>,
}

/// `POST /members/{id}/payer`
pub async fn save(req: Req, Id(id): Id<MemberId>, Posted(form): Posted<PayerForm>) -> Reply {
    let mut offered = Vec::new();
    let saved = match find(&req, &form.payer, &mut offered).await {
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

/// Whom somebody means: an id, words that fit one only, or nobody.
async fn find(
    req: &Req,
    text: &str,
    offered: &mut Vec<MemberRow>,
) -> Result<Option<PartyId>, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if let Ok(id) = text.parse() {
        return Ok(Some(id));
    }
    let filter = DirectoryFilter {
        query: text.to_owned(),
        membership: Membership::Everyone,
        kind: None,
        standing: None,
    };
    let found = req
        .view(async |cx| {
            cx.require(Right::Members)?;
            members::directory(cx, &filter, PageRequest::new(1)).await
        })
        .await?;
    match found.rows.as_slice() {
        [] => Err(Problem::at_field("payer", Code::UnknownPerson)),
        [only] => Ok(Some(only.party)),
        _ => {
            *offered = found.rows.into_iter().take(OFFERED_MAX).collect();
            Err(Problem::at_field("payer", Code::UnknownChoice))
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
    let who = match offered.is_empty() {
        true => f
            .optional("payer", t::payer(l), value)
            .help(t::payer_help(l))
            .view(),
        false => {
            let choices = offered.iter().map(|row| {
                let parts = [
                    row.number.map(|n| n.to_string()),
                    row.email.clone(),
                    row.city.clone(),
                ];
                let hint = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
                Choice::with_help(row.party.to_string(), row.name.clone(), hint)
            });
            f.radios("payer", t::which_payer(l), "", choices.collect())
        }
    };
    view! {
        <section class="section" aria-labelledby="payer-title">
            <h2 id="payer-title">{t::payer_title(l)}</h2>
            <form class="form" method="post" action=action novalidate>
                {who}
                <div><button class="button">{t::save_payer(l)}</button></div>
            </form>
        </section>
    }
    .into_any()
}

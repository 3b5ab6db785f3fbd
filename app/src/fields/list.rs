//! The declared fields, by what has them, in the order in which forms show them.

use crate::locales::{Text, extra as t, frame as tf, problems};
use crate::request::{Id, Reply, Req};
use crate::ui::{self, Mark, PageHead};
use domain::fields::{self, Direction, Field, On};
use domain::kernel::{FieldId, Locale};
use leptos::prelude::*;

/// `GET /settings/fields`
pub async fn show(req: Req) -> Reply {
    let all = req.view(async |cx| fields::declared(cx).await).await?;
    let l = req.locale;
    let add = view! {
        <a class="button is-primary" href="/settings/fields/new">{ui::icon("plus")} " " {t::add(l)}</a>
    };
    let parts = On::ALL.iter().map(|on| {
        let of: Vec<&Field> = all.iter().filter(|field| field.on == *on).collect();
        part(l, *on, &of)
    });
    let page = view! {
        {PageHead::new(t::title(l)).crumb("/settings", tf::settings(l)).state(t::state(l)).actions(add).view()}
        {parts.collect_view()}
    };
    Ok(req.page(&t::title(l), page))
}

/// `POST /settings/fields/{id}/up`
pub async fn up(req: Req, Id(id): Id<FieldId>) -> Reply {
    req.act(async |cx| fields::shift(cx, id, Direction::Up).await)
        .await?;
    Ok(req.go("/settings/fields", None))
}

/// `POST /settings/fields/{id}/down`
pub async fn down(req: Req, Id(id): Id<FieldId>) -> Reply {
    req.act(async |cx| fields::shift(cx, id, Direction::Down).await)
        .await?;
    Ok(req.go("/settings/fields", None))
}

fn part(l: Locale, on: On, all: &[&Field]) -> AnyView {
    let name = t::on_name(l, on);
    let body = match all {
        [] => view! { <p class="help">{t::none(l)}</p> }.into_any(),
        all => {
            let rows = all.iter().map(|field| row(l, field)).collect_view();
            view! {
                <table class="table is-stacking">
                    <caption class="visually-hidden">{t::caption(l, &name)}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{t::label(l)}</th>
                            <th scope="col">{t::kind(l)}</th>
                            <th scope="col">{t::required(l)}</th>
                            <th scope="col">{t::seen_by(l)}</th>
                            <th scope="col">{t::order(l)}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            }
            .into_any()
        }
    };
    view! {
        <section class="section" aria-labelledby=on.name()>
            <h2 id=on.name()>{name}</h2>
            {body}
        </section>
    }
    .into_any()
}

fn row(l: Locale, field: &Field) -> AnyView {
    let href = format!("/settings/fields/{}", field.id);
    let archived = field
        .is_archived
        .then(|| ui::badge(Mark::None, t::archived(l)));
    let required = match field.is_required {
        true => t::required_yes(l),
        false => t::required_no(l),
    };
    let seen_by: Text = match field.seen_by {
        Some(right) => t::only_right(l, &problems::right(l, right)),
        None => t::seen_by_all(l),
    };
    let move_form = |way: &'static str, label: Text, sign: &'static str| {
        view! {
            <form method="post" action=format!("{href}/{way}")>
                <button class="button is-small" title=label.clone()>
                    <span aria-hidden="true">{sign}</span> <span class="visually-hidden">{label.clone()}</span>
                </button>
            </form>
        }
    };
    let order = (!field.is_archived).then(|| {
        view! {
            <div class="actions">
                {move_form("up", t::up(l, &field.label), "↑")}
                {move_form("down", t::down(l, &field.label), "↓")}
            </div>
        }
    });
    view! {
        <tr>
            <th scope="row" class="is-main"><a class="row-link" href=href.clone()>{field.label.clone()}</a> " " {archived}</th>
            <td data-label=t::kind(l)>{t::kind_name(l, field.kind)}</td>
            <td data-label=t::required(l)>{required}</td>
            <td data-label=t::seen_by(l)>{seen_by}</td>
            <td data-label=t::order(l)>{order}</td>
        </tr>
    }
    .into_any()
}

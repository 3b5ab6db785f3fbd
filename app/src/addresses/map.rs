//! A prefix's use as a map: a square for each part, the same in a table behind it. What a
//! square means is in its shape, too: full, half, crossed, framed, empty.

use crate::locales::addresses as t;
use domain::kernel::{Locale, PrefixId};
use domain::services::addresses::rules::written;
use domain::services::addresses::{Cell, CellState, IpNet, Map};
use leptos::prelude::*;

/// Squares in a row.
const ACROSS: usize = 16;
/// How large a square is drawn, with its gap.
const STEP: usize = 20;
/// How large it is without.
const SIDE: usize = 17;

/// The map, with what it means and its figures.
pub fn view(l: Locale, prefix: PrefixId, map: &Map) -> AnyView {
    let used = |cell: &&Cell| matches!(cell.state, CellState::Used | CellState::Partly);
    let used = i64::try_from(map.cells.iter().filter(used).count()).unwrap_or_default();
    let total = i64::try_from(map.cells.len()).unwrap_or_default();
    let rows = map.cells.len().div_ceil(ACROSS);
    let across = map.cells.len().min(ACROSS);
    let shape = format!("0 0 {} {}", across * STEP, rows * STEP);
    let squares = map.cells.iter().enumerate().map(|(n, cell)| {
        let (x, y) = ((n % ACROSS) * STEP, (n / ACROSS) * STEP);
        square(l, cell, x, y)
    });
    let states: Vec<CellState> = [
        CellState::Used,
        CellState::Partly,
        CellState::Reserved,
        CellState::Inner,
        CellState::Free,
    ]
    .into_iter()
    .filter(|state| map.cells.iter().any(|cell| cell.state == *state))
    .collect();
    let legend = states.into_iter().map(|state| {
        let cell = Cell {
            network: map.network,
            state,
            percent: 50,
            inner: None,
        };
        view! { <li><svg viewBox="0 0 20 20" aria-hidden="true">{square(l, &cell, 0, 0)}</svg> " " {t::cell(l, state)}</li> }
    });
    view! {
        <figure class="map">
            <figcaption>{t::map_finding(l, used, total)}</figcaption>
            <svg viewBox=shape aria-hidden="true">{squares.collect_view()}</svg>
            <ul class="map-legend" role="list">{legend.collect_view()}</ul>
            <details>
                <summary>{t::map_figures(l)}</summary>
                {table(l, prefix, map)}
            </details>
        </figure>
    }
    .into_any()
}

fn square(l: Locale, cell: &Cell, x: usize, y: usize) -> AnyView {
    let title = format!("{} · {}", written(cell.network), t::cell(l, cell.state));
    let place = |class: &'static str, height: usize| {
        let top = y + 1 + SIDE - height;
        view! {
            <rect class=class x=(x + 1).to_string() y=top.to_string() width=SIDE.to_string() height=height.to_string() rx="2"></rect>
        }
    };
    let inside = match cell.state {
        CellState::Free => None,
        CellState::Used => Some(place("is-used", SIDE).into_any()),
        CellState::Partly => {
            let height = (SIDE * usize::from(cell.percent) / 100).clamp(3, SIDE - 3);
            Some(place("is-used", height).into_any())
        }
        CellState::Reserved => {
            let (a, b) = (x + 5, x + 14);
            let (c, d) = (y + 5, y + 14);
            let path = format!("M{a} {c}L{b} {d}M{b} {c}L{a} {d}");
            Some(view! { <path class="is-reserved" d=path></path> }.into_any())
        }
        CellState::Inner => {
            let (x, y) = ((x + 6).to_string(), (y + 6).to_string());
            Some(view! { <rect class="is-inner" x=x y=y width="7" height="7"></rect> }.into_any())
        }
    };
    view! {
        <g>
            <title>{title}</title>
            {place("is-free", SIDE)}
            {inside}
        </g>
    }
    .into_any()
}

/// Neighbours that stand alike, as one row.
struct Run {
    first: IpNet,
    last: IpNet,
    state: CellState,
    inner: Option<PrefixId>,
}

fn runs(map: &Map) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for cell in &map.cells {
        let state = (cell.state, cell.inner);
        // What is used in part is looked at one by one.
        let apart = map.is_coarse && cell.state == CellState::Partly;
        match runs.last_mut() {
            Some(run) if (run.state, run.inner) == state && !apart => run.last = cell.network,
            _ => runs.push(Run {
                first: cell.network,
                last: cell.network,
                state: cell.state,
                inner: cell.inner,
            }),
        }
    }
    runs
}

fn table(l: Locale, prefix: PrefixId, map: &Map) -> AnyView {
    let rows = runs(map).into_iter().map(|run| {
        let name = match run.first == run.last {
            true => written(run.first),
            false => format!("{} – {}", run.first.network(), run.last.broadcast()),
        };
        let link = match (run.inner, run.state) {
            (Some(inner), _) => Some((format!("/addresses/{inner}"), t::cell(l, CellState::Inner))),
            (None, CellState::Partly) if map.is_coarse => Some((
                format!("/addresses/{prefix}?within={}", run.first),
                t::map_closer(l),
            )),
            _ => None,
        };
        let link = link.map(|(href, words)| view! { " " <a href=href>{words}</a> });
        view! { <tr><th scope="row" class="breaks">{name}</th><td>{t::cell(l, run.state)} {link}</td></tr> }
    });
    view! {
        <table class="table">
            <caption class="visually-hidden">{t::map_of(l, &map.network.to_string())}</caption>
            <thead><tr><th scope="col">{t::map_part(l)}</th><th scope="col">{t::map_state(l)}</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

//! Plots: SVG that the server draws. Across, everything is in percent, so that a plot is
//! as wide as the room there is and its texts keep their size; down, in pixels. The title
//! says the finding; the figures stand in a table below.

use crate::locales::{Text, plot as t};
use domain::kernel::Locale;
use leptos::prelude::*;

/// How high the part is that values are drawn in, in pixels.
const HEIGHT: f64 = 140.0;
/// Room above for the label of the highest bar, and below for the names.
const ABOVE: f64 = 20.0;
const BELOW: f64 = 22.0;
/// The most lines across, beside the one at zero.
const LINES_MAX: i128 = 4;
/// How much of its column a bar takes, in percent.
const BAR: f64 = 62.0;
/// How high a label is with the room around it, in pixels.
const LABEL: f64 = 20.0;
/// Labels of bars that are nearer than so many columns could touch.
const LABELS_APART: usize = 3;

/// One bar.
pub struct Bar {
    /// Its name where there is room.
    pub name: String,
    /// Its name on a narrow screen: a letter or two.
    pub initial: String,
    /// Its whole name, for the table.
    pub whole: String,
    /// How high it is.
    pub value: i64,
    /// The value as people write it.
    pub shown: String,
    /// The same in few characters, beside the bar.
    pub short: String,
    /// A value to compare it with: a short line across.
    pub mark: Option<i64>,
    /// More columns of the table, before the value's.
    pub more: Vec<String>,
    /// The list that shows what the bar stands for; empty where there is none.
    pub href: String,
}

/// Bars from zero.
pub struct Bars {
    /// What there is to see, in a sentence.
    pub finding: Text,
    /// What is drawn: for those who do not see it, and the caption of the table.
    pub what: Text,
    /// The heads of the table's columns: the names, what is `more`, the values.
    pub heads: Vec<Text>,
    /// The bars, in their order.
    pub bars: Vec<Bar>,
    /// The smallest step of the scale.
    pub unit: i64,
    /// How the scale's values are written.
    pub tick: fn(Locale, i64) -> String,
}

/// A rounded scale: from `low` to `high`, both whole multiples of `step`; zero is on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Scale {
    low: i128,
    high: i128,
    step: i128,
}

impl Scale {
    /// The scale of values; `unit` is its smallest step.
    fn of(values: impl IntoIterator<Item = i64>, unit: i64) -> Self {
        let (mut low, mut high) = (0, 0);
        for value in values {
            low = i128::from(value).min(low);
            high = i128::from(value).max(high);
        }
        let step = step(high - low, i128::from(unit.max(1)));
        // Away from zero to the next line; and never from nothing to nothing.
        let low = low.div_euclid(step) * step;
        let high = -(-high).div_euclid(step) * step;
        let high = if low == high { step } else { high };
        Self { low, high, step }
    }

    /// The values of the lines, from the lowest on.
    fn lines(self) -> impl Iterator<Item = i128> {
        (0..)
            .map(move |n| self.low + n * self.step)
            .take_while(move |value| *value <= self.high)
    }

    /// Where a value is, in pixels from the top.
    fn y(self, value: i128) -> f64 {
        let share = (self.high - value) as f64 / (self.high - self.low) as f64;
        ABOVE + (share * HEIGHT).round()
    }
}

/// The smallest of 1, 2, 5, 10, 20, 50 … units that reaches over a span in few steps.
fn step(span: i128, unit: i128) -> i128 {
    let mut decade = unit;
    loop {
        for step in [decade, 2 * decade, 5 * decade] {
            // One line is lost where both ends are rounded away from zero.
            if span <= step * (LINES_MAX - 1) {
                return step;
            }
        }
        decade *= 10;
    }
}

/// The bars that get a label: the highest, and the last where both labels have room.
fn labelled(values: &[i64]) -> Vec<usize> {
    let highest = values
        .iter()
        .enumerate()
        .filter(|(_, value)| **value > 0)
        .max_by_key(|(n, value)| (**value, *n))
        .map(|(n, _)| n);
    let last = values
        .len()
        .checked_sub(1)
        .filter(|n| values.get(*n).is_some_and(|value| *value != 0))
        .filter(|n| highest.is_none_or(|h| n.abs_diff(h) >= LABELS_APART));
    highest.into_iter().chain(last).collect()
}

/// Bars, as a figure.
pub fn bars(l: Locale, id: &str, plot: &Bars) -> AnyView {
    let values: Vec<i64> = plot.bars.iter().map(|bar| bar.value).collect();
    let marks = plot.bars.iter().filter_map(|bar| bar.mark);
    let scale = Scale::of(values.iter().copied().chain(marks), plot.unit);
    let labels = labelled(&values);
    let columns = plot.bars.len().max(1);
    let lines = scale.lines().map(|value| line(l, plot, scale, value));
    let drawn = plot.bars.iter().enumerate().map(|(n, bar)| {
        let label = labels.contains(&n);
        column(l, scale, bar, n, columns, label)
    });
    let (title, desc) = (format!("{id}-title"), format!("{id}-what"));
    let named_by = format!("{title} {desc}");
    view! {
        <figure class="plot">
            <figcaption>{plot.finding.clone()}</figcaption>
            <div>
            <svg role="img" width="100%" height=format!("{}", ABOVE + HEIGHT + BELOW) aria-labelledby=named_by>
                <title id=title>{plot.finding.clone()}</title>
                <desc id=desc>{plot.what.clone()}</desc>
                {lines.collect_view()}
                {drawn.collect_view()}
            </svg>
            </div>
            <details>
                <summary>{t::figures(l)}</summary>
                {table(plot)}
            </details>
        </figure>
    }
    .into_any()
}

/// A line across, with its value at the left; the one at zero is the floor.
fn line(l: Locale, plot: &Bars, scale: Scale, value: i128) -> AnyView {
    let y = scale.y(value);
    let name = i64::try_from(value).map_or_else(|_| String::new(), |v| (plot.tick)(l, v));
    let class = if value == 0 { "axis is-zero" } else { "axis" };
    // At the floor the bars' names stand, and nobody needs to be told that it is zero.
    let name =
        (value != 0).then(|| view! { <text x="-8" y=px(y + 4.0) text-anchor="end">{name}</text> });
    view! { <line class=class x1="0" x2="100%" y1=px(y) y2=px(y)></line> {name} }.into_any()
}

fn column(l: Locale, scale: Scale, bar: &Bar, n: usize, columns: usize, label: bool) -> AnyView {
    let width = 100.0 / columns as f64;
    let left = width * n as f64;
    let middle = left + width / 2.0;
    let (zero, y) = (scale.y(0), scale.y(i128::from(bar.value)));
    // What is not nothing is seen, however small it is.
    let height = (zero - y).abs().max(if bar.value == 0 { 0.0 } else { 1.0 });
    let class = if bar.value < 0 {
        "bar is-negative"
    } else {
        "bar"
    };
    let top = if bar.value < 0 { zero } else { zero - height };
    // A mark just above the bar would run through its label.
    let mark = bar.mark.map(|value| scale.y(i128::from(value)));
    let above = mark.filter(|y| *y < top && top - *y < LABEL);
    let beside = if bar.value < 0 {
        top + height + 12.0
    } else {
        above.unwrap_or(top) - 5.0
    };
    // At the edges the label stays inside.
    let (anchor, x) = match (n, columns - n) {
        (0, _) => ("start", left),
        (_, 1) => ("end", left + width),
        _ => ("middle", middle),
    };
    let label = label.then(|| {
        view! { <text class="is-label" x=percent(x) y=px(beside) text-anchor=anchor>{bar.short.clone()}</text> }
    });
    let mark = mark.map(|y| {
        let y = px(y);
        view! { <line class="mark" x1=percent(left + width * 0.1) x2=percent(left + width * 0.9) y1=y.clone() y2=y></line> }
    });
    let foot = px(ABOVE + HEIGHT + BELOW - 5.0);
    view! {
        <g>
            <title>{t::bar(l, &bar.whole, &bar.shown)}</title>
            <rect class="hit" x=percent(left) width=percent(width) y="0" height=px(ABOVE + HEIGHT)></rect>
            <rect class=class x=percent(left + width * (100.0 - BAR) / 200.0) width=percent(width * BAR / 100.0)
                y=px(top) height=px(height)></rect>
            {mark}
            {label}
            <text class="is-wide" x=percent(middle) y=foot.clone() text-anchor="middle">{bar.name.clone()}</text>
            <text class="is-narrow" x=percent(middle) y=foot text-anchor="middle">{bar.initial.clone()}</text>
        </g>
    }
    .into_any()
}

fn table(plot: &Bars) -> AnyView {
    let heads = plot.heads.iter().enumerate().map(|(n, head)| {
        let class = (n > 0).then_some("num");
        view! { <th scope="col" class=class>{head.clone()}</th> }
    });
    let rows = plot.bars.iter().map(|bar| {
        let more = bar
            .more
            .iter()
            .map(|text| view! { <td class="num">{text.clone()}</td> });
        let name = match bar.href.as_str() {
            "" => bar.whole.clone().into_any(),
            href => view! { <a href=href.to_owned()>{bar.whole.clone()}</a> }.into_any(),
        };
        view! {
            <tr>
                <th scope="row">{name}</th>
                {more.collect_view()}
                <td class="num">{bar.shown.clone()}</td>
            </tr>
        }
    });
    view! {
        <table class="table">
            <caption class="visually-hidden">{plot.what.clone()}</caption>
            <thead><tr>{heads.collect_view()}</tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn px(value: f64) -> String {
    format!("{value}")
}

fn percent(value: f64) -> String {
    format!("{value:.2}%")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scale(values: &[i64]) -> (i128, i128, i128) {
        let s = Scale::of(values.iter().copied(), 100);
        (s.low, s.high, s.step)
    }

    #[test]
    fn a_scale_is_rounded_to_ones_twos_and_fives_and_has_zero() {
        assert_eq!(scale(&[]), (0, 100, 100));
        assert_eq!(scale(&[0, 0]), (0, 100, 100));
        assert_eq!(scale(&[1]), (0, 100, 100));
        assert_eq!(scale(&[123_400]), (0, 150_000, 50_000));
        assert_eq!(scale(&[150_000]), (0, 150_000, 50_000));
        assert_eq!(scale(&[150_001]), (0, 200_000, 100_000));
        assert_eq!(scale(&[-100]), (-100, 0, 100));
        assert_eq!(scale(&[-4_000, 10_000]), (-5_000, 10_000, 5_000));
    }

    #[test]
    fn a_bar_reaches_from_zero_to_its_value() {
        let s = Scale::of([-100, 200], 100);
        assert_eq!((s.y(200), s.y(-100)), (ABOVE, ABOVE + HEIGHT));
        assert_eq!(s.y(0), ABOVE + (HEIGHT * 2.0 / 3.0).round());
    }

    #[test]
    fn labels_stand_apart() {
        assert_eq!(labelled(&[]), Vec::<usize>::new());
        assert_eq!(labelled(&[0, 0]), Vec::<usize>::new());
        assert_eq!(labelled(&[0, 0, 5]), [2]);
        assert_eq!(labelled(&[9, 0, 0, 5]), [0, 3]);
        assert_eq!(labelled(&[0, 9, 0, 5]), [1]);
        assert_eq!(labelled(&[9, 0, 0, 0]), [0]);
        assert_eq!(labelled(&[0, -9]), [1]);
    }

    fn plot(values: &[i64]) -> String {
        let bars = values.iter().map(|value| Bar {
            name: "<mars>".into(),
            initial: "m".into(),
            whole: "mars 2026".into(),
            value: *value,
            shown: value.to_string(),
            short: value.to_string(),
            mark: None,
            more: vec!["1".into()],
            href: "/payments?from=2026-03-01".into(),
        });
        let plot = Bars {
            finding: "Mars".into(),
            what: "Par mois".into(),
            heads: vec!["Mois".into(), "Nombre".into(), "Somme".into()],
            bars: bars.collect(),
            unit: 100,
            tick: |_, value| value.to_string(),
        };
        crate::shell::render(|| super::bars(Locale::Fr, "p", &plot)).replace("<!>", "")
    }

    #[test]
    fn a_plot_says_its_finding_and_keeps_the_figures_in_a_table() {
        let html = plot(&[100, -5]);
        assert!(html.contains("<figcaption>Mars</figcaption>"), "{html}");
        assert!(html.contains("aria-labelledby=\"p-title p-what\""));
        assert_eq!(html.matches("<tr>").count(), 3);
        assert!(html.contains("href=\"/payments?from=2026-03-01\""));
        assert!(html.contains("&lt;mars&gt;") && !html.contains("<mars>"));
        assert!(html.contains("bar is-negative"));
    }

    #[test]
    fn a_plot_of_nothing_is_a_plot() {
        for values in [&[][..], &[0], &[0; 12], &[i64::MAX, i64::MIN]] {
            let html = plot(values);
            assert!(!html.contains("NaN") && !html.contains("inf"), "{html}");
        }
    }

    proptest! {
        #[test]
        fn every_value_lies_on_its_scale(values in proptest::collection::vec(any::<i64>(), 0..20), unit in 1_i64..1000) {
            let s = Scale::of(values.iter().copied(), unit);
            prop_assert!(s.low <= 0 && 0 <= s.high && s.low < s.high);
            prop_assert!(s.low % s.step == 0 && s.high % s.step == 0 && s.step % i128::from(unit) == 0);
            prop_assert!(s.lines().count() as i128 <= LINES_MAX + 2);
            prop_assert!(s.lines().any(|line| line == 0));
            let mut leading = s.step / i128::from(unit);
            while leading % 10 == 0 {
                leading /= 10;
            }
            prop_assert!([1, 2, 5].contains(&leading));
            for value in values {
                let y = s.y(i128::from(value));
                prop_assert!(y.is_finite() && (ABOVE..=ABOVE + HEIGHT).contains(&y));
            }
        }
    }
}

//! Receipts as PDF: what the page prints, as a file for the records. One page of A4 each,
//! as PDF/A-2b, with its letters embedded. The same receipt gives the same bytes.

mod paper;

use crate::locales::{members as tm, payments as tp, receipts as t};
use chrono::Datelike;
use chrono_tz::Tz;
use domain::kernel::{Day, Locale, Problem, words};
use domain::payments::receipts::{Cancelled, Receipt};
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::{Document, SerializeSettings};
use paper::{BLACK, Fonts, LEADING, LINE, Paper, SOFT, Style, VIOLET, Weight, style};

/// A4, in points.
const PAGE: (f32, f32) = (595.276, 841.89);
/// From the edge to what is printed.
const MARGIN: f32 = 62.0;
/// Where the values stand, beside their labels.
const VALUES: f32 = 190.0;
/// From a row to the next.
const GAP: f32 = 13.0;
/// Room for a signature.
const SIGNATURE: f32 = 90.0;

const RIGHT: f32 = PAGE.0 - MARGIN;
const WIDTH: f32 = RIGHT - MARGIN;

const TITLE: Style = style(Weight::Bold, 17.0, BLACK);
const NAME: Style = style(Weight::Bold, 12.0, BLACK);
const TEXT: Style = style(Weight::Regular, 10.5, BLACK);
const STRONG: Style = style(Weight::Bold, 10.5, BLACK);
const AMOUNT: Style = style(Weight::Bold, 15.0, BLACK);
const LABEL: Style = style(Weight::Regular, 10.5, SOFT);
const SMALL: Style = style(Weight::Regular, 8.5, SOFT);
const VOID: Style = style(Weight::Bold, 12.0, VIOLET);

/// How many lines each text may take: so a receipt stays on its page.
#[derive(Clone, Copy, Debug)]
struct Limits {
    name: usize,
    address: usize,
    label: usize,
}

/// What texts have as long as there is room for all.
const USUAL: Limits = Limits {
    name: 4,
    address: 6,
    label: 4,
};
/// What each has where all of them are long.
const TIGHT: Limits = Limits {
    name: 2,
    address: 3,
    label: 2,
};
/// How many lines of what people wrote there is room for.
const LINES_MAX: usize = 18;

/// What a document says of itself.
pub struct About<'a> {
    /// Its title.
    pub title: &'a str,
    /// The language that it is mostly in.
    pub l: Locale,
    /// Who gives it.
    pub organisation: &'a str,
    /// The day on which it was last true: of the last receipt in it.
    pub day: Option<Day>,
}

/// Receipts as one document, each in a language of its own.
///
/// # Errors
/// Ours: where the library refuses what we drew.
pub fn document(
    about: &About<'_>,
    receipts: &[(Receipt, Locale)],
    zone: Tz,
) -> Result<Vec<u8>, Problem> {
    let fonts = Fonts::read()?;
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_B)
        .finish()
        .map_err(|e| Problem::internal(format!("{e:?}")))?;
    let mut document = Document::new_with(SerializeSettings {
        configuration,
        ..SerializeSettings::default()
    });
    document.set_metadata(metadata(about, receipts));
    for (receipt, l) in receipts {
        let settings = PageSettings::from_wh(PAGE.0, PAGE.1)
            .ok_or_else(|| Problem::internal("a page without a size"))?;
        let mut page = document.start_page_with(settings);
        let paper = Paper {
            fonts: &fonts,
            surface: page.surface(),
        };
        Sheet {
            paper,
            receipt,
            l: *l,
            zone,
            limits: USUAL,
        }
        .draw();
        page.finish();
    }
    document
        .finish()
        .map_err(|e| Problem::internal(format!("{e:?}")))
}

fn metadata(about: &About<'_>, receipts: &[(Receipt, Locale)]) -> Metadata {
    let id = receipts
        .iter()
        .map(|(receipt, _)| format!("{} {}", receipt.payment, receipt.number))
        .next_back();
    let metadata = Metadata::new()
        .title(about.title.to_owned())
        .authors(vec![about.organisation.to_owned()])
        .language(about.l.tag().to_owned())
        .creator("Equipage".to_owned())
        .document_id(format!("{} {}", id.unwrap_or_default(), receipts.len()));
    let Some(day) = about.day else {
        return metadata;
    };
    let small = |n: u32| u8::try_from(n).unwrap_or(1);
    metadata.creation_date(
        DateTime::new(u16::try_from(day.year()).unwrap_or_default())
            .month(small(day.month()))
            .day(small(day.day()))
            .hour(0)
            .minute(0)
            .second(0)
            .utc_offset_hour(0)
            .utc_offset_minute(0),
    )
}

/// A receipt on its page.
struct Sheet<'a> {
    paper: Paper<'a, 'a>,
    receipt: &'a Receipt,
    l: Locale,
    zone: Tz,
    limits: Limits,
}

impl Sheet<'_> {
    fn draw(mut self) {
        if self.has_long_texts() {
            self.limits = TIGHT;
        }
        let mut y = self.head();
        if let Some(cancelled) = self.receipt.cancelled {
            y = self.void(y, cancelled);
        }
        let y = self.facts(y);
        self.foot(y);
        self.paper.surface.finish();
    }

    /// Whether what people wrote would need more than the page with the usual limits.
    fn has_long_texts(&self) -> bool {
        let receipt = self.receipt;
        let what = super::document::what(self.l, receipt);
        let texts = [
            (receipt.organisation.as_str(), self.limits.name),
            (receipt.organisation.as_str(), self.limits.name),
            (
                receipt.organisation_address.as_deref().unwrap_or_default(),
                self.limits.address,
            ),
            (receipt.name.as_str(), self.limits.name),
            (&address(receipt), self.limits.address),
            (what.as_ref(), self.limits.label),
            (receipt.place.as_deref().unwrap_or_default(), 2),
        ];
        let room = RIGHT - VALUES - GAP * 6.0;
        let lines = texts
            .into_iter()
            .map(|(text, most)| self.lines(text, NAME, room, most).len());
        lines.sum::<usize>() > LINES_MAX
    }

    fn lines(&self, text: &str, style: Style, width: f32, most: usize) -> Vec<String> {
        self.paper.fonts.lines(text, style, width, most)
    }

    /// Who gives it, at the left; its number, at the right.
    fn head(&mut self) -> f32 {
        let title = t::receipt(self.l, &self.receipt.number.to_string());
        let wide = self.paper.fonts.width(&title, TITLE);
        let room = WIDTH - wide - GAP * 2.0;
        let top = MARGIN + TITLE.size;
        self.paper.line(RIGHT - wide, top, &title, TITLE);
        let name = self.lines(&self.receipt.organisation, NAME, room, self.limits.name);
        let mut y = self.paper.block(MARGIN, top, &name, NAME);
        if let Some(address) = &self.receipt.organisation_address {
            let address = self.lines(address, TEXT, room, self.limits.address);
            y = self.paper.block(MARGIN, y, &address, TEXT);
        }
        y += GAP;
        self.paper.rule(MARGIN, y, WIDTH, LINE);
        y + GAP * 2.5
    }

    /// That it counts no more, in a frame that nobody overlooks.
    fn void(&mut self, y: f32, cancelled: Cancelled) -> f32 {
        let l = self.l;
        let day = cancelled.at.with_timezone(&self.zone).date_naive();
        let room = WIDTH - GAP * 2.0;
        let head = self.lines(&t::cancelled_on(l, &l.day(day)), VOID, room, 2);
        let help = self.lines(&t::cancelled_help(l), TEXT, room, 4);
        let top = y - GAP;
        let mut inside = top + GAP + VOID.size;
        inside = self.paper.block(MARGIN + GAP, inside, &head, VOID);
        inside = self.paper.block(MARGIN + GAP, inside, &help, TEXT);
        let bottom = inside - TEXT.size * LEADING + GAP;
        self.paper.frame(MARGIN, top, WIDTH, bottom - top, VIOLET);
        bottom + GAP * 2.5
    }

    /// From whom, how much, what for, when and how.
    fn facts(&mut self, y: f32) -> f32 {
        let (l, receipt) = (self.l, self.receipt);
        let room = RIGHT - VALUES;
        let mut y = y;

        self.label(y, &t::received_from(l));
        let name = self.lines(&receipt.name, STRONG, room, self.limits.name);
        let address = self.lines(&address(receipt), TEXT, room, self.limits.address);
        let number = t::member(l, &receipt.member_number.to_string());
        y = self.paper.block(VALUES, y, &name, STRONG);
        y = self.paper.block(VALUES, y, &address, TEXT);
        y = self.paper.block(VALUES, y, &[number.into_owned()], LABEL);
        y += GAP;

        self.label(y, &t::sum(l));
        let in_words = words::money(l, receipt.amount);
        let in_words = self.lines(&in_words, TEXT, room, self.limits.label);
        y = self
            .paper
            .block(VALUES, y, &[l.money(receipt.amount)], AMOUNT);
        y = self.paper.block(VALUES, y, &in_words, TEXT);
        y += GAP;

        y = self.fact(y, &t::what(l), &super::document::what(l, receipt));
        if let Some(period) = receipt.period {
            y = self.fact(y, &t::period(l), &tp::period(l, period));
        }
        y = self.fact(y, &t::how(l), &tm::method(l, receipt.method));
        self.fact(y, &t::received_on(l), &l.day(receipt.received_on))
    }

    fn label(&mut self, y: f32, label: &str) {
        self.paper.line(MARGIN, y, label, LABEL);
    }

    fn fact(&mut self, y: f32, label: &str, value: &str) -> f32 {
        self.label(y, label);
        let lines = self.lines(value, TEXT, RIGHT - VALUES, self.limits.label);
        self.paper.block(VALUES, y, &lines, TEXT) + GAP * 0.6
    }

    /// Where and when it was given, room to sign, and what it is not.
    fn foot(&mut self, y: f32) {
        let (l, receipt) = (self.l, self.receipt);
        let y = y + GAP * 0.4;
        self.paper.rule(MARGIN, y, WIDTH, LINE);
        let mut y = y + GAP * 2.0;
        let day = l.day(receipt.issued_on);
        let issued = match &receipt.place {
            Some(place) => t::place_and_day(l, place, &day),
            None => t::day_only(l, &day),
        };
        let issued = self.lines(&issued, TEXT, WIDTH, 2);
        y = self.paper.block(MARGIN, y, &issued, TEXT) + GAP * 0.4;
        let sign = t::signature(l, &receipt.organisation);
        let sign = self.lines(&sign, TEXT, WIDTH, self.limits.name);
        y = self.paper.block(MARGIN, y, &sign, TEXT);

        let mut small = self.lines(&t::small_print(l), SMALL, WIDTH, 4);
        if !self.is_readable() {
            small.extend(self.lines(&t::unknown_letters(l), SMALL, WIDTH, 2));
        }
        let count = u16::try_from(small.len()).unwrap_or_default();
        let bottom = PAGE.1 - MARGIN - f32::from(count) * SMALL.size * LEADING;
        let signed = (y + SIGNATURE).min(bottom - GAP * 1.5);
        self.paper.rule(MARGIN, signed, VALUES, LINE);
        let _ = self.paper.block(MARGIN, bottom, &small, SMALL);
    }

    /// Whether the font has all letters of what people wrote.
    fn is_readable(&self) -> bool {
        let receipt = self.receipt;
        let address = address(receipt);
        let what = super::document::what(self.l, receipt);
        let parts = [
            Some(receipt.organisation.as_str()),
            receipt.organisation_address.as_deref(),
            receipt.place.as_deref(),
            Some(receipt.name.as_str()),
            Some(address.as_str()),
            Some(what.as_ref()),
        ];
        parts
            .into_iter()
            .flatten()
            .all(|text| self.paper.fonts.knows(text))
    }
}

/// The address of that day, in lines.
fn address(receipt: &Receipt) -> String {
    let city = [receipt.postcode.as_deref(), receipt.city.as_deref()];
    let city: Vec<&str> = city.into_iter().flatten().collect();
    [
        receipt.street.clone().unwrap_or_default(),
        city.join(" "),
        receipt.country.clone().unwrap_or_default(),
    ]
    .join("\n")
}

#[cfg(test)]
mod tests;

//! A page to draw on: letters, lines that wrap, and rules. Points are 1/72 inch, from the
//! top left corner.
//!
//! The font is Noto Sans, cut down to Latin, Greek and Cyrillic letters. What it does not
//! have (emoji, Chinese, Arabic …) is drawn as the sign for an unknown letter, and still
//! copies and reads out as what it is.

use domain::kernel::Problem;
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use std::sync::LazyLock;

/// The most letters of one text that are looked at: more than fit on a page.
const LETTERS_MAX: usize = 4_000;
/// Drawn for a letter that the font does not have.
const UNKNOWN: char = '\u{fffd}';
/// Ends a text that had no room.
const MORE: char = '…';

static REGULAR: LazyLock<Option<Letters>> =
    LazyLock::new(|| Letters::read(include_bytes!("../../../fonts/NotoSans-Regular.ttf")));
static BOLD: LazyLock<Option<Letters>> =
    LazyLock::new(|| Letters::read(include_bytes!("../../../fonts/NotoSans-Bold.ttf")));

/// A weight of the font.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    Regular,
    Bold,
}

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    pub weight: Weight,
    pub size: f32,
    pub ink: Ink,
}

/// A style of a weight, a size and a colour.
pub const fn style(weight: Weight, size: f32, ink: Ink) -> Style {
    Style { weight, size, ink }
}

/// A colour.
#[derive(Clone, Copy, Debug)]
pub struct Ink(u8, u8, u8);

/// Text.
pub const BLACK: Ink = Ink(0x1c, 0x23, 0x2b);
/// Labels, and what is said beside.
pub const SOFT: Ink = Ink(0x55, 0x60, 0x6d);
/// Lines.
pub const LINE: Ink = Ink(0xc4, 0xcb, 0xd3);
/// What counts no more.
pub const VIOLET: Ink = Ink(0x6d, 0x28, 0xa8);

impl Ink {
    fn color(self) -> rgb::Color {
        rgb::Color::new(self.0, self.1, self.2)
    }
}

struct Letters {
    face: ttf_parser::Face<'static>,
    bytes: &'static [u8],
    em: f32,
}

/// A letter of the font: which one, and how far the next one stands from it, in ems.
#[derive(Clone, Copy)]
struct Letter {
    id: u16,
    advance: f32,
}

impl Letters {
    fn read(bytes: &'static [u8]) -> Option<Self> {
        let face = ttf_parser::Face::parse(bytes, 0).ok()?;
        let em = f32::from(face.units_per_em());
        Some(Self { face, bytes, em })
    }

    fn letter(&self, c: char) -> Option<Letter> {
        let id = self.face.glyph_index(c)?;
        let advance = f32::from(self.face.glyph_hor_advance(id)?) / self.em;
        Some(Letter { id: id.0, advance })
    }

    /// The letter that is drawn for a character.
    fn drawn(&self, c: char) -> Letter {
        let unknown = Letter {
            id: 0,
            advance: 0.6,
        };
        self.letter(c)
            .or_else(|| self.letter(UNKNOWN))
            .unwrap_or(unknown)
    }
}

/// Both weights, as a document embeds them.
pub struct Fonts {
    regular: (&'static Letters, Font),
    bold: (&'static Letters, Font),
}

impl Fonts {
    /// Reads the fonts that the program carries.
    ///
    /// # Errors
    /// Ours: where they are broken.
    pub fn read() -> Result<Self, Problem> {
        let broken = || Problem::internal("a font of the program cannot be read");
        let pair = |letters: &'static LazyLock<Option<Letters>>| {
            let letters = letters.as_ref().ok_or_else(broken)?;
            let font = Font::new(letters.bytes.into(), 0).ok_or_else(broken)?;
            Ok::<_, Problem>((letters, font))
        };
        Ok(Self {
            regular: pair(&REGULAR)?,
            bold: pair(&BOLD)?,
        })
    }

    fn of(&self, weight: Weight) -> &(&'static Letters, Font) {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// How wide a line is.
    pub fn width(&self, line: &str, style: Style) -> f32 {
        let (letters, _) = self.of(style.weight);
        line.chars().map(|c| letters.drawn(c).advance).sum::<f32>() * style.size
    }

    /// Whether the font has all letters of a text.
    pub fn knows(&self, text: &str) -> bool {
        let (letters, _) = &self.regular;
        cleaned(text)
            .chars()
            .all(|c| letters.letter(c).is_some() || c == ' ')
    }

    /// A text in lines of a width, `most` of them; what has no room ends with "…".
    pub fn lines(&self, text: &str, style: Style, width: f32, most: usize) -> Vec<String> {
        let (letters, _) = self.of(style.weight);
        let mut lines: Vec<String> = Vec::new();
        let mut is_cut = text.chars().nth(LETTERS_MAX).is_some();
        for line in text.lines() {
            let line = cleaned(line);
            if line.is_empty() {
                continue;
            }
            self.wrap(letters, &line, style.size, width, &mut lines);
            if lines.len() > most {
                is_cut = true;
                break;
            }
        }
        lines.truncate(most);
        if is_cut && let Some(last) = lines.last_mut() {
            while !last.is_empty() && self.width(&format!("{last}{MORE}"), style) > width {
                last.pop();
            }
            last.push(MORE);
        }
        lines
    }

    /// Breaks a line at its spaces, and where a word is wider than the whole line, in it.
    fn wrap(&self, letters: &Letters, text: &str, size: f32, width: f32, lines: &mut Vec<String>) {
        let mut line = String::new();
        let mut used = 0.0_f32;
        let space = letters.drawn(' ').advance * size;
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let wide: f32 = word.chars().map(|c| letters.drawn(c).advance * size).sum();
            if !line.is_empty() && used + space + wide <= width {
                line.push(' ');
                line.push_str(word);
                used += space + wide;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                used = 0.0;
            }
            for c in word.chars() {
                let advance = letters.drawn(c).advance * size;
                if used + advance > width && !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                    used = 0.0;
                }
                line.push(c);
                used += advance;
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
    }
}

/// A text on one line, without signs that are not seen, and with those that stand in for
/// what the font lacks.
fn cleaned(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(LETTERS_MAX * 4));
    for c in text.chars().take(LETTERS_MAX) {
        match c {
            // Directions, joiners and variants: they have no shape of their own.
            '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{e0000}'..='\u{e0fff}' => {}
            '−' => out.push('–'),
            c if c.is_control() || c == '\u{2028}' || c == '\u{2029}' => out.push(' '),
            c => out.push(c),
        }
    }
    out.trim().to_owned()
}

/// A page that is being drawn.
pub struct Paper<'a, 'b> {
    pub fonts: &'a Fonts,
    pub surface: Surface<'b>,
}

impl Paper<'_, '_> {
    /// Draws one line of text on a base line.
    pub fn line(&mut self, x: f32, y: f32, line: &str, style: Style) {
        let (letters, font) = self.fonts.of(style.weight);
        let mut glyphs = Vec::with_capacity(line.len());
        for (at, c) in line.char_indices() {
            let letter = letters.drawn(c);
            let id = GlyphId::new(u32::from(letter.id));
            let range = at..at + c.len_utf8();
            glyphs.push(KrillaGlyph::new(
                id,
                letter.advance,
                0.0,
                0.0,
                0.0,
                range,
                None,
            ));
        }
        self.surface.set_fill(Some(Fill {
            paint: style.ink.color().into(),
            ..Fill::default()
        }));
        self.surface.set_stroke(None);
        let start = Point::from_xy(x, y);
        self.surface
            .draw_glyphs(start, &glyphs, font.clone(), line, style.size, false);
    }

    /// Draws lines below each other; the base line of the one that would follow.
    pub fn block(&mut self, x: f32, y: f32, lines: &[String], style: Style) -> f32 {
        let mut y = y;
        for line in lines {
            self.line(x, y, line, style);
            y += style.size * LEADING;
        }
        y
    }

    /// Draws a line from left to right.
    pub fn rule(&mut self, x: f32, y: f32, width: f32, ink: Ink) {
        let mut path = PathBuilder::new();
        path.move_to(x, y);
        path.line_to(x + width, y);
        self.stroke(path, 0.75, ink);
    }

    /// Draws a frame.
    pub fn frame(&mut self, x: f32, y: f32, width: f32, height: f32, ink: Ink) {
        if let Some(rect) = Rect::from_xywh(x, y, width, height) {
            let mut path = PathBuilder::new();
            path.push_rect(rect);
            self.stroke(path, 1.25, ink);
        }
    }

    fn stroke(&mut self, path: PathBuilder, width: f32, ink: Ink) {
        let Some(path) = path.finish() else { return };
        self.surface.set_fill(None);
        self.surface.set_stroke(Some(Stroke {
            paint: ink.color().into(),
            width,
            ..Stroke::default()
        }));
        self.surface.draw_path(&path);
    }
}

/// How far lines stand apart, of the letters' size.
pub const LEADING: f32 = 1.35;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PLAIN: Style = style(Weight::Regular, 10.0, BLACK);

    #[test]
    fn the_font_has_the_letters_of_european_names() {
        let fonts = Fonts::read().unwrap();
        for text in [
            "Éàùçœ ŒÆ ÿŸ ñ ß ẞ ø Å Đ Ł ő ű ş ğ İ ı č ř ž ů ț ă",
            "Nguyễn Thị Ánh Đặng",
            "Παπαδοπούλου Ἀθηνᾶ",
            "Волков Ёлка Ґанок",
            "« 1 234,50 € » – ’ … n° №",
            "1\u{202f}234,50\u{a0}€",
        ] {
            assert!(fonts.knows(text), "{text}");
        }
        for text in ["李", "😀", "ليلى", "א"] {
            assert!(!fonts.knows(text), "{text}");
        }
    }

    #[test]
    fn what_has_no_room_ends_with_dots() {
        let fonts = Fonts::read().unwrap();
        let long = "mot ".repeat(20_000);
        let lines = fonts.lines(&long, PLAIN, 100.0, 3);
        assert_eq!(lines.len(), 3);
        assert!(lines[2].ends_with('…'));
        assert_eq!(fonts.lines("a\n\n b \n", PLAIN, 100.0, 3), ["a", "b"]);
        assert!(fonts.lines("\u{202e}\u{200b}", PLAIN, 100.0, 3).is_empty());
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_its_room(text in "\\PC{0,300}|[a-z]{0,400}|(😀|م|W){0,200}") {
            let fonts = Fonts::read().unwrap();
            let lines = fonts.lines(&text, PLAIN, 120.0, 5);
            prop_assert!(lines.len() <= 5);
            for line in &lines {
                prop_assert!(fonts.width(line, PLAIN) <= 120.01, "{}", line);
            }
        }
    }
}

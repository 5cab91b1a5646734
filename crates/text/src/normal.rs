//! The normal form in which texts are indexed and compared: half-width, lower case, compatibility characters resolved,
//! invisible characters gone, blanks next to Han characters gone, every other separator one blank. Traditional
//! characters stay as they are.

use unicode_normalization::char::decompose_compatible;

/// What a folded character is to the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Written without blanks between words: Han, kana, Hangul.
    Han,
    /// A letter or digit of a script that writes whole words.
    Word,
    /// White space; between Han characters it means nothing.
    Blank,
    /// Punctuation, symbols, control characters: nothing reaches across it.
    Break,
}

/// The class of a folded character.
pub(crate) fn class(c: char) -> Class {
    match c {
        'a'..='z' | '0'..='9' | 'A'..='Z' => Class::Word,
        '\u{4E00}'..='\u{9FFF}'
        | '\u{3400}'..='\u{4DBF}'
        | '々'
        | '〇'
        | '\u{3041}'..='\u{312F}'
        | '\u{31A0}'..='\u{31BF}'
        | '\u{31F0}'..='\u{31FF}'
        | '\u{AC00}'..='\u{D7A3}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{323AF}' => Class::Han,
        c if c.is_whitespace() => Class::Blank,
        c if c.is_alphanumeric() => Class::Word,
        _ => Class::Break,
    }
}

/// Whether `c` is written without blanks around it.
pub(crate) fn is_han(c: char) -> bool {
    class(c) == Class::Han
}

/// Passes on what `c` folds to: nothing for invisible characters, usually one character, sometimes several (`㎡` is `m2`).
pub(crate) fn fold(c: char, mut emit: impl FnMut(char)) {
    match c {
        '\u{0}'..='\u{7F}' => emit(c.to_ascii_lowercase()),
        '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' => emit(c),
        '\u{3000}' => emit(' '),
        '\u{FF01}'..='\u{FF5E}' => emit(char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c).to_ascii_lowercase()),
        '\u{AD}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2064}'
        | '\u{20E3}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' => {}
        _ => decompose_compatible(c, |part| match part {
            // Accents and voicing marks: what is typed without them should be found.
            '\u{300}'..='\u{36F}' | '\u{3099}' | '\u{309A}' => {}
            part => part.to_lowercase().for_each(&mut emit),
        }),
    }
}

/// A text in normal form, with the way back to the text it came from.
#[derive(Debug, Default)]
pub(crate) struct Normal {
    /// The characters of the normal form.
    pub chars: Vec<char>,
    /// For each of them the byte at which its original character starts.
    pub origins: Vec<usize>,
}

impl Normal {
    /// The normal form of `text`.
    pub fn new(text: &str) -> Self {
        let mut normal =
            Self { chars: Vec::with_capacity(text.len() / 2), origins: Vec::with_capacity(text.len() / 2) };
        let mut blank = None;
        for (at, original) in text.char_indices() {
            fold(original, |c| normal.push(c, at, &mut blank));
        }
        normal
    }

    /// Adds a folded character; a separator waits in `blank` until the character after it shows whether it counts.
    fn push(&mut self, c: char, at: usize, blank: &mut Option<(Class, usize)>) {
        let class = class(c);
        if matches!(class, Class::Blank | Class::Break) {
            let broken = class == Class::Break || blank.is_some_and(|(c, _)| c == Class::Break);
            *blank = Some((if broken { Class::Break } else { Class::Blank }, blank.map_or(at, |(_, first)| first)));
            return;
        }
        if let Some((separator, first)) = blank.take() {
            let touches_han = class == Class::Han || self.chars.last().copied().is_some_and(is_han);
            if separator == Class::Break || !touches_han {
                self.chars.push(' ');
                self.origins.push(first);
            }
        }
        self.chars.push(c);
        self.origins.push(at);
    }
}

/// The normal form of `text` without the way back.
pub(crate) fn normalise(text: &str) -> String {
    Normal::new(text).chars.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_what_people_type() {
        for (text, expected) in [
            ("ＡＮ２０２６　物业", "an2026物业"),
            ("景 蓉\n华 苑", "景蓉华苑"),
            ("物业，收费", "物业 收费"),
            ("iPhone  15 Pro", "iphone 15 pro"),
            ("第 3 栋", "第3栋"),
            ("90㎡", "90m2"),
            ("Ⅱ期", "ii期"),
            ("⽅便", "方便"),
            ("Café", "cafe"),
            ("物\u{200B}业", "物业"),
            ("", ""),
            ("？！", ""),
        ] {
            assert_eq!(normalise(text), expected, "{text}");
        }
    }

    #[test]
    fn keeps_the_way_back() {
        let text = "水 费，ａ";
        let normal = Normal::new(text);
        let back: Vec<&str> = normal.origins.iter().map(|o| &text[*o..]).collect();
        assert_eq!(normal.chars, vec!['水', '费', ' ', 'a']);
        assert_eq!(back, ["水 费，ａ", "费，ａ", "，ａ", "ａ"]);
    }
}

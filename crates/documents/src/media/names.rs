//! File names from outside, made safe.

/// Characters of a name before its extension.
const LONGEST: usize = 80;

/// The extension of a name in small letters, without its dot; empty where there is none.
pub(super) fn extension(name: &str) -> String {
    let name = last_part(name);
    let visible: String = name.chars().filter(|c| !is_unseen(*c)).collect();
    match visible.trim_end_matches(['.', ' ']).rsplit_once('.') {
        Some((_, extension)) if extension.len() <= 10 && !extension.is_empty() => extension.to_ascii_lowercase(),
        _ => String::new(),
    }
}

/// The name without folders, without characters that disks, shells or eyes misread, of bounded length and with the
/// given extension. Chinese stays as it is.
pub fn safe_name(name: &str, extension: &str) -> String {
    let visible: String = last_part(name).chars().filter(|c| !is_unseen(*c)).collect();
    let stem = match visible.rsplit_once('.') {
        Some((stem, tail)) if tail.len() <= 10 && tail.chars().all(|c| c.is_ascii_alphanumeric()) => stem,
        _ => &visible,
    };
    let safe = |c: char| if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '/' | '\\') { '_' } else { c };
    let stem: String = stem.trim_matches(['.', ' ', '\u{3000}']).chars().map(safe).take(LONGEST).collect();
    let stem = stem.trim_end_matches(['.', ' ']);
    let stem = match stem {
        "" => "附件".to_owned(),
        stem if is_device(stem) => format!("_{stem}"),
        stem => stem.to_owned(),
    };
    format!("{stem}.{extension}")
}

/// What follows the last separator of either system.
fn last_part(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or_default()
}

/// Control characters, and marks that turn or hide the text around them: `photo\u{202E}gnp.exe` looks like a picture.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{061C}'
                | '\u{00AD}'
                | '\u{115F}'
                | '\u{1160}'
                | '\u{180E}'
                | '\u{200B}'..='\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{3164}'
                | '\u{FEFF}'
                | '\u{FFF9}'..='\u{FFFF}'
                | '\u{E0000}'..='\u{E007F}'
        )
}

/// Names that Windows keeps for its devices.
fn is_device(stem: &str) -> bool {
    let head = stem.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let numbered =
        |prefix: &str| head.strip_prefix(prefix).is_some_and(|n| n.len() == 1 && n.bytes().all(|b| b.is_ascii_digit()));
    matches!(head.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT")
}

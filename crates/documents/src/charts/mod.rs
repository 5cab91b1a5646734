//! Small charts as SVG, made here and not in the browser. They carry classes and no style, say what they show in words,
//! and tell their parts apart by shape and text where a printer has no colour.
//!
//! Classes for the style sheet: `chart`, `chart-bar`, `chart-part`, `chart-label`, `chart-value`, `chart-grid`,
//! `chart-axis`, `chart-line`, `chart-area`, `chart-dot`, `chart-empty`, and `chart-series-1`, `-2`, … on lines.

mod bars;
mod trend;

use std::fmt::Write;

pub use bars::{Bar, BarChart, bars};
pub use trend::{Series, Trend, trend};

use crate::markup::escape;

/// The size of text, in units of the drawing.
const TEXT: f64 = 13.0;
/// The width of a drawing.
const WIDTH: f64 = 640.0;

/// The beginning of a drawing. With links inside it is a group, because what is inside an image cannot be reached.
fn begin(title: &str, description: &str, height: f64, linked: bool) -> String {
    let role = if linked { "group" } else { "img" };
    let name = escape(title);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"{role}\" aria-label=\"{name}\" \
         viewBox=\"0 0 {WIDTH} {height}\" font-size=\"{TEXT}\"><title>{name}</title><desc>{}</desc>",
        escape(description)
    )
}

/// A drawing of nothing, which says so.
fn empty(title: &str) -> String {
    let middle = WIDTH / 2.0;
    let mut svg = begin(title, "暂无数据", 60.0, false);
    // Writing into a String cannot fail, here and below.
    let _ =
        write!(svg, "<text class=\"chart-empty\" x=\"{middle}\" y=\"35\" text-anchor=\"middle\">暂无数据</text></svg>");
    svg
}

/// A value that can be drawn: neither negative nor beyond all counting.
fn drawable(value: f64) -> f64 {
    // Adding nothing turns minus zero into zero.
    if value.is_nan() { 0.0 } else { value.clamp(0.0, 1e15) + 0.0 }
}

/// A number as people write it: whole, or with one decimal.
fn number(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value}") } else { format!("{value:.1}") }
}

/// A place in the drawing, to a tenth.
fn place(value: f64) -> String {
    number((value * 10.0).round() / 10.0)
}

/// How wide a text is, Chinese characters being twice as wide as others.
fn width_of(text: &str) -> f64 {
    text.chars().map(|c| if c.is_ascii() { TEXT * 0.56 } else { TEXT }).sum()
}

/// The text, or as much of its beginning as fits and an ellipsis.
fn fitted(text: &str, room: f64) -> String {
    if width_of(text) <= room {
        return text.to_owned();
    }
    let mut used = TEXT;
    let kept = text.chars().take_while(|c| {
        used += if c.is_ascii() { TEXT * 0.56 } else { TEXT };
        used <= room
    });
    kept.chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_fit() {
        assert_eq!(fitted("市工科信局", 100.0), "市工科信局");
        assert_eq!(fitted("市住房和城乡建设局", 100.0), "市住房和城乡…");
        assert_eq!(number(3.0), "3");
        assert_eq!(number(3.25), "3.2");
    }

    /// Enough of a parser to know that every element closes and nothing is written as markup that should be text.
    pub(super) fn check_markup(svg: &str) {
        let mut open = Vec::new();
        for part in svg.split('<').skip(1) {
            let (tag, text) = part.split_once('>').expect("a tag ends");
            assert!(!text.contains('>'), "{text}");
            if let Some(name) = tag.strip_prefix('/') {
                assert_eq!(open.pop(), Some(name));
            } else if !tag.ends_with('/') {
                open.push(tag.split(' ').next().unwrap_or_default());
            }
        }
        assert!(open.is_empty(), "{open:?}");
        for word in ["NaN", "inf", "style", "script", "-0 ", "onload"] {
            assert!(!svg.contains(word), "{word} in {svg}");
        }
    }

    proptest! {
        #[test]
        fn any_values_make_a_drawing(
            values in prop::collection::vec((any::<f64>(), "[<>&\"'甲乙a ]{0,30}", any::<f64>()), 0..20),
        ) {
            let rows: Vec<Bar> = values
                .iter()
                .map(|(value, label, part)| Bar::new(label.clone(), *value).with_part(*part).linked("/demands?a=1&b=\"2"))
                .collect();
            check_markup(&bars(&BarChart { title: "在办", unit: "件", part: Some("逾期"), bars: &rows }));
            let labels: Vec<String> = values.iter().map(|(_, label, _)| label.clone()).collect();
            let points: Vec<Option<f64>> = values.iter().map(|(value, _, part)| (*part > 0.0).then_some(*value)).collect();
            let series = [Series { name: "收到", points: &points }, Series { name: "办结", points: &points[..points.len() / 2] }];
            check_markup(&trend(&Trend { title: "趋势", unit: "件", labels: &labels, series: &series }));
        }
    }
}

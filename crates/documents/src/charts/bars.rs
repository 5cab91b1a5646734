//! Horizontal bars: one line for each unit, the longest name decides where they begin.

use std::fmt::Write;

use super::{TEXT, WIDTH, begin, drawable, empty, fitted, number, place, width_of};
use crate::markup::escape;

/// One bar.
#[derive(Clone, Debug)]
pub struct Bar {
    label: String,
    value: f64,
    part: f64,
    href: Option<String>,
}

/// A chart of bars, drawn in the order given.
#[derive(Clone, Copy, Debug)]
pub struct BarChart<'a> {
    /// What is shown.
    pub title: &'a str,
    /// What is counted: `件`.
    pub unit: &'a str,
    /// What the darker part of each bar is, where there is one: `逾期`.
    pub part: Option<&'a str>,
    /// The bars.
    pub bars: &'a [Bar],
}

const ROW: f64 = 30.0;
const TOP: f64 = 8.0;
const LABELS: f64 = 200.0;

impl Bar {
    /// A bar.
    pub fn new(label: impl Into<String>, value: f64) -> Self {
        Self { label: label.into(), value: drawable(value), part: 0.0, href: None }
    }

    /// The same bar, of which `part` is the part that the chart names.
    pub fn with_part(self, part: f64) -> Self {
        Self { part: drawable(part).min(self.value), ..self }
    }

    /// The same bar, leading to the list that makes it up.
    pub fn linked(self, href: impl Into<String>) -> Self {
        Self { href: Some(href.into()), ..self }
    }
}

/// Draws a chart of bars.
pub fn bars(chart: &BarChart<'_>) -> String {
    if chart.bars.is_empty() {
        return empty(chart.title);
    }
    let labels = chart.bars.iter().map(|bar| width_of(&bar.label)).fold(0.0, f64::max).min(LABELS);
    let values = chart.bars.iter().map(|bar| width_of(&words(chart, bar))).fold(0.0, f64::max);
    let start = labels + 10.0;
    let room = (WIDTH - start - values - 10.0).max(60.0);
    let most = chart.bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
    let linked = chart.bars.iter().any(|bar| bar.href.is_some());
    let height = TOP * 2.0 + ROW * chart.bars.len() as f64;
    let mut svg = begin(chart.title, &description(chart), height, linked);
    for (index, bar) in chart.bars.iter().enumerate() {
        let top = TOP + ROW * index as f64;
        let length = |value: f64| if most > 0.0 { value / most * room } else { 0.0 };
        row(&mut svg, chart, bar, Place { top, labels, start, whole: length(bar.value), part: length(bar.part) });
    }
    svg.push_str("</svg>");
    svg
}

/// Where one row stands.
struct Place {
    top: f64,
    labels: f64,
    start: f64,
    whole: f64,
    part: f64,
}

fn row(svg: &mut String, chart: &BarChart<'_>, bar: &Bar, at: Place) {
    let words = words(chart, bar);
    let base = place(at.top + ROW / 2.0 + TEXT * 0.35);
    if let Some(href) = &bar.href {
        let _ = write!(svg, "<a href=\"{}\" aria-label=\"{}：{}\">", escape(href), escape(&bar.label), escape(&words));
    }
    let _ = write!(
        svg,
        "<g><title>{label}：{words}</title><text class=\"chart-label\" x=\"{right}\" y=\"{base}\" text-anchor=\"end\">{short}</text>",
        label = escape(&bar.label),
        words = escape(&words),
        right = place(at.labels),
        short = escape(&fitted(&bar.label, at.labels)),
    );
    let (start, top) = (place(at.start), place(at.top + 6.0));
    let height = ROW - 12.0;
    // A value above nothing is seen as a line at least.
    let seen = |value: f64, length: f64| if value > 0.0 { length.max(1.5) } else { 0.0 };
    let whole = seen(bar.value, at.whole);
    let mut rectangle = |class: &str, length: f64| {
        let width = place(length);
        let _ =
            write!(svg, "<rect class=\"{class}\" x=\"{start}\" y=\"{top}\" width=\"{width}\" height=\"{height}\"/>");
    };
    rectangle("chart-bar", whole);
    if bar.part > 0.0 {
        rectangle("chart-part", seen(bar.part, at.part));
    }
    let _ = write!(
        svg,
        "<text class=\"chart-value\" x=\"{}\" y=\"{base}\">{}</text></g>",
        place(at.start + whole + 6.0),
        escape(&words)
    );
    if bar.href.is_some() {
        svg.push_str("</a>");
    }
}

/// `12 件（逾期 3 件）`.
fn words(chart: &BarChart<'_>, bar: &Bar) -> String {
    let whole = format!("{} {}", number(bar.value), chart.unit);
    match chart.part {
        Some(part) if bar.part > 0.0 => format!("{whole}（{part} {} {}）", number(bar.part), chart.unit),
        _ => whole,
    }
}

fn description(chart: &BarChart<'_>) -> String {
    let rows: Vec<String> = chart.bars.iter().map(|bar| format!("{} {}", bar.label, words(chart, bar))).collect();
    format!("{}。", rows.join("；"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_by_unit() {
        let bars = [
            Bar::new("市工科信局", 12.0).with_part(3.0).linked("/demands?unit=gkx&overdue=1"),
            Bar::new("市住房和城乡建设局及其所属事业单位", 6.0),
            Bar::new("市司法局", 0.0),
        ];
        let svg = super::bars(&BarChart { title: "各单位在办", unit: "件", part: Some("逾期"), bars: &bars });
        for part in [
            "role=\"group\" aria-label=\"各单位在办\"",
            "<title>各单位在办</title>",
            "市工科信局 12 件（逾期 3 件）；",
            "<a href=\"/demands?unit=gkx&amp;overdue=1\" aria-label=\"市工科信局：12 件（逾期 3 件）\">",
            "市住房和城乡建设局及其所属事业单位：6 件",
            "市住房和城乡建设局及其所属事…",
            "width=\"0\"",
        ] {
            assert!(svg.contains(part), "{part} in {svg}");
        }
        super::super::tests::check_markup(&svg);
    }

    #[test]
    fn nothing_to_show_says_so() {
        let svg = super::bars(&BarChart { title: "各单位在办", unit: "件", part: None, bars: &[] });
        assert!(svg.contains("暂无数据") && svg.contains("role=\"img\""));
    }
}

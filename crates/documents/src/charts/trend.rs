//! Lines over time, the first with its area. Lines differ by dashes too, for who prints without colour.

use std::fmt::Write;

use super::{TEXT, WIDTH, begin, drawable, empty, number, place, width_of};
use crate::markup::escape;

/// One line.
#[derive(Clone, Copy, Debug)]
pub struct Series<'a> {
    /// What it counts: `收到`.
    pub name: &'a str,
    /// A value for each label; `None` where there is none, which breaks the line.
    pub points: &'a [Option<f64>],
}

/// A chart of lines.
#[derive(Clone, Copy, Debug)]
pub struct Trend<'a> {
    /// What is shown.
    pub title: &'a str,
    /// What is counted: `件`.
    pub unit: &'a str,
    /// The times, in order: `3月`.
    pub labels: &'a [String],
    /// The lines.
    pub series: &'a [Series<'a>],
}

const HEIGHT: f64 = 260.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = HEIGHT - 30.0;
const DASHES: [&str; 4] = ["none", "7 4", "2 4", "9 3 2 3"];

/// Draws a chart of lines.
pub fn trend(chart: &Trend<'_>) -> String {
    let most = values(chart).fold(0.0, f64::max);
    if chart.labels.is_empty() || values(chart).next().is_none() {
        return empty(chart.title);
    }
    let step = step(most);
    let ceiling = (most / step).ceil().max(1.0) * step;
    let left = width_of(&number(ceiling)) + 14.0;
    // Half of a label stands beyond the last point.
    let right = WIDTH - (widest(chart.labels) / 2.0).clamp(8.0, 80.0);
    let scale = Scale { left, right, ceiling, last: chart.labels.len() - 1 };
    let mut svg = begin(chart.title, &description(chart), HEIGHT, false);
    grid(&mut svg, &scale, step, chart.unit);
    labels(&mut svg, &scale, chart.labels);
    for (index, series) in chart.series.iter().enumerate() {
        line(&mut svg, chart, series, index, &scale);
    }
    if chart.series.len() > 1 {
        legend(&mut svg, chart, left);
    }
    svg.push_str("</svg>");
    svg
}

/// From values to places.
struct Scale {
    left: f64,
    right: f64,
    ceiling: f64,
    last: usize,
}

impl Scale {
    fn x(&self, index: usize) -> f64 {
        let room = self.right - self.left;
        if self.last == 0 { self.left + room / 2.0 } else { self.left + room * index as f64 / self.last as f64 }
    }

    fn y(&self, value: f64) -> f64 {
        BOTTOM - (BOTTOM - TOP) * (value / self.ceiling)
    }
}

/// What can be drawn of a line: no more values than labels, and none that is negative or infinite.
fn points<'a>(chart: &'a Trend<'_>, series: &'a Series<'_>) -> impl Iterator<Item = Option<f64>> + 'a {
    let known = |value: &Option<f64>| value.filter(|v| v.is_finite()).map(drawable);
    series.points.iter().map(known).take(chart.labels.len())
}

fn values<'a>(chart: &'a Trend<'_>) -> impl Iterator<Item = f64> + 'a {
    chart.series.iter().flat_map(move |series| points(chart, series).flatten())
}

/// A round distance between grid lines, of which there are at most five: 1, 2 or 5 times a power of ten.
fn step(most: f64) -> f64 {
    let mut step = 1.0;
    for factor in [2.0, 2.5, 2.0].into_iter().cycle() {
        if most / step <= 5.0 {
            break;
        }
        step *= factor;
    }
    step
}

fn grid(svg: &mut String, scale: &Scale, step: f64, unit: &str) {
    let _ = write!(svg, "<text class=\"chart-axis\" x=\"0\" y=\"{TEXT}\">单位：{}</text>", escape(unit));
    let lines = (scale.ceiling / step).round() as u32;
    for line in 0..=lines {
        let value = f64::from(line) * step;
        let y = place(scale.y(value));
        let _ = write!(
            svg,
            "<line class=\"chart-grid\" x1=\"{left}\" x2=\"{right}\" y1=\"{y}\" y2=\"{y}\" stroke=\"currentColor\" \
             stroke-opacity=\".2\"/><text class=\"chart-axis\" x=\"{text}\" y=\"{base}\" text-anchor=\"end\">{value}</text>",
            left = place(scale.left),
            right = place(scale.right),
            text = place(scale.left - 6.0),
            base = place(scale.y(value) + TEXT * 0.35),
            value = number(value),
        );
    }
}

fn widest(labels: &[String]) -> f64 {
    labels.iter().map(|label| width_of(label)).fold(1.0, f64::max)
}

/// As many labels as fit without touching, the last one always among them.
fn labels(svg: &mut String, scale: &Scale, labels: &[String]) {
    let fitting = ((scale.right - scale.left) / (widest(labels) + 12.0)).floor().max(1.0) as usize;
    let every = labels.len().div_ceil(fitting).max(1);
    for (index, label) in labels.iter().enumerate() {
        if !(scale.last - index).is_multiple_of(every) {
            continue;
        }
        let cramped = scale.x(index) < width_of(label) / 2.0;
        let anchor = if cramped { "start" } else { "middle" };
        let _ = write!(
            svg,
            "<text class=\"chart-axis\" x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>",
            place(scale.x(index)),
            HEIGHT - 8.0,
            escape(label)
        );
    }
}

fn line(svg: &mut String, chart: &Trend<'_>, series: &Series<'_>, index: usize, scale: &Scale) {
    let known: Vec<(usize, Option<f64>)> = points(chart, series).enumerate().collect();
    for run in known.split(|(_, value)| value.is_none()).filter(|run| !run.is_empty()) {
        let path = path(run, scale);
        if index == 0 {
            let (first, last) = (scale.x(run[0].0), scale.x(run[run.len() - 1].0));
            let _ = write!(
                svg,
                "<path class=\"chart-area\" fill=\"currentColor\" fill-opacity=\".12\" d=\"{path}L{} {BOTTOM}L{} {BOTTOM}z\"/>",
                place(last),
                place(first)
            );
        }
        let _ = write!(
            svg,
            "<path class=\"chart-line chart-series-{}\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\" \
             stroke-dasharray=\"{}\" d=\"{path}\"/>",
            index + 1,
            DASHES[index % DASHES.len()]
        );
    }
    for (at, value) in known {
        let Some(value) = value else { continue };
        let _ = write!(
            svg,
            "<circle class=\"chart-dot chart-series-{}\" cx=\"{}\" cy=\"{}\" r=\"3\" fill=\"currentColor\"><title>{} {} {} {}</title></circle>",
            index + 1,
            place(scale.x(at)),
            place(scale.y(value)),
            escape(&chart.labels[at]),
            escape(series.name),
            number(value),
            escape(chart.unit)
        );
    }
}

fn path(run: &[(usize, Option<f64>)], scale: &Scale) -> String {
    let mut path = String::new();
    for (index, value) in run {
        let letter = if path.is_empty() { 'M' } else { 'L' };
        let _ = write!(path, "{letter}{} {}", place(scale.x(*index)), place(scale.y(value.unwrap_or_default())));
    }
    path
}

fn legend(svg: &mut String, chart: &Trend<'_>, left: f64) {
    let mut x = left.max(width_of("单位：") + width_of(chart.unit) + 20.0);
    for (index, series) in chart.series.iter().enumerate() {
        let _ = write!(
            svg,
            "<line class=\"chart-line chart-series-{}\" stroke=\"currentColor\" stroke-width=\"2\" stroke-dasharray=\"{}\" \
             x1=\"{}\" x2=\"{}\" y1=\"9\" y2=\"9\"/><text class=\"chart-label\" x=\"{}\" y=\"{TEXT}\">{}</text>",
            index + 1,
            DASHES[index % DASHES.len()],
            place(x),
            place(x + 28.0),
            place(x + 34.0),
            escape(series.name)
        );
        x += 34.0 + width_of(series.name) + 22.0;
    }
}

fn description(chart: &Trend<'_>) -> String {
    let series: Vec<String> = chart.series.iter().map(|series| described(chart, series)).collect();
    format!("{}。", series.join("；"))
}

/// `收到：1月 3 件，2月 5 件`.
fn described(chart: &Trend<'_>, series: &Series<'_>) -> String {
    let known = chart.labels.iter().zip(points(chart, series));
    let values: Vec<String> =
        known.filter_map(|(label, value)| Some(format!("{label} {} {}", number(value?), chart.unit))).collect();
    format!("{}：{}", series.name, values.join("，"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year() {
        let labels: Vec<String> = (1..=12).map(|month| format!("{month}月")).collect();
        let received: Vec<Option<f64>> = (0..12).map(|m| Some(f64::from(m * 3))).collect();
        let closed = [Some(1.0), None, Some(2.0), Some(4.0)];
        let series = [Series { name: "收到", points: &received }, Series { name: "办结", points: &closed }];
        let svg = trend(&Trend { title: "全年走势", unit: "件", labels: &labels, series: &series });
        for part in [
            "<title>全年走势</title>",
            "收到：1月 0 件，2月 3 件",
            "办结：1月 1 件，3月 2 件，4月 4 件",
            "<title>12月 收到 33 件</title>",
            ">40</text>",
            "单位：件",
            "stroke-dasharray=\"7 4\"",
        ] {
            assert!(svg.contains(part), "{part} in {svg}");
        }
        assert_eq!(svg.matches("chart-line chart-series-2").count(), 3, "two runs and the legend");
        super::super::tests::check_markup(&svg);
    }

    #[test]
    fn steps_are_round() {
        for (most, expected) in [(0.0, 1.0), (4.0, 1.0), (6.0, 2.0), (33.0, 10.0), (70.0, 20.0), (1234.0, 500.0)] {
            assert_eq!(step(most), expected, "{most}");
        }
    }

    #[test]
    fn one_point_and_none() {
        let labels = ["3月".to_owned()];
        let one = [Series { name: "收到", points: &[Some(5.0)] }];
        let none = [Series { name: "收到", points: &[None, Some(f64::NAN)] }];
        let draw = |series: &[Series<'_>]| trend(&Trend { title: "走势", unit: "件", labels: &labels, series });
        assert!(draw(&one).contains("<circle"));
        assert!(draw(&none).contains("暂无数据"));
    }
}

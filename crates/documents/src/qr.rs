//! QR codes as SVG, for receipts and sheets.

use std::fmt::Write;

use kernel::Fault;
use qrcode::{Color, EcLevel, QrCode};

use crate::markup::escape;

/// The light border that readers need, in modules.
const QUIET: usize = 4;

/// A QR code of `content`, dark on light, with `title` for who hears the page. Size comes from the page's style.
pub fn svg(content: &str, title: &str) -> Result<String, Fault> {
    let code =
        QrCode::with_error_correction_level(content, EcLevel::M).map_err(|e| Fault::new("drawing a QR code", e))?;
    let width = code.width();
    let side = width + 2 * QUIET;
    let mut path = String::new();
    for (row, modules) in code.to_colors().chunks(width).enumerate() {
        let mut column = 0;
        while column < width {
            let run = modules[column..].iter().take_while(|m| **m == Color::Dark).count();
            if run > 0 {
                // Writing into a String cannot fail.
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", column + QUIET, row + QUIET);
            }
            column += run.max(1);
        }
    }
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"qr\" role=\"img\" viewBox=\"0 0 {side} {side}\" \
         shape-rendering=\"crispEdges\"><title>{}</title><rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/>\
         <path fill=\"#000\" d=\"{path}\"/></svg>",
        escape(title)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads the modules back from the path.
    fn modules(svg: &str) -> Vec<(usize, usize)> {
        let path = svg.split("d=\"").nth(1).unwrap().split('"').next().unwrap();
        let runs = path.split('M').skip(1).map(|run| {
            let numbers: Vec<usize> = run
                .split(|c: char| !c.is_ascii_digit())
                .filter(|n| !n.is_empty())
                .map(|n| n.parse().unwrap())
                .collect();
            (numbers[0], numbers[1], numbers[2])
        });
        runs.flat_map(|(x, y, run)| (x..x + run).map(move |x| (x, y))).collect()
    }

    #[test]
    fn the_drawing_is_the_code() {
        for content in ["https://example.cn/progress?number=AN-2026-000001", "三听", "", &"长".repeat(300)] {
            let svg = svg(content, "扫一扫 <查进度>").unwrap();
            let code = QrCode::with_error_correction_level(content, EcLevel::M).unwrap();
            let width = code.width();
            let expected: Vec<_> = code
                .to_colors()
                .iter()
                .enumerate()
                .filter(|(_, c)| **c == Color::Dark)
                .map(|(at, _)| (at % width + QUIET, at / width + QUIET))
                .collect();
            assert_eq!(modules(&svg), expected);
            assert!(svg.contains("<title>扫一扫 &lt;查进度&gt;</title>") && !svg.contains("style"));
        }
    }

    #[test]
    fn too_much_is_a_fault() {
        assert!(svg(&"长".repeat(5000), "").is_err());
    }
}

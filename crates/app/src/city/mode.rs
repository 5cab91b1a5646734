//! How a demand was collected: the plan's three pairs, 线上+线下、日常+专项、定期+随机, of which every channel has one each.

use super::vocabulary::{Channel, Line, Occasion, Rhythm};

/// A way of collecting, or several: what is left out may be either.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Mode {
    /// 线上 or 线下.
    pub line: Option<Line>,
    /// 日常 or 专项.
    pub occasion: Option<Occasion>,
    /// 定期 or 随机.
    pub rhythm: Option<Rhythm>,
}

impl Mode {
    /// The eight ways, in the order in which the plan names the pairs.
    pub fn all() -> impl Iterator<Item = Self> {
        Line::ALL.iter().flat_map(|line| {
            Occasion::ALL.iter().flat_map(move |occasion| {
                Rhythm::ALL.iter().map(move |rhythm| Self {
                    line: Some(*line),
                    occasion: Some(*occasion),
                    rhythm: Some(*rhythm),
                })
            })
        })
    }

    /// The way of a channel.
    pub fn of(channel: &Channel) -> Self {
        Self { line: Some(channel.line), occasion: Some(channel.occasion), rhythm: Some(channel.rhythm) }
    }

    /// Whether what comes by `channel` is collected in this way.
    pub fn covers(self, channel: &Channel) -> bool {
        self.line.is_none_or(|line| line == channel.line)
            && self.occasion.is_none_or(|occasion| occasion == channel.occasion)
            && self.rhythm.is_none_or(|rhythm| rhythm == channel.rhythm)
    }

    /// Reads `offline,special,regular`; at most one word of each pair, at least one word.
    pub fn read(text: &str) -> Option<Self> {
        let mut mode = Self::default();
        for word in text.split(',').map(str::trim) {
            let free = if let Some(line) = Line::from_code(word) {
                mode.line.replace(line).is_none()
            } else if let Some(occasion) = Occasion::from_code(word) {
                mode.occasion.replace(occasion).is_none()
            } else if let Some(rhythm) = Rhythm::from_code(word) {
                mode.rhythm.replace(rhythm).is_none()
            } else {
                false
            };
            if !free {
                return None;
            }
        }
        Some(mode)
    }

    /// What [`Mode::read`] would read as this way.
    pub fn code(self) -> String {
        self.words(Line::code, Occasion::code, Rhythm::code).join(",")
    }

    /// 线下·专项·定期
    pub fn label(self) -> String {
        self.words(Line::label, Occasion::label, Rhythm::label).join("·")
    }

    fn words(
        self,
        line: fn(Line) -> &'static str,
        occasion: fn(Occasion) -> &'static str,
        rhythm: fn(Rhythm) -> &'static str,
    ) -> Vec<&'static str> {
        [self.line.map(line), self.occasion.map(occasion), self.rhythm.map(rhythm)].into_iter().flatten().collect()
    }
}

macro_rules! pair {
    ($name:ident { $($variant:ident = $code:literal / $label:literal),+ }) => {
        impl $name {
            /// Both, in the plan's order.
            pub const ALL: [Self; 2] = [$(Self::$variant),+];

            /// The identifier in profiles and addresses.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// The plan's word.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }

            /// The value of an identifier.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|value| value.code() == code)
            }
        }
    };
}

pair! { Line { Online = "online" / "线上", Offline = "offline" / "线下" } }
pair! { Occasion { Daily = "daily" / "日常", Special = "special" / "专项" } }
pair! { Rhythm { Regular = "regular" / "定期", Random = "random" / "随机" } }

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::City;

    #[test]
    fn there_are_eight_ways_and_each_reads_back() {
        let all: Vec<Mode> = Mode::all().collect();
        assert_eq!(all.len(), 8);
        assert!(all.iter().all(|mode| Mode::read(&mode.code()) == Some(*mode)));
        assert_eq!((all[0].label().as_str(), all[7].code().as_str()), ("线上·日常·定期", "offline,special,random"));
        assert_eq!(Mode::read("special,offline").map(Mode::label).as_deref(), Some("线下·专项"));
        assert!(["", "x", "online,offline", "online,", "online,online"].iter().all(|text| Mode::read(text).is_none()));
    }

    #[test]
    fn the_city_hears_by_all_channels_of_the_plan() {
        let city = City::load("anning").unwrap();
        let named = [
            "政务大厅",
            "热线电话",
            "12345",
            "省平台",
            "二维码",
            "portal",
            "包保走访",
            "企业接待日",
            "政企同心谈",
            "营商会客厅",
            "商会",
            "信函",
            "领导信箱",
            "实地调研",
        ];
        assert!(named.iter().all(|name| city.channels.resolve(name).is_some()));
        let covered = |mode: Mode| city.channels.all().iter().filter(|channel| mode.covers(channel)).count();
        assert_eq!(Mode::all().map(covered).sum::<usize>(), city.channels.all().len());
        assert_eq!(covered(Mode::default()), city.channels.all().len());
    }
}

//! The words of this city and its trade: units, firms, policies, the glossary. They mark what a text is about.

use std::collections::{HashMap, HashSet};

use crate::normal::{is_han, normalise};

/// How many characters of a text are looked at for its salient terms; the matter stands at the beginning.
const SALIENT_WITHIN: usize = 4_000;

/// Characters that say how something is said rather than what: particles, pronouns, adverbs, courtesies, counting.
const FUNCTION: &str = "的一是了我不在有他这个们到来就也都和与及或而但为以于于对从把被让给向往由因所其之者且又再还才只很更最太\
    没无非未已将要会能可该应请您你我咱她它谁何哪怎么什吗呢吧啊呀嘛哦如若则即虽然却并每各某几两二三四五六七八九十百千万亿年月日时\
    分次第些那此彼等上下中里外内前后左右间多少大小好说话去着过得地起出入做作用使令尊敬谢感望盼希麻烦敬礼";

/// Characters so common in demands and replies that a pair of them tells little.
const COMMON: &str = "市区县镇村街道社部门局政府领导书记单位公司企业人员工程项目小区业主物管理问题情况反映投诉解决处理回复答复调查核实\
    相关规定标准要求政策文件办法通知意见建议服务申请办理手续材料时间现场工作进行开始目前现在今天已经可以需要希望进一步加强严格\
    按照根据同时以及导致造成影响严重无法不能没有经常一直非常十分多次每天居民群众百姓老市民网友留言来信平台联系电话收悉支持关注";

/// A list of words, given at construction, found in texts by the longest match.
#[derive(Debug, Default)]
pub struct Words {
    words: HashSet<Box<[char]>>,
    /// For the first two characters of a word, the lengths of the words that begin so, longest first.
    lengths: HashMap<[char; 2], Vec<usize>>,
}

impl Words {
    /// A list from words of two characters or more; others are passed over.
    pub fn new<W: AsRef<str>>(words: impl IntoIterator<Item = W>) -> Self {
        let mut list = Self::default();
        for word in words {
            let word: Vec<char> = normalise(word.as_ref()).chars().collect();
            if let [first, second, ..] = *word {
                let lengths = list.lengths.entry([first, second]).or_default();
                if let Err(at) = lengths.binary_search_by(|length| word.len().cmp(length)) {
                    lengths.insert(at, word.len());
                }
                list.words.insert(word.into_boxed_slice());
            }
        }
        list
    }

    /// The words that occur in `text`, in normal form, in the order of the text, the longest at each place.
    pub fn found(&self, text: &str) -> Vec<String> {
        let chars: Vec<char> = normalise(text).chars().collect();
        self.spans(&chars).into_iter().map(|(from, to)| chars[from..to].iter().collect()).collect()
    }

    /// A stretch of characters cut where words of the list begin and end.
    pub(crate) fn cut<'a>(&self, chars: &'a [char]) -> Vec<&'a [char]> {
        let mut pieces = Vec::new();
        let mut at = 0;
        for (from, to) in self.spans(chars) {
            pieces.extend([&chars[at..from], &chars[from..to]]);
            at = to;
        }
        pieces.push(&chars[at..]);
        pieces.retain(|piece| !piece.is_empty());
        pieces
    }

    pub(crate) fn spans(&self, chars: &[char]) -> Vec<(usize, usize)> {
        let mut spans = Vec::new();
        let mut at = 0;
        while at + 1 < chars.len() {
            match self.longest(&chars[at..]) {
                Some(length) => {
                    spans.push((at, at + length));
                    at += length;
                }
                None => at += 1,
            }
        }
        spans
    }

    fn longest(&self, rest: &[char]) -> Option<usize> {
        let lengths = self.lengths.get(&[rest[0], rest[1]])?;
        lengths.iter().copied().find(|length| rest.get(..*length).is_some_and(|word| self.words.contains(word)))
    }

    /// The `most` terms that tell this text from others, best first: words of the list, long numbers and names in Latin
    /// letters, pairs of rarer characters. Each is a query of its own against the index.
    pub fn salient(&self, text: &str, most: usize) -> Vec<String> {
        let chars: Vec<char> = normalise(text).chars().take(SALIENT_WITHIN).collect();
        let mut scores: HashMap<&[char], f64> = HashMap::new();
        for (from, to) in self.spans(&chars) {
            *scores.entry(&chars[from..to]).or_default() += 4.0 + (to - from) as f64;
        }
        for run in chars.chunk_by(|a, b| is_word(*a) && is_word(*b)).filter(|run| is_word(run[0]) && run.len() > 1) {
            *scores.entry(run).or_default() += if run.len() > 4 { 5.0 } else { 1.5 };
        }
        for pair in chars.windows(2).filter(|pair| pair.iter().all(|c| is_han(*c))) {
            let weight = pair_weight(pair[0], pair[1]);
            if weight > 0.5 {
                *scores.entry(pair).or_default() += weight;
            }
        }
        pick(scores, most)
    }
}

/// The best terms, none of them within another: the pairs of a chosen word would only repeat it.
fn pick(scores: HashMap<&[char], f64>, most: usize) -> Vec<String> {
    let mut ranked: Vec<(&[char], f64)> = scores.into_iter().collect();
    ranked.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let mut picked: Vec<&[char]> = Vec::new();
    for (term, _) in ranked {
        if picked.len() == most {
            break;
        }
        if !picked.iter().any(|p| p.windows(term.len()).any(|w| w == term)) {
            picked.push(term);
        }
    }
    picked.into_iter().map(|term| term.iter().collect()).collect()
}

fn is_word(c: char) -> bool {
    c != ' ' && !is_han(c)
}

/// How much a pair of neighbours tells, from 0 (a turn of phrase) to 3 (a name).
pub(crate) fn pair_weight(first: char, second: char) -> f64 {
    char_weight(first) + char_weight(second)
}

fn char_weight(c: char) -> f64 {
    let place = (c as usize).checked_sub(FIRST_HAN);
    place.and_then(|place| weights().get(place)).copied().map_or(1.5, f64::from)
}

const FIRST_HAN: usize = 0x4E00;

/// Weights by character: a table, because every pair of every text is weighed.
fn weights() -> &'static [f32] {
    static WEIGHTS: std::sync::OnceLock<Vec<f32>> = std::sync::OnceLock::new();
    WEIGHTS.get_or_init(|| {
        let mut weights = vec![1.5; 0x9FFF - FIRST_HAN + 1];
        for (list, weight) in [(COMMON, 0.4), (FUNCTION, 0.0)] {
            for place in list.chars().filter_map(|c| (c as usize).checked_sub(FIRST_HAN)) {
                weights[place] = weight;
            }
        }
        weights
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longest_word_wins() {
        let words = Words::new(["有序用电", "用电", "错避峰", "安宁市发展和改革局", "水"]);
        assert_eq!(words.found("有序用电通知晚，用电错避峰"), ["有序用电", "用电", "错避峰"]);
        assert!(words.found("").is_empty());
    }

    #[test]
    fn salient_terms_are_telling() {
        let words = Words::new(["有序用电", "错避峰"]);
        let terms = words.salient("我们希望尽快解决有序用电通知太晚的问题，电炉钢停产，错避峰时距不到4小时", 4);
        assert_eq!(&terms[..2], ["有序用电", "错避峰"]);
        assert!(!terms.iter().any(|t| t == "我们" || t == "问题"), "{terms:?}");
        assert!(words.salient("", 4).is_empty());
    }
}

//! The index and the query agree: whatever stands in a text is found by it, and nothing makes them panic.

use proptest::prelude::*;
use text::{Keywords, Piece, Query, Sketch, Words, index_terms};

/// What the store does: every exact term is among the text's terms, every prefix begins one of them.
fn found(terms: &str, query: &Query) -> bool {
    query.terms().iter().all(|wanted| {
        terms.split(' ').any(|t| if wanted.prefix { t.starts_with(&wanted.text) } else { t == wanted.text })
    })
}

const TEXTS: [&str; 5] = [
    "7月两次接到错避峰通知时距执行不到4小时,电炉已装料,被迫保温,每次损失约40万元。请求:通知至少提前24小时;明确优先级名单。",
    "石墨化炉连续升温，中断一次报废整炉。上次错避峰前2小时才接到电话。请求按工艺中断\n风险排序，并提前一天通知。",
    "Ａ３地块项目的施工许可证（编号ＸＫ２０２６-0042）办了 两 个月，住建局说要等消防，消防说要等住建局。",
    "公司的叉车每天经过连然街道大屯路口，５G基站施工围挡占道，货车掉头困难，iPhone导航也不认。",
    "贷款到期前一个月银行才告知不能无还本续贷，二十多名工人的工资怎么办？",
];

#[test]
fn every_mid_sentence_query_is_found() {
    for text in TEXTS {
        let terms = index_terms(text);
        let chars: Vec<char> = text.chars().collect();
        for length in 1..=6 {
            for window in chars.windows(length).filter(|w| w.iter().all(|c| ('一'..='龥').contains(c))) {
                let query = Query::parse(&window.iter().collect::<String>());
                assert!(found(&terms, &query) && query.matches(text), "{window:?}");
            }
        }
    }
}

#[test]
fn numbers_are_found_whole_and_by_their_beginning() {
    let terms = index_terms("受理号AN20261123W0042，请留存");
    for typed in ["AN20261123W0042", "an20261123w0042", "ＡＮ２０２６", "20261123", "0042", "受理号AN20261123W0042"]
    {
        assert!(found(&terms, &Query::parse(typed)), "{typed}");
    }
    assert!(!found(&terms, &Query::parse("AN20261124")));
}

fn joined(pieces: &[Piece]) -> String {
    pieces.iter().map(|p| p.text.as_str()).collect()
}

proptest! {
    #[test]
    fn what_stands_in_a_text_is_found_by_it(text in "[ 的物业收费用电景，。\nａA2-]{1,60}", from in 0..60usize, length in 1..12usize) {
        let chars: Vec<char> = text.chars().collect();
        let from = from % chars.len();
        let piece: String = chars[from..(from + length).min(chars.len())].iter().collect();
        let query = Query::parse(&piece);
        prop_assert!(query.matches(&text), "{:?} in {:?}", piece, text);
        // A query may not cut a run of letters or digits at its left end; that is the face's promise, tested here.
        let cut = chars[from].is_alphanumeric() && !('一'..='龥').contains(&chars[from])
            && from > 0 && chars[from - 1].is_alphanumeric() && !('一'..='龥').contains(&chars[from - 1]);
        if !cut {
            prop_assert!(found(&index_terms(&text), &query), "{:?} in {:?}: {:?}", piece, text, query.terms());
        }
    }

    #[test]
    fn nothing_panics(text in any::<String>(), typed in any::<String>(), width in 0..200usize) {
        let query = Query::parse(&typed);
        let _ = (index_terms(&text), query.matches(&text), joined(&query.snippet(&text, width)));
        let words = Words::new([typed.as_str(), "用电", ""]);
        let _ = (words.found(&text), words.salient(&text, 5));
        let similarity = Sketch::new(&text).similarity(&Sketch::new(&typed));
        prop_assert!((0.0..=1.0).contains(&similarity));
        let _ = Keywords::new(vec![("a".into(), vec![typed.clone(), "用电".into()])]).classify(&text);
    }

    #[test]
    fn snippets_mark_hits(before in "[甲乙丙丁，。 ]{0,80}", after in "[甲乙丙丁，。 ]{0,80}", width in 10..60usize) {
        let pieces = Query::parse("物业").snippet(&format!("{before}物业{after}"), width);
        prop_assert_eq!(pieces.iter().filter(|p| p.hit).map(|p| p.text.as_str()).collect::<Vec<_>>(), vec!["物业"]);
        prop_assert!(joined(&pieces).chars().count() <= width + 2);
    }
}

#[test]
fn odd_texts() {
    let long = "物业收费高".repeat(20_000);
    for text in ["", " ", "水", "？！。，", "🙂👨‍👩‍👧🇨🇳", "\0\0", "锟斤拷\u{FFFD}烫烫烫", "ﾃｽﾄ", "e\u{301}", long.as_str()]
    {
        let query = Query::parse(text);
        let terms = index_terms(text);
        assert!(terms.split(' ').all(|term| term.chars().all(char::is_alphanumeric)), "{terms}");
        assert!(found(&terms, &query) || terms.is_empty());
        assert!(joined(&query.snippet(text, 40)).chars().count() <= 42);
        let _ = (Sketch::new(text), Words::default().salient(text, 8));
    }
}

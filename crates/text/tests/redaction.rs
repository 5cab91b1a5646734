//! The adversarial set for redaction: hand-written sentences, every combination of invented names, numbers and writings,
//! and sentences in which nothing may be hidden. The figures asserted here are the promise of the product.

use proptest::prelude::*;
use text::redact::{Kind, Span, find, find_public, mask, mask_public};

const KINDS: [(&str, Kind); 10] = [
    ("店名", Kind::Shop),
    ("手机", Kind::Mobile),
    ("固话", Kind::Landline),
    ("证件", Kind::IdNumber),
    ("账号", Kind::BankAccount),
    ("邮箱", Kind::Email),
    ("社交", Kind::Handle),
    ("车牌", Kind::Plate),
    ("住址", Kind::Address),
    ("姓名", Kind::Name),
];

/// A sentence and what must be hidden in it.
#[derive(Debug, Default)]
struct Case {
    text: String,
    truth: Vec<Span>,
}

/// Reads `[kind|text]` and `\n`.
fn parse(marked: &str) -> Case {
    let marked = marked.replace("\\n", "\n");
    let mut case = Case::default();
    let mut rest = marked.as_str();
    while let Some((before, after)) = rest.split_once('[') {
        let Some((kind, (inner, tail))) = after.split_once('|').and_then(|(k, t)| Some((k, t.split_once(']')?))) else {
            break;
        };
        let Some((_, kind)) = KINDS.iter().find(|(name, _)| *name == kind) else { panic!("unknown kind {kind}") };
        case.text.push_str(before);
        let start = case.text.len();
        case.text.push_str(inner);
        case.truth.push(Span { start, end: case.text.len(), kind: *kind });
        rest = tail;
    }
    case.text.push_str(rest);
    case
}

/// The sentences of a file; a line that goes on within a mark continues its sentence.
fn sentences(file: &str) -> Vec<String> {
    let mut sentences: Vec<String> = Vec::new();
    for line in file.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        match sentences.last_mut() {
            Some(open) if open.matches('[').count() > open.matches(']').count() => {
                open.push('\n');
                open.push_str(line);
            }
            _ => sentences.push(line.to_owned()),
        }
    }
    sentences
}

#[derive(Default)]
struct Tally {
    wanted: usize,
    found: usize,
    missed: Vec<String>,
}

impl Tally {
    fn recall(&self) -> f64 {
        self.found as f64 / self.wanted.max(1) as f64
    }
}

/// A truth is found when every character of it that says something is hidden, whatever it was taken for.
fn hidden(text: &str, truth: &Span, spans: &[Span]) -> bool {
    let covered = |at: usize| spans.iter().any(|span| (span.start..span.end).contains(&at));
    let inner = &text[truth.start..truth.end];
    inner.char_indices().filter(|(_, c)| c.is_alphanumeric()).all(|(at, _)| covered(truth.start + at))
}

fn count(cases: &[Case], kinds: &[Kind]) -> Tally {
    let mut tally = Tally::default();
    for case in cases {
        let spans = find_public(&case.text);
        for truth in case.truth.iter().filter(|truth| kinds.contains(&truth.kind)) {
            tally.wanted += 1;
            if hidden(&case.text, truth, &spans) {
                tally.found += 1;
            } else {
                tally.missed.push(case.text.clone());
            }
        }
    }
    tally
}

/// Spans that hide nothing that had to be hidden, of all spans.
fn false_marks(cases: &[Case]) -> (Vec<String>, usize) {
    let (mut wrong, mut all) = (Vec::new(), 0);
    for case in cases {
        for span in find_public(&case.text) {
            all += 1;
            if !case.truth.iter().any(|truth| truth.start < span.end && span.start < truth.end) {
                wrong.push(format!("{} in {}", &case.text[span.start..span.end], case.text));
            }
        }
    }
    (wrong, all)
}

fn written() -> Vec<Case> {
    sentences(include_str!("redaction-marked.txt"))
        .iter()
        .map(|line| parse(line))
        .filter(|c| !c.truth.is_empty())
        .collect()
}

/// Invented names: every surname with every given name.
fn names() -> Vec<String> {
    let surnames = "王 李 张 刘 陈 杨 黄 赵 周 徐 孙 马 朱 胡 郭 何 林 罗 高 梁 郑 谢 宋 唐 许 邓 冯 韩 曹 曾 彭 肖 蔡 潘 田 董 袁 于 余 蒋 杜 苏 程 吕 丁 沈 任 姚 卢 姜 钟 崔 谭 陆 汪 范 金 石 廖 贾 韦 夏 付 方 白 邹 孟 熊 秦 江 尹 薛 段 雷 侯 龙 史 陶 黎 贺 顾 毛 郝 龚 邵 万 钱 严 武 戴 莫 孔 向 汤 普 欧阳 司马";
    let givens = "伟 芳 娜 敏 静 磊 洋 勇 艳 杰 建国 秀英 桂兰 志强 晓燕 文博 雨桐 海涛 大力 春花 玉珍 子轩 国栋 永福 金凤 小军 立新 红卫 思远 佳怡 广坤 长贵 三毛 守义 德财 云飞 明月 天佑 凤仙 正阳";
    let all = |given: &str| surnames.split(' ').map(move |s| format!("{s}{given}")).collect::<Vec<_>>();
    givens.split(' ').flat_map(all).collect()
}

const NAME_SENTENCES: [&str; 24] = [
    "联系人：{}，请回电。",
    "联系人：{}",
    "请联系{}先生。",
    "{}女士来电反映噪音扰民",
    "我叫{}，在园区开餐馆。",
    "本人{}，男，50岁",
    "经办人：{} 2026年",
    "法定代表人：{}，注册资本一百万元",
    "项目部{}经理说下月付款",
    "多次找{}主任未果",
    "投诉人：{}。",
    "村民{}，现年60岁",
    "{}[手机|13812340001]",
    "{}，电话[固话|0871-68001234]",
    "申请人（{}）",
    "申请人：{}（签字）",
    "请尽快解决，谢谢！\n{}\n2026年11月23日",
    "负责人：{}、财务另有其人",
    "与{}书记通过电话",
    "业主姓名：{}，房号另附",
    "老板{}，欠薪不付",
    "由{}律师代理",
    "收款人：{}，开户行见附件",
    "姓名:{} 性别:女",
];

fn name_cases() -> Vec<Case> {
    let names = names();
    let sentence = |(i, name): (usize, &String)| {
        // Every name in two sentences, every sentence with many names.
        [0, 11].map(|shift| {
            parse(&NAME_SENTENCES[(i + shift) % NAME_SENTENCES.len()].replace("{}", &format!("[姓名|{name}]")))
        })
    };
    names.iter().enumerate().flat_map(sentence).collect()
}

/// A number in the ways people write it.
fn writings(digits: &str, groups: &[usize]) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut rest: Vec<char> = digits.chars().collect();
    for size in groups {
        parts.push(rest.drain(..*size).collect());
    }
    let map = |table: &str| {
        digits
            .chars()
            .map(|c| c.to_digit(10).and_then(|d| table.chars().nth(d as usize)).unwrap_or(c))
            .collect::<String>()
    };
    let full: String = digits.chars().map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap_or(c)).collect();
    let middle = digits.len() / 2;
    let mut all: Vec<String> = [" ", "-", "—", "－", "　", "·", "  ", " - "].iter().map(|by| parts.join(by)).collect();
    all.push(digits.to_owned());
    all.push(full);
    all.push(map("零一二三四五六七八九"));
    all.push(map("〇幺二三四五六七八九"));
    all.push(map("零壹贰叁肆伍陆柒捌玖"));
    all.push(format!("{}\n{}", &digits[..middle], &digits[middle..]));
    all.push(digits.chars().map(String::from).collect::<Vec<_>>().join(" "));
    all.push(format!("{}{}", &digits[..middle], map("零一二三四五六七八九").chars().skip(middle).collect::<String>()));
    all
}

const NUMBER_SENTENCES: [&str; 8] = [
    "电话{}，请回复",
    "{}",
    "联系方式：{}。",
    "我的手机号码是{}谢谢",
    "有事打（{}）",
    "厂区停电，2026年11月23日，值班{}",
    "身份证：{}",
    "证号{}，办事被拒",
];

fn number_cases(kind: &str, numbers: &[String], groups: &[usize], sentences: &[&str]) -> Vec<Case> {
    let mut cases = Vec::new();
    for number in numbers {
        for (i, writing) in writings(number, groups).iter().enumerate() {
            let mark = format!("[{kind}|{writing}]");
            cases.push(parse(&sentences[i % sentences.len()].replace("{}", &mark)));
            cases.push(parse(&sentences[(i + 3) % sentences.len()].replace("{}", &mark)));
        }
    }
    cases
}

/// A digit sequence without a pattern, the same in every run.
fn noise(seed: u64, length: u32) -> String {
    let number = (seed + 1).wrapping_mul(6_364_136_223_846_793_005).rotate_left(17) % 10_u64.pow(length);
    format!("{number:0width$}", width = length as usize)
}

fn phone_cases() -> Vec<Case> {
    let prefixes = ["130", "135", "138", "139", "147", "150", "159", "166", "170", "177", "180", "186", "191", "199"];
    let numbers: Vec<String> = (0..56).map(|i| format!("{}{}", prefixes[i % 14], noise(i as u64, 8))).collect();
    number_cases("手机", &numbers, &[3, 4, 4], &NUMBER_SENTENCES[..6])
}

fn id_cases() -> Vec<Case> {
    let regions = ["530181", "530102", "110101", "420106", "511002", "652301", "331004"];
    let id = |i: usize| {
        let (year, month, day) = (1940 + (i * 7) % 70, 1 + i % 12, 1 + (i * 5) % 28);
        let last = if i.is_multiple_of(5) { "X".to_owned() } else { noise(i as u64 + 7, 1) };
        format!("{}{year}{month:02}{day:02}{}{last}", regions[i % 7], noise(i as u64, 3))
    };
    let numbers: Vec<String> = (0..56).map(id).collect();
    number_cases("证件", &numbers, &[6, 8, 4], &NUMBER_SENTENCES)
}

fn report(what: &str, tally: &Tally) {
    println!("{what}: {} of {} hidden ({:.2} %)", tally.found, tally.wanted, 100.0 * tally.recall());
    tally.missed.iter().take(30).for_each(|missed| println!("  missed in {missed:?}"));
}

#[test]
fn telephone_and_identity_numbers_are_hidden() {
    let kinds = [Kind::Mobile, Kind::Landline, Kind::IdNumber];
    for (what, cases) in [("written numbers", written()), ("telephones", phone_cases()), ("identities", id_cases())] {
        let tally = count(&cases, &kinds);
        report(what, &tally);
        assert!(tally.wanted >= 60 && tally.recall() >= 0.99, "{what}");
    }
}

#[test]
fn names_are_hidden() {
    for (what, cases) in [("written names", written()), ("combined names", name_cases())] {
        let tally = count(&cases, &[Kind::Name]);
        report(what, &tally);
        assert!(tally.wanted >= 90 && tally.recall() >= 0.95, "{what}");
    }
}

#[test]
fn accounts_mail_plates_and_doors_are_hidden() {
    let kinds = [Kind::BankAccount, Kind::Email, Kind::Handle, Kind::Plate, Kind::Address];
    let tally = count(&written(), &kinds);
    report("accounts, mail, plates, doors", &tally);
    assert!(tally.wanted >= 33 && tally.recall() >= 0.95);
}

#[test]
fn owners_of_small_businesses_are_hidden() {
    let tally = count(&written(), &[Kind::Shop]);
    report("small businesses", &tally);
    assert!(tally.wanted >= 30 && tally.recall() >= 0.95);
    let shop = written().into_iter().find(|case| case.truth.iter().any(|truth| truth.kind == Kind::Shop));
    assert!(shop.is_some_and(|case| find(&case.text).is_empty()), "staff have to know the shop");
}

/// Of everything that is written and names nobody, how much is hidden all the same, in words: a word is two characters.
fn words_hidden(cases: &[Case]) -> (usize, usize) {
    let written = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count().div_ceil(2);
    let hidden =
        |case: &Case| find_public(&case.text).iter().map(|s| written(&case.text[s.start..s.end])).sum::<usize>();
    (cases.iter().map(hidden).sum(), cases.iter().map(|case| written(&case.text)).sum())
}

#[test]
fn what_is_public_stays() {
    let clean: Vec<Case> =
        sentences(include_str!("redaction-clean.txt")).into_iter().map(|text| Case { text, truth: vec![] }).collect();
    let (wrong, _) = false_marks(&clean);
    println!("{} false marks in {} clean sentences", wrong.len(), clean.len());
    wrong.iter().for_each(|w| println!("  {w}"));
    assert!(clean.len() >= 200 && wrong.len() * 100 <= clean.len());
    let (hidden, words) = words_hidden(&clean);
    println!("{hidden} of {words} words hidden that name nobody");
    assert!(hidden * 100 <= words);
    let marked: Vec<Case> = written().into_iter().chain(name_cases()).chain(phone_cases()).chain(id_cases()).collect();
    let (wrong, all) = false_marks(&marked);
    println!("{} false marks among {all}", wrong.len());
    wrong.iter().take(12).for_each(|w| println!("  {w}"));
    assert!(wrong.len() * 100 <= all);
}

#[test]
fn a_masked_text_has_nothing_left_to_mask() {
    for case in written().into_iter().chain(name_cases()).chain(phone_cases()).chain(id_cases()) {
        let masked = mask(&case.text);
        assert_eq!(find(&masked), [], "{masked:?}");
        let masked = mask_public(&case.text);
        assert_eq!(find_public(&masked), [], "{masked:?}");
    }
}

proptest! {
    #[test]
    fn any_text_gives_ordered_spans(text in any::<String>()) {
        check(&text)?;
    }

    #[test]
    fn hostile_texts_give_ordered_spans(text in "[张王先生书记联系人：138xX一三栋室号路云A@.（）()\\-\\n ·0-9]{0,120}") {
        check(&text)?;
    }
}

fn check(text: &str) -> Result<(), TestCaseError> {
    let spans = find(text);
    prop_assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start));
    prop_assert!(spans.iter().all(|s| s.start < s.end && text.get(s.start..s.end).is_some()));
    let _ = (mask(text), text::leaks(text), text::redact::mask_name(text), text::redact::mask_id(text));
    Ok(())
}

#[test]
fn odd_texts() {
    let long = ["1", "张先生", "1 ", "3栋", "@a.", "联系人：", "一", "(", "X"].map(|text| text.repeat(50_000));
    let short = ["", "1", "张", "\0", "🙂", "\u{FFFD}锟斤拷", "(@)"].map(String::from);
    for text in long.iter().chain(&short) {
        assert!(check(text).is_ok());
    }
}

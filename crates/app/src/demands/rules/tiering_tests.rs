//! The tier rule on invented demands, and measured on files that are not in the repository.

use std::collections::BTreeMap;
use std::io::BufRead as _;

use kernel::Instant;
use serde_json::Value;

use super::parts;
use super::tiering::{Sorted, Sorter, Words};
use super::vocabulary::{Audience, Source};
use crate::city::{City, DemoCity};
use crate::models::{Aspect, Learned, Opinion};
use crate::units::{Unit, UnitNames};

/// The profile as it stands on disk, so that a changed file needs no new program to be measured.
fn city() -> City {
    City::load(concat!(env!("CARGO_MANIFEST_DIR"), "/../../profiles/anning"))
        .unwrap_or_else(|errors| panic!("{errors}"))
}

fn names(city: &City) -> UnitNames {
    let seeds = city.unit_seeds.iter().zip(1..);
    UnitNames::new(seeds.map(|(seed, n)| Unit::of_seed(seed, n, city.plan.date)).collect(), city.zone.clone())
}

fn now() -> Instant {
    Instant::parse("2026-11-23T10:00:00+08:00").unwrap()
}

fn sort(
    city: &City,
    names: &UnitNames,
    title: &str,
    text: &str,
    audience: Audience,
    area: Option<&str>,
) -> Option<Sorted> {
    let words = Words { title, text, audience, area, kind: None, theme: None, route: None };
    let sorted = Sorter::new(city, names, &city.tiering, now()).sort(&words, &Learned::default(), 0, 1);
    Some(sorted).filter(|sorted| sorted.speaks)
}

/// Invented demands: who speaks, title, text, and the route, lead and list that somebody who knows the plan would choose.
const INVENTED: &[(Audience, &str, &str, &str, &str, &str)] = &[
    (
        Audience::Entrepreneur,
        "食品经营许可证快到期了，延续怎么办理",
        "许可证下个月到期，请问延续要交哪些材料，在哪个窗口办？",
        "instant",
        "shijianju",
        "matter",
    ),
    (
        Audience::Entrepreneur,
        "专精特新认定的奖补还没有拨付",
        "去年 11 月公示了名单，奖补资金到现在没有拨付，请求告知进度。",
        "assigned",
        "gongkexin",
        "matter",
    ),
    (
        Audience::Entrepreneur,
        "新厂房用地红线内的高压线迁改，园区和供电各说各的",
        "项目二期开工在即，高压线迁改费用谁来出、谁来办，园区说归供电，供电说等规划，规划说等园区，互相等了四个月，没有人拍板。",
        "leader",
        "zhihuibu",
        "matter",
    ),
    (
        Audience::Entrepreneur,
        "进口设备清关慢，请市里协调海关",
        "关键设备在海关压了一个月，影响投产，请求市里出面协调海关加快查验。",
        "leader",
        "zhengfuban",
        "matter",
    ),
    (
        Audience::Entrepreneur,
        "错避峰当天才通知，铝材淬火线报废一炉",
        "上午通知下午就停，一炉料全部报废，请求至少提前一天通知，给连续生产的企业排个先后。",
        "joint",
        "fagai",
        "matter",
    ),
    (
        Audience::Entrepreneur,
        "检查人员口头要求加装一套设备",
        "来检查的人口头提出要再装一套在线监测，问是哪条规定没有答复，书面通知也没有给。",
        "joint",
        "yingshang",
        "matter",
    ),
    (
        Audience::Entrepreneur,
        "投资协议写的用地补助没有兑现",
        "投资协议约定投产后半年内兑现用地补助，已经投产八个月，招商部门说要看园区。",
        "joint",
        "zhaoshang",
        "matter",
    ),
    (
        Audience::Entrepreneur,
        "招商时承诺的燃气管道迟迟没有接到厂区",
        "当初承诺投产前通到厂门口，现在投产两年了，迟迟没有动工，一直烧罐装气。",
        "leader",
        "zhaoshang",
        "matter",
    ),
    (
        Audience::Public,
        "人行道上的井盖坏了",
        "菜市场门口的井盖裂了一条缝，走上去会响，怕小孩踩空。",
        "assigned",
        "jinfang",
        "matter",
    ),
    (
        Audience::Public,
        "建议在小学门口加一条斑马线",
        "孩子们过马路不安全，建议加一条斑马线和减速带。",
        "assigned",
        "jinfang",
        "suggestion",
    ),
    (
        Audience::ServiceRecipient,
        "表扬办事窗口的小姑娘",
        "带着老人来办证，窗口的小姑娘跑前跑后，说句好话，谢谢你们。",
        "instant",
        "yingshang",
        "opinion",
    ),
    (
        Audience::Entrepreneur,
        "流动资金贷款到期，续贷利率比别人高",
        "小微企业，抵押足值，银行续贷利率比同行高一个点，请求帮助对接其他银行。",
        "assigned",
        "gongshanglian",
        "matter",
    ),
    (
        Audience::Entrepreneur,
        "槽车在厂区外道路排队卸货，路过学校",
        "每天几十台危化品槽车在路上排队，占道一公里，旁边就是学校，周边居民都很担心，请求另外设候装区。",
        "special",
        "yuanqu",
        "matter",
    ),
    (
        Audience::Entrepreneur,
        "建议编一本惠企政策口袋书",
        "政策太多看不过来，建议每个季度编一本口袋书，说清楚条件和电话。",
        "assigned",
        "gongkexin",
        "suggestion",
    ),
    (
        Audience::ServiceRecipient,
        "办变更登记不知道找哪个部门",
        "去了园区说不归他们管，也没说去哪里办，想变更经营范围。",
        "instant",
        "shijianju",
        "opinion",
    ),
    (
        Audience::Entrepreneur,
        "民宿夜里停水，旺季客人退房",
        "温泉这边一到周末晚上就停水，客人退房，民宿一晚损失上万，请求查一查管网。",
        "joint",
        "wenlv",
        "matter",
    ),
    (
        Audience::Entrepreneur,
        "有人暗示要送礼才给验收",
        "现场验收的人暗示要意思意思，没有给就一直拖着，请保密。",
        "assigned",
        "jiwei",
        "matter",
    ),
    (
        Audience::Entrepreneur,
        "种植大棚的水电价格按商业收",
        "合作社的大棚灌溉用电按一般工商业电价收，农业生产不是有优惠电价吗？",
        "joint",
        "nongye",
        "matter",
    ),
];

#[test]
fn invented_demands_find_their_way() {
    let city = city();
    let (names, mut wrong) = (names(&city), Vec::new());
    for (audience, title, text, route, lead, kind) in INVENTED {
        let area = (*audience == Audience::Public).then_some("金方街道");
        let Some(sorted) = sort(&city, &names, title, text, *audience, area) else {
            wrong.push(format!("{title}: nothing proposed"));
            continue;
        };
        let got = (sorted.ruling.route.code(), sorted.lead.as_deref().unwrap_or_default(), sorted.axes.kind.code());
        if got != (*route, *lead, *kind) {
            wrong.push(format!(
                "{title}: {got:?} by {}, wanted {:?}: {:?} {:?}",
                sorted.ruling.rule,
                (route, lead, kind),
                sorted.facts.lists,
                sorted.because
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), INVENTED.len(), wrong.join("\n"));
}

/// `SANTING_SAMPLES=FILE cargo test -p app --lib tiering -- --ignored --nocapture samples`: how many proposals equal the
/// given route, tier, lead unit and theme.
#[test]
#[ignore = "measures a file that is not in the repository"]
fn samples() {
    let Some(path) = std::env::var_os("SANTING_SAMPLES") else { return };
    let (city, mut right) = (city(), [0; 5]);
    let names = names(&city);
    let lines: Vec<Value> =
        std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for line in &lines {
        let text = |name: &str| line[name].as_str().unwrap_or_default();
        let audience = Audience::ALL.iter().copied().find(|a| a.label() == text("audience")).unwrap();
        let area = line["enterprise"]["area"].as_str();
        let Some(sorted) = sort(&city, &names, text("title"), text("text"), audience, area) else {
            println!("{} nothing proposed", text("id"));
            continue;
        };
        let theme = sorted.theme.as_deref().map(|code| city.themes.label(code)).unwrap_or_default();
        let lead = names.resolve(line["lead"]["unit"].as_str().unwrap(), now()).unwrap();
        let equal = [
            sorted.ruling.route.label() == text("route"),
            sorted.ruling.tier.label() == text("tier"),
            sorted.lead.as_deref() == Some(lead.code.as_str()),
            theme.split('／').any(|part| text("theme").split('/').any(|given| given == part)),
            sorted.axes.kind.label() == text("kind"),
        ];
        equal.iter().zip(&mut right).for_each(|(equal, sum)| *sum += usize::from(*equal));
        println!(
            "{} {equal:?} {} | {} {} {} {}",
            text("id"),
            text("title"),
            sorted.ruling.rule,
            sorted.lead.unwrap_or_default(),
            theme,
            sorted.axes.kind.code()
        );
        if !equal[..4].iter().all(|e| *e) {
            println!(
                "     wanted {} {} {} | units {:?} bodies {:?} lists {:?}",
                text("route"),
                lead.code,
                text("theme"),
                sorted.facts.units.iter().map(|u| &u.code).collect::<Vec<_>>(),
                sorted.facts.bodies.iter().map(|u| &u.code).collect::<Vec<_>>(),
                sorted.facts.lists
            );
        }
    }
    println!(
        "of {}: route {} tier {} lead {} theme {} kind {}",
        lines.len(),
        right[0],
        right[1],
        right[2],
        right[3],
        right[4]
    );
}

/// The same on the demonstration's script.
#[test]
#[ignore = "a measurement"]
fn script() {
    let city = city();
    let (names, script) = (names(&city), DemoCity::of(&city).unwrap().unwrap());
    let mut right: BTreeMap<&str, usize> = BTreeMap::new();
    let mut confusion = BTreeMap::new();
    for d in &script.demands {
        let audience = Audience::from_code(&d.audience).unwrap();
        let sorted = sort(&city, &names, &d.title, &d.text, audience, d.area.as_deref()).unwrap();
        let a = sorted.axes;
        let equal = [
            ("route", sorted.ruling.route.code() == d.route),
            ("lead", sorted.lead.as_ref() == Some(&d.lead)),
            ("theme", sorted.theme.as_ref() == Some(&d.theme)),
            ("kind", a.kind.code() == d.kind),
            ("difficulty", a.difficulty.code() == d.axes.difficulty),
            ("breadth", a.breadth.code() == d.axes.breadth),
            ("policy_weight", a.policy_weight.code() == d.axes.policy_weight),
            ("scope", a.scope.code() == d.axes.scope),
            ("generality", a.generality.code() == d.axes.generality),
            ("policy_axis", a.policy_axis.code() == d.axes.policy_axis),
            ("urgent", a.urgent == d.urgent),
        ];
        for (axis, got, given) in [
            ("difficulty", a.difficulty.code(), &d.axes.difficulty),
            ("breadth", a.breadth.code(), &d.axes.breadth),
            ("policy_weight", a.policy_weight.code(), &d.axes.policy_weight),
            ("generality", a.generality.code(), &d.axes.generality),
            ("policy_axis", a.policy_axis.code(), &d.axes.policy_axis),
            ("scope", a.scope.code(), &d.axes.scope),
        ] {
            *confusion.entry((axis, given.clone(), got)).or_insert(0) += 1;
        }
        equal.iter().filter(|(_, e)| *e).for_each(|(name, _)| *right.entry(name).or_default() += 1);
        let wrong: Vec<&str> = equal.iter().filter(|(_, e)| !e).map(|(name, _)| *name).collect();
        if !equal[0].1 || !equal[1].1 {
            println!(
                "{} {wrong:?} {} | wanted {} {} | {} {:?} | units {:?} bodies {:?} lists {:?}",
                d.key,
                d.title,
                d.route,
                d.lead,
                sorted.ruling.rule,
                sorted.lead,
                sorted.facts.units.iter().map(|u| &u.code).collect::<Vec<_>>(),
                sorted.facts.bodies.iter().map(|u| &u.code).collect::<Vec<_>>(),
                sorted.facts.lists.keys().collect::<Vec<_>>()
            );
        }
    }
    println!("of {}: {right:?}\n{confusion:?}", script.demands.len());
}

/// `SANTING_MESSAGES=FILE …`: how real messages spread over the routes, and how fast.
#[test]
#[ignore = "measures a file that is not in the repository"]
fn messages() {
    let Some(path) = std::env::var_os("SANTING_MESSAGES") else { return };
    let city = city();
    let names = names(&city);
    let sorter = Sorter::new(&city, &names, &city.tiering, now());
    let file = std::fs::File::open(path).unwrap();
    let (mut spread, mut n, mut leads) = (BTreeMap::<String, usize>::new(), 0, BTreeMap::<String, usize>::new());
    let started = std::time::Instant::now();
    for line in std::io::BufReader::new(file).lines() {
        let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let (title, text) = (line["title"].as_str().unwrap_or_default(), line["text"].as_str().unwrap_or_default());
        let words = Words { title, text, audience: Audience::Public, area: None, kind: None, theme: None, route: None };
        let sorted = Some(sorter.sort(&words, &Learned::default(), 0, 1)).filter(|sorted| sorted.speaks);
        let rule =
            sorted.as_ref().map_or("nothing".to_owned(), |s| format!("{} {}", s.ruling.route.code(), s.ruling.rule));
        *spread.entry(rule).or_default() += 1;
        *leads.entry(sorted.and_then(|s| s.lead).unwrap_or_default()).or_default() += 1;
        n += 1;
    }
    println!("{n} messages in {:?}: {spread:?} {leads:?}", started.elapsed());
}

/// What was learned, as surely as `sure` says.
fn opinion(value: &str, sure: bool) -> Opinion {
    Opinion {
        version: 3,
        value: value.to_owned(),
        probability: 0.8,
        sure,
        words: vec!["许可证".to_owned()],
        decisions: 12,
        ranked: vec![(value.to_owned(), 0.8)],
    }
}

#[test]
fn what_was_learned_goes_first_only_where_it_is_sure_and_still_the_citys() {
    let city = city();
    let names = names(&city);
    let sorter = Sorter::new(&city, &names, &city.tiering, now());
    let said = |theme| Words {
        title: "食品经营许可证怎么延续",
        text: "许可证下个月到期，请问在哪个窗口办。",
        audience: Audience::Entrepreneur,
        area: None,
        kind: None,
        theme,
        route: None,
    };
    let source = |given, aspect, value: &str, sure| {
        let sorted = sorter.sort(&said(given), &Learned::new([(aspect, opinion(value, sure))]), 0, 1);
        let part = parts::of(&sorted.parts, aspect).unwrap().clone();
        (part.value.unwrap_or_default(), part.source, sorted)
    };
    let (told, by_words, _) = source(None, Aspect::Theme, "industry", false);
    assert_eq!(by_words, Some(Source::Keywords), "an unsure opinion leaves it to the words");
    let (value, learned, sorted) = source(None, Aspect::Theme, "industry", true);
    assert_eq!((value.as_str(), learned), ("industry", Some(Source::Learned)));
    assert_eq!(sorted.facts.theme.map(|(theme, _)| theme).as_deref(), Some("industry"), "the rules go on from there");
    assert_eq!(source(None, Aspect::Theme, "no-such-theme", true).0, told, "a theme that is gone");
    let (value, given, _) = source(Some("urban"), Aspect::Theme, "industry", true);
    assert_eq!((value.as_str(), given), ("urban", Some(Source::Given)), "what somebody gave stays");
    assert_ne!(source(None, Aspect::LeadUnit, "no-such-unit", true).0, "no-such-unit");
    assert_eq!(source(None, Aspect::LeadUnit, "nongye", true).1, Some(Source::Learned));
    let (value, kind, sorted) = source(None, Aspect::Kind, "suggestion", true);
    assert_eq!((value.as_str(), kind, sorted.axes.kind.code()), ("suggestion", Some(Source::Learned), "suggestion"));
}

#[test]
fn where_nothing_speaks_nothing_is_proposed() {
    let city = city();
    let names = names(&city);
    let words = Words {
        title: "zxqv",
        text: "zxqv",
        audience: Audience::Public,
        area: None,
        kind: None,
        theme: None,
        route: None,
    };
    let sorted = Sorter::new(&city, &names, &city.tiering, now()).sort(&words, &Learned::default(), 0, 1);
    assert!(!sorted.speaks && sorted.parts.len() == Aspect::ALL.len());
    for part in &sorted.parts {
        assert!(part.value.is_none() && !part.sure && part.because.contains("请人判断"), "{part:?}");
    }
}

#[test]
fn many_quiet_decisions_do_not_silence_a_word_of_danger() {
    let city = city();
    let names = names(&city);
    let urgent = |title, value: &str| {
        let words = Words {
            title,
            text: title,
            audience: Audience::Entrepreneur,
            area: None,
            kind: None,
            theme: None,
            route: None,
        };
        let learned = Learned::new([(Aspect::Urgent, opinion(value, true))]);
        Sorter::new(&city, &names, &city.tiering, now()).sort(&words, &learned, 0, 1).axes.urgent
    };
    let danger = "断供，生产线马上停产";
    assert!(urgent(danger, "true") && urgent(danger, "false"));
    assert!(urgent("路灯不亮", "true"), "what the office took for urgent may be");
    assert!(!urgent("路灯不亮", "false"));
}

/// E26: by the power list first, by load second, and said so.
#[test]
fn of_two_units_that_are_equally_near_the_lighter_leads() {
    let city = city();
    let names = names(&city);
    let text = |one: &str, other: &str| format!("想了解{one}，还有{other}");
    let sorted = |text: &str, load: BTreeMap<String, u64>| {
        let words = Words {
            title: "咨询",
            text,
            audience: Audience::Entrepreneur,
            area: None,
            kind: None,
            theme: None,
            route: None,
        };
        let sorter = Sorter::new(&city, &names, &city.tiering, now()).with_load(load);
        sorter.sort(&words, &Learned::default(), 0, 1)
    };
    let mandates: Vec<&String> = names.handlers(now()).flat_map(|unit| &unit.mandate).collect();
    let pairs = mandates.iter().flat_map(|one| mandates.iter().map(move |other| text(one, other)));
    let (text, [first, second]) = pairs
        .filter_map(|text| Some((sorted(&text, BTreeMap::new()).rivals?, text)))
        .map(|(rivals, text)| (text, rivals))
        .next()
        .unwrap();
    let lead = |loads: [u64; 2]| {
        let load = [first.clone(), second.clone()].into_iter().zip(loads).collect();
        let sorted = sorted(&text, load);
        (sorted.lead.clone(), parts::of(&sorted.parts, Aspect::LeadUnit).unwrap().because.clone())
    };
    let (heavier, because) = lead([12, 3]);
    assert_eq!(heavier.as_ref(), Some(&second));
    assert!(because.contains("在办 3 件，少于其 12 件"), "{because}");
    for loads in [[3, 12], [3, 3]] {
        let (lead, because) = lead(loads);
        assert!(lead.as_ref() == Some(&first) && !because.contains("在办"), "{lead:?} {because}");
    }
}

//! Both profiles load; wrong ones say everything that is wrong.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::civil::Date;
use kernel::{Instant, worktime::Limit};

use super::*;

fn due(city: &City, kind: ClockKind, from: &str) -> String {
    let due = city.calendar().due(Instant::parse(from).unwrap(), city.clock(kind).limit).unwrap();
    due.at.rfc3339(&city.zone)
}

#[test]
fn anning_is_what_the_plan_says() {
    let city = City::load("anning").unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!((city.name.as_str(), city.number_prefix.as_str()), ("安宁市", "AN"));
    let count = |group| city.themes.in_group(group).count();
    assert_eq!(ThemeGroup::ALL.map(count), [8, 5, 5]);
    assert_eq!(city.tasks.iter().filter(|task| task.code.starts_with('T')).count(), 10);
    let streets = city.unit_seeds.iter().filter(|unit| unit.kind == UnitKind::Subdistrict);
    assert_eq!(streets.count(), 9);
    assert_eq!(city.clock(ClockKind::Assigned).limit, Limit::WorkingDays(5));
    assert_eq!(city.clock(ClockKind::Assigned).basis(), "分发交办 5 个工作日（本市配置值，非文件原文）");
    assert!(city.clocks.rules().all(|rule| rule.provenance.source == SourceKind::Configured));
    assert_eq!(city.clocks.duties.provenance.source, SourceKind::Plan);
    assert_eq!(city.clocks.quarter_report.dates(2026)[1], Date::constant(2026, 6, 10));
    assert_eq!(city.channel("企业接待日").unwrap().mode(), "线下·专项·定期");
    assert_eq!(city.theme("奖补兑现").map(|theme| city.themes.label(&theme.code)).unwrap(), "财税政策／奖补兑现");
    assert_eq!(city.ground("decline", "不属于本市行政机关职权").unwrap().code, "not_powers");
    assert!(city.ground("assign", "not_powers").is_none());
    assert_eq!(due(&city, ClockKind::Assigned, "2026-02-12T10:00:00+08:00"), "2026-02-26T17:00:00+08:00");
}

#[test]
fn every_channel_of_the_plan_is_there() {
    let city = City::load("anning").unwrap();
    for name in [
        "企业接待日",
        "政企同心谈",
        "营商会客厅",
        "市级领导挂钩联系",
        "企业专员走访",
        "项目管家走访",
        "营商环境观察站",
        "商（协）会",
        "热线电话",
        "12345热线",
        "云南省网上营商环境投诉平台",
        "满意度评价二维码",
        "网络平台",
        "政务大厅",
        "信函",
    ] {
        assert!(city.channel(name).is_some(), "{name}");
    }
}

#[test]
fn another_city_is_only_other_files() {
    let city = City::load("hutuo").unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!((city.name.as_str(), city.number_prefix.as_str()), ("虎陀县", "HT"));
    assert_eq!(due(&city, ClockKind::Assigned, "2026-10-01T12:00:00+06:00"), "2026-10-13T19:30:00+06:00");
    assert_ne!(city.version(), City::load("anning").unwrap().version());
    assert!(DemoCity::of(&city).is_none());
    assert_eq!(City::names(), ["anning", "hutuo"]);
}

#[test]
fn a_directory_is_a_profile_too() {
    let dir = tempfile::tempdir().unwrap();
    copy_profile("hutuo", dir.path());
    let city = City::load(dir.path().to_str().unwrap()).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(city.version(), City::load("hutuo").unwrap().version());
}

#[test]
fn every_mistake_is_told_at_once() {
    let dir = tempfile::tempdir().unwrap();
    copy_profile("hutuo", dir.path());
    change(dir.path(), "city.toml", "HT", "ht9");
    change(dir.path(), "city.toml", "Asia/Urumqi", "Asia/Nowhere");
    change(dir.path(), "units.toml", "kind = \"office\"", "kind = \"palace\"");
    change(dir.path(), "themes.toml", "keywords = [\"路灯\"", "keyword = [\"路灯\"");
    change(dir.path(), "clocks.toml", "[limits.review]", "[limits.rewiev]");
    std::fs::remove_file(dir.path().join("texts.toml")).unwrap();
    std::fs::write(dir.path().join("roles.toml"), "[[role]").unwrap();
    let errors = City::load(dir.path().to_str().unwrap()).map(|_| ()).unwrap_err();
    let told: BTreeSet<(&str, &str)> = errors.0.iter().map(|e| (e.file.as_str(), e.key.as_str())).collect();
    for wanted in [
        ("city.toml", "time_zone"),
        ("units.toml", "unit[zongchuang]"),
        ("themes.toml", "theme[life]"),
        ("clocks.toml", "limits.rewiev"),
        ("clocks.toml", "limits.review"),
        ("texts.toml", ""),
        ("roles.toml", ""),
    ] {
        assert!(told.contains(&wanted), "{wanted:?} in\n{errors}");
    }
    assert!(errors.to_string().contains("没有这个配置项，是不是写错了"), "{errors}");
}

#[test]
fn what_does_not_fit_together_is_told() {
    let dir = tempfile::tempdir().unwrap();
    copy_profile("hutuo", dir.path());
    change(dir.path(), "city.toml", "\"zongchuang\"", "\"huiyi\"");
    change(dir.path(), "units.toml", "successor = \"jingji\"", "successor = \"nobody\"");
    change(dir.path(), "units.toml", "aliases = [\"经济局\"]", "aliases = [\"县商贸局\"]");
    change(dir.path(), "themes.toml", "groups = [\"public\"]", "parent = \"trade\"");
    change(dir.path(), "routes.toml", "code = \"joint\"", "code = \"jiont\"");
    change(dir.path(), "routes.toml", "any = [\"asking\"]", "any = [\"asknig\"]");
    change(dir.path(), "routes.toml", "when = { units_min = 2 }\n", "");
    let errors = City::load(dir.path().to_str().unwrap()).map(|_| ()).unwrap_err();
    let told: BTreeSet<(&str, &str)> = errors.0.iter().map(|e| (e.file.as_str(), e.key.as_str())).collect();
    for wanted in [
        ("city.toml", "dispatcher"),
        ("units.toml", "unit[shangmao].successor"),
        ("units.toml", "name[县商贸局]"),
        ("themes.toml", "groups"),
        ("routes.toml", "route[joint]"),
        ("routes.toml", "route[jiont]"),
        ("routes.toml", "tier_rule[instant-asking].when.any"),
        ("routes.toml", "tier_rule"),
    ] {
        assert!(told.contains(&wanted), "{wanted:?} in\n{errors}");
    }
}

#[test]
fn a_process_is_written_and_read_back() {
    let city = City::load("anning").unwrap();
    let handles = |code: &str| city.unit_seeds.iter().any(|unit| unit.can_handle && unit.code == code);
    let process = Process::of(&city);
    let text = process.write(&city);
    let rules = CaseRules { extension_max_count: 9, suspension_max_working_days: 9, ..process.rules.clone() };
    let blank = Process { tiering: Tiering::default(), limits: Default::default(), rules };
    let again = Process::read(&text, &blank, &city, &handles);
    assert_eq!(again.unwrap_or_else(|errors| panic!("{errors}\n{text}")), process);
    let shorter = Process::read("[limits]\njoint = { working_days = 8 }\n", &process, &city, &handles).unwrap();
    assert_eq!(shorter.differences(&process, &city), ["时限“联合会商”：10 个工作日 改为 8 个工作日"]);
    assert_eq!(
        shorter.clocks(&city, 2).rule(ClockKind::Joint).basis(),
        "联合会商 8 个工作日（本市配置值，非文件原文，流程版本 2）"
    );
    let other = "[rules]\nextension_max_count = 2\nextension_tell_submitter = false\n";
    let other = Process::read(other, &process, &city, &handles).unwrap();
    assert_eq!(
        other.differences(&process, &city),
        ["规则“每轮办理最多延期几次”：1 改为 2", "规则“批准延期后告知诉求人”：是 改为 否"]
    );
    assert_eq!(other.clocks(&city, 2).extension.max_count, 2);
    let wrong = "[rules]\nextension_max_ratio = 3.0\nsuspension_max_working_days = \"x\"\nmax = 1\n";
    let errors = Process::read(wrong, &process, &city, &handles).unwrap_err();
    let told: Vec<&str> = errors.0.iter().map(|error| error.key.as_str()).collect();
    assert_eq!(told, ["rules.extension_max_ratio", "rules.max", "rules.suspension_max_working_days"], "{errors}");
    let wrong = "[limits]\njiont = { working_days = 8 }\nleader = { working_days = 800 }\n\n[[tier_rule]]\ncode = \"a\"\nlabel = \"甲\"\n\
        tier = \"high\"\nroute = \"joint\"\nwhen = { any = [\"nothing\"] }\nbecause = \"因为\"\n";
    let errors = Process::read(wrong, &process, &city, &handles).unwrap_err();
    let told: BTreeSet<&str> = errors.0.iter().map(|error| error.key.as_str()).collect();
    let wanted = ["limits.jiont", "limits.leader", "tier_rule", "tier_rule[a].tier", "tier_rule[a].when.any"];
    assert_eq!(told, wanted.into_iter().collect(), "{errors}");
}

#[test]
fn an_unknown_profile_names_the_known_ones() {
    let errors = City::load("atlantis").map(|_| ()).unwrap_err();
    assert!(errors.to_string().contains("anning、hutuo"), "{errors}");
}

#[test]
fn names_are_compared_plainly() {
    assert_eq!(plain_name("市营商环境办（市政务服务局） "), plain_name("市营商环境办(市政务服务局)"));
    assert_eq!(plain_name("１２３４５ 热线"), "12345热线");
}

fn copy_profile(name: &str, to: &Path) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../profiles").join(name);
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

fn change(dir: &Path, file: &str, from: &str, to: &str) {
    let text = std::fs::read_to_string(dir.join(file)).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    std::fs::write(dir.join(file), text.replacen(from, to, 1)).unwrap();
}

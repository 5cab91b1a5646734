//! The commands, beside a running server, on both engines: what they print, what they leave behind, how they end.

use std::path::Path;
use std::process::{Command, Output};

use app::exchange::rules::package::{Header, seal};
use serde_json::Value;

use crate::harness::City;

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// What a command printed, if it ended with `code`.
#[track_caller]
fn printed(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{}", said(output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[track_caller]
fn json(output: &Output) -> Value {
    serde_json::from_str(&printed(output, 0)).unwrap()
}

fn path(dir: &Path, name: &str) -> String {
    dir.join(name).display().to_string()
}

#[test]
fn commands_work_beside_a_running_server() {
    City::on_both_engines(|city| {
        let dir = tempfile::tempdir().unwrap();
        accounts_and_tokens(city);
        the_calendar_says_the_same_everywhere(city);
        a_table_comes_in_once(city, dir.path());
        lists_go_out(city, dir.path());
        the_three_lists_of_a_day_go_out(city, dir.path());
        packages_come_and_go(city, dir.path());
        it_learns_from_what_was_decided(city);
        the_ledger_is_proved_elsewhere(city, dir.path());
        a_backup_becomes_a_city_again(city, dir.path());
        printed(&city.santing(&["check"]), 0);
    });
}

fn accounts_and_tokens(city: &City) {
    let users = json(&city.santing(&["users", "--json"]));
    let desk = users.as_array().unwrap().iter().find(|user| user["username"] == "tongchou").unwrap();
    assert_eq!((&desk["unit"], &desk["roles"][0]), (&"yingshang".into(), &"coordinator".into()));
    let token = printed(&city.santing(&["token", "tongchou"]), 0);
    let bearer = format!("Bearer {}", token.trim());
    city.send("GET", "/api/v1/demands?limit=1", &[("authorization", &bearer)], b"").expect(200);
    printed(&city.santing(&["token", "nobody"]), 1);
    printed(&city.santing(&["no-such-command"]), 2);
}

fn the_calendar_says_the_same_everywhere(city: &City) {
    let asked = city.santing(&["calendar", "due", "--from", "2026-09-24", "--working-days", "10", "--json"]);
    let told = json(&asked).to_string();
    let api = city.public().get("/calendar/due?from=2026-09-24&working_days=10").expect(200).json();
    let due = api["due"].as_str().unwrap();
    assert!(due.starts_with("2026-10-15"), "ten working days over the National Day: {due}");
    assert!(told.contains(&due[..10]), "{told}");
}

fn it_learns_from_what_was_decided(city: &City) {
    let learned = |models: &Value| -> Vec<Value> {
        models["items"].as_array().unwrap().iter().map(|one| one["in_force"].clone()).collect()
    };
    let before = learned(&city.desk().get("/models").expect(200).json());
    assert!(before.iter().any(|version| !version.is_null()), "the demonstration has learned something: {before:?}");
    let record = city.desk().get("/models/record?from=2026-01-01").expect(200).json();
    let theme = &record["items"][0];
    assert_eq!(theme["aspect"], "theme", "{record}");
    assert!(
        theme["all"]["accepted"].as_i64() > Some(20) && !theme["changed"].as_array().unwrap().is_empty(),
        "{theme}"
    );
    let came = json(&city.santing(&["learn", "--json"]));
    assert_eq!(came.as_array().unwrap().len(), 4, "{came}");
    assert!(came[0]["lessons"].as_i64() > Some(50) && came[0]["because"].is_string(), "{came}");
    // The other stories sort demands in the same city meanwhile; as soon as nobody did, there is nothing new to learn.
    let again = || printed(&city.santing(&["learn", "--aspect", "theme"]), 0);
    assert!((0..10).any(|_| again().contains("没有新的决定")), "learned from the same decisions again: {}", again());
    printed(&city.santing(&["learn", "--aspect", "nonsense"]), 2);
}

const TABLE: &str = "编号,标题,内容,时间,渠道\n\
    甲-1,夜间停电太频繁,我们车间每周停电三次，请协调供电。,2026-10-12 09:30:00,letter\n\
    甲-2,园区道路坑洼,货车进出困难，雨天积水。,2026-10-13 10:00:00,letter\n\
    甲-3,,没有标题的一行,2026-13-45,letter\n";

fn a_table_comes_in_once(city: &City, dir: &Path) {
    let file = path(dir, "留言.csv");
    std::fs::write(&file, TABLE).unwrap();
    let import = |more: &[&str]| city.santing(&[&["import", "demands", &file, "--json"], more].concat());
    let looked = json(&import(&["--dry-run"]));
    assert_eq!((&looked["imported"], &looked["rejected"]), (&2.into(), &1.into()), "{looked}");
    let first = json(&import(&[]));
    assert_eq!((&first["imported"], &first["already"], &first["rejected"]), (&2.into(), &0.into(), &1.into()));
    assert_eq!(first["reasons"][0]["row"], 4, "the row as a person counts it: {first}");
    let second = json(&import(&[]));
    assert_eq!((&second["imported"], &second["already"]), (&0.into(), &2.into()), "a second run adds nothing");
    let found = city.desk().get("/demands?q=%E5%A4%9C%E9%97%B4%E5%81%9C%E7%94%B5").expect(200).json();
    assert!(found["items"][0]["received_at"].as_str().unwrap().starts_with("2026-10-12T09:30:00"), "{found}");
}

fn lists_go_out(city: &City, dir: &Path) {
    let csv = path(dir, "demands.csv");
    printed(&city.santing(&["export", "demands", &csv]), 0);
    let table = std::fs::read(&csv).unwrap();
    assert!(table.starts_with(b"\xef\xbb\xbf"), "a spreadsheet program reads it as UTF-8");
    let rows = String::from_utf8_lossy(&table).lines().count();
    assert!(rows > 100, "{rows}");
    assert!(!String::from_utf8_lossy(&table).contains("13800000001"), "whom to call is hidden");
    let xlsx = path(dir, "demands.xlsx");
    printed(&city.santing(&["export", "demands", &xlsx]), 0);
    assert!(std::fs::read(&xlsx).unwrap().starts_with(b"PK"));
    printed(&city.santing(&["export", "demands", &csv]), 1);
}

/// By files, as two systems exchange that no line connects.
fn the_three_lists_of_a_day_go_out(city: &City, dir: &Path) {
    let file = path(dir, "清单.csv");
    printed(&city.santing(&["export", "lists", &file, "--as-of", "2026-10-31", "--kind", "suggestion"]), 0);
    let table = std::fs::read_to_string(&file).unwrap();
    assert!(table.contains(",建议,") && !table.contains(",事项,"), "{table}");
    printed(&city.santing(&["export", "lists", &path(dir, "x.csv"), "--as-of", "十月"]), 2);
}

fn packages_come_and_go(city: &City, dir: &Path) {
    let ours = city.desk().get("/exchange").expect(200).json();
    let next = ours["items"][0]["received"].as_i64().unwrap() + 100;
    let message = r#"{"id":"c-1","kind":"import","case":"C-1","at":"2026-11-02T09:00:00+08:00","demand":{"title":"夜间施工","text":"工地夜里两点还在打桩。"}}"#;
    let header = Header {
        contract: "santing-exchange/1".into(),
        remote: "12345".into(),
        direction: "to_city".into(),
        package: "files-1".into(),
        sequence: next,
        first: None,
        count: 0,
        sm3: String::new(),
        made_at: "2026-11-02T10:00:00+08:00".into(),
        received: None,
        mac: None,
    };
    let whole = seal(&header, &[message.to_owned()], None);
    let [file, half, out, list] = ["in.jsonl", "half.jsonl", "out.jsonl", "list.csv"].map(|name| path(dir, name));
    std::fs::write(&half, &whole[..whole.len() - 4]).unwrap();
    let refused = city.santing(&["exchange", "import", &half]);
    assert!(refused.status.code() == Some(1) && said(&refused).contains("文件在传送中截断"), "{}", said(&refused));
    std::fs::write(&file, &whole).unwrap();
    let taken = json(&city.santing(&["exchange", "import", &file, "--json"]));
    assert_eq!((&taken["done"], &taken["standing"]), (&1.into(), &"new".into()), "{taken}");
    let again = json(&city.santing(&["exchange", "import", &file, "--json"]));
    assert_eq!((&again["done"], &again["standing"]), (&0.into(), &"known".into()), "{again}");
    printed(&city.santing(&["exchange", "export", "--remote", "12345", &out]), 0);
    let told = std::fs::read_to_string(&out).unwrap();
    let last: Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
    assert_eq!((&last["of"], &last["accepted"]), (&"c-1".into(), &true.into()));
    printed(&city.santing(&["exchange", "export", "--remote", "12345", &out]), 1);
    printed(&city.santing(&["exchange", "receipt", "--remote", "12345", &last["sequence"].to_string()]), 0);
    let empty = printed(&city.santing(&["exchange", "export", "--remote", "12345"]), 0);
    assert_eq!(empty.lines().count(), 1, "{empty}");
    std::fs::write(&list, "工单编号,状态\nC-1,10\nC-1,10\n").unwrap();
    let compared = city.santing(&["exchange", "reconcile", "--remote", "12345", &list, "--json"]);
    let compared: Value = serde_json::from_str(&printed(&compared, 1)).unwrap();
    assert!(compared["differences"].as_array().unwrap().iter().any(|each| each["kind"] == "duplicated_there"));
    assert_eq!(printed(&city.santing(&["exchange", "key", "--remote", "12345"]), 0).trim().len(), 64);
    assert!(said(&city.santing(&["exchange", "export", "--remote", "nowhere"])).contains("没有“nowhere”这个对接系统"));
}

/// Any change of any entry is found, without the database.
fn the_ledger_is_proved_elsewhere(city: &City, dir: &Path) {
    let file = path(dir, "ledger.jsonl");
    printed(&city.santing(&["export", "ledger", &file]), 0);
    printed(&offline(&["verify", &file]), 0);
    let ledger = std::fs::read_to_string(&file).unwrap();
    let spoilt = ledger.replacen("统筹岗甲", "统筹岗乙", 1);
    assert_ne!(ledger, spoilt);
    let spoilt_file = path(dir, "spoilt.jsonl");
    std::fs::write(&spoilt_file, spoilt).unwrap();
    let verdict = printed(&offline(&["verify", &spoilt_file, "--json"]), 1);
    assert_eq!(serde_json::from_str::<Value>(&verdict).unwrap()["holds"], false);
}

fn a_backup_becomes_a_city_again(city: &City, dir: &Path) {
    let file = path(dir, "city.backup");
    printed(&city.santing(&["backup", &file]), 0);
    let restored = path(dir, "restored");
    printed(&offline(&["restore", &file, "--data", &restored]), 0);
    let users = json(&offline(&["users", "--json", "--data", &restored]));
    assert!(users.as_array().unwrap().len() > 10);
    let found = ["export", "demands", "-q", "道路坑洼", "--format", "csv", "--data", &restored];
    assert!(printed(&offline(&found), 0).contains("园区道路坑洼"), "found as soon as the city is back");
    let again = offline(&["restore", &file, "--data", &restored]);
    assert_eq!(again.status.code(), Some(1), "a directory that holds a city is left alone: {}", said(&again));
}

/// Invented messages as a table of lines: three kinds, told apart by what they are about.
fn lessons(streets: &[&str]) -> String {
    let kinds = [
        ("环境保护", ["污水直排河道", "废气刺鼻难闻", "噪声整夜不停", "垃圾随意焚烧"]),
        ("劳动保障", ["工资拖欠数月", "社保一直没缴", "工伤没人认定", "加班费不肯发"]),
        ("教育", ["学校乱收费用", "幼儿园学位不足", "补课老师体罚", "食堂饭菜变质"]),
    ];
    let mut lines = String::new();
    for (street, (label, matter)) in
        streets.iter().flat_map(|s| kinds.iter().flat_map(move |(l, ms)| ms.iter().map(move |m| (s, (l, m)))))
    {
        let text = format!("您好，我们{street}这一带{matter}，反映多次没有结果。");
        let line = serde_json::json!({ "title": format!("{street}{matter}"), "text": text, "label": label });
        lines.push_str(&format!("{line}\n"));
    }
    lines
}

#[test]
fn the_classifier_is_measured() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| {
        std::fs::write(dir.path().join(name), content).unwrap();
        path(dir.path(), name)
    };
    let train = write("train.jsonl", &lessons(&["连然街道", "金方街道", "温泉街道", "草铺街道", "八街街道"]));
    let odd = "{\"title\":\"\",\"text\":\" \",\"label\":\"教育\"}\n{\"title\":\n";
    let test = write("test.jsonl", &(lessons(&["县街街道"]) + odd));
    let evaluate = |more: &[&str]| offline(&[&["text", "evaluate"], more].concat());

    let told = json(&evaluate(&["--train", &train, "--test", &test, "--json"]));
    let figure = |name: &str| told[name].as_f64().unwrap_or_else(|| panic!("{name}: {told}"));
    for name in ["macro_f1", "accuracy", "accuracy_at_80"] {
        assert!(figure(name) > 0.99, "{name}: {told}");
    }
    for name in ["train_seconds", "messages_per_second", "model_bytes"] {
        assert!(figure(name) > 0.0, "{name}: {told}");
    }
    // Each kind of matter is said in one way only, so nothing that was held out tells how sure one may be.
    assert!(figure("coverage") == 0.0 && figure("accuracy_when_sure") == 0.0, "{told}");
    assert_eq!((&told["trained_on"], &told["measured_on"]), (&60.into(), &12.into()));
    let class = told["per_class"].as_array().unwrap().iter().find(|class| class["label"] == "教育").unwrap();
    assert_eq!((&class["n"], &class["f1"]), (&4.into(), &1.0.into()), "{told}");
    let rows: Vec<_> = told["left_out"].as_array().unwrap().iter().map(|row| row["row"].as_u64().unwrap()).collect();
    assert_eq!(rows, [13, 14], "{told}");

    let shown = printed(&evaluate(&["--train", &train, "--test", &test]), 0);
    for words in
        ["学习 60 条，检验 12 条", "宏平均 F1            1.0000", "劳动保障", "test.jsonl 第 13 行  没有 title"]
    {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let other = write("other.jsonl", "{\"title\":\"路灯不亮\",\"content\":\"修一修\"}\n");
    let alike = write("alike.jsonl", "{\"title\":\"路灯不亮\",\"text\":\"修一修\",\"label\":\"城建\"}\n");
    for (train, test, code, words) in [
        ("nowhere.jsonl", &*test, 1, "没有 nowhere.jsonl 这个文件"),
        (&*train, &*other, 1, "没有这些列：text、label"),
        (&*alike, &*test, 1, "至少要有两个类别"),
        (&*train, "", 2, ""),
    ] {
        let output = if test.is_empty() {
            evaluate(&["--train", train])
        } else {
            evaluate(&["--train", train, "--test", test, "--json"])
        };
        assert!(output.status.code() == Some(code) && said(&output).contains(words), "{words}: {}", said(&output));
    }
}

/// Invented: one estate's kitchens, its cracked floors, a subsidy, and what has no like; three rows cannot be used.
const VOICES: &str = include_str!("voices.csv");

#[test]
fn common_issues_are_found_in_a_table() {
    let dir = tempfile::tempdir().unwrap();
    let file = path(dir.path(), "voices.csv");
    std::fs::write(&file, VOICES).unwrap();
    let found = offline(&["text", "clusters", &file, "--json"]);
    let groups = json(&found);
    let ids: Vec<&Value> = groups.as_array().unwrap().iter().map(|group| &group["ids"]).collect();
    let expected = serde_json::json!([
        ["甲-01", "甲-06", "甲-11", "甲-16", "甲-21"],
        ["甲-02", "甲-07", "甲-12", "甲-17"],
        ["甲-03", "甲-08", "甲-13", "甲-18"],
    ]);
    let mut sorted: Vec<String> = ids.iter().map(|ids| ids.to_string()).collect();
    sorted.sort();
    assert_eq!(sorted, expected.as_array().unwrap().iter().map(Value::to_string).collect::<Vec<_>>(), "{groups}");
    assert!(groups.to_string().contains("油烟") && groups[0]["size"] == 5, "{groups}");
    let told = said(&found);
    for why in ["第 27 行：没有编号", "第 28 行：没有标题和内容", "第 29 行：时间无法识别", "3 行不能用"]
    {
        assert!(told.contains(why), "{why}: {told}");
    }
    let listed = printed(&offline(&["text", "clusters", &file, "--top", "1"]), 0);
    assert!(listed.contains("25 件诉求，找出共性问题 1 个") && !listed.contains("\n2. "), "{listed}");
    assert_eq!(json(&offline(&["text", "clusters", &file, "--least", "6", "--json"])), serde_json::json!([]));
    let numbers = path(dir.path(), "numbers.jsonl");
    let row = r#"{"id":7,"title":"路灯不亮","text":"人民路路灯不亮。"}"#;
    std::fs::write(&numbers, format!("{row}\n{}\n", row.replace('7', "\"8\""))).unwrap();
    let same = json(&offline(&["text", "clusters", &numbers, "--least", "2", "--json"]));
    assert_eq!(same[0]["ids"], serde_json::json!([7, "8"]), "{same}");
    printed(&offline(&["text", "clusters", &path(dir.path(), "none.csv")]), 1);
    printed(&offline(&["text", "clusters", &file, "--least", "many"]), 2);
    std::fs::write(&numbers, "{\"其他\":1}\n").unwrap();
    printed(&offline(&["text", "clusters", &numbers]), 1);
}

fn offline(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_santing")).current_dir(std::env::temp_dir()).args(args).output().unwrap()
}

//! What people read: derivations and phrases.

use super::*;

#[test]
fn a_derivation_names_every_day() {
    let derivation = calendar().derive(at("2026-09-30 15:20"), Limit::WorkingDays(5)).unwrap();
    assert_eq!(derivation.due.to_string(), "2026-10-13T17:00:00+08:00");
    assert_eq!(derivation.rule, "时限 5 个工作日：收件后的第一个工作日为第 1 天，第 5 天下班时到期；收件当日不计。");
    let told: Vec<String> = derivation
        .days
        .iter()
        .map(|d| format!("{} {} {} {}", d.date, d.weekday, d.counted.map_or("-".into(), |n| n.to_string()), d.why))
        .collect();
    assert_eq!(
        told,
        [
            "2026-09-30 周三 - 工作日；收件当日，不计",
            "2026-10-01 周四 - 国庆节放假",
            "2026-10-02 周五 - 国庆节放假",
            "2026-10-03 周六 - 国庆节放假",
            "2026-10-04 周日 - 国庆节放假",
            "2026-10-05 周一 - 国庆节放假",
            "2026-10-06 周二 - 国庆节放假",
            "2026-10-07 周三 - 国庆节放假",
            "2026-10-08 周四 1 工作日",
            "2026-10-09 周五 2 工作日",
            "2026-10-10 周六 3 国庆节调休上班",
            "2026-10-11 周日 - 周末",
            "2026-10-12 周一 4 工作日",
            "2026-10-13 周二 5 工作日",
        ]
    );
}

#[test]
fn an_ordinary_monday_stays_one() {
    let why = |on: &str| calendar().day(date(on)).why();
    assert_eq!([why("2020-02-02"), why("2020-02-03"), why("2020-01-19")], ["春节放假", "工作日", "春节调休上班"]);
}

#[test]
fn a_derivation_is_data() {
    let derivation = calendar().derive(at("2026-03-06 16:00"), Limit::working_hours(2)).unwrap();
    let json = serde_json::to_value(&derivation).unwrap();
    assert_eq!(json["from"], "2026-03-06T16:00:00+08:00");
    assert_eq!(json["due"], "2026-03-09T10:00:00+08:00");
    assert_eq!(json["rule"], "时限为办公时间 2 小时：自收件起只计办公时间（09:00–12:00、13:00–17:00）。");
    assert_eq!(json["days"][0]["why"], "工作日；收件当日；计 1 小时");
    assert_eq!(
        json["days"][1],
        serde_json::json!({"date": "2026-03-07", "weekday": "周六", "working": false, "why": "周末"})
    );
    assert_eq!(json["days"][3]["why"], "工作日；计 1 小时");
    assert_eq!(json["calendar"], calendar().fingerprint());
    assert_eq!(json["warnings"], serde_json::json!([]));
}

#[test]
fn a_timer_explains_extension_and_suspensions() {
    let timer = Timer {
        extension: 2,
        suspensions: vec![
            Suspension { from: at("2026-03-04 10:00"), until: Some(at("2026-03-05 15:00")) },
            Suspension { from: at("2026-03-20 10:00"), until: None },
        ],
        ..Timer::new(at("2026-03-02 15:00"), Limit::WorkingDays(5))
    };
    let told = timer.derive(&calendar()).unwrap();
    assert_eq!(
        told.steps,
        [
            "2026 年 3 月 2 日 周一 15:00 收件，时限 5 个工作日，2026 年 3 月 9 日 周一 17:00 到期。",
            "延期 2 个工作日，自收件起共 7 个工作日，2026 年 3 月 11 日 周三 17:00 到期。",
            "2026 年 3 月 4 日 周三 10:00 至 2026 年 3 月 5 日 周四 15:00 挂起，其中办公时间 11 小时，顺延至 2026 年 3 月 13 日 周五 14:00 到期。",
            "2026 年 3 月 20 日 周五 10:00 开始的挂起在到期之后，不影响到期时间。",
        ]
    );
    assert_eq!(told.due.unwrap().to_string(), "2026-03-13T14:00:00+08:00");
    assert_eq!(told.first_due.to_string(), "2026-03-09T17:00:00+08:00");
    let suspended: Vec<&str> = told.days.iter().filter(|d| d.why.contains("挂起")).map(|d| d.why.as_str()).collect();
    assert_eq!(suspended, ["工作日；挂起 6 小时", "工作日；挂起 5 小时"]);
    assert_eq!(told.days.iter().filter_map(|d| d.counted).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(told.days.last().unwrap().date, date("2026-03-13"));
}

#[test]
fn an_open_suspension_is_told() {
    let suspensions = vec![Suspension { from: at("2026-03-05 11:00"), until: None }];
    let timer = Timer { suspensions, ..Timer::new(at("2026-03-02 15:00"), Limit::WorkingDays(5)) };
    let told = timer.derive(&calendar()).unwrap();
    assert_eq!(told.due, None);
    assert_eq!(
        told.steps[1],
        "2026 年 3 月 5 日 周四 11:00 起挂起，尚未恢复计时，暂无到期时间；恢复后还剩办公时间 19 小时。"
    );
    let now = at("2026-04-20 10:00");
    assert_eq!(timer_phrase(&calendar(), &timer, now).unwrap(), "挂起中，恢复后还剩办公时间 19 小时");
}

#[test]
fn time_left_as_people_say_it() {
    let calendar = calendar();
    let due = at("2026-03-05 17:00");
    for (now, expected) in [
        ("2026-03-02 10:00", "还剩 3 个工作日"),
        ("2026-03-04 16:59", "还剩 1 个工作日"),
        ("2026-03-04 23:00", "还剩 1 个工作日"),
        ("2026-03-05 00:00", "今天 17:00 前"),
        ("2026-03-05 15:59", "今天 17:00 前"),
        ("2026-03-05 16:00", "还剩 1 小时"),
        ("2026-03-05 16:34", "还剩 26 分钟"),
        ("2026-03-05 17:00", "今天 17:00 前"),
        ("2026-03-05 18:00", "逾期"),
        ("2026-03-06 08:00", "逾期"),
        ("2026-03-06 09:26", "逾期 26 分钟"),
        ("2026-03-06 16:30", "逾期 6 小时 30 分钟"),
        ("2026-03-06 17:00", "逾期 1 个工作日"),
        ("2026-03-08 10:00", "逾期 1 个工作日"),
        ("2026-03-09 10:00", "逾期 1 个工作日"),
        ("2026-03-09 20:00", "逾期 2 个工作日"),
    ] {
        assert_eq!(time_left(&calendar, at(now), due), expected, "{now}");
    }
    assert_eq!(time_left(&calendar, at("2026-03-06 16:50"), at("2026-03-09 09:10")), "3 月 9 日 周一 09:10 前");
    assert_eq!(time_left(&calendar, Instant(due.0 + 1), due), "逾期");
    assert_eq!(until(&calendar, at("2026-03-02 10:00"), due), "3 月 5 日 周四 17:00 前");
    assert_eq!(until(&calendar, at("2026-03-04 10:00"), due), "明天 17:00 前");
    assert_eq!(until(&calendar, at("2026-12-30 10:00"), at("2027-01-04 17:00")), "2027 年 1 月 4 日 周一 17:00 前");
}

#[test]
fn an_ending_is_said_for_good() {
    let calendar = calendar();
    let stopped =
        |text: &str| Timer { stopped: Some(at(text)), ..Timer::new(at("2026-03-02 15:00"), Limit::WorkingDays(1)) };
    let phrase = |timer: Timer| timer_phrase(&calendar, &timer, at("2026-08-03 10:00")).unwrap();
    assert_eq!(phrase(stopped("2026-03-03 17:00")), "按期完成");
    assert_eq!(phrase(stopped("2026-03-03 17:01")), "逾期完成");
    assert_eq!(phrase(stopped("2026-03-05 17:01")), "逾期 2 个工作日完成");
}

#[test]
fn a_derivation_reads_as_lines() {
    let text = calendar().derive(at("2026-09-24 10:00"), Limit::WorkingDays(1)).unwrap().to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "收件：2026-09-24 10:00");
    assert_eq!(lines[1], "到期：2026-09-28 17:00");
    assert_eq!(lines[4], "  2026-09-25 周五 休  中秋节放假");
    assert!(lines[7].starts_with("  2026-09-28 周一 班  第 1 天，"), "{text}");
}

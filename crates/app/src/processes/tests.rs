//! A version's life, and who is governed by which, on both engines.

use kernel::worktime::Limit;
use kernel::{Actor, Error, Result, Role};
use serde_json::json;

use super::actions;
use super::rules::{AdoptInput, DraftInput, State};
use crate::city::{ClockKind, Process};
use crate::demands::actions::{intake, moving, proposing};
use crate::demands::rules::intake::{Entrance, read as read_intake};
use crate::demands::rules::moves::Move;
use crate::demands::rules::vocabulary::ClockName;
use crate::testing::{TestCity, desk, fields, handler, head, somebody};

fn draft(title: &str, content: &str) -> DraftInput {
    DraftInput { edit: None, title: Some(title.to_owned()), content: Some(content.to_owned()) }
}

fn speak(city: &TestCity, number: &'static str) -> String {
    let said =
        json!({"audience": "entrepreneur", "title": "奖补一年多没有到账", "text": "材料早就交了，一直说在走流程。"});
    let intake = read_intake(&fields(said), Entrance::Public, city.app.city()).unwrap();
    let made = city.app.write_now(&Actor::public(), move |cx| intake::register(cx, number, &intake, &[]));
    made.unwrap().number
}

/// Triages and assigns; gives the handling clock's limit and source.
fn handled(city: &TestCity, number: &str) -> (String, String, i64) {
    let number = number.to_owned();
    let done = city.app.write_now(&desk(), move |cx| -> Result<_> {
        let triage = json!({"version": 1, "kind": "matter", "theme": "finance-tax", "difficulty": "medium", "breadth": "narrow",
            "policy_weight": "medium", "scope": "departmental", "generality": "individual", "policy_axis": "measure",
            "tier": "general", "route": "assigned"});
        moving::make(cx, &number, Move::Triage, &fields(triage))?;
        let assign = json!({"version": 2, "lead_unit": "gongkexin", "goal": "说明到账时间"});
        let case = moving::make(cx, &number, Move::Assign, &fields(assign))?;
        let clock = case.clocks.iter().find(|clock| clock.name == ClockName::Handle).cloned().unwrap();
        let version = super::governing(cx, case.demand.id)?.version;
        Ok((clock.limit, clock.source, version))
    });
    done.unwrap()
}

fn refusal(error: Error) -> String {
    match error {
        Error::Refused(refusal) => refusal.to_string(),
        other => panic!("{other}"),
    }
}

#[test]
fn a_new_version_governs_what_comes_in_from_its_day_on() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        let old = speak(city, "AN20260302W0001");
        let made = app.write_now(&desk(), |cx| {
            actions::create(cx, &draft("一般件三天办完", "[limits]\nassigned = { working_days = 3 }\n"))
        });
        let made = made.unwrap();
        assert_eq!((made.version, made.state, made.edit), (2, State::Draft, 1));

        // Not before it was tried, not without a reason, not on a Sunday: all at once.
        let input = AdoptInput { edit: Some(1), from: Some("2026-03-08".into()), reason: None };
        let refused = app.write_now(&desk(), move |cx| actions::adopt(cx, 2, &input)).unwrap_err();
        let said = refusal(refused);
        for wanted in ["请填写启用理由", "先试算再启用", "这一天不上班"] {
            assert!(said.contains(wanted), "{wanted}: {said}");
        }
        app.write_now(&desk(), |cx| super::tried(cx, 2, 1, "试算 1 件，没有改变")).unwrap();
        let from =
            AdoptInput { edit: Some(1), from: Some("2026-03-04".into()), reason: Some("半年会议决定".into()) };
        let adopted = app.write_now(&desk(), move |cx| actions::adopt(cx, 2, &from)).unwrap();
        assert_eq!(adopted.adopted.unwrap().from.rfc3339(&app.city().zone), "2026-03-04T09:00:00+08:00");

        city.at("2026-03-03T10:00:00+08:00");
        let before = speak(city, "AN20260303W0001");
        city.at("2026-03-04T10:00:00+08:00");
        let after = speak(city, "AN20260304W0001");
        // Whoever came in before keeps the old length, even where the clock starts later.
        assert_eq!(handled(city, &old).0, "5wd");
        assert_eq!(handled(city, &before).2, 1);
        let (limit, source, version) = handled(city, &after);
        assert_eq!((limit.as_str(), version), ("3wd", 2));
        assert!(source.contains("3 个工作日") && source.contains("流程版本 2"), "{source}");

        let again = app.write_now(&desk(), |cx| {
            actions::amend(cx, 2, &DraftInput { edit: Some(1), ..draft("改回去", "[limits]\n") })
        });
        assert!(refusal(again.unwrap_err()).contains("不能再改"));
    });
}

#[test]
fn every_mistake_of_a_draft_is_told_at_once_and_nothing_is_kept() {
    TestCity::on_both_engines(|city| {
        let text = "[limits]\njiont = { working_days = 3 }\n[[tier_rule]]\ncode = \"a\"\nlabel = \"甲\"\ntier = \"huge\"\nroute = \"joint\"\n\
            lead = \"nobody\"\nbecause = \"因为\"\n";
        let refused = city.app.write_now(&desk(), move |cx| actions::create(cx, &draft("", text))).unwrap_err();
        let said = refusal(refused);
        for wanted in ["请填写名称", "limits.jiont", "tier_rule[a].tier", "tier_rule[a].lead"] {
            assert!(said.contains(wanted), "{wanted}: {said}");
        }
        let broken = city.app.write_now(&desk(), |cx| actions::create(cx, &draft("错的", "[limits\n"))).unwrap_err();
        assert!(refusal(broken).contains("不是合法的 TOML"));
        let auditor = somebody(9, "审计甲", "zhengfuban", &[Role::Auditor]);
        let kept_out = city.app.write_now(&auditor, |cx| actions::create(cx, &draft("没有权限", "[limits]\n")));
        assert!(refusal(kept_out.unwrap_err()).contains("权限"));
        let versions = city.app.read_now(&desk(), actions::list).unwrap();
        assert_eq!(versions.len(), 1);
    });
}

#[test]
fn two_who_edit_one_draft_do_not_overwrite_each_other() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        let create = |cx: &mut crate::context::Cx<'_>| {
            actions::create(cx, &draft("一稿", "[limits]\njoint = { working_days = 8 }\n"))
        };
        app.write_now(&desk(), create).unwrap();
        let second = DraftInput { edit: Some(1), ..draft("二稿", "[limits]\njoint = { working_days = 7 }\n") };
        let third = DraftInput { title: Some("三稿".into()), ..second.clone() };
        assert_eq!(app.write_now(&desk(), move |cx| actions::amend(cx, 2, &second)).unwrap().edit, 2);
        let late = app.write_now(&desk(), move |cx| actions::amend(cx, 2, &third)).unwrap_err();
        assert!(refusal(late).contains("新的修改"));
        let kept = app.read_now(&desk(), |cx| {
            let version = actions::one(cx, 2)?;
            actions::process_of(cx, &version)
        });
        assert_eq!(kept.unwrap().limits[&ClockKind::Joint], Limit::WorkingDays(7));
        assert_eq!(app.write_now(&desk(), |cx| actions::discard(cx, 2, Some(2))).unwrap().state, State::Discarded);
    });
}

#[test]
fn a_changed_profile_becomes_a_draft_and_is_not_in_force() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        // As if the database had begun with another profile: its first version says something else.
        app.write_now(&Actor::system(), |cx| {
            let mut other = Process::of(cx.app.city());
            other.limits.insert(ClockKind::Joint, Limit::WorkingDays(20));
            let (content, print) = (other.write(cx.app.city()), other.print(cx.app.city()));
            cx.tx.run(
                store::sql!("UPDATE process_version SET content = $1, print = $2 WHERE version = 1"),
                store::args![content, print],
            )
        })
        .unwrap();
        app.write_now(&Actor::system(), super::seed).unwrap();
        app.write_now(&Actor::system(), super::seed).unwrap();
        let versions = app.read_now(&desk(), actions::list).unwrap();
        assert_eq!(
            versions.iter().map(|(v, _)| (v.version, v.state)).collect::<Vec<_>>(),
            [(2, State::Draft), (1, State::Adopted)]
        );
        let governing = app.read_now(&desk(), super::in_force).unwrap();
        assert_eq!((governing.version, governing.clocks.rule(ClockKind::Joint).limit), (1, Limit::WorkingDays(20)));
    });
}

#[test]
fn the_rule_proposes_under_the_version_that_governs() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        let text = "[[tier_rule]]\ncode = \"all-joint\"\nlabel = \"一律会商\"\ntier = \"complex\"\nroute = \"joint\"\nbecause = \"试行\"\n";
        app.write_now(&desk(), move |cx| {
            actions::create(cx, &draft("一律会商", text))?;
            super::tried(cx, 2, 1, "试算")?;
            let input = AdoptInput { edit: Some(1), from: None, reason: Some("试行".into()) };
            actions::adopt(cx, 2, &input).map(drop)
        })
        .unwrap();
        city.at("2026-03-02T09:30:00+08:00");
        let number = speak(city, "AN20260302W0002");
        let proposal = app.read_now(&desk(), move |cx| {
            let case = moving::load(cx, &number)?;
            proposing::propose(cx, &case.demand)
        });
        let proposal = proposal.unwrap().unwrap();
        assert_eq!((proposal.route, proposal.rule.as_str()), ("joint", "all-joint"));
    });
}

/// The handling clock's extension of a demand on which `days` more are asked for and granted.
fn extended(city: &TestCity, number: &str, days: u32) -> Result<String> {
    let number = number.to_owned();
    let steps = [
        (handler("gongkexin"), Move::Acknowledge, json!({})),
        (head("gongkexin"), Move::RequestExtension, json!({"days": days, "reason": "要现场核实"})),
        (desk(), Move::RuleExtension, json!({"granted": true})),
    ];
    for (actor, make, more) in steps {
        let number = number.clone();
        city.app.write_now(&actor, move |cx| {
            let mut given = fields(more.clone());
            given.insert("version".into(), moving::load(cx, &number)?.demand.version.into());
            moving::make(cx, &number, make, &given).map(drop)
        })?;
    }
    city.app.read_now(&desk(), move |cx| {
        let case = moving::load(cx, &number)?;
        let clock = case.clocks.iter().find(|clock| clock.name == ClockName::Handle).cloned().unwrap();
        Ok(format!("{} + {}", clock.limit, clock.extension))
    })
}

#[test]
fn a_running_demand_keeps_all_of_its_rules() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        let old = speak(city, "AN20260302W0003");
        let text = "[rules]\nextension_max_ratio = 0.4\n";
        app.write_now(&desk(), move |cx| {
            actions::create(cx, &draft("延期从严", text))?;
            super::tried(cx, 2, 1, "试算")?;
            let input = AdoptInput { edit: Some(1), from: None, reason: Some("从严".into()) };
            actions::adopt(cx, 2, &input).map(drop)
        })
        .unwrap();
        city.at("2026-03-02T09:30:00+08:00");
        let new = speak(city, "AN20260302W0004");
        assert_eq!((handled(city, &old).2, handled(city, &new).2), (1, 2));
        // Five working days more were allowed when the first came in; two of five are what the new rule leaves.
        assert_eq!(extended(city, &old, 5).unwrap(), "5wd + 5");
        let said = refusal(extended(city, &new, 5).unwrap_err());
        assert!(said.contains("最多 2 个工作日"), "{said}");
    });
}

//! What the office decides becomes what is proposed, on both engines.

use kernel::{Actor, Error, Result, Role};
use serde_json::{Value, json};

use super::actions::{learn_now, nightly};
use super::rules::{Came, Outcome};
use crate::demands::actions::{intake, moving, proposing};
use crate::demands::lessons;
use crate::demands::rules::intake::{Entrance, read as read_intake};
use crate::demands::rules::moves::Move;
use crate::demands::rules::vocabulary::Source;
use crate::demands::track;
use crate::models::rules::RollbackInput;
use crate::models::{self, Aspect, State};
use crate::testing::{TestCity, desk, fields, handler, somebody};
use crate::units::{self, EndInput, UnitInput};

/// Something that the profile has no words for, as the office decides it.
struct Kind {
    theme: &'static str,
    unit: &'static str,
    things: [&'static str; 5],
    troubles: [&'static str; 5],
}

const KITES: Kind = Kind {
    theme: "talent",
    unit: "wenlv",
    things: ["风筝线", "彩旗", "竹支架", "风筝骨架", "长尾风筝"],
    troubles: ["不够用了", "被挂坏了", "想借几副", "堆着没处放", "缺人来扎"],
};
const BEES: Kind = Kind {
    theme: "promise",
    unit: "nongye",
    things: ["蜂箱", "蜜蜂", "养蜂人", "蜂蜜桶", "蜂群"],
    troubles: ["让大风掀翻了", "找不到花期", "被狗熊翻过", "要往山里挪", "盼着来人瞧瞧"],
};

impl Kind {
    /// Title and text of the `n`-th demand of this kind.
    fn words(&self, n: usize) -> (String, String) {
        let places = ["东山脚", "西河边", "南门外", "北坡上", "老桥头", "新街口", "水磨旁"];
        let (thing, trouble) = (self.things[n % 5], self.troubles[n / 5 % 5]);
        let (other, more) = (self.things[(2 * n + 1) % 5], self.troubles[(3 * n + n / 5 + 2) % 5]);
        let place = places[n % 7];
        (format!("{place}{thing}{trouble}"), format!("{thing}{trouble}，{place}的{other}{more}。"))
    }
}

fn administrator() -> Actor {
    somebody(8, "管理员庚", "zhengfuban", &[Role::Administrator])
}

fn number(n: usize) -> String {
    format!("AN20260302W{n:04}")
}

fn speak(city: &TestCity, n: usize, title: &str, text: &str) -> String {
    let said = json!({"audience": "entrepreneur", "title": title, "text": text});
    let intake = read_intake(&fields(said), Entrance::Public, city.app.city()).unwrap();
    let number = number(n);
    let made = city.app.write_now(&Actor::public(), move |cx| intake::register(cx, &number, &intake, &[]));
    made.unwrap().number
}

/// The demand `n`, of a kind.
fn one(city: &TestCity, n: usize, kind: &Kind) -> String {
    let (title, text) = kind.words(n / 2);
    speak(city, n, &title, &text)
}

fn triage(theme: &str, version: i64) -> Value {
    json!({"version": version, "kind": "matter", "theme": theme, "difficulty": "medium", "breadth": "narrow",
        "policy_weight": "medium", "scope": "departmental", "generality": "individual", "policy_axis": "measure",
        "tier": "general", "route": "assigned", "urgent": false})
}

fn make(city: &TestCity, number: &str, make: Move, input: Value) {
    let (number, input) = (number.to_owned(), fields(input));
    city.app.write_now(&desk(), move |cx| moving::make(cx, &number, make, &input).map(drop)).unwrap();
}

fn decide(city: &TestCity, number: &str, theme: &str, unit: &str) {
    make(city, number, Move::Triage, triage(theme, 1));
    make(city, number, Move::Assign, json!({"version": 2, "lead_unit": unit, "goal": "办好"}));
}

/// `each` decisions about kites and as many about bees, numbered from `from`.
fn decisions(city: &TestCity, from: usize, each: usize) {
    for n in from..from + 2 * each {
        let kind = if n % 2 == 0 { KITES } else { BEES };
        decide(city, &one(city, n, &kind), kind.theme, kind.unit);
    }
}

fn learned(city: &TestCity, aspect: Aspect) -> Outcome {
    learn_now(&city.app, &administrator(), &[aspect]).unwrap().remove(0)
}

fn proposed(city: &TestCity, number: &str) -> proposing::Proposal {
    let number = number.to_owned();
    let proposal = city.app.read_now(&desk(), move |cx| {
        let case = moving::load(cx, &number)?;
        proposing::propose(cx, &case.demand)
    });
    proposal.unwrap().unwrap()
}

fn states(city: &TestCity, aspect: Aspect) -> Vec<(i64, State)> {
    let versions = city.app.read_now(&desk(), move |cx| models::actions::of(cx, aspect)).unwrap();
    versions.into_iter().map(|version| (version.version, version.state)).collect()
}

fn roll_back(city: &TestCity, aspect: Aspect, version: Option<i64>, reason: &str) -> Result<models::Version> {
    let input = RollbackInput { version, reason: Some(reason.to_owned()) };
    city.app.write_now(&administrator(), move |cx| models::actions::rollback(cx, aspect, &input))
}

fn refusal(error: Error) -> kernel::Refusal {
    match error {
        Error::Refused(refusal) => refusal,
        other => panic!("{other}"),
    }
}

#[test]
fn what_the_office_decides_is_proposed_with_its_reasons() {
    TestCity::on_both_engines(|city| {
        decisions(city, 0, 5);
        let early = learned(city, Aspect::Theme);
        assert_eq!((early.came, early.lessons), (Came::TooFew, 10));
        assert!(early.because.contains("还不会") && early.because.contains("10 件、2 类"), "{}", early.because);

        let new = speak(city, 500, "后山的彩旗和竹支架不够用了", "想借几副风筝骨架。");
        let before = proposed(city, &new);
        let theme = before.part(Aspect::Theme).unwrap();
        assert_eq!((theme.value.as_deref(), theme.source), (None, None), "{theme:?}");
        assert!(theme.because.contains("没有把握") && before.because[0].contains("请人判断"), "{before:?}");

        decisions(city, 10, 20);
        for aspect in [Aspect::Theme, Aspect::LeadUnit] {
            let outcome = learned(city, aspect);
            assert_eq!((outcome.came, outcome.lessons), (Came::InForce, 50), "{outcome:?}");
            let version = outcome.version.unwrap();
            assert!(version.figures.accuracy > 0.9 && version.figures.classes.len() == 2, "{:?}", version.figures);
        }
        assert_eq!(learned(city, Aspect::Kind).came, Came::TooFew, "everything was a matter: one kind is none");

        let after = proposed(city, &new);
        let theme = after.part(Aspect::Theme).unwrap();
        assert_eq!((theme.value.as_deref(), theme.source), (Some(KITES.theme), Some(Source::Learned)), "{theme:?}");
        assert!(theme.sure && theme.model == Some(1) && theme.probability.unwrap() > 0.5, "{theme:?}");
        assert!(theme.because.contains("学过 25 件"), "{}", theme.because);
        assert_eq!(after.lead_unit.as_deref(), Some(KITES.unit));
        assert!(
            after.because.iter().any(|why| why.starts_with("领域“") && why.contains("以往")),
            "{:?}",
            after.because
        );

        let strange = speak(city, 501, "zxqv 0101", "zxqv.");
        let unknown = proposed(city, &strange);
        assert_eq!((unknown.theme.as_deref(), unknown.lead_unit.as_deref()), (None, None), "{unknown:?}");
        assert!(unknown.because[0].contains("没有把握"), "{unknown:?}");

        let again = learned(city, Aspect::Theme);
        assert_eq!(again.came, Came::Unchanged, "{}", again.because);
        assert_eq!(states(city, Aspect::Theme), [(1, State::InForce)]);
        assert!(city.app.store().verify().unwrap().holds());
    });
}

#[test]
fn only_what_people_decided_is_taught() {
    TestCity::on_both_engines(|city| {
        let count = |aspect| city.app.read_now(&desk(), move |cx| lessons::decided(cx.tx, aspect, 100)).unwrap();
        let [first, joined, waiting] = [1, 2, 3].map(|n| one(city, n, &KITES));
        decide(city, &first, KITES.theme, KITES.unit);
        make(city, &joined, Move::Triage, triage(BEES.theme, 1));
        assert_eq!(count(Aspect::Theme).len(), 2);
        assert_eq!(count(Aspect::LeadUnit).len(), 1, "what was not handed over has no unit");
        make(city, &joined, Move::Merge, json!({"version": 2, "into": first, "reason": "同一件事"}));
        assert_eq!(count(Aspect::Theme).len(), 1, "who says the same teaches once");
        let answer = json!({"version": 1, "theme": BEES.theme, "opinion": "已当面说清"});
        make(city, &waiting, Move::AnswerAtOnce, answer);
        assert_eq!(count(Aspect::Theme).len(), 1, "an answer at once was not sorted");
        make(
            city,
            &first,
            Move::Assign,
            json!({"version": 3, "lead_unit": BEES.unit, "goal": "办好", "reason": "职责"}),
        );
        assert_eq!(count(Aspect::LeadUnit)[0].value, BEES.unit, "the latest decision counts");
    });
}

#[test]
fn a_worse_version_is_set_aside_and_a_person_may_choose_another() {
    TestCity::on_both_engines(|city| {
        decisions(city, 0, 20);
        assert_eq!(learned(city, Aspect::Theme).came, Came::InForce);
        city.at("2026-03-03T10:00:00+08:00");
        // Somebody sorts a hundred at random.
        for n in 100..200 {
            let (kind, theme) =
                (if n % 2 == 0 { KITES } else { BEES }, if n * 7 % 11 < 5 { KITES } else { BEES }.theme);
            decide(city, &one(city, n, &kind), theme, kind.unit);
        }
        let worse = learned(city, Aspect::Theme);
        assert_eq!(worse.came, Came::SetAside, "{worse:?}");
        assert!(worse.because.contains("明显不如"), "{}", worse.because);
        assert_eq!(states(city, Aspect::Theme), [(2, State::SetAside), (1, State::InForce)]);

        let refused = refusal(roll_back(city, Aspect::Theme, Some(9), " ").unwrap_err());
        let wrong: Vec<_> = refused.errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(wrong, ["reason", "version"], "every mistake at once");
        let none = refusal(roll_back(city, Aspect::Theme, None, "不放心").unwrap_err());
        assert!(none.to_string().contains("没有可以换回的版本"), "{none}");
        let kept_out = city.app.write_now(&handler("wenlv"), |cx| {
            models::actions::rollback(cx, Aspect::Theme, &RollbackInput { version: Some(2), reason: Some("试".into()) })
        });
        assert_eq!(refusal(kept_out.unwrap_err()).status(), 403);

        let put = roll_back(city, Aspect::Theme, Some(2), "新的分法就是这样").unwrap();
        assert!(put.held && put.state == State::InForce);
        assert_eq!(states(city, Aspect::Theme), [(2, State::InForce), (1, State::Earlier)]);
        let new = one(city, 600, &KITES);
        assert_eq!(proposed(city, &new).part(Aspect::Theme).unwrap().model, Some(2), "the newer one is asked at once");
        assert_eq!(roll_back(city, Aspect::Theme, None, "还是原来的好").unwrap().version, 1);
        assert_eq!(states(city, Aspect::Theme), [(2, State::Earlier), (1, State::InForce)]);
        let held = || {
            let versions = city.app.read_now(&desk(), |cx| models::actions::of(cx, Aspect::Theme)).unwrap();
            versions.iter().any(|version| version.held)
        };
        assert!(held());
        assert_eq!(learned(city, Aspect::Theme).came, Came::Unchanged);
        assert!(!held(), "whoever has it learn again gives the nights back, whatever came of it");

        let acts = city.app.read_now(&desk(), |cx| cx.tx.history("model:theme")).unwrap();
        let acts: Vec<_> = acts.iter().map(|entry| entry.act.as_str()).collect();
        let expected = [
            "train_model",
            "adopt_model",
            "train_model",
            "set_model_aside",
            "rollback_model",
            "rollback_model",
            "release_model",
        ];
        assert_eq!(acts, expected);
    });
}

#[test]
fn it_learns_once_a_night_and_leaves_alone_what_a_person_put_back() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        decisions(city, 0, 20);
        assert!(nightly(app).unwrap().is_empty(), "not by day");
        city.at("2026-03-03T03:00:00+08:00");
        let came: Vec<_> = nightly(app).unwrap().iter().map(|outcome| (outcome.aspect, outcome.came)).collect();
        let expected = [
            (Aspect::Theme, Came::InForce),
            (Aspect::Kind, Came::TooFew),
            (Aspect::Urgent, Came::TooFew),
            (Aspect::LeadUnit, Came::InForce),
        ];
        assert_eq!(came, expected);
        assert!(nightly(app).unwrap().is_empty(), "once a night");

        city.at("2026-03-03T10:00:00+08:00");
        decisions(city, 100, 5);
        city.at("2026-03-04T02:30:00+08:00");
        nightly(app).unwrap();
        assert_eq!(states(city, Aspect::Theme), [(2, State::InForce), (1, State::Earlier)]);
        roll_back(city, Aspect::Theme, None, "先用第一版").unwrap();
        city.at("2026-03-04T10:00:00+08:00");
        decisions(city, 200, 5);
        city.at("2026-03-05T02:30:00+08:00");
        let third = nightly(app).unwrap();
        assert_eq!((third[0].came, third[3].came), (Came::Held, Came::InForce), "{third:?}");
        assert!(third[0].because.contains("先用第一版"), "{}", third[0].because);
        assert_eq!(learned(city, Aspect::Theme).came, Came::InForce, "a person has it learn again");
    });
}

#[test]
fn a_unit_that_is_gone_or_handles_nothing_is_never_proposed() {
    TestCity::on_both_engines(|city| {
        decisions(city, 0, 20);
        learned(city, Aspect::LeadUnit);
        let (kites, bees) = (one(city, 600, &KITES), one(city, 601, &BEES));
        assert_eq!(proposed(city, &kites).lead_unit.as_deref(), Some(KITES.unit));
        let app = &city.app;
        app.write_now(&administrator(), |cx| {
            let names = units::names(cx)?;
            let unit = names.get(KITES.unit).unwrap();
            let input = UnitInput {
                version: Some(unit.version),
                name: Some(unit.name.clone()),
                short_name: Some(unit.short_name.clone()),
                kind: serde_json::to_value(unit.kind).unwrap().as_str().map(str::to_owned),
                can_handle: false,
                ..UnitInput::default()
            };
            units::amend(cx, KITES.unit, &input).map(drop)
        })
        .unwrap();
        let input = EndInput {
            version: Some(1),
            valid_to: Some("2026-03-02".into()),
            successor: Some("shijianju".into()),
            reason: Some("机构改革".into()),
        };
        app.write_now(&administrator(), move |cx| units::end(cx, BEES.unit, &input).map(drop)).unwrap();
        city.at("2026-03-03T10:00:00+08:00");
        assert_ne!(proposed(city, &kites).lead_unit.as_deref(), Some(KITES.unit));
        let part = proposed(city, &bees).part(Aspect::LeadUnit).cloned().unwrap();
        assert_eq!(part.value.as_deref(), Some("shijianju"), "{part:?}");
        assert!(part.because.contains("现由它接办"), "{part:?}");
        let outcome = learned(city, Aspect::LeadUnit);
        assert_eq!((outcome.came, outcome.lessons), (Came::TooFew, 20), "what is gone is not taught: {outcome:?}");
    });
}

#[test]
fn proposals_and_decisions_are_counted_as_they_stand() {
    TestCity::on_both_engines(|city| {
        decisions(city, 0, 20);
        let app = &city.app;
        let of = |aspect: Aspect| {
            let records = app.read_now(&desk(), track::recent).unwrap();
            records.into_iter().find(|record| record.aspect == aspect).unwrap()
        };
        assert_eq!((of(Aspect::Theme).unknown, of(Aspect::Theme).all.proposed), (40, 0), "it knew nothing");
        for aspect in [Aspect::Theme, Aspect::LeadUnit] {
            assert_eq!(learned(city, aspect).came, Came::InForce);
        }
        let [taken, other, corrected] = [600, 604, 608].map(|n| one(city, n, &KITES));
        decide(city, &taken, KITES.theme, KITES.unit);
        decide(city, &other, BEES.theme, KITES.unit);
        decide(city, &corrected, KITES.theme, KITES.unit);
        let theme = of(Aspect::Theme).learned;
        assert_eq!((theme.proposed, theme.accepted), (3, 2));
        assert_eq!(of(Aspect::LeadUnit).learned.accepted, 3);
        let reassigned = json!({"version": 3, "lead_unit": BEES.unit, "goal": "办好", "reason": "职责"});
        make(city, &corrected, Move::Assign, reassigned);
        let lead = of(Aspect::LeadUnit);
        assert_eq!((lead.learned.proposed, lead.learned.accepted), (3, 2), "a correction is no acceptance");

        let misses = |actor: &Actor, aspect| {
            let all = app
                .read_now(actor, move |cx| track::misses(cx, aspect, cx.now.plus_seconds(-1), cx.now.plus_seconds(1)));
            all.unwrap()
                .into_iter()
                .filter(|miss| miss.source == Some(Source::Learned))
                .map(|miss| miss.number)
                .collect::<Vec<_>>()
        };
        assert_eq!(misses(&desk(), Aspect::Theme), [other.as_str()]);
        assert_eq!(misses(&desk(), Aspect::LeadUnit), [corrected.as_str()]);
        assert_eq!(
            misses(&handler("gongkexin"), Aspect::Theme),
            [""; 0],
            "who does not see a demand does not see it here"
        );

        // What was given at the registration was not proposed.
        let said = json!({"audience": "public", "title": "路灯", "text": "路灯坏了。", "theme": "urban"});
        let intake = read_intake(&fields(said), Entrance::Public, app.city()).unwrap();
        let number = number(700);
        let made = number.clone();
        app.write_now(&Actor::public(), move |cx| intake::register(cx, &made, &intake, &[]).map(drop)).unwrap();
        let before = of(Aspect::Theme);
        make(city, &number, Move::Triage, triage("urban", 1));
        assert_eq!(of(Aspect::Theme), before);
    });
}

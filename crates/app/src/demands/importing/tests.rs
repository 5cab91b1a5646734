//! Files that people really send: of the wrong kind, broken, in another encoding, with a few wrong rows.

use kernel::{Error, Id, RefusalKind};

use super::STREAM;
use super::columns::Mapping;
use super::runs::{self, Run, Sent, Stage};
use crate::demands::actions::listing;
use crate::demands::rules::filter::Filter;
use crate::testing::{TestCity, desk, handler};

/// A city with what is needed to wait for its imports.
struct Desk<'a> {
    city: &'a TestCity,
    runtime: tokio::runtime::Runtime,
}

impl<'a> Desk<'a> {
    fn of(city: &'a TestCity) -> Self {
        Self { city, runtime: tokio::runtime::Builder::new_current_thread().build().unwrap() }
    }

    fn begin(&self, name: &str, bytes: impl Into<Vec<u8>>) -> kernel::Result<Run> {
        let sent = Sent {
            name: name.into(),
            bytes: bytes.into().into(),
            source: "旧平台".into(),
            mapping: Mapping::default(),
        };
        self.runtime.block_on(async {
            let id = runs::begin(&self.city.app, &desk(), sent).await?;
            Ok(self.rested(id).await)
        })
    }

    fn confirm(&self, id: Id) -> Run {
        self.runtime.block_on(async {
            runs::confirm(&self.city.app, &desk(), id).await.unwrap();
            runs::confirm(&self.city.app, &desk(), id).await.unwrap();
            self.rested(id).await
        })
    }

    /// The run once nothing is under way in it.
    async fn rested(&self, id: Id) -> Run {
        loop {
            let run = self.city.app.imports().get(id).unwrap();
            if !matches!(run.stage, Stage::Checking | Stage::Importing) {
                return run;
            }
            tokio::task::yield_now().await;
        }
    }

    fn count(&self) -> usize {
        self.city.app.read_now(&desk(), |cx| listing::count(cx, &Filter::default())).unwrap().n
    }

    /// What a file is refused with that is no table.
    fn refused(&self, name: &str, bytes: &[u8]) -> String {
        match self.begin(name, bytes) {
            Err(Error::Refused(refusal)) if refusal.kind == RefusalKind::Invalid => refusal.errors[0].message.clone(),
            other => panic!("{other:?}"),
        }
    }
}

/// One row in a hundred has no words.
fn table(rows: u32) -> String {
    let row = |n: u32| format!("{n},标题,{},2025-03-01\n", if n.is_multiple_of(100) { "" } else { "路灯不亮" });
    std::iter::once("编号,标题,内容,时间\n".to_owned()).chain((1..=rows).map(row)).collect()
}

#[test]
fn a_file_is_looked_through_before_anything_is_kept() {
    TestCity::on_both_engines(|city| {
        let desk_of = Desk::of(city);
        let run = desk_of.begin("旧平台.csv", table(2_500)).unwrap();
        assert_eq!(run.stage, Stage::Checked);
        assert_eq!((run.checked.imported, run.checked.already, run.checked.rejected), (2_475, 0, 25));
        assert_eq!((run.checked.reasons[0].row, run.checked.reasons[0].column.as_str()), (101, "内容"));
        assert_eq!(desk_of.count(), 0);

        let run = desk_of.confirm(run.id);
        assert_eq!((run.stage, run.imported.imported, run.imported.rejected), (Stage::Done, 2_475, 25));
        assert_eq!(desk_of.count(), 2_475);
        let again = desk_of.begin("旧平台.csv", table(2_500)).unwrap();
        assert_eq!((again.checked.imported, again.checked.already), (0, 2_475));
        let entries = city.app.read_now(&desk(), |cx| cx.tx.history(STREAM)).unwrap();
        let [entry] = entries.as_slice() else { panic!("{} entries", entries.len()) };
        assert_eq!(
            (entry.actor.as_str(), entry.value("imported"), entry.value("rejected")),
            (desk().name.as_str(), Some("2475"), Some("25"))
        );
        assert!(city.app.store().verify().unwrap().holds());
    });
}

#[test]
fn bad_files_are_told_in_words() {
    let city = TestCity::start(None);
    let desk_of = Desk::of(&city);
    assert!(desk_of.refused("通知.pdf", b"%PDF-1.7\n1 0 obj\n").contains("PDF"));
    assert!(desk_of.refused("空.csv", b"  \n").contains("空"));
    assert!(!desk_of.refused("坏.csv.gz", b"\x1f\x8b\x08\x00\x00\x00").is_empty());
    // 编号,内容 / 1,路灯不亮 in GBK.
    let gbk = b"\xb1\xe0\xba\xc5,\xc4\xda\xc8\xdd\n1,\xc2\xb7\xb5\xc6\xb2\xbb\xc1\xc1\n";
    assert_eq!(desk_of.begin("旧.csv", gbk.as_slice()).unwrap().checked.imported, 1);
    let none = desk_of.begin("只有表头.csv", "编号,内容\n").unwrap();
    assert_eq!((none.stage, none.checked.rows()), (Stage::Checked, 0));
    assert_eq!(desk_of.count(), 0);

    let handler = handler("gongkexin");
    let sent = Sent { name: "a.csv".into(), bytes: "a,b\n".into(), source: "a".into(), mapping: Mapping::default() };
    assert!(desk_of.runtime.block_on(runs::begin(&city.app, &handler, sent)).is_err());
    assert!(desk_of.runtime.block_on(runs::confirm(&city.app, &desk(), Id(1))).is_err());
}

#[test]
fn what_is_no_text_is_rejected_row_by_row() {
    let city = TestCity::start(None);
    let desk_of = Desk::of(&city);
    let rows = [
        r#"{"id": 1, "text": ["路灯不亮", "三盏"]}"#,
        r#"{"id": 2, "text": {"zh": "路灯不亮", "en": "dark"}}"#,
        r#"{"id": 3, "text": "路灯不亮", "title": [1]}"#,
        r#"{"id": 4, "text": "路灯不亮", "tags": ["照明"], "enterprise": {"name": "甲公司"}}"#,
    ];
    let run = desk_of.begin("旧平台.jsonl", rows.join("\n")).unwrap();
    let wrong: Vec<_> = run.checked.reasons.iter().map(|reason| (reason.row, reason.column.as_str())).collect();
    assert_eq!((run.checked.imported, wrong), (1, vec![(1, "text"), (2, "text"), (3, "title")]));
}

#[test]
fn only_so_many_files_are_kept_aside() {
    let city = TestCity::start(None);
    let desk_of = Desk::of(&city);
    let first = desk_of.begin("1.csv", table(1)).unwrap().id;
    for _ in 0..20 {
        desk_of.begin("2.csv", table(1)).unwrap();
    }
    assert_eq!(city.app.imports().all().len(), 20);
    assert!(city.app.imports().get(first).is_err());
}

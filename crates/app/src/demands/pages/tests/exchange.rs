//! Importing and exporting as a browser does it.

use axum::http::{Request, header};

use super::{House, Seen};

impl House {
    async fn upload(&self, who: &str, name: &str, content: &str, source: &str) -> Seen {
        let part = |head: &str, body: &str| format!("--x\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n");
        let body = [
            part(&format!("name=\"file\"; filename=\"{name}\""), content),
            part("name=\"map\"; filename=\"\"", ""),
            part("name=\"source\"", source),
            "--x--\r\n".to_owned(),
        ];
        let request = Request::post("/import").header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        self.send(who, request, body.concat()).await
    }

    /// The page once nothing is under way.
    async fn rested(&self, path: &str) -> Seen {
        loop {
            // A page alone gives the work under way no turn.
            tokio::task::yield_now().await;
            let seen = self.get("desk", path).await;
            if !seen.body.contains("正在检查") && !seen.body.contains("正在导入") {
                return seen;
            }
        }
    }
}

#[tokio::test]
async fn a_table_is_checked_confirmed_and_taken_in() {
    let house = House::new();
    let form = house.get("desk", "/import").await;
    assert!(form.body.contains("multipart/form-data") && form.body.contains("上传并检查"), "{}", form.body);
    assert_eq!(house.get("gongkexin", "/import").await.status, 403);

    let wrong = house.upload("desk", "a.csv", "%PDF-1.7 …", "").await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("PDF") && wrong.body.contains("请重新选择"), "{}", wrong.body);
    let none = house.upload("desk", "", "", "热线").await;
    assert!(
        none.status == 422 && none.body.contains("请选择要导入的文件") && none.body.contains("热线"),
        "{}",
        none.body
    );

    let sent = house.upload("desk", "旧平台.csv", "编号,内容,赞\n1,路灯不亮,3\n2,,0\n", "").await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    let checked = house.rested(&sent.to).await;
    for words in ["导入 1 件", "没有用到的列：赞", "请填写内容", "来源：旧平台"] {
        assert!(checked.body.contains(words), "{words}: {}", checked.body);
    }
    assert!(house.get("desk", "/demands").await.body.contains("还没有诉求"));
    let confirmed = house.post("desk", &format!("{}/confirm", sent.to), &[]).await;
    assert_eq!((confirmed.status, &confirmed.to), (303, &sent.to));
    assert!(house.rested(&sent.to).await.body.contains("导入完成"));
    assert!(house.get("desk", "/demands").await.body.contains("路灯不亮"));
    assert!(house.get("desk", "/import").await.body.contains("旧平台.csv"));
    assert_eq!(house.get("desk", "/import/7").await.status, 404);
}

#[tokio::test]
async fn a_list_is_handed_out_under_its_own_conditions() {
    let house = House::new();
    house.demand("奖补没有到账").await;
    let csv = house.get("desk", "/demands/export/csv?status=open").await;
    assert!(csv.status == 200 && csv.body.contains("奖补没有到账") && csv.body.contains("待研判"), "{}", csv.body);
    assert!(!csv.body.contains("13800000000"), "{}", csv.body);
    let api = house.get("desk", "/api/v1/demands/export?status=closed").await;
    assert_eq!((api.status, api.body.as_str()), (200, ""));
    assert_eq!(house.get("desk", "/api/v1/demands/export?format=pdf").await.status, 422);
    assert_eq!(house.get("desk", "/demands/export/pdf").await.status, 404);
    assert_eq!(house.get("leader", "/demands/export/csv").await.status, 403);
    let ledger = house.get("auditor", "/ledger?stream=export").await;
    assert!(ledger.body.contains("导出"), "{}", ledger.body);
}

//! Invented messages, reproducible, of the length of real ones (about 340 characters).

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use crate::client;
use crate::server::Server;

/// Demands that are being handled; more are created by the measurement itself.
const OPEN: usize = 5_000;
/// Years over which the imported ones are spread.
const YEARS: usize = 6;

const OPENINGS: &[&str] =
    &["您好，", "领导好，", "反映一个情况：", "咨询一下，", "我们是园区里的一家小企业，", "本人在这里住了十年，"];
const MATTERS: &[&str] = &[
    "用电负荷受限，错避峰通知时间太短，生产计划排不下来",
    "高新技术企业认定后的奖补一年多没有到账",
    "厂区门口的道路破损，大货车进出困难",
    "环评批复等了三个月，窗口说还在走流程",
    "招聘不到熟练焊工，想了解技能培训补贴怎么申请",
    "小区旁边的搅拌站夜里施工，噪音和灰尘都很大",
    "银行抽贷，流动资金周转不开，想申请过桥资金",
    "学校门口没有红绿灯，上学放学很危险",
    "消防验收的标准前后说法不一，请给一个书面口径",
    "自来水压力不够，三楼以上经常没有水",
    "营业执照住所变更被退回两次，不清楚缺什么材料",
    "物流园区停车位不够，危化品车辆没有地方停",
];
const DETAILS: &[&str] = &[
    "去年八月就提交了材料，打过几次电话，每次都说正在办理。",
    "前后问过两个部门，互相说不归自己管。",
    "同一条街上还有七八家都是这样，大家都很着急。",
    "每次损失大约四十万元，工人也只能停工待岗。",
    "希望能给一个明确的时间，哪怕先回个电话也好。",
    "我们理解工作人员很忙，但是这件事拖了太久。",
    "附近的居民和商户都可以作证，也有照片和录像。",
    "按照文件上的条件我们是符合的，不知道卡在哪里。",
];

fn pick<'a>(list: &[&'a str], n: usize) -> &'a str {
    // A multiplicative hash, so that neighbours differ.
    list[(n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33) % list.len()]
}

fn text(n: usize) -> String {
    let details = (0..9).map(|i| pick(DETAILS, n.wrapping_mul(31).wrapping_add(i * 7)));
    let place = format!("地点在第{}号路{}栋，编号{n}。", n % 977, n % 53);
    [pick(OPENINGS, n), pick(MATTERS, n + 1), "。", &place].into_iter().chain(details).collect()
}

fn title(n: usize) -> String {
    format!("{}（第{}号路）", pick(MATTERS, n + 1), n % 977)
}

/// Writes `rows` messages as a file to import, in the order of their times, as a system exports them: six years of work,
/// answered but for the latest [`OPEN`].
pub fn write(path: &Path, rows: usize) {
    let mut file = BufWriter::new(File::create(path).expect("a file"));
    let start = jiff::civil::date(2020, 1, 1).at(0, 0, 0, 0);
    for n in 0..rows {
        let time = start + jiff::SignedDuration::from_secs((n * YEARS * 365 * 24 * 3600 / rows) as i64);
        let mut row = serde_json::json!({"id": n, "title": title(n), "text": text(n), "time": time.to_string()});
        if n + OPEN < rows {
            row["reply"] = format!("您反映的问题已核实。{}感谢您的监督。", pick(DETAILS, n + 5)).into();
        }
        writeln!(file, "{row}").expect("room on the disk");
    }
    file.flush().expect("room on the disk");
}

/// The body of the nth create.
pub fn create_body(n: usize) -> String {
    serde_json::json!({"audience": "entrepreneur", "title": title(n), "text": text(n),
        "contact": {"name": "某某", "phone": "13800000000"}})
    .to_string()
}

/// Two characters that very many messages have.
pub fn common_query(n: usize) -> String {
    let words = ["%E7%94%A8%E7%94%B5", "%E5%A5%96%E8%A1%A5", "%E9%81%93%E8%B7%AF", "%E6%B6%88%E9%98%B2"];
    format!("/api/v1/demands?limit=20&q={}", words[n % words.len()])
}

/// A number that one message has.
pub fn rare_query(n: usize) -> String {
    format!("/api/v1/demands?limit=20&q=%E7%BC%96%E5%8F%B7{}", n * 37 % 9_000 + 500)
}

/// What resembles a text that somebody is writing: as much of it as the pages send.
pub fn similar_query(n: usize) -> String {
    let written: String = format!("{}\n{}", title(n), text(n)).chars().take(400).collect();
    let encoded: String = written.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("/api/v1/demands/similar?text={encoded}")
}

/// Numbers and query codes of fresh demands, to look at.
pub fn sample(server: &Server, token: &str) -> Vec<(String, String)> {
    let response = client::get(&server.address, "/api/v1/demands?limit=200", Some(token));
    let page: serde_json::Value = serde_json::from_str(&response.body).expect("a page of demands");
    let numbers = page["items"].as_array().expect("items").iter().filter_map(|item| item["number"].as_str());
    let secret = server.secret();
    numbers.map(|number| (number.to_owned(), app::demands::codes::code(&secret, number))).collect()
}

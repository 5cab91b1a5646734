use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use super::*;

/// What a file reads as: a line a row, cells as `name=value`, faults as their sentences.
fn read(name: &str, bytes: impl Into<Vec<u8>>) -> String {
    read_with(name, bytes, &Options::default())
}

fn read_with(name: &str, bytes: impl Into<Vec<u8>>, options: &Options) -> String {
    let reader = match open_bytes(name, bytes.into(), options) {
        Ok(reader) => reader,
        Err(error) => return error.to_string(),
    };
    let lines = reader.map(|item| match item {
        Ok(row) => {
            let cells = row.iter().map(|(name, cell)| format!("{name}={}", cell.text().unwrap_or_default()));
            format!("{} {}", row.number, cells.collect::<Vec<_>>().join(" | "))
        }
        Err(error) => error.to_string(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn utf16(text: &str, big: bool, mark: bool) -> Vec<u8> {
    let units = mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
    units.flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
}

const PLAIN: &str = "编号,标题,正文\r\n001,路灯不亮,\"三盏,都不亮\"\r\n002,井盖松动,夜间有响声\r\n";
const PLAIN_READ: &str = "2 编号=001 | 标题=路灯不亮 | 正文=三盏,都不亮\n3 编号=002 | 标题=井盖松动 | 正文=夜间有响声";

#[test]
fn every_encoding_reads_the_same() {
    let gbk = encoding_rs::GBK.encode(PLAIN).0.into_owned();
    for (what, bytes) in [
        ("utf-8", PLAIN.as_bytes().to_vec()),
        ("mark", [b"\xEF\xBB\xBF", PLAIN.as_bytes()].concat()),
        ("gbk", gbk.clone()),
        ("utf-16le, mark", utf16(PLAIN, false, true)),
        ("utf-16be, mark", utf16(PLAIN, true, true)),
        ("utf-16le", utf16(PLAIN, false, false)),
        ("utf-16be", utf16(PLAIN, true, false)),
        ("gzip", gzip(PLAIN.as_bytes())),
        ("gbk, gzip", gzip(&gbk)),
        ("tabs", PLAIN.replace("\"三盏,都不亮\"", "三盏;都不亮").replace(',', "\t").replace(';', ",").into_bytes()),
        (
            "semicolons",
            PLAIN.replace("\"三盏,都不亮\"", "三盏#都不亮").replace(',', ";").replace('#', ",").into_bytes(),
        ),
        ("declared", [b"sep=,\r\n", PLAIN.as_bytes()].concat()),
        ("lone cr", PLAIN.replace("\r\n", "\r").into_bytes()),
    ] {
        let expected = if what == "declared" {
            PLAIN_READ.replace("3 编", "4 编").replace("2 编", "3 编")
        } else {
            PLAIN_READ.to_owned()
        };
        assert_eq!(read("a.csv", bytes.clone()), expected, "{what}");
        assert_eq!(read("a.dat", bytes), expected, "{what}, without a telling name");
    }
}

#[test]
fn gbk_far_below_an_ascii_beginning() {
    let mut bytes = b"id,text\n".to_vec();
    (0..20_000).for_each(|n| bytes.extend_from_slice(format!("{n},plain ascii\n").as_bytes()));
    bytes.extend_from_slice(&encoding_rs::GBK.encode("20000,路灯").0);
    let text = read("a.csv", bytes);
    assert!(text.ends_with("\n20002 id=20000 | text=路灯"));
}

#[test]
fn csv_as_spreadsheets_write_it() {
    for (input, expected) in [
        ("a,b\n1,\"x\ny\"\n3,4", "2 a=1 | b=x\ny\n3 a=3 | b=4"),
        ("a,b\n1,\"x\r\ny\"\r\n3,4", "2 a=1 | b=x\ny\n3 a=3 | b=4"),
        ("a,b\n1,\"he said \"\"no\"\"\"", "2 a=1 | b=he said \"no\""),
        ("a,b\n1,5\" pipe\n\n\n2,x", "2 a=1 | b=5\" pipe\n5 a=2 | b=x"),
        (
            "a,b\n1\n2,x,,,\n3,4,5",
            "2 a=1 | b=\n3 a=2 | b=x\n第 4 行：有 3 个单元格，而表头只有 2 列，请检查多余的分隔符",
        ),
        ("诉求台账\n\n编号,标题\n1,路灯", "4 编号=1 | 标题=路灯"),
        ("名称\n甲厂\n乙厂", "2 名称=甲厂\n3 名称=乙厂"),
        ("a,,a\n1,2,3", "2 a=1 | 第2列=2 | a（2）=3"),
        ("a,b\n1,x\0y\n2,z", "第 2 行“b”列：含有空字符（NUL），请清除后再导入\n3 a=2 | b=z"),
        ("a,b\n1,\"open\n2,x\n3,y", "第 2 行：双引号没有配对，这一行无法读取\n3 a=2 | b=x\n4 a=3 | b=y"),
        ("a,b", ""),
        ("\n \n\t\n", "文件是空的"),
        ("", "文件是空的"),
        (",,\n,,\n", "没有找到表头：第一行应当是列名"),
        ("id,code\n1,530181199001011234\n2,007", "2 id=1 | code=530181199001011234\n3 id=2 | code=007"),
    ] {
        assert_eq!(read("a.csv", input), expected, "{input:?}");
    }
}

#[test]
fn a_damaged_line_does_not_hide_the_others() {
    let mut bytes = "a,b\n甲,一\n".as_bytes().to_vec();
    bytes.extend_from_slice(b"\xFF\xFE,x\n");
    bytes.extend_from_slice("乙,二\n丙,三\n丁,四\n".as_bytes());
    assert_eq!(
        read("a.csv", bytes),
        "2 a=甲 | b=一\n第 3 行：文字编码有误，无法识别\n4 a=乙 | b=二\n5 a=丙 | b=三\n6 a=丁 | b=四"
    );
    let halved: Vec<u8> = [0xFEFF, 0x61, 0x2C, 0x62, 0x0A, 0x31, 0x2C, 0xD800, 0x0A, 0x32, 0x2C, 0x33]
        .iter()
        .flat_map(|u: &u16| u.to_le_bytes())
        .collect();
    assert_eq!(read("a.csv", halved), "第 2 行：文字编码有误，无法识别\n3 a=2 | b=3");
}

#[test]
fn json_lines() {
    for (input, expected) in [
        ("{\"a\":1,\"b\":\"x\"}\n{\"b\":true,\"c\":null}", "1 a=1 | b=x\n2 b=是 | c="),
        ("{\"id\":123456789012345678901234567890,\"n\":1.50}", "1 id=123456789012345678901234567890 | n=1.50"),
        ("{\"e\":{\"name\":\"甲厂\",\"d\":{\"x\":1}},\"l\":[1,2]}", "1 e.name=甲厂 | e.d.x=1 | l=[1,2]"),
        ("{\"a\":\"\\u8def\\n\\ud83d\\ude00\"}", "1 a=路\n😀"),
        ("{\"a\":\"\\ud83d\"}\n{\"a\":2}", "第 1 行“a”列：含有无法识别的字符编码（不成对的代理字符）\n2 a=2"),
        ("{\"\\ud83d\":1}\n{\"a\":2}", "第 1 行：含有无法识别的字符编码（不成对的代理字符）\n2 a=2"),
        ("{\"a\":\"x\\u0000\"}\n{\"a\":2}", "第 1 行“a”列：含有空字符（NUL），请清除后再导入\n2 a=2"),
        (
            "{\"a\":1}\n{\"a\":\n\n[1]\n{\"a\":2}x\n{\"a\":3}",
            "1 a=1\n第 2 行：不是合法的 JSON（第 5 个字节处：内容不完整）\n\
          第 4 行：这一行不是 JSON 对象，应当写成 {\"列名\": 值}\n第 5 行：不是合法的 JSON（第 8 个字节处：语法有误）\n6 a=3",
        ),
        ("{\"a\":1,\"a\":2}\n{\"a\":3}", "第 1 行“a”列：同一个列名出现了两次\n2 a=3"),
        ("[{\"a\":1}]", "这是整个写成一个数组的 JSON 文件，不能导入：请改成每行一个 JSON 对象（.jsonl）"),
        ("{}\n{\"a\":1}", "1 \n2 a=1"),
    ] {
        assert_eq!(read("a.jsonl", input), expected, "{input:?}");
    }
    let gbk = encoding_rs::GBK.encode("{\"标题\":\"張\\n誠\"}\n").0.into_owned();
    assert_eq!(read("a.jsonl", gbk), "1 标题=張\n誠");
    assert_eq!(read("没有扩展名", "{\"a\":1}"), "1 a=1");
    assert_eq!(read("a.csv", "{\"a\":1}"), "1 a=1");
    assert_eq!(read("a.csv", "{a},b\n1,2"), "2 {a}=1 | b=2");
}

#[test]
fn kinds_that_are_no_table() {
    let mut docx = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    docx.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).unwrap();
    let docx = docx.finish().unwrap().into_inner();
    for (bytes, expected) in [
        (b"%PDF-1.7 \n1 0 obj".to_vec(), "PDF 文件"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and so on".to_vec(), "旧版 Excel"),
        (docx, "Word 文档"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR".to_vec(), "图片"),
        (b"<!DOCTYPE html><html><table>".to_vec(), "网页"),
        ([&b"\x7FELF\x02\x01\x01"[..], &[0; 64]].concat(), "程序文件"),
        (gzip(&gzip(b"a,b")), "压缩了两次"),
        ((0..=255).collect(), "无法识别的二进制文件"),
        (b"PK\x03\x04 cut off".to_vec(), "已损坏"),
    ] {
        let text = read("a.xlsx", bytes);
        assert!(text.contains(expected), "{text} / {expected}");
    }
}

#[test]
fn rows_before_a_cut_are_kept() {
    let mut state = 1_u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state
    };
    let text: String =
        (0..5_000).map(|n| format!("{{\"n\":{n},\"x\":\"{:08x}{:08x}\"}}\n", noise(), noise())).collect();
    let packed = gzip(text.as_bytes());
    for length in [packed.len() / 2, packed.len() - 9, packed.len() - 1] {
        let text = read("a.jsonl.gz", &packed[..length]);
        let lines: Vec<_> = text.lines().collect();
        assert!(lines[0].starts_with("1 n=0") && lines.len() > 1000, "{}", lines.len());
        assert!(lines.last().unwrap().contains("压缩文件不完整"), "{:?}", lines.last());
    }
    let mut flipped = packed;
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x55;
    let text = read("a.jsonl.gz", flipped);
    assert!(text.lines().next_back().unwrap().starts_with("文件已损坏"));
}

#[test]
fn limits_hold() {
    let limits = Limits { unpacked: 1 << 20, cell: 1000, row: 5000, columns: 3, ..Limits::default() };
    let options = Options { limits, sheet: None };
    let bomb = gzip(&"{\"a\":1}\n".repeat(1 << 18).into_bytes());
    let text = read_with("a.jsonl.gz", bomb, &options);
    assert!(text.ends_with("文件太大：解开后超过 1 MB 的上限"));
    let long = |n: usize| "长".repeat(n);
    assert_eq!(
        read_with("a.csv", format!("a,b\n1,{}\n2,{}\n3,x", long(400), long(4000)), &options),
        "第 2 行“b”列：内容太长：1200 字节，最多 1000 字节\n第 3 行：这一行太长，超过 5000 字节\n4 a=3 | b=x"
    );
    assert_eq!(
        read_with(
            "a.jsonl",
            format!("{{\"b\":\"{}\"}}\n{{\"b\":\"{}\"}}\n{{\"b\":1}}", long(400), long(4000)),
            &options
        ),
        "第 1 行“b”列：内容太长：1200 字节，最多 1000 字节\n第 2 行：这一行太长，超过 5000 字节\n3 b=1"
    );
    assert_eq!(read_with("a.csv", "a,b,c,d\n", &options), "列太多：表头有 4 列，最多 3 列");
    let ten = format!("a,b\n1,{}\n2,y", "x".repeat(10 << 20));
    assert_eq!(read("a.csv", ten), "第 2 行：这一行太长，超过 4194304 字节\n3 a=2 | b=y");
    let quotes = "a\",\"b\n".repeat(3000);
    assert!(read_with("a.csv", format!("a,b\n1,\"{quotes}"), &options).contains("双引号没有配对"));
}

fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "安宁市诉求台账").unwrap();
    for (column, name) in ["编号", "标题", "时间", "代码", "热度", "公开"].iter().enumerate() {
        sheet.write(2, column as u16, *name).unwrap();
    }
    let date = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    let at = ExcelDateTime::from_ymd(2019, 4, 25).unwrap().and_hms(9, 32, 9).unwrap();
    sheet.write(3, 0, 1).unwrap();
    sheet.write(3, 1, "路灯不亮\n三盏").unwrap();
    sheet.write_with_format(3, 2, &at, &date).unwrap();
    sheet.write(3, 3, 1.23e18).unwrap();
    sheet.write(3, 4, 0.1 + 0.2).unwrap();
    sheet.write(3, 5, true).unwrap();
    sheet.write(5, 1, "编号缺失").unwrap();
    sheet.write(5, 8, "表外").unwrap();
    sheet.write(6, 1, "末行").unwrap();
    book.add_worksheet().set_name("另一张").unwrap().write(0, 0, "名称").unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn workbooks() {
    let expected = "4 编号=1 | 标题=路灯不亮\n三盏 | 时间=2019-04-25T09:32:09 | 代码=1230000000000000000 | 热度=0.3 | 公开=是\n\
                    第 6 行：有 9 个单元格，而表头只有 6 列，请检查多余的分隔符\n\
                    7 编号= | 标题=末行 | 时间= | 代码= | 热度= | 公开=";
    assert_eq!(read("a.csv", workbook()), expected);
    assert_eq!(read("a.xlsx.gz", gzip(&workbook())), expected);
    let options = |sheet: &str| Options { sheet: Some(sheet.to_owned()), ..Options::default() };
    assert_eq!(read_with("a.xlsx", workbook(), &options("另一张")), "");
    assert_eq!(read_with("a.xlsx", workbook(), &options("无")), "工作簿里没有可读的工作表“无”");
    let row = open_bytes("a.xlsx", workbook(), &Options::default()).unwrap().next().unwrap().unwrap();
    assert!(matches!(row.get("代码"), Cell::Number(Number { exact: false, .. })));
    assert!(matches!(row.get("编号"), Cell::Number(Number { exact: true, .. })));
    assert_eq!(row.get("没有的列"), &Cell::Empty);
    assert_eq!(row.get("编号").integer(), Some(1));
    assert_eq!(row.get("公开").truth(), Some(true));
    let tight = Limits { strings: 10, ..Limits::default() };
    let text = read_with("a.xlsx", workbook(), &Options { limits: tight, sheet: None });
    assert!(text.starts_with("文件太大"), "{text}");
}

/// The workbook with one part's text changed.
fn patched(part: &str, change: impl Fn(String) -> String) -> Vec<u8> {
    let bytes = workbook();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in archive.file_names().map(|n| n.unwrap().into_owned()).collect::<Vec<_>>() {
        let text = std::io::read_to_string(archive.by_name(&name).unwrap()).unwrap();
        out.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(if name == part { change(text) } else { text }.as_bytes()).unwrap();
    }
    out.finish().unwrap().into_inner()
}

#[test]
fn false_claims_in_a_workbook() {
    let strings = "xl/sharedStrings.xml";
    assert_eq!(read("a.xlsx", patched(strings, |text| text)), read("a.xlsx", workbook()));
    for claim in ["1000000000000", "99999999999999999999999999", "4000000000"] {
        let bytes = patched(strings, |text| text.replace("uniqueCount=\"", &format!("uniqueCount=\"{claim}")));
        assert_eq!(read("a.xlsx", bytes), "文件已损坏，无法继续读取：文本表的条数不对");
    }
    let styles = patched("xl/styles.xml", |text| format!("{text}{}", " ".repeat(17 << 20)));
    assert!(read("a.xlsx", styles).starts_with("文件太大"));
    let cut = patched("xl/worksheets/sheet1.xml", |text| text.split("<row r=\"7\"").next().unwrap().to_owned());
    let text = read("a.xlsx", cut);
    assert!(text.contains("标题=路灯不亮") && text.lines().next_back().unwrap().starts_with("文件已损坏"), "{text}");
}

#[test]
fn a_reader_dropped_early_ends_its_thread() {
    let mut reader = open_bytes("a.xlsx", workbook(), &Options::default()).unwrap();
    assert!(reader.next().is_some());
}

#[test]
fn faults_become_refusals() {
    let Err(error) = open_bytes("a.pdf", b"%PDF-1.4".to_vec(), &Options::default()) else { panic!("read a PDF") };
    let kernel::Error::Refused(refusal) = kernel::Error::from(error) else { panic!("a fault of ours") };
    assert_eq!(refusal.status(), 415);
}

/// Reads to the end and makes sure that there is one.
fn exhaust(name: &str, bytes: Vec<u8>) -> usize {
    match open_bytes(name, bytes, &Options::default()) {
        Ok(reader) => reader.take(100_000).count(),
        Err(_) => 0,
    }
}

fn sample(which: usize) -> (&'static str, Vec<u8>) {
    match which {
        0 => ("a.csv", PLAIN.as_bytes().to_vec()),
        1 => ("a.csv", encoding_rs::GBK.encode(PLAIN).0.into_owned()),
        2 => ("a.csv", utf16(PLAIN, false, true)),
        3 => ("a.jsonl", "{\"标题\":\"路灯\\u4e00\",\"n\":[1,{\"x\":2}]}\n".repeat(5).into_bytes()),
        4 => ("a.csv.gz", gzip(PLAIN.as_bytes())),
        _ => ("a.xlsx", workbook()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(400)))]

    #[test]
    fn any_bytes_are_read_or_refused(
        name in prop::sample::select(vec!["a.csv", "a.jsonl", "a.xlsx", "a.csv.gz", "a"]),
        bytes in prop::collection::vec(any::<u8>(), 0..600),
        magic in prop::sample::select(vec![&b""[..], b"\x1F\x8B\x08", b"PK\x03\x04", b"{\"a\":", b"a,\"b", b"\xFF\xFE"]),
    ) {
        exhaust(name, [magic, &bytes].concat());
    }

    #[test]
    fn damaged_files_are_read_or_refused(
        which in 0_usize..6,
        keep in 0.0_f64..1.2,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
    ) {
        let (name, mut bytes) = sample(which);
        changes.iter().for_each(|(at, byte)| { let at = at.index(bytes.len()); bytes[at] = *byte; });
        bytes.truncate((bytes.len() as f64 * keep) as usize);
        exhaust(name, bytes);
    }

    #[test]
    fn a_damaged_sheet_is_read_or_refused(
        part in prop::sample::select(vec!["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"]),
        at in any::<prop::sample::Index>(),
        length in 0_usize..12,
        put in "[<>/\"=a-z0-9 -]{0,8}|-1|99999999999|4294967296|1e999|<c r=\"ZZZ1\" t=\"s\"><v>7</v></c>",
    ) {
        let damage = |text: String| {
            let chars: Vec<char> = text.chars().collect();
            let at = at.index(chars.len());
            let end = (at + length).min(chars.len());
            chars[..at].iter().chain(put.chars().collect::<Vec<_>>().iter()).chain(&chars[end..]).collect()
        };
        exhaust("a.xlsx", patched(part, damage));
    }

    #[test]
    fn what_the_csv_library_writes_comes_back(
        rows in prop::collection::vec(prop::collection::vec("[ -~一-龥\n\",;\t]{1,12}", 3), 1..8),
    ) {
        let mut writer = ::csv::Writer::from_writer(Vec::new());
        writer.write_record(["甲", "乙", "丙"]).unwrap();
        rows.iter().for_each(|row| writer.write_record(row).unwrap());
        let read: Vec<Vec<String>> = open_bytes("a.csv", writer.into_inner().unwrap(), &Options::default())
            .unwrap()
            .map(|row| row.unwrap().iter().map(|(_, c)| c.text().unwrap_or_default().into_owned()).collect())
            .collect();
        let expected: Vec<_> = rows.into_iter().filter(|r| r.iter().any(|c| !c.trim().is_empty())).collect();
        prop_assert_eq!(read, expected);
    }
}

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::tables::{Options, open_bytes};

fn table() -> Table {
    Table {
        name: "诉求/台账".to_owned(),
        created: date(2026, 11, 23).at(9, 0, 0, 0),
        columns: vec![
            Column::new("number", "编号"),
            Column::new("title", "标题").wide(40.0),
            Column::new("at", "时间"),
            Column::new("heat", "热度"),
        ],
    }
}

fn rows() -> Vec<Vec<Cell>> {
    vec![
        vec![
            Cell::of_digits("530181199001011234"),
            Cell::of_text("=HYPERLINK(\"http://x\")"),
            Cell::Date(date(2019, 4, 25).at(9, 32, 0, 0)),
            Cell::of_digits("-3"),
        ],
        vec![Cell::of_text("007"), Cell::of_text("路灯,\n\"三盏\""), Cell::Date(date(2020, 2, 29).at(0, 0, 0, 0))],
        vec![Cell::Bool(true), Cell::of_text("-5"), Cell::Empty, Cell::of_digits("0.25"), Cell::of_text("多余")],
    ]
}

fn write(format: Format, rows: &[Vec<Cell>]) -> Vec<u8> {
    to_bytes(format, table(), rows.iter().map(Vec::as_slice)).unwrap()
}

fn read_back(format: Format, rows: &[Vec<Cell>]) -> Vec<Vec<String>> {
    let name = format!("a.{}", format.extension());
    let reader = open_bytes(&name, write(format, rows), &Options::default()).unwrap();
    reader.map(|r| r.unwrap().iter().map(|(_, c)| c.text().unwrap_or_default().into_owned()).collect()).collect()
}

#[test]
fn csv_is_for_excel_and_harmless() {
    let text = String::from_utf8(write(Format::Csv, &rows())).unwrap();
    assert_eq!(
        text,
        "\u{FEFF}编号,标题,时间,热度\r\n530181199001011234,\"'=HYPERLINK(\"\"http://x\"\")\",2019-04-25T09:32:00,-3\r\n\
         007,\"路灯,\n\"\"三盏\"\"\",2020-02-29T00:00:00,\r\n是,-5,,0.25\r\n"
    );
}

#[test]
fn only_what_a_spreadsheet_would_compute_is_marked() {
    for (text, expected) in [
        ("=1+1", "'=1+1"),
        ("+8613888880000", "+8613888880000"),
        ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
        ("-1.5e3", "-1.5e3"),
        ("-inf", "'-inf"),
        ("@SUM(1)", "'@SUM(1)"),
        ("＝1+1", "'＝1+1"),
        ("\t=1", "'\t=1"),
        ("a=1", "a=1"),
        ("", ""),
    ] {
        assert_eq!(harmless(text), expected);
    }
}

#[test]
fn json_lines_keep_digits() {
    let text = String::from_utf8(write(Format::Jsonl, &rows())).unwrap();
    assert_eq!(
        text,
        "{\"number\":530181199001011234,\"title\":\"=HYPERLINK(\\\"http://x\\\")\",\"at\":\"2019-04-25T09:32:00\",\"heat\":-3}\n\
         {\"number\":\"007\",\"title\":\"路灯,\\n\\\"三盏\\\"\",\"at\":\"2020-02-29T00:00:00\",\"heat\":null}\n\
         {\"number\":true,\"title\":\"-5\",\"at\":null,\"heat\":0.25}\n"
    );
    let odd = [vec![Cell::of_digits("007"), Cell::of_digits("NaN")]];
    let text = String::from_utf8(write(Format::Jsonl, &odd)).unwrap();
    assert!(text.starts_with("{\"number\":\"007\",\"title\":\"NaN\""));
}

#[test]
fn a_workbook_reads_back_and_has_no_formula() {
    assert_eq!(
        read_back(Format::Xlsx, &rows()),
        [
            ["530181199001011234", "=HYPERLINK(\"http://x\")", "2019-04-25T09:32:00", "-3"],
            ["007", "路灯,\n\"三盏\"", "2020-02-29T00:00:00", ""],
            ["是", "-5", "", "0.25"],
        ]
    );
    let bytes = write(Format::Xlsx, &rows());
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
    let mut part = |name: &str| std::io::read_to_string(archive.by_name(name).unwrap()).unwrap();
    let sheet = part("xl/worksheets/sheet1.xml");
    assert!(!sheet.contains("<f>") && sheet.contains("state=\"frozen\""), "{sheet}");
    assert!(part("xl/workbook.xml").contains("name=\"诉求台账\""));
    assert!(part("docProps/core.xml").contains("2026-11-23T09:00:00"));
    assert_eq!(bytes, write(Format::Xlsx, &rows()), "the same table is the same file");
}

#[test]
fn what_excel_cannot_hold_is_cut_visibly() {
    let long = [vec![Cell::of_text("长".repeat(40_000))]];
    let read = read_back(Format::Xlsx, &long);
    assert!(read[0][0].ends_with("已截断）") && read[0][0].chars().count() < 32_767);
    assert_eq!(read_back(Format::Csv, &long)[0][0].chars().count(), 40_000);
}

#[test]
fn a_failing_disk_is_a_fault() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("disk full"))
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    for format in [Format::Xlsx, Format::Csv, Format::Jsonl] {
        let outcome = TableWriter::new(format, table(), Full).and_then(|mut writer| {
            writer.row(&rows()[0])?;
            writer.finish().map(|_| ())
        });
        assert!(outcome.is_err(), "{format:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn text_survives_every_format(texts in prop::collection::vec("[a-z一-龥][ -~一-龥\n😀]{0,20}", 4)) {
        let rows = [texts.iter().map(Cell::of_text).collect::<Vec<_>>()];
        for format in [Format::Xlsx, Format::Csv, Format::Jsonl] {
            prop_assert_eq!(&read_back(format, &rows)[0], &texts, "{:?}", format);
        }
    }
}

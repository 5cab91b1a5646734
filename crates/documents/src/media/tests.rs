use std::io::{Cursor, Write as _};

use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

const SECRET: &[u8] = b"GPS 24.92N 102.48E";

fn tiff(orientation: u16) -> Vec<u8> {
    let mut out = b"II*\0\x08\0\0\0\x02\0".to_vec();
    for (tag, value) in [(0x0100_u16, 4_u16), (0x0112, orientation)] {
        out.extend_from_slice(&tag.to_le_bytes());
        out.extend_from_slice(&[3, 0, 1, 0, 0, 0]);
        out.extend_from_slice(&value.to_le_bytes());
        out.extend_from_slice(&[0, 0]);
    }
    [&out[..], &[0; 4], SECRET].concat()
}

fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    [&[0xFF, marker][..], &u16::try_from(body.len() + 2).unwrap().to_be_bytes(), body].concat()
}

const SCAN: &[u8] = b"\x12\x34\xFF\x00\x56\xFF\xD0\x78";

fn jpeg_of(orientation: u16, size: [u8; 4], tail: &[u8]) -> Vec<u8> {
    [
        &b"\xFF\xD8"[..],
        &segment(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\x01\x01thumbnail"),
        &segment(0xE1, &[b"Exif\0\0", &tiff(orientation)[..]].concat()),
        &segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0 GPS 24.92N 102.48E"),
        &segment(0xE2, b"ICC_PROFILE\0\x01\x01colours"),
        &segment(0xE2, b"MPF\0 GPS 24.92N 102.48E"),
        &segment(0xED, b"Photoshop 3.0\0 GPS 24.92N 102.48E"),
        &segment(0xFE, SECRET),
        &segment(0xDB, &[1; 65]),
        &segment(0xC0, &[&[8][..], &size, &[1, 1, 0x11, 0]].concat()),
        &segment(0xDA, &[1, 1, 0, 0, 63, 0]),
        SCAN,
        &segment(0xDA, &[1, 1, 0, 0, 63, 0]),
        SCAN,
        b"\xFF\xD9",
        tail,
    ]
    .concat()
}

fn jpeg() -> Vec<u8> {
    jpeg_of(6, [0, 16, 0, 32], &[b"PK\x03\x04", SECRET].concat())
}

fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut sum = flate2::Crc::new();
    sum.update(kind);
    sum.update(body);
    [&u32::try_from(body.len()).unwrap().to_be_bytes()[..], kind, body, &sum.sum().to_be_bytes()].concat()
}

fn png() -> Vec<u8> {
    [
        &b"\x89PNG\r\n\x1A\n"[..],
        &chunk(b"IHDR", &[0, 0, 0, 2, 0, 0, 0, 3, 8, 2, 0, 0, 0]),
        &chunk(b"tEXt", &[b"Author\0", SECRET].concat()),
        &chunk(b"eXIf", &tiff(8)),
        &chunk(b"pHYs", &[0; 9]),
        &chunk(b"tIME", &[7; 7]),
        &chunk(b"zzZz", SECRET),
        &chunk(b"IDAT", b"pixels"),
        &chunk(b"iTXt", SECRET),
        &chunk(b"IEND", b""),
        SECRET,
    ]
    .concat()
}

fn riff(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    for (kind, content) in chunks {
        body.extend_from_slice(*kind);
        body.extend_from_slice(&u32::try_from(content.len()).unwrap().to_le_bytes());
        body.extend_from_slice(content);
        body.resize(body.len() + content.len() % 2, 0);
    }
    [&b"RIFF"[..], &u32::try_from(body.len()).unwrap().to_le_bytes(), &body].concat()
}

fn webp() -> Vec<u8> {
    let exif = tiff(3);
    let chunks: [(&[u8; 4], &[u8]); 6] = [
        (b"VP8X", &[0x2C, 0, 0, 0, 1, 0, 0, 2, 0, 0]),
        (b"ICCP", b"colours"),
        (b"VP8 ", b"\0\0\0\x9D\x01\x2A\x02\0\x03\0x"),
        (b"EXIF", &exif),
        (b"XMP ", SECRET),
        (b"junk", SECRET),
    ];
    [&riff(&chunks)[..], SECRET].concat()
}

fn gif() -> Vec<u8> {
    [
        &b"GIF89a\x02\0\x03\0\x80\0\0rgbRGB"[..],
        b"\x21\xFF\x0BNETSCAPE2.0\x03\x01\0\0\0",
        b"\x21\xFE\x12GPS 24.92N 102.48E\0",
        b"\x21\xFF\x0BXMP DataXMP\x12GPS 24.92N 102.48E\0",
        b"\x21\xF9\x04\0\0\0\0\0",
        b"\x2C\0\0\0\0\x02\0\x03\0\0\x02\x02\x4C\x01\0",
        b"\x3B<script>",
        SECRET,
    ]
    .concat()
}

fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&u32::try_from(body.len() + 8).unwrap().to_be_bytes()[..], kind, body].concat()
}

fn mp4_of(brand: &[u8; 4]) -> Vec<u8> {
    let place = boxed(b"udta", &boxed(b"\xA9xyz", SECRET));
    let track = boxed(b"trak", &[&boxed(b"tkhd", &[9; 84])[..], &boxed(b"meta", SECRET)].concat());
    let moov = boxed(b"moov", &[&boxed(b"mvhd", &[&[0; 4][..], &[9; 96]].concat())[..], &track, &place].concat());
    [boxed(b"ftyp", &[brand, &[0; 4][..]].concat()), boxed(b"uuid", SECRET), moov, boxed(b"mdat", b"sound")].concat()
}

fn mp3() -> Vec<u8> {
    let tag = [&b"ID3\x04\0\0\0\0\0"[..], &[u8::try_from(SECRET.len()).unwrap()], SECRET].concat();
    [&tag[..], b"\xFF\xFB\x90\x64sound of a machine", &[&b"TAG"[..], SECRET, &[0; 107]].concat()].concat()
}

fn zipped(parts: &[&str]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for part in parts {
        writer.start_file(*part, SimpleFileOptions::default()).unwrap();
        writer.write_all(b"<x/>").unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn ole(stream: &str) -> Vec<u8> {
    let wide = stream.encode_utf16().flat_map(u16::to_le_bytes);
    b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".iter().copied().chain([0; 512]).chain(wide).chain([0; 64]).collect()
}

fn docx() -> Vec<u8> {
    zipped(&["[Content_Types].xml", "word/document.xml"])
}

fn xlsx() -> Vec<u8> {
    zipped(&["[Content_Types].xml", "xl/workbook.xml"])
}

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n";

fn admitted(name: &str, bytes: &[u8]) -> Result<Upload, MediaError> {
    admit(name, bytes, &Limits::default())
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(bytes, part).is_some()
}

#[test]
fn what_comes_in() {
    for (name, bytes, kind) in [
        ("门面.jpg", jpeg(), Kind::Jpeg),
        ("门面.JPEG", jpeg(), Kind::Jpeg),
        ("微信图片.png", jpeg(), Kind::Jpeg),
        ("没有扩展名", png(), Kind::Png),
        ("a.webp", webp(), Kind::Webp),
        ("a.gif", gif(), Kind::Gif),
        ("报告.pdf", PDF.to_vec(), Kind::Pdf),
        ("申请.docx", docx(), Kind::Docx),
        ("清单.xlsx", xlsx(), Kind::Xlsx),
        ("申请.doc", ole("WordDocument"), Kind::Doc),
        ("清单.xls", ole("Workbook"), Kind::Xls),
        ("说明.txt", "路灯不亮\r\n".into(), Kind::Txt),
        ("说明.txt", encoding_rs::GBK.encode("路灯不亮").0.into_owned(), Kind::Txt),
        ("录音.mp3", mp3(), Kind::Mp3),
        ("录音.m4a", mp4_of(b"M4A "), Kind::M4a),
        ("录音.amr", b"#!AMR\n\x3C\x91".to_vec(), Kind::Amr),
        ("现场.mp4", mp4_of(b"isom"), Kind::Mp4),
    ] {
        let upload = admitted(name, &bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(upload.kind, kind, "{name}");
        assert!(upload.name.ends_with(&format!(".{}", kind.extension())), "{}", upload.name);
        assert!(!contains(&upload.bytes, SECRET), "{name} still tells");
        assert_eq!(admitted(&upload.name, &upload.bytes).unwrap(), upload, "{name}: a second pass changes nothing");
    }
}

#[test]
fn what_stays_outside() {
    let truncated = jpeg()[..200].to_vec();
    for (name, bytes, expected) in [
        ("a.jpg", vec![], "文件是空的"),
        ("a.exe", [&b"MZ\x90\0"[..], &[0; 100]].concat(), "不能上传程序文件"),
        ("a.jpg", [&b"MZ\x90\0"[..], &[0; 100]].concat(), "不能上传程序文件"),
        ("a.jpg", [&b"\x7FELF\x02\x01\x01"[..], &[0; 100]].concat(), "不能上传程序文件"),
        ("a.html", b"<!DOCTYPE html><html>".to_vec(), "不能上传网页、脚本或 SVG 文件"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), "不能上传网页、脚本或 SVG 文件"),
        ("a.txt", "文字 <SCRIPT>alert(1)</script>".into(), "不能上传网页、脚本或 SVG 文件"),
        ("a.txt", "#!/bin/sh\nrm".into(), "不能上传网页、脚本或 SVG 文件"),
        ("a.js", "let a = 1;".into(), "不能上传这种文本文件"),
        ("a.zip", zipped(&["a.txt"]), "不能上传压缩包"),
        ("a.docx", zipped(&["a.txt"]), "不能上传压缩包"),
        ("a.docx", zipped(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"]), "不能上传带宏的文档"),
        ("a.docx", docx()[..60].to_vec(), "已损坏"),
        ("a.doc", ole("_VBA_PROJECT"), "不能上传带宏的文档"),
        ("a.xlsx", ole("EncryptedPackage"), "不能上传加了密码的文档"),
        ("a.msi", ole("Something"), "不能上传这种文件"),
        ("a.jpg", PDF.to_vec(), "文件内容是PDF 文档，扩展名却是 .jpg"),
        ("a.pdf", jpeg(), "文件内容是JPEG 图片，扩展名却是 .pdf"),
        ("a.pdf", [PDF, &zipped(&["a"])].concat(), "夹带了另一个文件"),
        ("a.pdf", b"%PDF-1.7\n1 0 obj".to_vec(), "已损坏"),
        ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0".to_vec(), "不能上传HEIC 图片"),
        ("a.mov", b"\0\0\0\x18ftypqt  \0\0\0\0".to_vec(), "不能上传MOV 视频"),
        ("a.mp4", mp4_of(b"isom")[..100].to_vec(), "已损坏"),
        ("a.jpg", truncated, "JPEG 图片文件已损坏"),
        ("a.png", png()[..70].to_vec(), "PNG 图片文件已损坏"),
        ("a.jpg", jpeg_of(1, [0x7F, 0xFF, 0x7F, 0xFF], b""), "尺寸太大"),
        ("a.bmp", [&b"BM"[..], &[0; 60]].concat(), "不能上传这种图片"),
        ("a.bin", vec![0, 1, 2, 3, 250, 251], "不能上传无法识别的文件"),
    ] {
        let error = admitted(name, &bytes).map(|u| u.kind).unwrap_err().to_string();
        assert!(error.contains(expected), "{name}: {error} / {expected}");
    }
}

#[test]
fn sizes_have_limits() {
    let limits = Limits { document: 1_048_576, ..Limits::default() };
    let text = "a".repeat(3 << 20);
    let error = admit("a.txt", text.as_bytes(), &limits).unwrap_err();
    assert_eq!(error.to_string(), "纯文本最大 1 MB，这个文件有 3.0 MB，请压缩后再传");
    assert_eq!(Refusal::from(error).status(), 413);
    assert_eq!(limits.most(), limits.video);
}

#[test]
fn pictures_keep_what_they_need() {
    let clean = admitted("a.jpg", &jpeg()).unwrap().bytes;
    assert!(contains(&clean, b"ICC_PROFILE") && !contains(&clean, b"thumbnail"));
    assert!(contains(&clean, &[&b"Exif\0\0"[..], &exif::minimal(6)].concat()));
    assert!(clean.ends_with(&[SCAN, b"\xFF\xD9"].concat()));
    assert!(!contains(&admitted("a.jpg", &jpeg_of(1, [0, 1, 0, 1], b"")).unwrap().bytes, b"Exif"));
    let cut = jpeg_of(6, [0, 16, 0, 32], b"");
    let cut = admitted("a.jpg", &cut[..cut.len() - 6]).unwrap().bytes;
    assert!(cut.ends_with(b"\xFF\xD9"), "a picture cut off in its last lines is still a picture");

    let clean = admitted("a.png", &png()).unwrap().bytes;
    assert!(contains(&clean, b"pHYs") && contains(&clean, &chunk(b"eXIf", &exif::minimal(8))));
    assert!(clean.ends_with(&[chunk(b"IDAT", b"pixels"), chunk(b"IEND", b"")].concat()));

    let clean = admitted("a.webp", &webp()).unwrap().bytes;
    assert_eq!(clean[20], 0x28, "colours and orientation are announced, XMP is not");
    assert!(contains(&clean, b"ICCP") && contains(&clean, &exif::minimal(3)));

    let clean = admitted("a.gif", &gif()).unwrap().bytes;
    assert!(contains(&clean, b"NETSCAPE2.0") && !contains(&clean, b"XMP") && clean.ends_with(b"\x3B"));

    let whole = mp4_of(b"isom");
    let clean = admitted("a.mp4", &whole).unwrap().bytes;
    assert_eq!(clean.len(), whole.len(), "nothing moves");
    assert!(!contains(&clean, b"udta") && clean.ends_with(b"mdatsound"));
}

#[test]
fn names_are_made_safe() {
    for (name, expected) in [
        ("现场照片.jpg", "现场照片.jpg"),
        ("C:\\fakepath\\现场 照片.jpeg", "现场 照片.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("..\\..\\win.ini", "win.jpg"),
        ("a/", "附件.jpg"),
        ("", "附件.jpg"),
        ("...", "附件.jpg"),
        (".htaccess", "附件.jpg"),
        ("photo\u{202E}gnp.exe", "photognp.jpg"),
        ("a\0b\r\nc\u{200B}.png", "abc.jpg"),
        ("a<b>:\"|?*.png", "a_b______.jpg"),
        ("con.png", "_con.jpg"),
        ("LPT1.tar.png", "_LPT1.tar.jpg"),
        ("2026年3月.情况说明", "2026年3月.情况说明.jpg"),
        ("a.exe.jpg", "a.exe.jpg"),
    ] {
        assert_eq!(safe_name(name, "jpg"), expected, "{name:?}");
    }
    assert_eq!(safe_name(&"长".repeat(300), "pdf").chars().count(), 84);
}

fn sample(which: usize) -> (&'static str, Vec<u8>) {
    match which {
        0 => ("a.jpg", jpeg()),
        1 => ("a.png", png()),
        2 => ("a.webp", webp()),
        3 => ("a.gif", gif()),
        4 => ("a.mp4", mp4_of(b"isom")),
        5 => ("a.mp3", mp3()),
        6 => ("a.docx", docx()),
        7 => ("a.pdf", PDF.to_vec()),
        _ => ("a.doc", ole("WordDocument")),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn damaged_files_come_in_or_stay_outside(
        which in 0_usize..9,
        keep in 0.0_f64..1.2,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
    ) {
        let (name, mut bytes) = sample(which);
        changes.iter().for_each(|(at, byte)| { let at = at.index(bytes.len()); bytes[at] = *byte; });
        bytes.truncate((bytes.len() as f64 * keep) as usize);
        if let Ok(upload) = admitted(name, &bytes) {
            prop_assert_eq!(admitted(&upload.name, &upload.bytes), Ok(upload));
        }
    }

    #[test]
    fn any_bytes_come_in_or_stay_outside(which in 0_usize..9, keep in 0_usize..40, bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let (name, sample) = sample(which);
        let _ = admitted(name, &[&sample[..keep.min(sample.len())], &bytes].concat());
    }

    #[test]
    fn any_name_is_made_safe(name in "\\PC{0,120}|[a-z./\\\\\u{202E}\0 ]{0,20}") {
        let safe = safe_name(&name, "pdf");
        prop_assert!(safe.ends_with(".pdf") && safe.chars().count() <= 86);
        let unsafe_left = safe.contains(['/', '\\', '\0', '\u{202E}']) || safe.starts_with('.');
        prop_assert!(!unsafe_left);
    }
}

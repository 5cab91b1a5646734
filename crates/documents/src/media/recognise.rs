//! What a file is, by its content.

use std::io::Cursor;

use memchr::memmem;

use super::{Kind, MediaError};

const OFFICE: &str = "请上传图片、PDF、Word、Excel、文本、录音或视频";

/// The kind of a file. `claimed` is its extension, which only decides between kinds that share a container.
pub(super) fn kind(bytes: &[u8], claimed: &str) -> Result<Kind, MediaError> {
    let kind = match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Kind::Jpeg,
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Kind::Png,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Kind::Webp,
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Kind::Gif,
        [b'%', b'P', b'D', b'F', b'-', ..] => pdf(bytes)?,
        [b'P', b'K', 3, 4, ..] => office_zip(bytes)?,
        [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, ..] => office_ole(bytes, claimed)?,
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => boxes(bytes)?,
        [b'#', b'!', b'A', b'M', b'R', b'\n', ..] | [b'#', b'!', b'A', b'M', b'R', b'-', b'W', b'B', b'\n', ..] => {
            Kind::Amr
        }
        [b'I', b'D', b'3', ..] => Kind::Mp3,
        _ if super::mp3::is_frame(bytes) => Kind::Mp3,
        _ => return other(bytes, claimed),
    };
    let pictured = matches!(kind, Kind::Jpeg | Kind::Png | Kind::Webp | Kind::Gif);
    let zipped = matches!(kind, Kind::Docx | Kind::Xlsx);
    // The surgery cuts whatever follows a picture; elsewhere a zip at the end is a second file in disguise.
    if !pictured && !zipped && ends_as_zip(bytes) { Err(MediaError::Hidden) } else { Ok(kind) }
}

fn not_taken(found: &'static str, advice: &'static str) -> MediaError {
    MediaError::NotTaken { found, advice }
}

fn pdf(bytes: &[u8]) -> Result<Kind, MediaError> {
    let tail = &bytes[bytes.len().saturating_sub(4096)..];
    if memmem::find(tail, b"%%EOF").is_none() {
        return Err(MediaError::Damaged(Kind::Pdf.label()));
    }
    Ok(Kind::Pdf)
}

/// Word and Excel of today are zips; every other zip stays outside.
fn office_zip(bytes: &[u8]) -> Result<Kind, MediaError> {
    const MOST_PARTS: usize = 10_000;
    const MOST_UNPACKED: u128 = 1 << 30;
    let archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| MediaError::Damaged("压缩格式的"))?;
    let has = |part: &str| archive.file_names().flatten().any(|name| name.eq_ignore_ascii_case(part));
    let kind = match (has("word/document.xml"), has("xl/workbook.xml"), has("[Content_Types].xml")) {
        (true, false, true) => Kind::Docx,
        (false, true, true) => Kind::Xlsx,
        _ => return Err(not_taken("压缩包", "请解压后逐个上传")),
    };
    if archive.file_names().flatten().any(|name| name.to_ascii_lowercase().ends_with("vbaproject.bin")) {
        return Err(not_taken("带宏的文档", "请另存为不带宏的 .docx 或 .xlsx"));
    }
    let unpacked = archive.decompressed_size().unwrap_or(0);
    if archive.len() > MOST_PARTS || unpacked > MOST_UNPACKED || archive.offset() != 0 {
        return Err(MediaError::Damaged(kind.label()));
    }
    Ok(kind)
}

/// Word and Excel of old share their container with installers and mails; the names of the streams tell.
fn office_ole(bytes: &[u8], claimed: &str) -> Result<Kind, MediaError> {
    let has = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).chain([0, 0]).collect();
        memmem::find(bytes, &wide).is_some()
    };
    if has("EncryptedPackage") {
        return Err(not_taken("加了密码的文档", "请去掉密码后再传"));
    }
    if has("_VBA_PROJECT") {
        return Err(not_taken("带宏的文档", "请另存为不带宏的 .docx 或 .xlsx"));
    }
    match (has("WordDocument"), has("Workbook") || has("Book")) {
        (true, true) if claimed == "xls" => Ok(Kind::Xls),
        (true, _) => Ok(Kind::Doc),
        (false, true) => Ok(Kind::Xls),
        (false, false) => Err(not_taken("这种文件", OFFICE)),
    }
}

/// The family of MP4, by its brand.
fn boxes(bytes: &[u8]) -> Result<Kind, MediaError> {
    match bytes.get(8..12) {
        Some(b"M4A " | b"M4B ") => Ok(Kind::M4a),
        Some(b"isom" | b"iso2" | b"iso4" | b"iso5" | b"iso6" | b"mp41" | b"mp42" | b"avc1" | b"M4V " | b"MSNV") => {
            Ok(Kind::Mp4)
        }
        Some(b"3gp4" | b"3gp5" | b"3gp6") => Ok(Kind::Mp4),
        Some(b"heic" | b"heix" | b"hevc" | b"mif1" | b"msf1" | b"avif") => {
            Err(not_taken("HEIC 图片", "请在手机“设置—相机—格式”中选“兼容性最佳”，或转成 JPEG 后再传"))
        }
        Some(b"qt  ") => Err(not_taken("MOV 视频", "请转成 MP4 后再传")),
        _ => Err(not_taken("这种视频", "请转成 MP4 后再传")),
    }
}

/// Text, or something to refuse by name.
fn other(bytes: &[u8], claimed: &str) -> Result<Kind, MediaError> {
    if is_markup_or_script(bytes) {
        return Err(not_taken("网页、脚本或 SVG 文件", "请截图或导出为 PDF 后再传"));
    }
    if let Some(found) = infer::get(bytes) {
        return Err(match found.matcher_type() {
            infer::MatcherType::App => not_taken("程序文件", OFFICE),
            infer::MatcherType::Archive => not_taken("压缩包", "请解压后逐个上传"),
            infer::MatcherType::Image => not_taken("这种图片", "请转成 JPEG 或 PNG 后再传"),
            infer::MatcherType::Audio => not_taken("这种录音", "请转成 MP3 后再传"),
            infer::MatcherType::Video => not_taken("这种视频", "请转成 MP4 后再传"),
            _ => not_taken("这种文件", OFFICE),
        });
    }
    match (is_text(bytes), claimed) {
        (true, "txt" | "") => Ok(Kind::Txt),
        (true, _) => Err(not_taken("这种文本文件", "纯文本请用 .txt 文件名，表格请用 .xlsx")),
        (false, _) => Err(not_taken("无法识别的文件", OFFICE)),
    }
}

/// A browser or a shell would do something with it.
fn is_markup_or_script(bytes: &[u8]) -> bool {
    const ANYWHERE: [&[u8]; 9] =
        [b"<script", b"<svg", b"<html", b"<iframe", b"<object", b"<embed", b"<?php", b"<!doctype", b"<?xml"];
    let head: Vec<u8> = bytes.iter().take(8192).filter(|b| **b != 0).map(u8::to_ascii_lowercase).collect();
    let start = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&head).trim_ascii_start();
    let shell = [&b"#!"[..], b"@echo off", b"<%"].iter().any(|mark| start.starts_with(mark));
    shell || ANYWHERE.iter().any(|mark| memmem::find(&head, mark).is_some())
}

/// UTF-8, or GB18030, or UTF-16 with its mark; without control characters.
fn is_text(bytes: &[u8]) -> bool {
    let plain = |text: &str| !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{C}'));
    if let Ok(text) = std::str::from_utf8(bytes) {
        return plain(text);
    }
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        let (text, _, broken) = encoding_rs::UTF_16LE.decode(bytes);
        return !broken && plain(&text);
    }
    let decoded = encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes);
    decoded.is_some_and(|text| plain(&text))
}

/// A zip is found from its end, so that a zip behind any other file is still a zip to who wants it to be.
fn ends_as_zip(bytes: &[u8]) -> bool {
    let start = bytes.len().saturating_sub(22 + 65_535);
    memmem::rfind_iter(&bytes[start..], b"PK\x05\x06").any(|at| {
        let record = &bytes[start + at..];
        let comment = record.get(20..22).map(|c| usize::from(u16::from_le_bytes([c[0], c[1]])));
        comment.is_some_and(|length| record.len() >= 22 + length)
    })
}

//! Files that people attach. What a file is, its content says; only kinds on a short list come in, and what a photograph
//! or a recording says about its maker (place, device, names) is cut out before anything is kept. Nothing is decoded:
//! the surgery works on segments, so that a hostile picture meets no decoder here.

mod exif;
mod gif;
mod jpeg;
mod mp3;
mod mp4;
mod names;
mod png;
mod recognise;
#[cfg(test)]
mod tests;
mod webp;

use kernel::{Error, Refusal, RefusalKind};

pub use names::safe_name;

/// The kinds that come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Kind {
    Jpeg,
    Png,
    Webp,
    Gif,
    Pdf,
    Docx,
    Xlsx,
    Doc,
    Xls,
    Txt,
    Mp3,
    M4a,
    Amr,
    Mp4,
}

/// What a kind is good for, and so how large it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// Pictures.
    Image,
    /// Writing and tables.
    Document,
    /// Sound.
    Audio,
    /// Moving pictures.
    Video,
}

/// How large an upload may be, in bytes, and a picture in pixels.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// A picture.
    pub image: usize,
    /// A document.
    pub document: usize,
    /// A sound recording.
    pub audio: usize,
    /// A film.
    pub video: usize,
    /// Width times height of a picture: a small file may unfold into one that stops a browser.
    pub pixels: u64,
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: usize = 1024 * 1024;
        Self { image: 20 * MIB, document: 30 * MIB, audio: 30 * MIB, video: 100 * MIB, pixels: 100_000_000 }
    }
}

/// A file that has come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// A name that is safe on every disk, with the extension of what the file really is.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Its content without what it said about its maker.
    pub bytes: Vec<u8>,
}

/// Why a file does not come in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    /// Nothing in it.
    #[error("文件是空的，请重新选择")]
    Empty,
    /// Too large for its kind.
    #[error("{label}最大 {} MB，这个文件有 {:.1} MB，请压缩后再传", .limit / 1_048_576, *.found as f64 / 1_048_576.0)]
    TooLarge {
        /// The kind, in Chinese.
        label: &'static str,
        /// The limit in bytes.
        limit: usize,
        /// The file's size.
        found: usize,
    },
    /// A picture of too many pixels.
    #[error("图片的尺寸太大，请缩小后再传")]
    TooManyPixels,
    /// A kind that is not taken.
    #[error("不能上传{found}，{advice}")]
    NotTaken {
        /// What it is, in Chinese.
        found: &'static str,
        /// What to do about it, in Chinese.
        advice: &'static str,
    },
    /// Content and extension tell different stories.
    #[error("文件内容是{found}，扩展名却是 .{claimed}，请用原来的文件名再传")]
    Mismatch {
        /// What the content is, in Chinese.
        found: &'static str,
        /// The extension.
        claimed: String,
    },
    /// Damaged or cut off.
    #[error("{0}文件已损坏或不完整，请重新导出或拍摄后再传")]
    Damaged(&'static str),
    /// Two files in one.
    #[error("文件里夹带了另一个文件，不能上传")]
    Hidden,
}

/// What all surgery fails with: the content is not what its beginning promises.
#[derive(Debug)]
pub(crate) struct Broken;

/// A picture after surgery.
pub(crate) struct Picture {
    pub(crate) bytes: Vec<u8>,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// Recognises a file, checks it and cuts out what it says about its maker. `name` is what the browser sent.
pub fn admit(name: &str, bytes: &[u8], limits: &Limits) -> Result<Upload, MediaError> {
    if bytes.is_empty() {
        return Err(MediaError::Empty);
    }
    let claimed = names::extension(name);
    let kind = recognise::kind(bytes, &claimed)?;
    let limit = limits.of(kind.family());
    if bytes.len() > limit {
        return Err(MediaError::TooLarge { label: kind.label(), limit, found: bytes.len() });
    }
    if !kind.goes_by(&claimed) {
        return Err(MediaError::Mismatch { found: kind.label(), claimed });
    }
    let bytes = clean(kind, bytes, limits)?;
    Ok(Upload { name: safe_name(name, kind.extension()), kind, bytes })
}

/// Cuts out what the file says about its maker.
fn clean(kind: Kind, bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, MediaError> {
    let damaged = |Broken| MediaError::Damaged(kind.label());
    let picture = match kind {
        Kind::Jpeg => jpeg::strip(bytes),
        Kind::Png => png::strip(bytes),
        Kind::Webp => webp::strip(bytes),
        Kind::Gif => gif::strip(bytes),
        Kind::Mp3 => return mp3::strip(bytes).map_err(damaged),
        Kind::M4a | Kind::Mp4 => return mp4::strip(bytes).map_err(damaged),
        Kind::Pdf | Kind::Docx | Kind::Xlsx | Kind::Doc | Kind::Xls | Kind::Txt | Kind::Amr => {
            return Ok(bytes.to_vec());
        }
    };
    let picture = picture.map_err(damaged)?;
    if picture.width == 0 || picture.height == 0 {
        return Err(MediaError::Damaged(kind.label()));
    }
    if u64::from(picture.width) * u64::from(picture.height) > limits.pixels {
        return Err(MediaError::TooManyPixels);
    }
    Ok(picture.bytes)
}

impl Limits {
    /// The largest size of a family.
    pub fn of(&self, family: Family) -> usize {
        match family {
            Family::Image => self.image,
            Family::Document => self.document,
            Family::Audio => self.audio,
            Family::Video => self.video,
        }
    }

    /// The largest size of all; beyond it no upload need be read.
    pub fn most(&self) -> usize {
        self.image.max(self.document).max(self.audio).max(self.video)
    }
}

impl Kind {
    /// Every kind, in the order in which a form lists them.
    pub const ALL: [Self; 14] = [
        Self::Jpeg,
        Self::Png,
        Self::Webp,
        Self::Gif,
        Self::Pdf,
        Self::Docx,
        Self::Doc,
        Self::Xlsx,
        Self::Xls,
        Self::Txt,
        Self::Mp3,
        Self::M4a,
        Self::Amr,
        Self::Mp4,
    ];

    /// The extension, without its dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Gif => "gif",
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
            Self::Doc => "doc",
            Self::Xls => "xls",
            Self::Txt => "txt",
            Self::Mp3 => "mp3",
            Self::M4a => "m4a",
            Self::Amr => "amr",
            Self::Mp4 => "mp4",
        }
    }

    /// The kind of an extension, for the reading of what is stored.
    pub fn of_extension(extension: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.extension() == extension)
    }

    /// The content type.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Doc => "application/msword",
            Self::Xls => "application/vnd.ms-excel",
            Self::Txt => "text/plain; charset=utf-8",
            Self::Mp3 => "audio/mpeg",
            Self::M4a => "audio/mp4",
            Self::Amr => "audio/amr",
            Self::Mp4 => "video/mp4",
        }
    }

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG 图片",
            Self::Png => "PNG 图片",
            Self::Webp => "WebP 图片",
            Self::Gif => "GIF 图片",
            Self::Pdf => "PDF 文档",
            Self::Docx | Self::Doc => "Word 文档",
            Self::Xlsx | Self::Xls => "Excel 表格",
            Self::Txt => "纯文本",
            Self::Mp3 => "MP3 录音",
            Self::M4a => "M4A 录音",
            Self::Amr => "AMR 录音",
            Self::Mp4 => "MP4 视频",
        }
    }

    /// What it is good for.
    pub fn family(self) -> Family {
        match self {
            Self::Jpeg | Self::Png | Self::Webp | Self::Gif => Family::Image,
            Self::Pdf | Self::Docx | Self::Xlsx | Self::Doc | Self::Xls | Self::Txt => Family::Document,
            Self::Mp3 | Self::M4a | Self::Amr => Family::Audio,
            Self::Mp4 => Family::Video,
        }
    }

    /// True where the extension is the kind's own, is missing, or is that of another kind of picture: chat programs
    /// rename pictures without a thought, and the right name costs nothing.
    fn goes_by(self, claimed: &str) -> bool {
        match claimed {
            "" => true,
            "jpg" | "jpeg" | "jpe" | "jfif" | "png" | "webp" | "gif" => self.family() == Family::Image,
            "mp4" | "m4a" | "m4v" => matches!(self, Self::Mp4 | Self::M4a),
            other => other == self.extension(),
        }
    }
}

impl From<MediaError> for Refusal {
    fn from(error: MediaError) -> Self {
        let kind = match error {
            MediaError::TooLarge { .. } | MediaError::TooManyPixels => RefusalKind::TooLarge,
            MediaError::Empty | MediaError::Damaged(_) => RefusalKind::Invalid,
            MediaError::NotTaken { .. } | MediaError::Mismatch { .. } | MediaError::Hidden => {
                RefusalKind::UnsupportedType
            }
        };
        Refusal::new(kind, error.to_string())
    }
}

impl From<MediaError> for Error {
    fn from(error: MediaError) -> Self {
        Refusal::from(error).into()
    }
}

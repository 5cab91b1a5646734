//! The law of firms: when two names are one firm, and what may be written about it.

use kernel::uscc::Uscc;
use kernel::{Id, Instant, Refusal, error::Checker};
use serde::{Deserialize, Serialize};

use crate::city::plain_name;

/// The longest name of a firm.
pub const NAME_MOST: usize = 100;

/// A firm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enterprise {
    /// The row.
    pub id: Id,
    /// The 统一社会信用代码, where it is known.
    pub uscc: Option<String>,
    /// The name; the code itself where nobody has said a name yet.
    pub name: String,
    /// What it does.
    pub industry: Option<String>,
    /// How large it is.
    pub size: Option<String>,
    /// Its street or park.
    pub area: Option<String>,
    /// When it was first heard of.
    pub created_at: Instant,
    /// How often it was changed, from 1.
    pub version: i64,
}

impl Enterprise {
    /// Whether only the code is known.
    pub fn nameless(&self) -> bool {
        self.uscc.as_deref() == Some(self.name.as_str())
    }
}

/// A firm's name as it is compared. Brackets of every kind go, because `云南（安宁）某某` and `云南安宁某某` are written for
/// the same firm; 有限责任公司 and 有限公司 are one legal form.
pub fn comparable(name: &str) -> String {
    let plain: String = plain_name(name)
        .chars()
        .filter(|c| !matches!(c, '(' | ')' | '[' | ']' | '·' | '•' | '"' | '“' | '”'))
        .collect();
    plain.replace("有限责任公司", "有限公司")
}

/// `text` as the inside of a LIKE pattern with `!` as its escape.
pub fn like_pattern(text: &str) -> String {
    let escaped: String = comparable(text)
        .chars()
        .flat_map(|c| matches!(c, '%' | '_' | '!').then_some('!').into_iter().chain([c]))
        .collect();
    format!("%{escaped}%")
}

/// What staff fill in about a firm.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EnterpriseInput {
    /// The version that was seen.
    pub version: Option<i64>,
    /// The code.
    pub uscc: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// What it does.
    pub industry: Option<String>,
    /// How large it is.
    pub size: Option<String>,
    /// Its street or park.
    pub area: Option<String>,
}

/// The firm `before` with what was filled in.
pub fn amended(before: &Enterprise, input: &EnterpriseInput) -> Result<Enterprise, Refusal> {
    match input.version {
        Some(seen) if seen == before.version => {}
        Some(_) => {
            let message = "您打开之后，别人先改了这家企业；您填写的内容都还在，请核对后再提交";
            return Err(Refusal::conflict(before.version, message));
        }
        None => return Err(Refusal::field("version", "required", "请带上您看到的版本号（version，整数）")),
    }
    let mut check = Checker::default();
    let name = check.text("name", "企业名称", input.name.as_deref(), NAME_MOST);
    let given = input.uscc.as_deref().map(str::trim).filter(|code| !code.is_empty()).map(Uscc::parse);
    let uscc = match given {
        Some(Err(error)) => {
            check.wrong("uscc", "bad_format", error.to_string());
            None
        }
        Some(Ok(code)) => Some(code.as_str().to_owned()),
        None => None,
    };
    let industry = check.optional_text("industry", "行业", input.industry.as_deref(), 60);
    let size = check.optional_text("size", "规模", input.size.as_deref(), 30);
    let area = check.optional_text("area", "所在街道或园区", input.area.as_deref(), 60);
    check.done()?;
    Ok(Enterprise { uscc, name, industry, size, area, version: before.version + 1, ..before.clone() })
}

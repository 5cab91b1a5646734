//! Which column of somebody's table means which field: a list of names that such tables bear, and what `--map` says.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Fields that an import reads, each with the column names that mean it by themselves.
const KNOWN: &[(&str, &[&str])] = &[
    ("source_id", &["source_id", "id", "number", "编号", "留言编号", "工单编号", "诉求编号", "序号"]),
    ("title", &["title", "标题", "主题", "留言主题", "诉求标题"]),
    ("text", &["text", "内容", "留言详情", "诉求内容", "详情", "正文"]),
    ("received_at", &["received_at", "time", "时间", "留言时间", "收到时间", "登记时间", "受理时间"]),
    ("reply", &["reply", "答复", "答复意见", "办理结果", "回复内容"]),
    ("reply_time", &["reply_time", "答复时间", "回复时间", "办结时间"]),
    ("reply_unit", &["reply_unit", "答复单位", "承办单位", "办理单位"]),
    ("audience", &["audience", "身份", "诉求人类型"]),
    ("kind", &["kind", "类别", "清单"]),
    ("theme", &["theme", "领域", "主题分类"]),
    ("channel", &["channel", "渠道", "来源渠道"]),
    ("enterprise.name", &["enterprise.name", "enterprise", "企业", "企业名称", "单位名称"]),
    ("enterprise.uscc", &["enterprise.uscc", "uscc", "统一社会信用代码"]),
    ("contact.name", &["contact.name", "联系人", "姓名"]),
    ("contact.phone", &["contact.phone", "phone", "联系电话", "电话", "手机"]),
    ("contact.email", &["contact.email", "email", "电子邮箱", "邮箱"]),
    ("area", &["area", "街道", "所在地", "区域"]),
];

/// A mapping file: `[columns]` with `"their column" = "our field"`, and `[defaults]` with `field = "value"`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Their column → our field; `""` leaves a column out.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
    /// Values for fields that their rows do not have.
    #[serde(default)]
    pub defaults: BTreeMap<String, String>,
}

/// Why a mapping cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// The file is not TOML of that shape.
    #[error("映射文件读不懂：{0}")]
    Unreadable(String),
    /// Names of fields that do not exist.
    #[error("映射文件里有没有的字段：{0}（可用的字段：{1}）")]
    UnknownFields(String, String),
}

impl Mapping {
    /// Reads a mapping file.
    pub fn read(text: &str) -> Result<Self, MappingError> {
        let mapping: Self =
            toml::from_str(text).map_err(|error| MappingError::Unreadable(error.message().to_owned()))?;
        let fields = mapping.columns.values().chain(mapping.defaults.keys());
        let unknown: Vec<&str> =
            fields.map(String::as_str).filter(|f| !f.is_empty() && !KNOWN.iter().any(|(k, _)| k == f)).collect();
        if unknown.is_empty() {
            return Ok(mapping);
        }
        let known: Vec<&str> = KNOWN.iter().map(|(field, _)| *field).collect();
        Err(MappingError::UnknownFields(unknown.join("、"), known.join("、")))
    }

    /// The field that a column means, where it means one.
    pub fn field(&self, column: &str) -> Option<&str> {
        let column = column.trim();
        match self.columns.get(column) {
            Some(field) => Some(field.as_str()).filter(|f| !f.is_empty()),
            None => KNOWN.iter().find(|(_, names)| names.contains(&column)).map(|(field, _)| *field),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_speak_for_themselves_or_are_told() {
        let plain = Mapping::default();
        assert_eq!(plain.field("留言主题"), Some("title"));
        assert_eq!(plain.field(" id "), Some("source_id"));
        assert_eq!(plain.field("点赞数"), None);
        let told = Mapping::read("[columns]\n\"点赞数\" = \"\"\n\"说了什么\" = \"text\"\n").unwrap();
        assert_eq!((told.field("说了什么"), told.field("点赞数")), (Some("text"), None));
        assert!(matches!(Mapping::read("[columns]\na = \"b\""), Err(MappingError::UnknownFields(..))));
        assert!(matches!(Mapping::read("nonsense"), Err(MappingError::Unreadable(_))));
    }
}

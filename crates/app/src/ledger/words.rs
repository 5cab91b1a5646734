//! The ledger's identifiers in Chinese. An identifier that no table knows stands for itself: the ledger is older than any
//! page and will outlive it.

use kernel::Instant;

use crate::city::City;
use crate::demands::actions::{recomputing, succeeding};
use crate::demands::rules::clocks;
use crate::demands::rules::moves::{MOVES, Move};
use crate::demands::rules::vocabulary::{Audience, ClockName, Grade, Status, Word};
use crate::demands::rules::wanted::FieldKind;
use crate::units::UnitNames;
use crate::web::when;

type Table = [(&'static str, &'static str)];

const FLAG: &Table = &[("true", "是"), ("false", "否")];

/// Kinds of streams by how they begin.
pub const KINDS: &Table = &[
    ("demand:", "诉求"),
    ("account:", "账号"),
    ("absence:", "请假"),
    ("inbox:", "提醒"),
    ("unit:", "单位"),
    ("enterprise:", "企业"),
    ("calendar", "工作日历"),
    ("view:", "常用视图"),
    ("issue:", "共性问题"),
    ("batch:", "批量登记"),
    ("phrase:", "常用语"),
    ("macro:", "快捷处理"),
    ("process", "流程版本"),
    ("model:", "学习"),
    ("import", "导入"),
    ("export", "导出"),
    ("exchange:", "对接"),
    ("ledger:", "台账校验"),
];

/// Acts beside the moves of the law.
pub const ACTS: &Table = &[
    ("register", "登记"),
    ("import", "导入"),
    ("import_file", "导入文件"),
    ("register_batch", "批量登记"),
    ("export", "导出"),
    ("exchange_take", "收下交换包"),
    ("exchange_send", "取走交换包"),
    ("exchange_receipt", "对方回执"),
    ("exchange_key", "取签名密钥"),
    ("exchange_reconcile", "对账"),
    ("note", "内部记录"),
    ("rate", "评价"),
    ("withdraw_by_submitter", "诉求人撤回"),
    ("shared_reply", "一并答复"),
    ("shared_end", "合并办理的已结束"),
    ("unmask", "查看联系方式"),
    (recomputing::ACT, "重算时限"),
    (succeeding::ACT, "接续办理"),
    ("new_facts", "工作日历更新"),
    ("add_override", "调整工作日历"),
    ("remove_override", "撤销日历调整"),
    ("check", "校验台账"),
    ("seed_unit", "按方案登记单位"),
    ("create_unit", "新增单位"),
    ("amend_unit", "修改单位"),
    ("end_unit", "撤销单位"),
    ("register_enterprise", "登记企业"),
    ("save_view", "保存常用视图"),
    ("amend_view", "修改常用视图"),
    ("remove_view", "删除常用视图"),
    ("set_mail", "设置提醒邮件"),
    ("record_absence", "登记请假"),
    ("end_absence", "结束请假"),
    ("stand_in", "开始代办"),
    ("end_stand_in", "结束代办"),
    ("check_item", "勾选清单"),
    ("uncheck_item", "取消勾选"),
    ("save_phrase", "保存常用语"),
    ("amend_phrase", "修改常用语"),
    ("remove_phrase", "删除常用语"),
    ("save_macro", "保存快捷处理"),
    ("amend_macro", "修改快捷处理"),
    ("remove_macro", "删除快捷处理"),
    ("belong", "归入共性问题"),
    ("leave", "移出共性问题"),
    ("issue_answer", "采用统一答复"),
    ("find_issue", "发现共性问题"),
    ("grow_issue", "归入后来的诉求"),
    ("bring_back_issue", "件数翻倍，再次提出"),
    ("confirm", "确认为共性问题"),
    ("set_aside", "不是共性问题"),
    ("attach", "归入诉求"),
    ("detach", "移出诉求"),
    ("split_off", "由拆出产生"),
    ("join", "并入另一个问题"),
    ("unjoin", "恢复为单独的问题"),
    ("rename", "改名"),
    ("answer", "统一答复"),
    ("other_attach", "诉求归入另一个问题"),
    ("other_join", "接收另一个问题"),
    ("other_unjoin", "交还另一个问题"),
    ("seed_process", "按城市资料登记流程"),
    ("draft_process", "起草流程版本"),
    ("amend_process", "修改流程草稿"),
    ("try_process", "试算流程草稿"),
    ("adopt_process", "启用流程版本"),
    ("discard_process", "作废流程草稿"),
    ("train_model", "从决定里学习"),
    ("adopt_model", "启用学到的版本"),
    ("release_model", "恢复夜间自动学习"),
    ("set_model_aside", "学到的版本没有启用"),
    ("rollback_model", "换回以前的版本"),
    ("session.open", "登录"),
    ("session.close", "退出"),
    ("token.issue", "签发令牌"),
    ("account.create", "新增账号"),
    ("account.amend", "修改账号"),
    ("account.disable", "停用账号"),
    ("account.enable", "启用账号"),
    ("account.password", "修改密码"),
    ("account.password_reset", "重置密码"),
    ("account.recovery_code", "使用备用码"),
    ("account.second_factor_on", "开启二次验证"),
    ("account.second_factor_off", "关闭二次验证"),
    (store::ERASE, "依法删除"),
];

/// Fields beside those of the moves.
const FIELDS: &Table = &[
    ("audience", "谁反映的"),
    ("title", "标题"),
    ("text", "内容"),
    ("channel", "渠道"),
    ("enterprise", "企业"),
    ("contact_name", "联系人"),
    ("contact_phone", "电话"),
    ("contact_email", "邮箱"),
    ("area", "地点"),
    ("source", "来源"),
    ("source_id", "来源编号"),
    ("attachment", "附件"),
    ("from", "原状态"),
    ("to", "新状态"),
    ("version", "版本"),
    ("due", "下一时限"),
    ("number", "编号"),
    ("status", "状态"),
    ("clock", "时限"),
    ("old_due", "原到期"),
    ("new_due", "新到期"),
    ("calendar", "日历指纹"),
    ("old_unit", "原单位"),
    ("new_unit", "接续单位"),
    ("leads", "牵头"),
    ("moved", "改变的时限数"),
    ("reasons", "理由"),
    ("seq", "第几条"),
    ("field", "哪一项"),
    ("holds", "是否无误"),
    ("entries", "条数"),
    ("report", "结论"),
    ("name", "名称"),
    ("short_name", "简称"),
    ("aliases", "别名"),
    ("mandate", "职责词"),
    ("valid_from", "起"),
    ("valid_to", "止"),
    ("can_handle", "可承办"),
    ("process", "流程版本"),
    ("print", "文本指纹"),
    ("issue", "共性问题"),
    ("demands", "诉求"),
    ("coordinator", "协调主体"),
    ("edit", "第几次修改"),
    ("from_day", "起始"),
    ("tried", "试算结果"),
    ("model", "学到的版本"),
    ("lessons", "学过的决定"),
    ("accuracy", "准确率"),
    ("macro_f1", "各类平均 F1"),
    ("replaced", "换下的版本"),
    ("username", "用户名"),
    ("unit", "单位"),
    ("query", "筛选条件"),
    ("mail", "收邮件"),
    ("away_from", "请假起"),
    ("away_until", "请假止"),
    ("substitute", "代办人"),
    ("themes", "限定领域"),
    ("routes", "限定办理形式"),
    ("shared_with", "共享给"),
    ("reach", "谁可以用"),
    ("place", "用在哪里"),
    ("citation", "政策依据"),
    ("steps", "步骤"),
    ("item", "清单事项"),
    ("valid_until", "有效到"),
    ("roles", "角色"),
    ("filter", "筛选条件"),
    ("format", "格式"),
    ("rows", "件数"),
    ("unmasked", "含联系方式"),
    ("imported", "新登记"),
    ("already", "原已在库"),
    ("rejected", "没有导入"),
    ("broken_off", "中断原因"),
    ("package", "包号"),
    ("sequence", "序号"),
    ("messages", "消息条数"),
    ("done", "已办"),
    ("known", "以前已办"),
    ("waiting", "等待工单"),
    ("key_version", "密钥版本"),
    ("through", "回执到第几号"),
    ("agreed", "一致"),
    ("explained", "已说明的差异"),
    ("unexplained", "未说明的差异"),
];

fn find(table: &Table, code: &str) -> Option<&'static str> {
    table.iter().find(|(known, _)| *known == code).map(|(_, label)| *label)
}

/// An act.
pub fn act(code: &str) -> String {
    let known = find(ACTS, code).or_else(|| Move::from_code(code).map(Move::label));
    known.unwrap_or(code).to_owned()
}

/// A stream.
pub fn stream(name: &str) -> String {
    match KINDS.iter().find(|(start, _)| name.starts_with(start)) {
        Some((start, label)) => format!("{label} {}", name[start.len()..].trim_start_matches(':')),
        None => name.to_owned(),
    }
}

/// A field's name; empty where no table knows it.
pub fn field(name: &str) -> &'static str {
    let of_moves = || MOVES.iter().flat_map(|row| row.needs).find(|field| field.name == name).map(|field| field.label);
    find(FIELDS, name).or_else(of_moves).unwrap_or_default()
}

/// The word of a value that is a code.
pub fn value(city: &City, units: &UnitNames, name: &str, code: &str) -> Option<String> {
    let one_of = |choices| find(choices, code).map(str::to_owned);
    let unit = |code: &str| units.get(code).map(|unit| unit.short_name.clone());
    match name {
        "from" | "to" => one_of(Status::CHOICES),
        "audience" => one_of(Audience::CHOICES),
        "grade" => one_of(Grade::CHOICES),
        "channel" => Some(city.channels.label(code)),
        "clock" => one_of(ClockName::CHOICES),
        "due" => due(city, code),
        "unit" | "old_unit" | "new_unit" => unit(code),
        "leads" => one_of(FLAG),
        _ => MOVES.iter().flat_map(|row| row.needs).filter(|field| field.name == name).find_map(|field| {
            match field.kind {
                FieldKind::Choice(choices) => one_of(choices),
                FieldKind::Flag => one_of(FLAG),
                FieldKind::Theme => Some(city.themes.label(code)),
                FieldKind::Unit => unit(code),
                FieldKind::Units => code.split(',').map(unit).collect::<Option<Vec<_>>>().map(|names| names.join("、")),
                _ => None,
            }
        }),
    }
}

/// A clock, its length and its end, as moves record them: `handle 5wd 2026-11-30T17:00:00+08:00`.
fn due(city: &City, code: &str) -> Option<String> {
    let (clock, rest) = code.split_once(' ')?;
    let (limit, at) = rest.rsplit_once(' ')?;
    let length = clocks::read(limit).map_or_else(String::new, |limit| format!("（{}）", limit.label()));
    let at = when::stamp(Instant::parse(at)?, &city.zone);
    Some(format!("{}{length}，{at} 到期", find(ClockName::CHOICES, clock)?))
}

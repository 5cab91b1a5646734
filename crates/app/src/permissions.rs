//! Which role may do what: one table, below every room.

use kernel::{Actor, Permission, Refusal, Role};

/// Which role carries which permissions. This one table is what the gate checks, what the actions check, what the page
/// of accounts shows, and what the test of every route by every role expects.
pub const PERMISSIONS: [(Role, &[Permission]); 7] = {
    use Permission::*;
    [
        (Role::Administrator, &[Desk, Administer, Teach, ReadLedger]),
        (Role::Coordinator, &[Desk, Register, SeeAll, Dispatch, Teach, Unmask, Exchange, ReadLedger]),
        (Role::UnitHead, &[Desk, Register, SeeUnit, Handle, HeadUnit, Unmask]),
        (Role::UnitHandler, &[Desk, Register, SeeUnit, Handle, Unmask]),
        (Role::Leader, &[Desk, SeeAll, Instruct]),
        (Role::Auditor, &[Desk, SeeAll, ReadLedger]),
        (Role::Enterprise, &[]),
    ]
};

/// What `role` permits.
pub fn permissions_of(role: Role) -> &'static [Permission] {
    PERMISSIONS.iter().find(|(listed, _)| *listed == role).map_or(&[], |(_, permissions)| permissions)
}

/// Whether `actor` may do what `permission` covers. The program itself may do everything.
pub fn may(actor: &Actor, permission: Permission) -> bool {
    is_program(actor) || actor.roles.iter().any(|role| permissions_of(*role).contains(&permission))
}

/// Every permission that `actor` holds.
pub fn held(actor: &Actor) -> Vec<Permission> {
    Permission::ALL.into_iter().filter(|permission| may(actor, *permission)).collect()
}

/// Refuses unless `actor` may do what `permission` covers.
pub fn require(actor: &Actor, permission: Permission) -> Result<(), Refusal> {
    if may(actor, permission) {
        Ok(())
    } else {
        Err(Refusal::forbidden(format!("没有“{}”的权限", label(permission))))
    }
}

fn is_program(actor: &Actor) -> bool {
    *actor == Actor::system()
}

/// A permission in Chinese.
pub fn label(permission: Permission) -> &'static str {
    match permission {
        Permission::Desk => "使用工作台",
        Permission::Register => "代为登记诉求",
        Permission::SeeAll => "查看全市诉求",
        Permission::SeeUnit => "查看本单位诉求",
        Permission::Dispatch => "研判、交办、裁定、回访、办结",
        Permission::Handle => "签收、先行联系、答复",
        Permission::HeadUnit => "代表单位申请延期、提出异议、转送",
        Permission::Instruct => "领导批示",
        Permission::Unmask => "说明理由后查看联系方式（留痕）",
        Permission::Exchange => "导入与导出",
        Permission::Administer => "管理账号、单位、日历",
        Permission::Teach => "让系统学习、换回以前的版本",
        Permission::ReadLedger => "查看台账",
    }
}

//! The harder courses of the script: who decides, who helps, and what happens on the way.

use kernel::Actor;
use kernel::Instant;
use serde_json::json;

use super::{Act, Line, Player, account};
use crate::city::{DemandScript, Fate, Twist};
use crate::demands::rules::moves::Move;

impl Player<'_> {
    /// The demand reaches its lead unit by whoever decides on its route; when.
    pub(super) fn hand_over(&self, d: &DemandScript, line: &mut Line<'_>) -> Instant {
        let (desk, leader) = (self.desk.clone(), self.person("lingdao"));
        if let Some(wrong) = d.wrong_lead.as_deref().filter(|_| d.twist == Some(Twist::Objected)) {
            line.after(3, 12, Act::Move(Move::Assign, desk.clone(), json!({"lead_unit": wrong, "goal": d.goal})));
            let reason = "按权责清单，这件事由别的单位负责，本单位没有审批权限。";
            let objection = json!({"ground": "not_mandate", "reason": reason, "suggested_unit": d.lead});
            line.after(15, 60, Act::Move(Move::Object, self.person(&format!("{wrong}.fzr")), objection));
            let ruling = json!({"upheld": true, "reason": "核对权责清单，异议成立。", "lead_unit": d.lead});
            line.after(5, 25, Act::Move(Move::RuleObjection, desk, ruling));
            return line.at;
        }
        let helpers = self.handlers(&d.co);
        match d.route.as_str() {
            "leader" => {
                let instruction = format!("请牵头单位会同有关单位办理：{}。", d.goal);
                let input = json!({"instruction": instruction, "lead_unit": d.lead, "co_units": helpers});
                line.after(60, 200, Act::Move(Move::Instruct, leader, input));
            }
            "special" => {
                let date = line.at.in_zone(&self.app.city().zone).date().to_string();
                let tasks: Vec<_> =
                    helpers.iter().map(|unit| json!({"unit": unit, "task": format!("配合落实：{}", d.goal)})).collect();
                let meeting = json!({"meeting": "special", "held_on": date, "attendees": "领导小组成员单位、反映问题的企业",
                    "minutes": format!("由牵头单位负责，{}；每十个工作日报告一次进展。", d.goal), "tasks": tasks});
                line.after(1, 5, Act::Move(Move::Meet, desk.clone(), meeting));
                line.after(3, 12, Act::Move(Move::Assign, desk, json!({"lead_unit": d.lead, "goal": d.goal})));
            }
            _ => {
                let input = json!({"lead_unit": d.lead, "goal": d.goal, "co_units": helpers});
                line.after(3, 12, Act::Move(Move::Assign, desk, input));
            }
        }
        line.at
    }

    /// Each helping unit answers on a day of its own; those of a demand that still waits may be silent yet.
    pub(super) fn helpers(&self, d: &DemandScript, assigned: Instant, line: &mut Line<'_>) {
        let waiting = matches!(d.fate, Fate::WaitsForReply | Fate::Overdue);
        for (place, unit) in self.handlers(&d.co).into_iter().enumerate() {
            if waiting && place > 0 || d.twist == Some(Twist::Objected) {
                continue;
            }
            let said = d.opinions.get(place).cloned();
            let opinion = said.unwrap_or_else(|| format!("职责范围内没有不同意见，按牵头单位的安排配合：{}。", d.goal));
            let stance = if d.opinions.get(place).is_some() { "with_conditions" } else { "agrees" };
            let minutes = 90 + 150 * (place as i64 + 1);
            let at = self.calendar.add_working_minutes(assigned, minutes).unwrap_or(assigned);
            let helper = self.person(&format!("{unit}.cb"));
            line.acts.push((at, Act::Move(Move::GiveOpinion, helper, json!({"opinion": opinion, "stance": stance}))));
        }
    }

    /// What happens on the way; whether the story ends there.
    pub(super) fn twists(&self, d: &DemandScript, line: &mut Line<'_>) -> bool {
        let head = self.person(&format!("{}.fzr", d.lead));
        match d.twist {
            Some(Twist::AskedForTime | Twist::GotTime) => {
                let reason = "现场情况与申报材料不一致，需要会同第三方复核。";
                let asked = json!({"days": 2, "reason": reason, "ground": "complex"});
                line.after(30, 120, Act::Move(Move::RequestExtension, head, asked));
                if d.twist == Some(Twist::GotTime) {
                    let ruled = json!({"granted": true, "reason": "复核确有必要，同意延长一次。"});
                    line.after(10, 60, Act::Move(Move::RuleExtension, self.desk.clone(), ruled));
                }
                false
            }
            Some(Twist::Suspended) => {
                let asked = json!({"ground": "awaiting_superior", "evidence": "年度规划调整已报上级主管部门，等待批复；批复前点位不能定。"});
                line.after(30, 120, Act::Move(Move::Suspend, head, asked));
                true
            }
            Some(Twist::Raised) => {
                let reason = "两个单位对前置条件认识不一致，协调两次没有结果，请求明确由谁先办。";
                let asked = json!({"route": "leader", "reason": reason, "ground": "no_agreement"});
                line.after(60, 200, Act::Move(Move::Escalate, head, asked));
                true
            }
            _ => false,
        }
    }

    fn handlers(&self, units: &[String]) -> Vec<String> {
        let seeds = &self.app.city().unit_seeds;
        let handles = |code: &&String| seeds.iter().any(|unit| unit.code == **code && unit.can_handle);
        units.iter().filter(handles).cloned().collect()
    }

    fn person(&self, username: &str) -> Actor {
        account(self.app, username).unwrap_or_else(|_| self.desk.clone())
    }
}

use proptest::prelude::*;

use super::*;

/// Invented messages of three kinds.
fn lessons() -> Vec<(String, String, &'static str)> {
    let places = ["连然街道", "金方街道", "温泉街道", "草铺街道", "八街街道", "县街街道"];
    let kinds: [(&str, [&str; 4], [&str; 4]); 3] = [
        ("环境保护", ["污水", "废气", "噪声", "垃圾"], ["直排河道", "夜里偷排", "气味刺鼻", "超标排放"]),
        ("劳动保障", ["工资", "社保", "工伤", "加班费"], ["拖欠数月", "一直不发", "不给缴纳", "仲裁未执行"]),
        ("教育", ["学校", "幼儿园", "补课", "学区"], ["乱收费用", "老师体罚", "学位不足", "招生不公"]),
    ];
    let mut lessons = Vec::new();
    for place in places {
        for (label, things, acts) in &kinds {
            for (thing, act) in things.iter().flat_map(|thing| acts.iter().map(move |act| (thing, act))) {
                let text = format!("您好，{place}这里的{thing}{act}，群众反映多次，请有关部门尽快处理。");
                lessons.push((format!("{place}{thing}{act}"), text, *label));
            }
        }
    }
    lessons
}

fn borrowed<'a>(lessons: &'a [(String, String, &'static str)]) -> Vec<Lesson<'a>> {
    lessons.iter().map(|(title, text, label)| Lesson { title, text, label }).collect()
}

fn model() -> &'static Model {
    static MODEL: std::sync::OnceLock<Model> = std::sync::OnceLock::new();
    MODEL.get_or_init(|| Model::train(&borrowed(&lessons()), 7).unwrap())
}

#[test]
fn learns_what_can_be_told_apart() {
    assert_eq!(model().labels(), ["劳动保障", "教育", "环境保护"]);
    let judged = model().judge("太平新城厂里的工资", "厂里的工资一直不发，请有关部门尽快处理");
    assert_eq!(judged.best().map(|(label, _)| model().labels()[label].as_str()), Some("劳动保障"));
    assert!(judged.sure(), "{judged:?}");
    assert!((judged.ranked().iter().map(|(_, share)| share).sum::<f32>() - 1.0).abs() < 1e-5);
    assert!((judged.margin() - (judged.ranked()[0].1 - judged.ranked()[1].1)).abs() < 1e-6);
}

//! Common issues found among invented notes.

use std::collections::BTreeSet;

use text::clusters::{Clusters, Group, Note, StateError};

/// One estate with two issues, one issue told in many words, and a street that is all its notes share.
const KITCHENS: &[(&str, &str)] = &[
    ("云栖苑小区楼下烧烤店油烟扰民", "云栖苑小区一楼的烧烤店没有专用烟道，油烟直接排到楼上，窗户不敢开。"),
    ("云栖苑小区底商餐馆油烟直排", "我住云栖苑三楼，底商餐馆炒菜的油烟直排，没有烟道，家里全是油烟味。"),
    ("投诉云栖苑小区烧烤夜宵油烟", "云栖苑小区夜宵摊烧烤到凌晨，油烟呛人，请查处没有烟道的餐馆。"),
    ("云栖苑餐馆油烟熏得睡不着", "云栖苑小区门面改成餐馆，油烟从窗户进来，烧烤的烟气很重。"),
    ("云栖苑小区餐饮油烟严重扰民", "云栖苑小区一楼餐馆油烟扰民，烟道没有接到楼顶，请环保部门处理。"),
];
const CRACKS: &[(&str, &str)] = &[
    ("云栖苑小区楼板开裂", "云栖苑小区交房才一年，楼板开裂漏水，墙面也有裂缝，请质监站鉴定。"),
    ("云栖苑房屋墙面裂缝楼板漏水", "云栖苑小区我家墙面裂缝越来越大，楼板开裂，下雨漏水。"),
    ("请鉴定云栖苑小区楼板裂缝", "云栖苑小区多户楼板开裂，墙面裂缝，要求鉴定房屋质量。"),
    ("云栖苑小区房屋质量差墙面开裂", "云栖苑小区房屋墙面开裂，楼板裂缝，质量鉴定一直没有结果。"),
];
const SUBSIDY: &[(&str, &str)] = &[
    ("技能人才租房补贴何时发放", "去年申请的技能人才租房补贴至今没有发放，请问何时到账。"),
    ("租房补贴申请通过三个月没有到账", "技能人才租房补贴审核已通过，三个月了还没有到账。"),
    ("咨询技能人才租房补贴进度", "想咨询技能人才租房补贴发放到哪一步了，申请以后没有消息。"),
    ("人才租房补贴迟迟不发", "单位帮我们申请了技能人才租房补贴，一直没有发放到账。"),
];
const ONE_STREET: &[(&str, &str)] = &[
    ("青石街道路灯不亮", "青石街道一带夜里漆黑，路灯坏了很久。"),
    ("青石街道办理社保很慢", "在青石街道办社保转移，跑了四趟没有办成。"),
    ("青石街道老年食堂何时开", "青石街道的老人盼着食堂开门，就餐不方便。"),
    ("青石街道流浪狗咬人", "青石街道流浪狗成群，昨天咬伤了孩子。"),
    ("青石街道自来水发黄", "青石街道这几天自来水发黄，有铁锈味。"),
    ("青石街道图书室不开放", "青石街道图书室周末不开放，借书难。"),
];
const OTHERS: &[(&str, &str)] = &[
    ("公交首班车太晚", "希望首班车提前到五点半，赶早班的人多。"),
    ("发票代开窗口排队", "税务窗口只开了一个，代开发票要排两个小时。"),
    ("园区货车没有停车场", "货车只能停在路边，希望规划停车场。"),
    ("企业招工难", "春节后招不到熟练的焊工，希望组织招聘会。"),
    ("不动产登记材料多", "同样的材料交了三遍，能否共享。"),
    ("河边垃圾没人清运", "河边堆了很多建筑垃圾，没有人清运。"),
];

fn all() -> Vec<(&'static str, &'static str)> {
    // Dealt out by turns, as notes come in.
    let lists = [KITCHENS, CRACKS, SUBSIDY, ONE_STREET, OTHERS];
    (0..6).flat_map(|turn| lists.iter().filter_map(move |list| list.get(turn).copied())).collect()
}

fn clustered(notes: &[(&str, &str)]) -> Clusters {
    let mut clusters = Clusters::new(&["青石街道"]);
    for (id, (title, text)) in (0..).zip(notes) {
        clusters.add(&Note { id, title, text, at: id * 3_600_000_000 });
    }
    clusters.settle();
    clusters
}

fn titles<'a>(group: &Group, notes: &[(&'a str, &'a str)]) -> BTreeSet<&'a str> {
    group.members.iter().map(|member| notes[member.id as usize].0).collect()
}

fn expected(list: &[(&'static str, &'static str)]) -> BTreeSet<&'static str> {
    list.iter().map(|(title, _)| *title).collect()
}

#[test]
fn issues_of_one_estate_stay_apart_and_a_street_is_no_issue() {
    let notes = all();
    let clusters = clustered(&notes);
    let groups = clusters.groups(3);
    let found: Vec<BTreeSet<&str>> = groups.iter().map(|group| titles(group, &notes)).collect();
    assert_eq!(found, [expected(KITCHENS), expected(CRACKS), expected(SUBSIDY)], "{groups:#?}");
}

/// Of seven notes no word's company is known yet; the words themselves must do.
#[test]
fn a_handful_of_notes_is_enough() {
    let notes: Vec<_> = [&KITCHENS[..3], &CRACKS[..3], &OTHERS[..1]].concat();
    let found: BTreeSet<_> = clustered(&notes).groups(3).iter().map(|group| titles(group, &notes)).collect();
    assert_eq!(found, BTreeSet::from([expected(&KITCHENS[..3]), expected(&CRACKS[..3])]));
}

#[test]
fn groups_say_in_words_why() {
    let clusters = clustered(&all());
    let groups = clusters.groups(3);
    let names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
    assert!(names[0].contains("云栖苑") && names[0].contains("油烟"), "{names:?}");
    assert!(names[1].contains("云栖苑") && (names[1].contains("裂")), "{names:?}");
    assert!(names[2].contains("租房补贴"), "{names:?}");
    let kitchens = &groups[0];
    assert!(kitchens.why.iter().any(|word| word.contains("油烟")), "{:?}", kitchens.why);
    for member in &kitchens.members {
        assert!((0.0..=1.0).contains(&member.likeness), "{member:?}");
        assert!(member.shared.iter().all(|word| kitchens.why.contains(word)), "{member:?}");
        assert!(!member.shared.is_empty(), "{member:?}");
    }
}

/// The same notes give the same groups; their order decides little.
#[test]
fn the_order_decides_little() {
    let notes = all();
    let groups = clustered(&notes).groups(3);
    assert_eq!(groups, clustered(&notes).groups(3));
    let backwards: Vec<_> = notes.iter().rev().copied().collect();
    let sets = |groups: &[Group], notes| -> BTreeSet<_> { groups.iter().map(|group| titles(group, notes)).collect() };
    assert_eq!(sets(&groups, &notes), sets(&clustered(&backwards).groups(3), &backwards));
}

fn bytes(clusters: &Clusters) -> Vec<u8> {
    let mut bytes = Vec::new();
    assert!(clusters.write(&mut bytes).is_ok());
    bytes
}

#[test]
fn the_same_note_again_changes_nothing() {
    let notes = all();
    let mut clusters = clustered(&notes);
    let before = bytes(&clusters);
    let group = clusters.add(&Note { id: 0, title: "别的", text: "别的内容", at: 0 });
    assert_eq!(group, clusters.groups(3)[0].id);
    assert_eq!(bytes(&clusters), before);
}

#[test]
fn a_group_keeps_its_number_as_it_grows() {
    let notes = all();
    let mut clusters = clustered(&notes);
    let id = clusters.groups(3)[0].id;
    let joined =
        clusters.add(&Note {
            id: 1_000, title: "云栖苑小区油烟扰民", text: "云栖苑小区烧烤油烟扰民。", at: 0
        });
    assert_eq!(joined, id);
    assert_eq!((clusters.groups(3)[0].id, clusters.groups(3)[0].members.len()), (id, KITCHENS.len() + 1));
}

#[test]
fn a_state_goes_on_where_it_was_kept() {
    let notes = all();
    let (first, rest) = notes.split_at(14);
    let mut kept = Clusters::new(&["青石街道"]);
    let mut whole = Clusters::new(&["青石街道"]);
    for (id, (title, text)) in (0..).zip(first) {
        kept.add(&Note { id, title, text, at: id });
        whole.add(&Note { id, title, text, at: id });
    }
    let mut again = Clusters::read(&*bytes(&kept)).unwrap();
    assert_eq!(again.len(), 14);
    for (id, (title, text)) in (14..).zip(rest) {
        again.add(&Note { id, title, text, at: id });
        whole.add(&Note { id, title, text, at: id });
    }
    assert_eq!(bytes(&again), bytes(&whole));
    assert_eq!(again.groups(2), whole.groups(2));
}

#[test]
fn what_is_no_state_is_refused() {
    let whole = bytes(&clustered(&all()));
    let refused = |bytes: &[u8]| Clusters::read(bytes).err();
    assert_eq!(refused(&[]), Some(StateError::Unknown));
    assert_eq!(refused(b"something else altogether"), Some(StateError::Unknown));
    for at in (8..whole.len()).step_by(97) {
        assert!(refused(&whole[..at]).is_some(), "cut at {at}");
        let mut changed = whole.clone();
        changed[at] ^= 0x10;
        assert_eq!(refused(&changed), Some(StateError::Damaged), "changed at {at}");
    }
    let empty = Clusters::read(&*bytes(&Clusters::new(&[]))).unwrap();
    assert!(empty.is_empty() && empty.groups(1).is_empty());
}

/// Whatever is typed: no panic, and nothing that means nothing becomes an issue.
#[test]
fn absurd_notes_form_no_group() {
    let long = "水电费".repeat(33_334);
    let absurd = [
        "",
        " ",
        "水",
        "？！。，、",
        "!!!!!!!!",
        "🙂🙂🙂",
        "👨‍👩‍👧‍👦",
        "\u{0}\u{1}",
        "锟斤拷锟斤拷",
        "ä½ å¥½",
        "\u{FEFF}\u{202E}",
        "a",
        "1",
        &long,
    ];
    let mut clusters = Clusters::new(&["", "a", "青石街道"]);
    for (id, text) in (0..).zip(absurd) {
        clusters.add(&Note { id, title: text, text: "", at: i64::MIN });
        clusters.add(&Note { id: id + 100, title: "", text, at: i64::MAX });
        clusters.add(&Note { id: id + 200, title: "", text: "", at: 0 });
    }
    clusters.settle();
    let groups = clusters.groups(3);
    assert!(groups.is_empty(), "{groups:#?}");
    assert!(Clusters::read(&*bytes(&clusters)).is_ok());
}

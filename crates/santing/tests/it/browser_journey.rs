//! The same way once more, by people at a real browser.

use crate::harness::City;
use crate::harness::browser::Browser;

const ESCAPE: &str = "\u{e00c}";
const ENTER: &str = "\u{e007}";

#[test]
fn a_firm_is_heard_and_answered_in_a_browser() {
    let city = City::anning();
    let firm = Browser::new(city);
    let (number, code) = speaks(&firm);
    let here = format!("/demands/{number}");

    let staff = Browser::new(city);
    staff.logs_in("tongchou").reads("今天要办").finds_it_decent(1440);
    staff.opens(&here).reads("待研判").presses("研判");
    sorts(&staff);
    staff.reads("已研判，接着可以交办").presses("交办");
    staff.chooses("牵头单位", "市工科信局").writes("工作目标", "核实名单，月底前拨付").presses("交办");
    staff.reads("已交给市工科信局");

    staff.logs_in("gongkexin.cb").opens(&here).presses("签收");
    staff.reads("已签收").presses("记录先行联系");
    staff.writes("联系情况", "电话核实了开户行").presses("记录先行联系");
    staff.reads("已记录先行联系");
    staff.writes("政策解读", "按奖补办法，认定次年兑现。").writes("办理措施", "已核实名单。");
    staff.writes("处理意见", "月底前拨付到账。").presses("预览答复");
    staff.reads("诉求人将看到").finds_it_decent(1440).presses("确认发出");
    staff.reads("答复已发出");

    firm.opens(&format!("/progress?number={number}&code={code}")).reads("月底前拨付到账");
    firm.chooses("请您评价", "满意").presses("提交评价");
    firm.reads("已经收到，谢谢").finds_it_decent(1440);

    staff.logs_in("tongchou").opens(&here).presses("记录回访");
    staff.chooses("是否接通", "是").chooses("是否解决", "是").chooses("满意度", "满意").presses("记录回访");
    staff.reads("已记录回访").presses("办结");
    staff.chooses("办理结果", "已解决").presses("办结");
    staff.reads("已办结，结果：已解决").finds_it_decent(1440);

    firm.is_wide(360);
    firm.opens(&format!("/progress?number={number}&code={code}")).reads("已办结").finds_it_decent(360);
}

fn speaks(firm: &Browser<'_>) -> (String, String) {
    firm.opens("/").finds_it_decent(1440).presses("我是企业");
    firm.writes("具体情况", "奖补一年多没有到账，请核实。").presses("提交");
    firm.reads("请先改正以下内容").finds_it_decent(1440);
    assert_eq!(firm.written("具体情况"), "奖补一年多没有到账，请核实。");
    firm.writes("标题", "奖补没有到账").writes("企业全称", "云南铁砚冶金材料有限公司");
    firm.writes("统一社会信用代码", "9153018100DEM0031E").writes("电话", "13800000004").presses("提交");
    firm.reads("已经收到").finds_it_decent(1440);
    let kept =
        firm.asks("return [...document.querySelectorAll('.keep dd')].map(e => e.textContent.replaceAll(' ', ''))");
    (kept[0].as_str().unwrap().to_owned(), kept[1].as_str().unwrap().to_owned())
}

fn sorts(desk: &Browser<'_>) {
    desk.chooses("列入清单", "事项")
        .chooses("领域", "产业发展")
        .chooses("难易程度", "一般")
        .chooses("涉及范围", "范围窄");
    desk.chooses("政策属性", "政策性强").chooses("全局或部门", "部门任务").chooses("共性或个性", "个性诉求");
    desk.chooses("政策或程序", "政策措施").chooses("层级", "一般").chooses("办理形式", "分发交办").presses("研判");
}

#[test]
fn the_workbench_works_with_the_keyboard_alone() {
    let desk = Browser::new(City::anning());
    desk.logs_in("tongchou").opens("/desk").reads("今天要办");
    let focused = "document.activeElement";
    desk.types("j")
        .waits("j goes to the first row", &format!("{focused}.closest('tr') === document.querySelector('tbody tr')"));
    desk.types("j")
        .waits("j goes on", &format!("{focused}.closest('tr') === document.querySelectorAll('tbody tr')[1]"));
    desk.types("k").waits("k goes back", &format!("{focused}.closest('tr') === document.querySelector('tbody tr')"));
    desk.types("?").waits("? lists the keys", "document.querySelector('dialog[open]')");
    desk.types(ESCAPE).waits("Escape closes the list", "!document.querySelector('dialog[open]')");
    desk.types(ENTER).waits("Enter opens the row", "/^\\/demands\\/AN/.test(location.pathname)");
    desk.types("/").waits("/ goes to the search", &format!("{focused}.name === 'q'"));
    desk.types("奖补").types(ENTER).waits("the search is made", "location.search.startsWith('?q=')");
    desk.reads("奖补");
    assert!(desk.complaints().is_empty());
}

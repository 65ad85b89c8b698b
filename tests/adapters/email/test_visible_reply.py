"""What the writer added, in the forms mail programs of both languages give to what was there before."""

import time

import pytest

from adapters.email import visible_reply
from adapters.email.html_text import text_of_html
from adapters.email.replies.visible import quoted_part

QUOTE = "> LX123456785CN 清关延误\n> 请补发票"


@pytest.mark.parametrize("header", [
    "在 2026年11月25日，下午3:04，包裹桥 <bot@pb.example> 写道：",
    "在 2026/11/25 15:04, 包裹桥 写道:",
    "在 2026年11月25日星期三，包裹桥 <bot@pb.example> 写道：",
    "包裹桥 <bot@pb.example> 于2026年11月25日周三 15:04写道：",
    "包裹桥 <bot@pb.example> 於 2026年11月25日 週三 下午3:04寫道：",
    "2026年11月25日 15:04，包裹桥 <bot@pb.example> 写道：",
    "On 11/25/2026 15:04，包裹桥<bot@pb.example> wrote：",
    "On Wed, Nov 25, 2026 at 3:04 PM Parcelbridge <bot@pb.example> wrote:",
    "On 2026-11-25 15:04, Parcelbridge wrote:",
    "2026-11-25 15:04 GMT+08:00 Parcelbridge <bot@pb.example>:",
    "2026-11-25 15:04 GMT+01:00 Parcelbridge Parcel Status Service <\nbot@pb.example>:",
    "At 2026-11-25 15:04:05, \"Parcelbridge\" <bot@pb.example> wrote:",
    "Op wo 25 nov 2026 om 15:04 schreef Parcelbridge <bot@pb.example>:",
    "Le mer. 25 nov. 2026 à 15:04, Parcelbridge <bot@pb.example> a écrit :",
    "Am Mi., 25. Nov. 2026 um 15:04 Uhr schrieb Parcelbridge <bot@pb.example>:",
    "Parcelbridge <bot@pb.example> schrieb am Mi., 25. Nov.\n2026 um 15:04 Uhr:",
    "On Wed, Nov 25, 2026 at 3:04 PM Parcelbridge Parcel Status Service\n<bot+PB7Q2K@pb.example> wrote:",
    "On Wed, Nov 25, 2026 at 3:04 PM Parcelbridge Parcel\nStatus Service <\nbot+PB7Q2K@pb.example> wrote:",
    "Parcelbridge Parcel Status Service <bot@pb.example> 于2026年11月25日周三\n下午3:04写道：",
    "Parcelbridge Parcel Status Service <bot@pb.example>\n于2026年11月25日周三 15:04写道：",
])
@pytest.mark.parametrize("quote", [QUOTE, f"\n{QUOTE}\n>\n> 谢谢"])
def test_what_stands_below_an_attribution_is_not_the_writers(header: str, quote: str) -> None:
    text = f"好的，今天补。\n\n王伟\n\n\n{header}\n{quote}\n"
    assert visible_reply(text, keep_signature=True) == "好的，今天补。\n\n王伟"


BLOCKS = {
    "outlook zh":
        "-----邮件原件-----\n发件人: bot <bot@pb.example> \n"
        "发送时间: 2026年11月25日 15:04\n收件人: 王伟\n主题: 延误",
    "outlook zh, drawn":
        "________________________________\n发件人: bot\n"
        "已发送: 2026年11月25日 15:04\n收件人: 王伟\n主题: 延误",
    "outlook tw": "-----原始郵件-----\n寄件者: bot\n寄件日期: 2026年11月25日 下午 03:04\n收件者: 林小姐\n主旨: 延誤",
    "foxmail": "发件人： bot\n发送时间： 2026-11-25 15:04\n收件人： 王伟\n抄送： ops\n主题： 延误",
    "alibaba":
        f"{'-' * 66}\n发件人：bot <bot@pb.example>\n"
        "发送时间：2026年11月25日(星期三) 15:04\n收件人：王伟\n主　题：延误",
    "huawei":
        "发件人：bot <bot@pb.example>\n收件人：王伟 <w@x.example>\n"
        "抄 送：ops\n主 题：延误\n时 间：2026-11-25 15:04",
    "qq": "------------------&nbsp;原始邮件&nbsp;------------------\n发件人:&nbsp;\"bot\"<bot@pb.example&gt;;",
    "qq en": "------------------ Original ------------------\nFrom:  \"bot\";\nDate:  Wed, Nov 25, 2026 03:04 PM",
    "netease": "---- 回复的原邮件 ----\n| 发件人 | bot<bot@pb.example> |\n| 发送日期 | 2026年11月25日 15:04 |",
    "coremail":
        "-----原始邮件-----\n发件人:\"bot\" <bot@pb.example>\n"
        "发送时间:2026-11-25 15:04:05 (星期三)\n主题: 延误",
    "outlook en": "From: bot <bot@pb.example>\nSent: Wednesday, November 25, 2026 3:04 PM\nTo: Anna\nSubject: Delay",
    "outlook en, bold": "*From:* bot <bot@pb.example>\n*Sent:* Wednesday, November 25, 2026 3:04 PM\n*To:* Anna",
    "outlook nl":
        "Van: bot <bot@pb.example>\n"
        "Verzonden: woensdag 25 november 2026 15:04\nAan: Anna\nOnderwerp: Vertraging",
    "outlook fr": "De : bot <bot@pb.example>\nEnvoyé : mercredi 25 novembre 2026 15:04\nÀ : Anna\nObjet : Retard",
    "original": "-----Original Message-----\nFrom: bot\nSent: Wednesday",
    "forwarded": "---------- Forwarded message ---------\nFrom: bot <bot@pb.example>",
    "apple": "Begin forwarded message:\n\nFrom: bot <bot@pb.example>\nSubject: Delay",
    "samsung":
        "--------- Original Message ---------\nSender : bot <bot@pb.example>\nDate : 2026-11-25 15:04\nTitle : x",
    "netease, en, without colons": "---- Replied Message ----\nFrom \tbot<bot@pb.example>\nDate \t11/25/2026 15:04",
    "kylin": "----\n\n\n\n\n\n主　题：Re: 延误\n日　期：2026-11-25 15:04\n发件人：bot\n收件人：王伟;",
    "old web outlook tw":
        f"{'_' * 40}\n從: bot [bot@pb.example]\n寄件日期: 2026年11月25日 下午 03:04\n至: 王伟\n主旨: 延誤",
    "alibaba, en": f"{'-' * 66}\nSender:bot <bot@pb.example>\nSent At:2026 Nov. 25 (Wed.) 15:04\nRecipient:w",
    "qq, new":
        " 原始邮件 \n---\n发件人：bot <bot@pb.example>\n发件时间：2026年11月25日 15:04\n收件人：王伟\n主题：延误",
    "thunderbird, forwarded": "-------- 转发的消息 --------\n主题: \t延误\n日期: \tWed, 25 Nov 2026 15:04\nFrom: \tbot",
    "drawn far above": f"{'_' * 40}\n\n\nFrom: bot <bot@pb.example>\nSent: 25 November 2026",
    "ours": "--- 请在此行上方回复 / reply above this line ---",
}


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS.keys())
def test_the_header_of_a_quoted_mail_ends_what_was_said(block: str) -> None:
    text = f"请查收发票。\n\n{block}\n\nLX123456785CN 清关延误\n> 更早的\n这也不是\n"
    assert visible_reply(text, keep_signature=True) == "请查收发票。"


@pytest.mark.parametrize("text", [
    "客户写道：包裹一直没到。\n麻烦查一下",
    "发件人：李雷\n收件人：韩梅梅\n电话：010-11111111\n请改地址",
    "From: Shenzhen\nTo: Liège\nhow long does it take?", "Yes.\nFrom: Shenzhen\nTo: Liège\nDate: 24 Nov\nvia LGG",
    "好的。\n从：深圳\n至：列日\n日期：11月24日\n经布鲁塞尔",
    "Please change:\nFrom: Rue de la Loi 1\nTo: Rue Haute 20\nThe customer moved.",
    "On my side everything is fine.\nWhat did customs say?",
    "他在 2026-11-20 的邮件里写道包裹已到，但是没有。",
    "明细如下：\n- A\n- B\n\n------\n合计 3 件",
    "重量 >500 kg 的怎么办？\n>500 kg 要加急吗",
    "LX123456785CN\nLX987654326CN\n日期：11月20日\n请查",
    ">_< 又晚了",
    "请改派送地址：\n\n李雷\n地址：深圳市福田区\n电话：010-11111111",
    "请改派送地址\n\n收件人：李雷\n地址：深圳市福田区\n电话：010-11111111",
    "新地址如下\n\n李雷\n电话：010-11111111",
])
def test_what_only_looks_like_a_quote_stays(text: str) -> None:
    assert visible_reply(text) == text


def test_answers_between_and_below_the_quoted_lines_are_kept() -> None:
    text = (
        "在 2026/11/25 15:04, bot 写道:\n> 退到哪里？\n\n退回深圳。\n\n> 谁付运费？\n>\n\n我们付。\n\n"
        "_______________________________________________\nops mailing list\nops@lists.example\n"
    )
    assert visible_reply(text) == "退回深圳。\n\n我们付。"


def test_quoted_lines_at_the_end_go_without_any_header() -> None:
    assert visible_reply("收到\n\n> 请补发票\n> 谢谢\n") == "收到"


def test_a_web_mail_whose_quotes_bear_no_marks_is_cut_at_its_attribution() -> None:
    text = "已补\n\n\n在 2026-11-25 15:04:05，\"bot\" <bot@pb.example> 写道：\n>LX123456785CN\n\n请补发票\n谢谢"
    assert visible_reply(text) == "已补"


@pytest.mark.parametrize("line", [
    "发自我的iPhone", "發自我的 iPhone", "取得 iOS 版 Outlook<https://aka.ms/o0ukef>", "获取适用于 Android 的 Outlook",
    "发送自适用于 iOS 的 Outlook", "从 Windows 版邮件发送", "Sent from NetEase Mail Master", "发自我的 iPhone",
    "发自我的企业微信", "從我的 iPhone 傳送", "从我的华为手机发送",
    "Sent from my iPhone", "Get Outlook for iOS<https://aka.ms/o0ukef>",
    "Verzonden vanaf mijn iPhone", "Envoyé de mon iPhone",
])
def test_devices_go_unless_they_are_kept(line: str) -> None:
    assert visible_reply(f"明天补。\n\n{line}\n\n{QUOTE}\n") == "明天补。"
    assert visible_reply(f"明天补。\n\n{line}\n\n{QUOTE}\n", keep_signature=True) == f"明天补。\n\n{line}"


@pytest.mark.parametrize("signature", [
    "-- \nAnna Peeters\nbpost, +32 2 000 00 00", "Kind regards,\nAnna", "此致\n敬礼\n王伟", "祝好！\n王伟\n物流部",
    "王伟 | 物流部\n电话：010-00000000", "Anna Peeters\nTel. +32 2 000 00 00\nwww.bpost.example",
])
def test_signatures_go_unless_they_are_kept(signature: str) -> None:
    text = f"请查 LX123456785CN\n\n{signature}"
    assert visible_reply(text) == "请查 LX123456785CN"
    assert visible_reply(text, keep_signature=True) == text


@pytest.mark.parametrize("text", ["谢谢\n王伟", "Thanks!", "LX123456785CN\nLX987654326CN", "谢谢", "Regards"])
def test_short_mails_are_no_signatures(text: str) -> None:
    assert visible_reply(text) == text


@pytest.mark.parametrize("disclaimer", [
    "CONFIDENTIALITY NOTICE: This message is for the addressee only.\nDelete it otherwise.",
    "This e-mail and any attachments are confidential and intended solely for the addressee.",
    "本邮件及其附件含有本公司的保密信息，仅限于发送给上面地址中列出的个人或群组。",
    "#/******本邮件及其附件含有某公司的保密信息，仅限于发送给上面地址中列出的个人或群组。******/#",
    "免责声明：本邮件内容仅供参考。", "-----\nDisclaimer\nwhatever the lawyers want",
    "签名由 网易邮箱大师 定制",
])
def test_disclaimers_and_adverts_go_even_where_signatures_stay(disclaimer: str) -> None:
    for keep in (False, True):
        assert visible_reply(f"请查 LX123456785CN\n\n{disclaimer}\n", keep_signature=keep) == "请查 LX123456785CN"


@pytest.mark.parametrize("banner", [
    "CAUTION: This email originated from outside of the organization. Do not click links or open attachments.",
    "CAUTION: This email is not originated from X. Do not click links unless you recognize the sender.",
    "!----------|\n  This email was sent from someone outside of X. Do not\n  click on any links, reply.\n|----------!",
    "External email : Please do not click links or open attachments until you have verified the sender.",
    "You don't often get email from a@b.example. Learn why this is important", "[EXTERNAL EMAIL]", "【外部邮件】",
    "【外部邮件】此邮件来自公司外部，请勿随意点击链接或打开附件。", "警告：此郵件來自外部，請勿點擊連結或開啟附件",
])
def test_what_a_gateway_writes_above_is_not_the_writers(banner: str) -> None:
    assert visible_reply(f"{banner}\n\n请查 LX123456785CN\n", keep_signature=True) == "请查 LX123456785CN"
    assert visible_reply(banner) == banner


@pytest.mark.parametrize("text", [
    "Attention: the external label is torn.\n\nPlease reprint it.", "注意：外部包装破损。\n\n请拍照。",
    "Warning letters came from customs.\n\nWhat now?",
])
def test_people_may_warn_too(text: str) -> None:
    assert visible_reply(text) == text


@pytest.mark.parametrize("text", [f"{QUOTE}\n", f"---- 原邮件 ----\n{QUOTE}", "-- \nAnna", ""])
def test_a_mail_of_nothing_else_is_kept_whole(text: str) -> None:
    assert visible_reply(text) == text.rstrip()


def test_windows_line_ends_and_invisible_signs_make_no_difference() -> None:
    text = "收到\r\n\r\n\ufeff在\u00a02026年1月1日，上午8:00，\u202abot\u202c <bot@pb.example> 写道：\r\n> x\r\n"
    assert visible_reply(text) == "收到"


def test_what_is_answered_can_be_read_without_its_marks() -> None:
    assert quoted_part(f"好\n\n在 2026/11/25 15:04, bot 写道:\n{QUOTE}\n") == "LX123456785CN 清关延误\n请补发票"
    assert quoted_part("好") == ""


@pytest.mark.parametrize("html", [
    '<div>收到</div><div class="gmail_quote">旧</div>', '<p>收到</p><blockquote type="cite">旧</blockquote>',
    '<div>收到</div><div id="isReplyContent">旧</div>', '<div>收到</div><div class="ntes-mailmaster-quote">旧</div>',
    '<div>收到</div><div id="divRplyFwdMsg">旧</div><div>更旧</div>', '<div>收到<includetail>旧</includetail></div>',
    '<div>收到</div><div id="appendonsend"></div><hr>旧', '<style>p{}</style><script>旧</script><p>收到</p>',
    '<div class="__aliyun_email_body_block">收到</div>', "<p>收到<!-- 旧 --></p>", "<p>收到</p><!-- 旧",
])
def test_containers_of_quotes_are_left_out_of_html(html: str) -> None:
    assert text_of_html(html) == "收到"


def test_html_becomes_lines_as_a_reader_sees_them() -> None:
    html = "<div>一&nbsp;二<br>三</div><div>四</div><p>五</p><p>六 &lt; 七</p><ul><li>八</li></ul>"
    assert text_of_html(html) == "一 二\n三\n四\n五\n\n六 < 七\n\n八"


@pytest.mark.parametrize("text", ["x" * 100_000, "> " * 50_000, "On 1 " * 20_000, "发件人：" * 20_000, "-" * 100_000])
def test_a_very_long_line_takes_no_time(text: str) -> None:
    began = time.process_time()
    visible_reply(text)
    assert time.process_time() - began < 0.5

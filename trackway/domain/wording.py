"""What a post's words mean: the text of an event, or its UPU code, to a milestone.

Posts spell the same thing in a hundred ways, so words are matched by meaning and in an order that matters: what went
wrong is looked for before what went well, for "Unsuccessful delivery" and "Returned, delivered to sender" also speak
of delivery.
"""

import re
import unicodedata
from functools import lru_cache

from trackway.domain.tracking import Milestone

_NOISE = re.compile(
    r"<[^>]*>|\b[a-z]{2}\d{9}[a-z]{2}\b|\b\d{1,2}[-/ ][a-z]{3}[a-z]*[-/ ]\d{2,4}\b|\d+|\.{2,}|[^\w\s.;,/'-]|_"
)
_BETWEEN_HAN = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
_PERHAPS = re.compile(
    r"(?:(?:will|shall|may|to) be )?return[^.;]*\b(?:if|unless)\b[^.;]*"
    r"|\b(?:if|unless)\b[^.;,]*(?:collected|claimed|picked|delivered)[^.;]*"
    r"|\b(?:otherwise|or else)\b[^.;]*|(?:[若如][果未逾]|否则|逾期[^.;。退]*[将会则即])[^.;。]*退[^.;。]*"
)
_SIMPLE = str.maketrans(
    "無沒錄記郵錯誤關檢暫換還運丟遺損壞銷毀終領點達敗遞獲單書約詳確遷請滯離開預計將簽資數據訂電訊傳創攬輸處發啟啓飛揀"
    "轉於櫃來號嘗試應門鄰儲託訪陸進務稅費繳納補證檔齊審覽庫區縣鎮鄉鎖專線車輛東灣內國際聯絡繫話碼寫為準備時間現場導倉"
    "貨員繼續後與從個們這過鐘報驗險擔願認識該種類標樓層讓輕驛親給鐵機齡遲實廈絕嚴戶歸貼護級組結經總維隨難項須額館業執"
    "優價盡儘別動協問圍園圖廣廢異當復憑攜攔斷會贈負責臨撥攤籤幹調擱倆兩買賣",
    "无没录记邮错误关检暂换还运丢遗损坏销毁终领点达败递获单书约详确迁请滞离开预计将签资数据订电讯传创揽输处发启启飞拣"
    "转于柜来号尝试应门邻储托访陆进务税费缴纳补证档齐审览库区县镇乡锁专线车辆东湾内国际联络系话码写为准备时间现场导仓"
    "货员继续后与从个们这过钟报验险担愿认识该种类标楼层让轻驿亲给铁机龄迟实厦绝严户归贴护级组结经总维随难项须额馆业执"
    "优价尽尽别动协问围园图广废异当复凭携拦断会赠负责临拨摊签干调搁俩两买卖",
)

_CUSTOMS = r"\b(?:customs|security|authorit)"
_OFFICE = (
    r"(?:delivery|delivery post|destination post|local post)[ /](?:office|unit|depot|branch|station|facility|centre)"
)
_RECEIVER = (
    r"(?:addressee|recipient|customer|consignee|receiver|neighbou?r|agent|resident|concierge|porter|doorman|him|her)"
)

_COURIER = r"(?:courier|driver|postie|postm[ae]n|postwoman)"
_NEAR = rf"(?:{_RECEIVER}|family|relative|household)"
_DOOR = r"(?:safe|door|neighbo|recept|porch|mailbox|letter ?box)"

# One alternative a line; the first meaning that fits is taken.
_MEANINGS: tuple[tuple[Milestone, str], ...] = (
    (
        Milestone.NOT_FOUND,
        r"""
        number\b.*\b(?:is not available|not found|does not exist|unknown)
        invalid (?:item|tracking|mail)
        \bno (?:tracking )?(?:record|information|details|data)\b
        \bkey in your\b
        查无(?!此人)|没有记录|无记录|无此邮件|格式(?:错误|无效)
        """,
    ),
    (  # words of trouble that mean none
        Milestone.IN_TRANSIT,
        rf"""
        (?:releas|return|clear)\w* (?:from|by|through)\b.*{_CUSTOMS}
        customs(?!.*(?:fail|stuck|incomplete)).*(?:releas|clear|complet)
        attempting to correct
        held (?:temporarily )?at (?:the )?(?:outward|inward|transit) (?:office|hub|centre)
        delivered to (?:the |an? )?(?:\w+ )?(?:carrier|airline|airport|customs|hub|partner|local post)
        delivered to (?:the |an? )?(?:\w+ )?(?:sorting|transport|processing|office of exchange)
        送达.{{0,4}}(?:海关|机场|仓|中心|互换局)
        海关(?!.*(?:扣|[无未不拒].{{0,3}}放行)).{{0,6}}放行|安检放行|清关完成|暂存.*互换局
        """,
    ),
    (
        Milestone.EXCEPTION,
        rf"""
        \breturn(?!(?:ed)? to (?:the )?(?:\w+ ){{0,2}}(?:office|depot)\b(?! of origin))
        to (?:the )?(?:original )?sender|\bsent back\b
        (?:held|stuck|detained|retained|kept|stopped|intercepted|refused|rejected) (?:up )?(?:by|at|in|for) .*{_CUSTOMS}
        customs.*(?:held|hold|detain|seiz|retain|refus|reject|fail)
        \b(?:way|goes|going|coming) back\b
        seiz|impound|confiscat|prohibit|destroy|dispos|abandon
        \b(?:lost|(?<!number )(?<!address )missing|damaged?|theft|stolen|cancel\w*|terminat\w*|recall\w*)\b
        (?:item|parcel|package|shipment) (?:cannot|could not) be (?:found|traced)|investigat
        \bnot (?:permitted|allowed|admitted)\b
        \bmis-?(?:sent|sort\w*|routed|directed)\b
        退回|退返|退件|退还|退运|[改转]退|充公|扣留|扣关|扣押|查扣|扣查|扣起|暂扣|被扣|没收|丢失|遗失|损坏|损毁|毁损|破损|销毁
        终止|取消|撤回|(?:清关|通关|海关).{{0,4}}(?:失败|异常|被?拒|[未不]通过)
        (?:拒绝|不予|不准|禁止|无法|未能)(?:放行|通关|入境|出境|进口|出口)
        [误错][投送派递寄分]|错误?分拣
        """,
    ),
    (
        Milestone.AVAILABLE_FOR_PICKUP,
        rf"""
        \b(?:ready|available|awaits?|awaiting|waiting|held) (?:for|to|to be|at .* for|until)?\s*(?:collect|pick)
        \b(?:kept|stored) (?:for|to be|at .* for|until)?\s*(?:collect|pick)
        \b(?:awaiting|(?:waiting|available|ready) for) {_RECEIVER} (?:collect|pick)
        \b(?:ready|available|waiting|held|kept|stored) (?:for you )?(?:at|in) .*\b(?:collect|pick|service|shop|locker)
        \b(?:ready|available|waiting) (?:for you )?(?:at|in) .*\bpost office|waiting for (?:the )?{_RECEIVER}$
        \byou (?:can|may) (?:now )?(?:collect|pick)
        own pick|request\w* to (?:pick|collect)|held at addressee|poste restante
        (?:arriv|reach|deposit|plac|deliver)\w* .*(?:collection|pick-? ?up|service) ?(?:point|location|counter|outlet)
        (?:arriv|reach|deposit|plac|deliver)\w* .*(?:collection|pick-? ?up|service) ?parcel ?shop
        (?:arriv|deposit|plac|drop|load)\w* .*\blocker|\bparcel (?:machine|station)
        (?<!不)可.{{0,8}}(?:领取|提取|自取)|待领取|候领|待取|自提[点柜]|自取点|请(?!求).*(?:自取|领件|取件|取走|领取|提取)|到达自提|到达领取
        等候.?(?:领取|提取)|待(?:收件人|客户|顾客|您)?(?:领取|提取|自取|自提|取件)
        (?:存放|存入|暂存|放入|放置|投入|送达|送抵|送至|到达|投放).*(?:柜|智邮站|驿站|代收点|便利店)
        """,
    ),
    (  # in spite of the attempts it took
        Milestone.DELIVERED,
        r"""
        \bdelivered (?:on|at|in|after|upon)\b.*\battempt
        """,
    ),
    (
        Milestone.DELIVERY_FAILURE,
        rf"""
        \b(?:another|new|different|later) (?:delivery )?(?:date|day|time)\b
        unsuccessful|undeliver|non-?deliver|unclaimed|uncollected
        not (?:yet |been |be )*(?:successful|deliver)|deliver\w* (?:was |is )?not|reschedul
        \b(?:could not|cannot|can't|couldn't|unable to|not possible|impossible|fail\w*|missed|re-?deliver\w*)\b
        \bnot (?:been )?able to deliver
        attempt|no one|nobody|not (?:at )?home|\b(?:does|did) not (?:live|answer|respond|accept)
        \bno (?:answer|response|reply)\b|no longer (?:at|live|there)
        \b(?:absent|away|vacation|unanswered|box (?:is )?full|no access)\b
        (?:premises|business|building|office) (?:is |was )?closed
        {_RECEIVER}(?: is| was| has)? (?:not|un|moved|deceased)|^moved\b
        \bnot (?:known|collected|available)\b
        (?:incorrect|insufficient|incomplete|wrong|bad|unknown|illegible|no such)\b.*\b(?:address|number|postcode)
        \b(?:address|number|postcode)\b.*\b(?:incorrect|insufficient|incomplete|wrong|illegible|missing)
        \baddress\b.*\b(?:not|cannot be) found
        \brefus|\breject|\bdeclin|\bcarded\b
        (?:notif\w*|notice|advice) (?:card|slip|left|issued|of arrival)|card left|left (?:a )?(?:card|notice)
        payment of charges|awaiting payment|(?:charges|duty|duties)\b.*\b(?:outstanding|due|unpaid)
        payment (?:is )?(?:required|due|pending)|returned to (?:the )?(?:\w+ ){{0,2}}(?:office|depot)
        未能|不成功|未成功|失败|(?:派|投|配)(?:件|递|送)异常|未妥投|未[递投派]|无法(?:派|投|递|送)|(?:派|投|配)(?:件|递|送).{{0,2}}(?:未[成果]|不成|暂停|中止|受阻)|无人|[没未]有?(?:人|应门)|不在|拒收|拒[绝付签]|另约
        (?:再次|重新|另行|延[迟期后]|改[期日天]|推迟)(?:派|投|配)|未获领取|未领取|通知[卡单书]|领[件取]通知|迁移|迁出|搬迁
        已搬|查无此人|联系不上|无法联系|电话.{{0,4}}(?:无法|停机|关机|不通)
        (?:门牌|号码?).{{0,3}}(?:不详|不符|错误|有误)
        地址.{{0,3}}(?:不详|不全|不足|欠详|不清|错误|不正确|不完整|有误|无法)|(?:错误|不详)地址
        """,
    ),
    (
        Milestone.AVAILABLE_FOR_PICKUP,
        r"""
        (?:held|kept|stored|remains|hold) (?:at|in)\b.*\b(?:delivery|post|collection)\b
        \b(?:to|can) be (?:collected|picked)|for (?:collection|pick-? ?up)\b
        advised to (?:collect|pick)|please collect
        暂存.*(?:派递|投递|邮)局|(?<!已)(?<!已被)(?<!由收件人)(?<!由本人)领取
        """,
    ),
    (
        Milestone.EXCEPTION,
        r"""
        \b(?:with)?held\b|on hold|滞留
        """,
    ),
    (
        Milestone.OUT_FOR_DELIVERY,
        rf"""
        \b(?:out|taken|gone|loaded|on ?board|vehicle|van|truck|courier) (?:for|on|with)\b.*\bdeliver
        \bbeing delivered|\bis delivering\b|\bin delivery\b|\bbe delivered (?:today|this)|prepar\w* for delivery
        delivery (?:in progress|today|round|vehicle|van|truck|started|run|courier|driver|officer|agent|staff)
        \bdeliver(?!ed)\w*\b[^.;]*\btoday\b|\b(?:heading|coming|way|en route) to you\b
        \bto (?:the |our )?postm[ae]n\b|with (?:the |our )?{_COURIER}
        {_COURIER} has (?:the|your) (?:item|parcel|package)$
        {_COURIER}\b.*\b(?:way|for (?:final )?delivery)\b
        (?:left|depart\w*(?: from)?) (?:the )?delivery (?:office|unit|depot)
        (?:way|route) to (?!(?:the |our )?{_OFFICE})(?:the )?(?:addressee|recipient|consignee|deliver)
        \b(?:arriv\w*|received|reached|process\w*|(?:is|now) (?:at|in))\b.*\b{_OFFICE}
        (?:派递|派送|投递|派件|配送)中|正[在为].{{0,4}}(?:派|投|配送|送(?:件|货|往(?:收件|您)))|今[日天]将?(?:派|投|配)|正(?:派|投)|准备(?:派|投)|正由.*(?:派|投)
        (?:安排.{{0,2}}|外出|出局|发出)(?:派|投)
        (?:[派投快配](?:件|递|送)|邮)[员差](?!.*(?:揽|上门取)).*(?:派|投|前往)|上门(?:派|投|配)|(?:派|投|配)(?:件|递|送)途中
        (?:到达|抵达|离开).*(?:派递|投递|派送)网?[局站部点]
        """,
    ),
    (  # a promise is no delivery
        Milestone.IN_TRANSIT,
        r"""
        (?:expected|estimated|scheduled|anticipated|planned|forecast)\b.*\bdeliver
        (?:will|to) be delivered|deliver\w*\b.*\b(?:forecast|estimate|expected|scheduled)
        预计.*(?:达|递|送)|将.*(?:派递|送达)
        """,
    ),
    (
        Milestone.DELIVERED,
        rf"""
        \bdelivered\b|(?<!for )final delivery|proof of delivery|\bsuccessful\w* deliver
        deliver\w* (?:to (?:the )?{_RECEIVER} )?(?:is )?(?:complete\w*|successful\w*|confirmed|made)
        \bsign(?:ed|ature)\b(?! required)
        (?:left|drop(?:ped)?(?: off)?|placed|put) (?:with|in|at|on|through) .*{_DOOR}
        \bleft (?:in|at|on) .*(?:garage|carport|shed|garden|lobby|yard|step)|\btook delivery
        (?:collected|picked up) from (?:the |a )?(?:\w+ )?(?:locker|post office|service point|shop)
        (?:collect|pick|claim|receiv|accept|tak)\w* (?:.* )?by (?:the |an? )?{_NEAR}
        (?:handed|given|released) (?:over )?(?:at the door|to (?:the |an? )?{_NEAR})
        {_RECEIVER} (?:has )?(?:collected|received|picked)
        已(?:于|被|经|成功|妥为|妥善|完成)*(?:派递|投递|送达|妥投|交(?:付|予|给)?收件人|领取|取件)
        (?:派递|投递|派送|送达)成功|成功(?:派递|投递|派送|送达)|妥投|派达|签收|本人收|亲收|代收(?!点)|(?:配送|派件)(?:完成|成功)
        由.{{0,8}}领取|取走|已自[提取]|(?:取件|领取|自提)(?:完成|成功)|已.{{0,8}}提取|[投放].{{0,6}}信箱|放.{{0,6}}(?:门口|门前|门卫)|(?<![未将计])送达(?:$|[,;.])
        """,
    ),
    (
        Milestone.INFO_RECEIVED,
        r"""
        \bpre-?(?:advi|alert|notif|order)|electronic(?:ally)?\b
        (?:data|information|details|advice)\b.*\b(?:submitted|received|sent|provided|transmitted|uploaded|lodged|entered)
        (?:manifest|notification|order|label|note)\b.*\b(?:received|created|sent|registered|generated|printed)
        (?:receiv|submit|lodg|enter|provid)\w* (?:the |item )?(?:data|information|details)
        (?:sender|origin)\b.*\bprepar
        (?:creat|print|generat)\w* (?:a |the )?(?:\w+ )?label
        \bexpecting (?:an?|the|your) (?:item|parcel|package|shipment)
        (?:shipment|consignment|parcel) (?:has been |was )?(?:created|registered|booked)
        awaiting (?:item|posting|mail|lodg|shipment|d[ei]spatch)|not yet (?:posted|received|lodged|handed)
        (?:资料|信息|数据|订单|运单|电子讯息|资讯).*(?:提交|收到|接收|上传|录入|输入|创建|建立|生成|传送)|已下单|下单成功
        (?:提交|收到|接收|录入|创建|建立|生成).*(?:资料|信息|数据|订单|运单)|预报|预录|预先登记|等待.{0,4}(?:揽收|发货|寄件)|待(?:[收交投]?寄|揽|发货)|等待.{0,3}(?:快递员|上门)
        (?:尚未|还未)(?:收到|收寄|交寄|揽收|发货)|打印.{0,3}(?:面单|标签)|(?:面单|标签).{0,3}(?:打印|生成)
        """,
    ),
    (
        Milestone.IN_TRANSIT,
        r"""
        \b(?:post(?:ed|ing)|accept|lodge|collect|pick|arriv|depart|left|leav|des?patch|dispatch|transit|transport)
        \b(?:process|sort|custom|hand|forward|transfer|receiv|load|unload|flight|airport|uplift|export|import)
        \b(?:sent|shipped|consign|redirect|readdress|re-?rout|delay)|en route|on (?:the|its) way
        office of exchange|item (?:into|out of)
        收寄|投寄|揽收|收件|到达|抵达|离开|出发|前往|运送|运输|处理|离境|入境|封发|海关|放行
        互换局|交付|交航|交[予给由]|移交|启运|起飞|航班|延误|改寄|分拣|转|暂存|呈交
        途中|运抵|[离到抵]港|出口|进口|出库|入库|交接|清关|报关|通关|查验|检查
        """,
    ),
)
_RULES = tuple(
    (milestone, re.compile("|".join(line.strip() for line in lines.strip().splitlines())))
    for milestone, lines in _MEANINGS
)

# UPU EMSEVT V3 (readings "Milestones"); DLV is a forecast and no scan.
_CODES = {
    **dict.fromkeys(("EMA", "EMB", "EMC", "EMD", "EMF", "EMJ", "EMK", "DLV"), Milestone.IN_TRANSIT),
    **dict.fromkeys(("EXA", "EXC", "EXD", "EDA", "EDB", "EDC", "EDD", "EDE"), Milestone.IN_TRANSIT),
    **dict.fromkeys(("EXB", "EXX", "EME", "EDX", "RTS"), Milestone.EXCEPTION),
    **dict.fromkeys(("EMG", "EDG"), Milestone.OUT_FOR_DELIVERY),
    **dict.fromkeys(("EDF", "EDH"), Milestone.AVAILABLE_FOR_PICKUP),
    "EMH": Milestone.DELIVERY_FAILURE,
    "EMI": Milestone.DELIVERED,
}
_REFINED = frozenset({Milestone.EXCEPTION, Milestone.AVAILABLE_FOR_PICKUP})


def milestone_of(text: str, code: str = "") -> Milestone | None:
    """Where an event leaves its item; None where neither text nor UPU code is understood.

    The code decides, but that of a failed delivery leaves to the text whether the item now goes back or waits.

    >>> milestone_of("Unsuccessful Delivery"), milestone_of("已於 28-May-2014 派遞")
    (<Milestone.DELIVERY_FAILURE: 'DeliveryFailure'>, <Milestone.DELIVERED: 'Delivered'>)
    """
    coded = _CODES.get(code.strip().upper())
    if coded not in {None, Milestone.DELIVERY_FAILURE}:
        return coded
    told = _by_text(_plain(text))
    return coded if coded and told not in _REFINED else told


@lru_cache(maxsize=4096)  # posts say the same few hundred things again and again
def _by_text(plain: str) -> Milestone | None:
    return next((milestone for milestone, pattern in _RULES if pattern.search(plain)), None)


def _plain(text: str) -> str:
    """Small letters, simplified characters, single blanks; no numbers, no dates, no threats of what may come."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_SIMPLE)
    bare = " ".join(_NOISE.sub(" ", folded).split())
    return " ".join(_PERHAPS.sub(" ", _BETWEEN_HAN.sub("", bare)).split())

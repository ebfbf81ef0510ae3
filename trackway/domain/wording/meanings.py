"""What is said of an item, by the milestone that it means: patterns for plain texts.

What went wrong is looked for before what went well, for "Unsuccessful delivery" and "Returned, delivered to sender"
also speak of delivery.
"""

from trackway.domain.tracking import Milestone

_CUSTOMS = r"\b(?:customs|security|authorit)"
_STOPPED = r"(?:held|stuck|kept|stopped|intercepted|refused|rejected|denied|taken away)"
_OFFICE = (
    r"(?:delivery|delivery post|destination post|local post)[ /](?:office|unit|depot|branch|station|facility|centre)"
)
_SENDER = r"(?:sender|shipper|seller|merchant|consignor|retailer|vendor|mailer)\b(?!')"
_TO_SENDER = rf"to (?:the )?(?:original )?{_SENDER}"
_RECEIVER = (
    r"\b(?:addressee|recipient|customer|consignee|receiver|neighbou?r|resident|concierge|porter|doorman|occup\w+"
    r"|tenant|caretaker|(?:security )?guard|building manage\w+|client|buyer|receptionist|mail ?room|him|her)"
)

_COURIER = r"(?:courier|driver|postie|postm[ae]n|postwoman)"
_BY_US = rf"\bby (?:the |a |our )?(?:\w+ )?(?:{_COURIER}|carrier|truck|van|vehicle|airline)"
_OTHERS = rf"(?:{_BY_US}|\b(?:from|by) (?:the )?{_SENDER})"
_PLACE = r"(?:point|location|counter|outlet|shop|station|machine|terminal|box)"
_OUR_PLACE = (
    r"(?:the )?(?:(?!origin)\w+ ){0,2}(?:office|depot|network|service|airport|centre|hub|facility)\b(?! of origin)"
)
_POINT = (
    rf"(?:(?:collection|pick-? ?up|service|access|parcel|pa[ck]+et|self-service) ?{_PLACE}"
    r"|i-? ?postal ?station|pop ?station|pack(?:ing)? ?station|locker|convenience store)"
)
_WAITING = r"(?:await(?:s|ing)|waiting|held|kept|stored)"
_NEAR = (
    rf"(?:(?:the |an? |your |his |her )?(?:{_RECEIVER}|family|relative|household|(?:authori[sz]ed )?person|adult"
    r"|representative))"
)
_HOUSE = r"(?:premises|business|building|office|company|firm|shop|house|door|gate|home)"
_WHERE = r"(?:with|in|into|at|on|through)"
_DOOR = r"(?:safe (?:place|location)|door|neighbo|\breception|porch|mail ?box|letter-? ?box)"

# One alternative a line; the first meaning that fits is taken.
MEANINGS: tuple[tuple[Milestone, str], ...] = (
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
        (?<!not )(?<!not yet )\b(?:releas|return|clear)\w* (?:(?:from|by|through)\b.*)?{_CUSTOMS}(?!.*{_TO_SENDER})
        customs(?!.*(?:fail|stuck|incomplete|refus|declin|den[iy]|h[eo]ld|not )).*(?:releas|cleared|complet)
        attempting to correct|customs (?:has |have )?returned(?!.*{_TO_SENDER})
        (?:held|hold\w*|lost|missed)\b.*\b(?:next|available|pending|awaiting) (?:flight|sailing|departure)
        held (?:temporarily )?at (?:the )?(?:outward|inward|transit) (?:office|hub|centre)
        delivered to (?:the |an? )?(?:\w+ )?(?:carrier|airline|airport|customs|hub|partner|country|depot|warehouse)
        delivered to (?:the |an? )?(?:local|destination) post(?! office)
        delivered to (?:the |an? )?(?:\w+ )?(?:sorting|transport|processing|office of exchange|terminal|delivery office)
        missed (?:\w+ )?(?:flight|connection|transport|cut)
        送达.{{0,4}}(?:海关|机场|仓|中心|互换局)
        海关(?!.*(?:扣|[无未不拒].{{0,3}}放行)).{{0,6}}放行|安检放行|清关完成|暂存.*互换局
        海关.{{0,3}}退[回还](?!寄|发件)
        (?:快递|揽[投收件])员已.{{0,2}}取件$|上门取件(?:成功|完成)
        """,
    ),
    (  # a pick-up by us, not by the addressee
        Milestone.INFO_RECEIVED,
        rf"""
        \b(?:await|wait|ready|schedul|pending|book|request)\w*\b.*\b(?:collect|pick)\w*.*{_OTHERS}
        {_COURIER} (?:is |was )?(?:assigned|booked|scheduled|requested) .*(?:collect|pick)|等[待候].{{0,6}}上门
        """,
    ),
    (
        Milestone.EXCEPTION,
        rf"""
        \breturn(?!(?:ed)? to {_OUR_PLACE}| (?:receipt|service|option|label|address))
        \br\.?t\.?[os]\b|{_TO_SENDER}|\bsent back\b|\bwithdrawn\b|intercept
        reached (?:the )?{_SENDER}|{_SENDER}.*\bback\b
        {_SENDER} (?:has )?(?:collected|picked|received|claimed|recalled|signed|took|taken)
        (?:collected|picked up|received|claimed|signed for|retrieved) (?:back )?by (?:the )?{_SENDER}
        \b{_STOPPED} (?:up |entry |clearance )?(?:by|at|in|for|from) .*(?:{_CUSTOMS}|export|import|carriage)
        (?:customs|clearance).*(?:held|hold|keep|seiz|den(?:y|ied)|refus|reject|fail|\bnot (?!yet))
        \b(?:retained|detained|detention)\b|forfeit
        \b(?:way|goes|going|coming) back\b
        seiz|impound|confiscat|prohibit|destroy|dispos|abandon|vanish|perish|\bloss\b|\bruin|scrap|spoil
        \b(?:lost|theft|stolen|cancel\w*|terminat\w*|recall\w*)\b
        \b(?:damaged?|broken(?! hill)|burn(?:t|ed)|torn|crushed|leak\w*)\b
        (?<!number )(?<!address )\bmissing\b(?!.* (?:address|number)\b)
        \b(?:item|article|parcel|package|shipment|mail) (?:cannot|could not) be (?:found|traced|located)|investigat
        (?:cannot|could not|unable to) (?:find|trace|locate) (?:the |your )?(?:item|parcel|package|shipment)
        untrace|unaccounted|whereabouts|misplaced
        \bnot (?:permitted|allowed|admitted)\b|contain\w* dangerous goods|(?:禁[寄运]|违禁|危险)
        \bmis-?(?:sent|sort\w*|routed|directed)\b
        退(?![税出款休])|(?:派|投|送|交|还|寄|发|回).{{0,4}}寄件人|(?:寄|返)回|运返|返回.{{0,3}}寄
        寄件人.{{0,3}}(?:领回|取回|收回|签收|领取)|充公|弃|海关.{{0,2}}扣|扣留|扣关|扣押|查扣|扣查|扣起|暂扣|被扣
        没收|丢失|遗失|失[踪落件]|[短缺]少|寻不[获到]|损|毁|破[烂裂碎]
        终止|取消|撤回|(?:清关|通关|海关).{{0,4}}(?:失败|异常|被?拒|[未不]通过)
        (?:拒绝|不予|不准|禁止|无法|未能)(?:放行|通关|入境|出境|进口|出口)
        [误错][投送派递寄分]|错误?分拣
        """,
    ),
    (
        Milestone.AVAILABLE_FOR_PICKUP,
        rf"""
        (?<!not )(?<!not yet )\b(?:ready|available|pending|{_WAITING})\b[^.;]*\b(?:collect|pick|be claimed)
        \b(?:ready|available|waiting|held|kept|stored) (?:for you )?(?:at|in) .*\b(?:service|shop|{_POINT})
        \b(?:ready|available|waiting) (?:for you )?(?:at|in) .*\bpost office|waiting for (?:the )?{_RECEIVER}$
        \byou (?:can|may) (?:now )?(?:collect|pick)
        ^(?:(?:the|your) )?(?:\w+ )?(?:can|may) (?:now )?be (?:collect|pick)
        (?:^|[.;,:] ?)(?:please )?(?:collect|pick up) (?:your|the|it|from|within|before|by|at)\b(?!.*{_OTHERS})
        (?:\bshop|post office|{_POINT}|counter)\b.*\b(?:ready|waiting|holds|to collect)\b
        own pick|request\w* to (?:pick|collect)|held at addressee|poste restante
        \b(?:arriv|reach|deposit|plac|put|drop|load|insert|stor|received)\w* .*{_POINT}(?!.*by (?:the )?{_SENDER})
        \bdeliver\w* .*(?!parcel (?:locker|box)|locker){_POINT}|\bdelivered to (?:the |a |your )?(?:\w+ )?post office
        (?<!不)可.{{0,8}}(?:领取|提取|自取|[领取]件)|待领|候领|待取|自提[点柜]|自取点
        请(?!求).*(?:自取|领件|取件|取走|领取|提取)|到达自提|到达领取|(?<!输入)取件码
        [等来前].{{0,3}}[取拿领](?!消|代)
        等候.?(?:领取|提取)|待(?:收件人|客户|顾客|您)?(?:领取|提取|自取|自提|取件)
        (?:存放|存入|暂存|放入|放置|投入|送达|送抵|送至|到达|投放).*(?:柜|智邮站|驿站|代收点|便利店)
        """,
    ),
    (  # another attempt that is under way
        Milestone.OUT_FOR_DELIVERY,
        r"""
        \bout (?:for|on) re-?deliver
        """,
    ),
    (  # in spite of the attempts it took
        Milestone.DELIVERED,
        r"""
        \bdelivered (?:on|at|in|after|upon)\b.*\battempt|\bre-?delivered\b|(?<!un)successful\w* re-?deliver
        re-?delivery (?:was |has been )?(?:success|complete)|[已被]取走
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
        attempt|\btried to\b|\bno[ -]?(?:one|body)\b|not (?:at )?home
        (?:does|did|would|has|is|was)(?: not|n't) (?:\w+ )?(?:live|want|answer|respon|accept|open|paid|pay|exist)
        \bno (?:\w+ )?(?:answer|response|reply|access|place)\b|no longer (?:at|live|there)
        \b(?:absent|away|vacation|on (?:holiday|leave)|vacant|unanswered|abort\w*|without success|in vain)\b
        (?:box|receptacle) (?:is |was )?full\b
        \b{_HOUSE} (?:is |was |has |being |found )?(?:closed|locked|shut|moved)
        \baccess\b.*\b(?:denied|restricted|refused)|\b(?:cod|cash|money|payment)\b.*\bnot\b
        {_RECEIVER}(?: is| was| has| being)? (?:not\b|notified\b(?!.* of | to (?:collect|pick))|un|moved|deceased|out\b)
        {_RECEIVER}(?: is| was| has)? (?:shifted|emigrated|relocated|gone|died|passed away|travelling|abroad)
        {_RECEIVER}(?: has)? left\b(?!.*\b(?:item|parcel|package))
        ^moved\b|\bgone away\b|intimation
        \bnot (?:known|collected|available)\b
        (?:incorrect|insufficient|incomplete|wrong|bad|unknown|illegible|missing)(?:ly)?\b.*\b(?:address|number|postcode)
        \bno such\b
        \b(?:address|number|postcode)\b.*\b(?:incorrect|insufficient|incomplete|wrong|illegible|missing|unknown)
        \baddress\b.*\b(?:not|cannot be) found
        \brefus|\breject|\bdeclin|\bcarded\b
        (?:collection|pick-? ?up) (?:card|notif|notice|advice|slip)
        (?:notif\w*|notice|advice) (?:card|slip|left|issued|of arrival)
        \bcard (?:was |has been )?(?:left|posted|put)|left (?:a )?(?:card|notice)
        payment of charges|awaiting payment|(?:charges|duty|duties)\b.*\b(?:outstanding|due|unpaid)
        payment (?:is )?(?:required|due|pending)|returned to (?:the )?(?:\w+ ){{0,2}}(?:office|depot)
        未能|不成功|未成功|失败|[不未]果|(?:派|投|配)(?:件|递|送)异常|未妥投|未[递投派]|无法(?:派|投|递|送)
        (?:派|投|配)(?:件|递|送).{{0,2}}(?:未[成果]|不成|暂停|中止|受阻)|无人|[没未]有?(?:人|应门|回应)|无此(?:地址|人|户)|收件人.?外[出游]
        不在|拒收|拒[绝付签]|另约
        (?:再次|重新|另行|延[迟期后]|改[期日天]|推迟)(?:派|投|配)|未获领取|未领取|通知[卡单书]|领[件取]通知|迁移
        迁出|搬迁
        已搬|查无此人|联[系络]不上|无法联[系络]|关门|紧闭|休息|(?<!航班)改期|不愿|电话.{{0,4}}(?:无法|停机|关机|不通)
        (?:门牌|号码?).{{0,3}}(?:不详|不符|错误|有误)
        [地名]址.{{0,3}}(?:不详|不全|不足|欠详|不清|错误|不正确|不完整|有误|无法)|(?:错误|不详)地址
        """,
    ),
    (
        Milestone.AVAILABLE_FOR_PICKUP,
        rf"""
        (?:held|kept|stored|remains|hold|retention) (?:at|in)\b.*\b(?:delivery|post|collection|location|counter)\b
        (?:held|kept|stored) in deposit
        \b(?:to|can|may|please)(?: now)?(?: be)? (?:collect|pick)(?:ed)?\b(?!-? ?up {_PLACE}| from {_SENDER})
        \bfor (?:\w+ )?(?:collection|pick-? ?up)\b|\b(?:final|last) notice|\breminder|^retention\b
        暂存.*(?:派递|投递|邮)局|^(?!.*(?:亲[身自]|本人).?领)(?!.*[已由][^.;,请待可未通]{{0,8}}领取).*领取
        """,
    ),
    (
        Milestone.EXCEPTION,
        r"""
        \b(?:with)?held\b|\bon ?hold\b|滞留
        """,
    ),
    (
        Milestone.OUT_FOR_DELIVERY,
        rf"""
        \b(?:out|taken|gone|loaded|on ?board|vehicle|van|truck|courier) (?:for|on|with)\b.*\bdeliver|^on delivery$
        \b(?:(?<!ready to be )(?:dispatched|despatched)|sent|assigned|issued) (?:\w+ )?for (?:\w+ )?delivery
        \bbeing delivered|\bon (?:the |a |our )?van\b|\bwith\b.*\bfor delivery
        \bdelivering\b|\bin (?:the )?(?:\w+ of )?delivery\b|\bbe delivered (?:today|this)|prepar\w* for delivery
        delivery (?:in progress|under way|en route|started)
        delivery (?:today|round|vehicle|van|truck|run|officer|agent|staff|m[ae]n|person|{_COURIER})
        \bfinal (?:leg|mile)\b
        \bdeliver(?!ed)\w*\b[^.;]*\btoday\b|\bwith you (?:today|soon|shortly)
        \b(?:heading|coming|way|en route) to you\b
        \bto (?:the |our )?postm[ae]n\b|with (?:the |our )?{_COURIER}
        {_COURIER} has (?:the|your) (?:item|parcel|package)$
        {_COURIER}\b.*\b(?:way|for (?:final )?delivery|to deliver|will deliver)\b
        (?:left|depart\w*(?: from)?) (?:the )?delivery (?:office|unit|depot)
        (?:way|route) to (?!(?:the |our )?{_OFFICE})(?:the )?(?:addressee|recipient|consignee|deliver)
        \b(?:arriv\w*|received|reached|process\w*|(?:is|now) (?:at|in))\b.*\b{_OFFICE}
        (?:派递|派送|投递|派件|配送)中|正[在为].{{0,4}}(?:派|投|配送|送(?:件|货|往(?:收件|您)))
        今[日天]将?(?:派|投|配)|正(?:派|投(?!寄))|准备(?:派|投(?!寄))|正由.*(?:派|投)
        (?:安排.{{0,2}}|外出|出外|开始|出[局车发]|发出)(?:派|投(?!寄))
        (?:[派投快配](?:件|递|送)|邮)[员差](?!.*(?:揽|上门取)).*(?:派|投|前往|出发)
        (?:交|交给|分配).{{0,3}}[派投快配邮].?[员差]|上门(?:派|投|配)|(?:派|投|配)(?:件|递|送)途中
        (?:到达|抵达|送达|离开).*(?:派递|投递|派送)网?[局站部点]
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
        \bdelivered\b|(?<!for )final delivery|proof of delivery|\bpod\b|\b(?:successful|confirmed)\w* deliver
        deliver\w* (?:to (?:[^.;,]*{_DOOR}|{_NEAR}) )?(?:is |was )?(?:complete|successful|confirmed|made|done|accompl)
        (?:reached|arrived at|arrived with) (?:its |the )?(?:final )?{_RECEIVER}
        \bsigned(?: (?:for|by|on|at)\b|$| ?[.;,:-])|\bsignature (?:\w+ )?(?:obtained|captured|received|recorded)
        (?:left|drop(?:ped|-?off)?(?: off)?|placed|put|insert\w*|posted(?= through)) {_WHERE} .*{_DOOR}
        \bleft (?:in|at|on|by|behind|under|outside) .*(?:garage|carport|shed|garden|lobby|yard|step|gate|entrance)
        \btook delivery|\bleft with {_NEAR}
        (?:collected|picked up|retrieved|claimed) (?:from|at|over) .*(?:{_POINT}|post office|counter|shop)(?!.*{_BY_US})
        (?:collect|pick|claim|receiv|accept|tak|retriev|empti)\w* (?:.* )?by {_NEAR}
        (?:handed|given|released) (?:over )?(?:at the door|to {_NEAR})
        {_RECEIVER} (?:has )?(?:collected|received|picked|taken|took|accepted|retrieved|claimed)
        已(?:于|被|经|成功|妥为|妥善|完成)*(?:派递|投递|送达|妥投|交(?:付|予|给)?收件人|领取|取件)
        (?:派递|投递|派送|送达)(?:成功|完成|完毕)|成功(?:派递|投递|派送|送达)|妥投|[派投]妥|派达|签收(?!前|时)|代签|收妥
        本人已?收|亲收|交.{{0,3}}(?:管理处|物业|门卫|前台|保安)|代收(?!点|货款)
        (?:派|投|送).{{0,2}}[到至].{{0,6}}[户家府]|(?:亲[身自]|本人).?[领提取]|(?:配送|派件)(?:完成|成功)
        由(?!.{{0,4}}局).{{0,8}}领取|(?:收件人|客户|已).{{0,2}}取[走回]|取走|已自?[提取](?:出|件|走|$)
        已[^.;,请待可未通]{{0,8}}领取|(?:取件|领取|自提)(?:完成|成功)|已.{{0,8}}提取|[投放].{{0,6}}信报?箱
        放.{{0,6}}(?:门口|门前|门卫)|(?<![未将计])送达(?:$|[,;.])
        """,
    ),
    (
        Milestone.INFO_RECEIVED,
        rf"""
        \bpre-?(?:advi|alert|notif|order|regist)|electronic(?:ally)?\b
        (?:data|information|details|advice)\b.*\b(?:submitted|received|sent|provided|transmitted|uploaded|lodged|entered)
        (?:manifest|notification|order|label|note|waybill|record)\b.*\b(?:received|created|issued|sent|registered|generated|printed)
        (?:receiv|submit|lodg|enter|provid)\w* (?:the |item )?(?:data|information|details)
        (?:{_SENDER}|origin\b).*\b(?:prepar|d[ei]spatching|getting|filled|online|created)
        advance (?:notice|advice|data|info)
        (?:creat|print|generat)\w* (?:a |the )?(?:\w+ )?label
        \bexpect(?:ing)? (?:it|(?:an?|the|your) (?:item|parcel|package|shipment))\b
        (?:shipment|consignment|parcel|booking|order) (?:has been |was )?(?:created|registered|booked|confirmed|placed)
        (?:awaiting|pending|waiting for) (?:[^.;,]* to be )?(?:item|post|mail|lodg|drop|shipment (?:from|by))
        (?:awaiting|pending) d[ei]spatch (?:from|by)
        not yet (?:posted|received|lodged|handed)
        (?:资料|信息|数据|订单|运单|电子讯息|资讯).*(?:提交|收到|接收|上传|录入|输入|创建|建立|生成|传送)|已下单
        下单成功
        (?:提交|收到|接收|录入|创建|建立|生成|填[写报]).*(?:资料|信息|数据|订单|运单|记录)|打单|待交运|预报|预录|预先通[报知]
        预先登记|等[待候].{{0,4}}(?:揽收|发货|[寄交收投]寄|寄件)|待(?:[收交投]?寄|揽|发货)
        等[待候].{{0,6}}(?:快递员|上门)
        (?:尚未|还未)(?:收到|收寄|交寄|揽收|发货)|未交件|单号.*生成|打印.{{0,3}}(?:面单|标签)
        (?:面单|标签).{{0,3}}(?:打印|生成)
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

"""A text with nothing in it but what it says has happened."""

import re
import unicodedata
from functools import lru_cache

_NOISE = re.compile(
    r"<[^>]*>|\b[a-z]{2}\d{9}[a-z]{2}\b|\b\d{1,2}[-/ ][a-z]{3}[a-z]*[-/ ]\d{2,4}\b|\d+|\.{2,}|[^\w\s.;,/'-]|_"
)
_BETWEEN_HAN = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
_PERHAPS = re.compile(
    r"(?:(?:will|shall|may|to) be )?return[^.;]*\b(?:if|unless)\b[^.;]*"
    r"|\b(?:if|unless)\b[^.;,]*(?:collected|claimed|picked|delivered)[^.;]*"
    r"|\b(?:otherwise|or else)\b[^.;]*|(?:[若如][果未逾]|否则|逾期[^.;。退]*[将会则即])[^.;。]*退[^.;。]*"
)
_DENIED = re.compile(
    r"\b(?:not|never|no longer|n't) (?:yet |been |being |found )*"
    r"(?:held|detained|retained|damaged|lost|returned|seized)\b"
    r"|\b(?:no|without)(?: \w+)? (?:damage|loss)\b|\bnot yet (?:been )?(?:out for )?(?:deliver|sign)\w*"
    r"|\bwill (?!be returned)[^.;,]*\btomorrow\b|\bflight\w* (?:\w+ )?(?:cancel|return)\w*|航班.{0,2}取消"
    r"|(?:尚未|还[未没]|仍未)(?:安排)?[派投送配签]\w{0,2}|[未没]有?签收"
    r"|(?:[并尚]?[未无]|没)有?被?(?:扣留|破?损[坏毁]?|丢失|遗失|退回)"
)
_BEFORE = re.compile(r"(?<=\w )(?:after|following(?! (?:\w+ )?day)) [^.;,]*")
_SIMPLE = str.maketrans(
    "無沒錄記郵錯誤關檢暫換還運丟遺損壞銷毀終領點達敗遞獲單書約詳確遷請滯離開預計將簽資數據訂電訊傳創攬輸處發啟啓飛揀"
    "轉於櫃來號嘗試應門鄰儲託訪陸進務稅費繳納補證檔齊審覽庫區縣鎮鄉鎖專線車輛東灣內國際聯絡繫話碼寫為準備時間現場導倉"
    "貨員繼續後與從個們這過鐘報驗險擔願認識該種類標樓層讓輕驛親給鐵機齡遲實廈絕嚴戶歸貼護級組結經總維隨難項須額館業執"
    "優價盡儘別動協問圍園圖廣廢異當復憑攜攔斷會贈負責臨撥攤籤幹調擱倆兩買賣棄爛蹤尋閉緊",
    "无没录记邮错误关检暂换还运丢遗损坏销毁终领点达败递获单书约详确迁请滞离开预计将签资数据订电讯传创揽输处发启启飞拣"
    "转于柜来号尝试应门邻储托访陆进务税费缴纳补证档齐审览库区县镇乡锁专线车辆东湾内国际联络系话码写为准备时间现场导仓"
    "货员继续后与从个们这过钟报验险担愿认识该种类标楼层让轻驿亲给铁机龄迟实厦绝严户归贴护级组结经总维随难项须额馆业执"
    "优价尽尽别动协问围园图广废异当复凭携拦断会赠负责临拨摊签干调搁俩两买卖弃烂踪寻闭紧",
)


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Small letters, simplified characters, single blanks; no number and no date.

    What may come, what is denied and what is over are left out, for none of them is what is.

    >>> plain("Delivered to  ADDRESSEE on 5 May 2024 after release by Customs")
    'delivered to addressee on'
    """
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_SIMPLE)
    bare = " ".join(_NOISE.sub(" ", folded).split())
    likely = _PERHAPS.sub(" ", _BETWEEN_HAN.sub("", bare))
    return " ".join(_BEFORE.sub(" ", _DENIED.sub(" in transit ", likely)).split())

"""What posts' words mean."""

import csv
import doctest
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackway.domain import wording
from trackway.domain.tracking import Milestone
from trackway.domain.wording import milestone_of

PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "hkpost_events.csv"
STATES = {
    "0": {Milestone.INFO_RECEIVED, Milestone.NOT_FOUND},
    "10": {Milestone.IN_TRANSIT},
    "30": {Milestone.AVAILABLE_FOR_PICKUP, Milestone.OUT_FOR_DELIVERY},
    "35": {Milestone.DELIVERY_FAILURE},
    "40": {Milestone.DELIVERED},
    "50": {Milestone.EXCEPTION},
}
WORDINGS = {
    Milestone.DELIVERED: """
        DELIVERED
        Item delivered
        Your item has been delivered to the addressee
        Delivered, Front Door/Porch
        Delivered, In/At Mailbox
        Delivered, Left with Individual
        Delivered to neighbour at no. 12
        Successfully delivered
        Delivery successful
        Delivery completed
        Item signed for by recipient
        Collected by addressee at post office
        Picked up by recipient
        Handed over to the recipient
        Delivered on second attempt
        Item left in a safe place
        Received by addressee
        Delivered via PO Box
        Delivery confirmed
        Delivered to addressee's agent
        Delivered at parcel locker
        Delivered to letterbox 12-Mar-2024
        Item collected by the customer
        Proof of delivery available
        郵件已妥投
        已签收,本人签收
        投递成功
        已派遞予收件人
        您的邮件已送达
        收件人已領取
        已投遞至信箱
        Your item was delivered at 11:02 am on March 3, 2020 in NEW YORK, NY 10001.
        Delivered by Hand to Addressee
        It's been delivered and was signed for by SMITH
        Final delivery to the addressee
        Item successfully delivered
        Item has been picked up by customer
        Delivered to parcel box
        Item was handed to resident
        Delivered, Parcel Locker
        Signed
        Delivered - signature obtained
        Item collected from post office by addressee
        Successful collection by addressee
        Recipient collected the item
        Left with neighbour
        收件人已簽收郵件
        郵件已被領取
        快件已签收,签收人:门卫
        妥投,他人收:前台
        投递并签收
        Delivered to neighbour
        Delivered to letter box
        Item delivered - signed by recipient
        Handed to addressee at counter
        Collected by addressee
        Item picked up by recipient from locker
        Item left in safe place
        Successfully delivered to reception
        郵件已派遞至信箱
        收件人已簽收
        已由收件人領取
        已交鄰居代收
        已成功派遞予收件人
        已签收，签收人：本人
        他人代收
        已妥投
        已投递信箱
        快递柜已取件
        Delivered to security guard
        Item given to family member
        Item released to addressee at post office
        Parcel dropped in mailbox
        已由管理處簽收
        郵件已派遞到府上
        已交收件人親收
        家门口已放置，配送完成
        Item delivered to mail room
        Parcel received by neighbour
        Signed by J. DOE
        郵件已派達
        郵件已由收件人親自簽收
        货物已签收，感谢使用
        Put through letterbox
        已投入信箱
        已從智郵站取走
        快件已被取走
        客户已自提
        成功送达
        郵件已妥為派遞
        Given to the concierge
    """,
    Milestone.DELIVERY_FAILURE: """
        Undelivered
        Delivery unsuccessful
        Delivery attempted, no one at home
        Attempted delivery - addressee not home
        Unable to deliver
        Item could not be delivered
        Delivery failed
        Addressee absent, notice left
        Addressee refused the item
        Refused by addressee
        Insufficient address
        Recipient moved
        We missed you: a card was left
        Undeliverable as addressed
        Item not delivered
        Not yet delivered: business closed
        Redelivery arranged
        Item unclaimed
        Addressee cannot be located
        Delivery was not successful
        Delivery not possible - premises closed
        Customer not available, delivery advice left
        Recipient unknown
        No access to delivery location
        未妥投
        派遞失敗
        收件人不在家
        地址不詳,未能派遞
        收件人拒收
        投递未成功,另约投递
        無人應門,已留下通知書
        查無此人
        Notice Left (No Authorized Recipient Available)
        Moved, Left no Address
        Delivery Attempted - No Access to Delivery Location
        Addressee Unknown
        No Such Number
        Sorry, we missed you. Your item is at the Customer Service Point
        Your delivery was attempted but no-one was available
        Absence. Attempted delivery
        Recipient not available, card left
        Awaiting payment of customs duty
        Delivery rescheduled at customer's request
        Failed delivery attempt: will retry next working day
        Not successfully delivered
        Item was NOT delivered
        Delivery not completed
        Non-delivery: addressee deceased
        派遞不成功:收件人不在
        未妥投:1-电话与收方约定再投
        暂时无法投递
        Customs duty payment required
        Delivery attempted, addressee absent
        Attempted delivery - no one home
        Delivery attempt failed
        Missed delivery
        We tried to deliver but nobody was in
        Addressee not available at time of delivery
        Business closed at time of delivery
        Item could not be delivered: access to building restricted
        Addressee notified
        Notification card left for addressee
        Collection notice issued
        Address incomplete
        Incorrect address - item held for enquiry
        Addressee unknown at address
        No such street number
        Addressee has moved
        Addressee moved, left no address
        Item refused
        Delivery refused
        Delivery to be reattempted next working day
        Re-delivery arranged
        Second delivery attempt unsuccessful
        派遞未成功，收件人不在
        曾嘗試派遞，無人應門
        嘗試派遞失敗
        已發出領件通知
        已留下郵件通知卡
        地址不全
        地址不詳，未能派遞
        收件人已遷出
        收件人拒絕接收
        投递失败，收件人外出
        尝试投递，无人在家
        安排再次投递
        地址不详
        地址错误
        收件人搬迁
        拒收
        Addressee declined to accept the item
        Nobody available to accept delivery
        Carded for collection
        Recipient's address cannot be found
        Apartment number missing
        郵件已被收件人拒收
        郵差上門時無人應門
        門牌號碼不詳
        联系不上收件人
        电话无人接听，未能派送
        Customs charges outstanding
        Unable to locate addressee
        Attempted - dog on premises
        Addressee on vacation
        Doorbell unanswered
        PO box full
        Notice of arrival sent
        收件人外遊，未能派遞
        客户要求延迟派送
        派件异常
        Notice left, item may be collected from tomorrow
        Customer asked for another delivery date
        客户要求改日派送
    """,
    Milestone.EXCEPTION: """
        Returned to sender
        Return to sender
        Item is being returned to sender
        Returning undeliverable item
        Item returned; delivered to sender
        Delivered to original sender
        Detained by customs
        Item seized by Customs
        Lost in transit
        Item damaged
        Held by Customs
        Customs: item retained
        Item on hold
        Withheld
        Item held
        Item withheld pending delivery
        Item destroyed
        Posting cancelled
        Prohibited articles - seized
        Return of item to origin started
        Delivery refused, item returned to sender
        Missent
        Held in customs
        Held for customs inspection
        邮件已退回寄件人
        退件
        被海關扣留檢查
        郵件遺失
        邮件破损
        包裹滯留海關
        Held in Customs
        Return to Sender Processed
        Unclaimed/Being Returned to Sender
        Retained at customs office for inspection
        Item returned to the post office of origin
        Undelivered - returning to sender
        Item stopped at customs
        Second delivery attempt failed; item will be returned
        Item sent back to origin country
        Item rejected by customs
        Item lost
        Shipment damaged
        Item declared missing
        郵件退回寄件人
        出口海关扣留
        The item is being retained by Customs
        Held in customs pending documents
        Item stopped by import Customs
        Customs seized the item
        Item sent back to the sender
        Return to sender in progress
        The item is on its way back to the sender
        Item returned to origin country
        Refused by addressee, returning to sender
        Unclaimed, being returned to sender
        Returned to sender - delivered
        Missorted, rerouted
        Item missent to wrong country
        Item is lost
        Item damaged in transit
        Sender requested recall
        郵件已被海關扣查
        海關扣留
        正在退回寄件人
        因無人領取退回寄件地
        收件人拒收，退回寄件人
        郵件誤送
        郵件錯誤分揀，轉送中
        郵件於運送途中損毀
        邮件被海关扣留
        退回寄件人途中
        退件中
        已退回发件人
        邮件丢失
        Shipment impounded by customs officers
        Item detained for customs examination
        Item turned back to sender by request
        Item misdirected
        Item declared lost
        Contents damaged
        海關要求補交文件，郵件暫被扣留
        錯送到其他地區
        郵件證實遺失
        快件因海关原因被暂扣
        已退回卖家
        逾期未取，退回
        Detained by customs: invoice missing
        Retained at customs warehouse
        Being sent back to origin
        Return in progress
        Missing in transit
        郵件因資料不符被海關扣起
        郵件被退返寄件人
        因违禁品退回
        快件滞留
        Customs clearance failed
        Stuck in customs pending payment of duties
        清關失敗
        清关异常
        海关查扣,无法放行
    """,
    Milestone.AVAILABLE_FOR_PICKUP: """
        已投寄通知書，請到郵局領取
        Available for pickup
        Ready for collection at Mong Kok Post Office
        Awaiting collection by addressee
        Arrived at pick-up point
        Held at post office for collection
        Item being held at Post Office
        Available for pick up at counter
        Awaiting customer pick up
        Item placed in parcel locker
        Ready for pick-up, will be returned to sender if not collected by 5 May
        Item deposited in iPostal locker
        Waiting to be collected
        Notice: please collect at the post office
        Addressee has requested to pick up the item himself
        到达自提点
        郵件可供領取,逾期未領將退回
        请到邮局领取
        待收件人領取
        Your item is being held at the JAMAICA, NY 11430 post office at 9:10 am
        Item available for pickup at Post Office. Notice card left.
        The item was delivered to a parcel locker, awaiting collection
        Item is ready to be collected
        已通知收件人領取
        Addressee advised to collect item
        Item arrived at pick-up point
        Item available for pickup at post office
        Ready for collection at Central Post Office
        At the parcel shop awaiting collection
        Item is waiting at counter for addressee to pick up
        Held at addressee's request
        Item stored at post office until collected
        郵件已到達自取點
        已存放於智郵站，等待領取
        郵件可於郵局領取
        已送達智能櫃
        已到达代收点，请及时领取
        快件已存放至丰巢柜
        邮件已到自提点
        等待收件人自取
        Recipient informed that item is ready to pick up
        Parcel can be collected at the service counter
        Deposited in self-service locker
        Your parcel has reached the collection outlet
        郵件已送抵智能櫃，等候提取
        您的快件已送达驿站，请凭取件码领取
        Package awaits collection at post office
        Item placed at pick-up location
        已放置於自提櫃
        請帶備身份證明到郵局領件
        门卡已留，请自取
        待自提
        快件已暂存至代收点
        Parcel is waiting for you at the pickup point
    """,
    Milestone.OUT_FOR_DELIVERY: """
        Out for delivery
        Out for Delivery, Expected Delivery by 9:00pm
        Item is out for physical delivery
        With delivery courier
        On its way to the addressee
        Delivery in progress
        Item being delivered
        Arrived at delivery unit
        Item arrived at local delivery office
        Will be delivered today
        Onboard for delivery
        Received at delivery depot
        Loaded on delivery vehicle
        On vehicle for delivery
        Postman is on the way to deliver
        Out with postman for delivery
        正在派送途中
        投遞員正在派遞
        安排投递
        到達投遞局
        外出派送
        派件中
        Processing at delivery Post Office
        Item out for delivery
        Parcel handed to the delivery courier
        Preparing for delivery
        郵件已到達派遞局
        郵件正由派遞局派遞
        安排投递,投递员张三
        Item out with postman for delivery
        Item on the delivery van
        Physical delivery scheduled today
        The postman is on his way
        Arrival at delivery office
        郵件正在派遞途中
        派遞員正在派送
        已安排今日派遞
        郵件已由派遞局發出派遞
        正在派件
        派件员正在为您派送
        已到达投递局
        Postal officer is delivering your item
        Handed to delivery agent
        Dispatched to the postman
        Item taken out for delivery this morning
        郵差已攜件外出派遞
        快递员正在配送
        Courier en route to recipient
        派遞員出發派件
        快件已到达营业部，准备派送
        到达派送网点
        Courier has been dispatched with the item for final delivery
        已派件,快遞員正前往收件地址
        Item is being taken for delivery
        快递员王某正在为您送货
        您的快递今日派送
    """,
    Milestone.INFO_RECEIVED: """
        Electronic notification received
        Shipping label created, USPS awaiting item
        Pre-advice received
        Shipment information received
        Order created, item not yet posted
        Item pre-advised
        Sender is preparing the item
        Label printed
        Shipment data received electronically
        We have received the details of your item from the sender
        已收到電子資料
        订单信息已录入
        寄件人已準備郵件,待收寄
        Origin Post is Preparing Shipment
        Pre-Shipment Info Sent to USPS, USPS Awaiting Item
        Electronic Shipping Info Received
        Information on the item received from sender; item not yet in our possession
        Label created
        Shipping label printed, awaiting item
        Electronic advance data received
        Order information received
        已收到郵件電子資料
        寄件人已提交郵件資料
        电子信息已收到
        商家已下单，等待揽收
        Sender has lodged item details online
        Shipment data transmitted to carrier
        物流订单已创建
        等待卖家发货
        Item not yet received by post
        Posting information received
        已接收郵件電子預報資料
        運單已建立
        已下单
        已建立訂單,待寄出
        Sender has created a label
        We're expecting your item
    """,
    Milestone.IN_TRANSIT: """
        Posted at counter
        Accepted at USPS origin facility
        Arrived at sorting centre
        Departed from Hong Kong
        In transit to next facility
        Presented to customs
        Customs clearance completed
        Cleared by customs
        Released by Customs
        Delivered to airline
        Handed over to airline
        Item delivered to carrier
        Arrival at inward office of exchange
        Forwarded to delivery office
        Uplifted by airline
        Flight departed
        Expected delivery on 12 May
        Your item will be delivered tomorrow
        Estimated delivery date: Monday
        Collected from sender
        Picked up
        Item received at processing facility
        Item dispatched overseas
        Delivery delayed
        Redirected to new address
        Arrived in destination country
        Left Hong Kong
        Transferred to local post
        Consignment received
        Processed through facility
        Held at outward office of exchange
        Undergoing customs inspection
        Item sent to delivery office
        Inbound into customs
        Handed over to delivery partner
        Returned from Customs
        已收寄
        離開香港
        到达处理中心
        海关放行
        航班起飛
        等待海關檢查
        郵件已交航空公司運輸
        前往投递局途中
        已离开广州互换局
        預計明日送達
        Processed Through Facility ISC NEW YORK
        Inbound Out of Customs
        Customs Clearance Processing Complete
        Item Received at Origin
        Item leaving the UK
        Item Despatched
        Sorting complete
        Arrival at inward office
        Dispatch from outward office of exchange
        Posting/Collection
        Departure from inward office of exchange
        Delivery may be delayed
        Item presented to customs, may be delayed
        Item cleared by customs
        Item redirected to recipient's new address
        Item en route
        Customs clearance in progress
        Import clearance success
        Leaving from departure country/region
        Accepted by carrier
        Item in transit within destination
        Item was in transit within its destination on 27-May-2014.
        Handed to customs
        Item collected
        Collected by courier
        Import customs clearance started
        Export customs clearance completed
        Released by import customs
        Presented to Customs / Security
        Item has been accepted
        Item arrived at office of exchange in Tokyo
        Item left origin country
        已離開香港往目的地
        已到達目的地並正處理中
        海關查驗中
        正由海關檢查
        到达【广州】处理中心
        收寄计费信息
        离开【北京国际】,下一站【纽约】
        送交出口海关
        出口海关/放行
        郵件將於 5 月 6 日派遞
        Customs clearance delayed
        Item under customs inspection
        Awaiting customs clearance
        Item presented to Customs authorities
        Released by Customs to the post
        Cleared customs
        Item forwarded to new address
        Forwarded to another office
        Redirected at addressee's request
        Item redirected to new delivery office
        Item lodged at post office
        Item collected by courier from the sender
        Picked up from sender
        Accepted at origin post office
        Departed from outward office of exchange
        Left Hong Kong for destination
        In transit to destination
        Arrived at destination country
        Flight delayed
        Departed from airport
        Loaded on aircraft
        等待清關
        清關中
        郵件正由海關檢查
        已清關
        海關放行
        已通過海關檢查
        郵件已轉寄至新地址
        應收件人要求改寄
        郵件已投寄
        郵件已離開香港前往目的地
        已抵達目的地國家
        郵件已到達處理中心
        已交予航空公司
        郵件離開寄件地交換局
        航班延誤
        海关查验中
        待清关
        清关完成，离开海关
        进口海关放行
        出口海关放行
        邮件改寄
        已揽收
        到达出口互换局
        离开进口互换局
        航班起飞
        到达目的国
        运输中
        Customs processing completed
        Undergoing import customs process
        Receptacle arrived
        Readdressed to another destination
        Sent onward to correct office
        Item accepted from customer at counter
        Dispatched overseas
        Arrived overseas
        Item arrived at transit country
        Handover to destination post
        郵件正在辦理清關手續
        郵件已轉送其他地區
        運往目的地途中
        已運抵香港國際機場
        郵件已準備出口
        客户要求改地址，转寄
        包裹已出库
        包裹已交接给承运人
        Item passed customs
        Item sorted for delivery
        Left the processing facility
        Transferred to partner carrier
        完成海關檢查
        郵件已封發往目的地
        抵達轉口地
        離港
        已转至其他网点派送
        The shipment is on its way to the delivery depot
        快递员已前往揽收
    """,
}
MEANT = [(line.strip(), state) for state, lines in WORDINGS.items() for line in lines.strip().splitlines()]


def test_the_examples_in_the_docstrings() -> None:
    assert doctest.testmod(wording).failed == 0


@pytest.mark.parametrize(("text", "state"), MEANT)
def test_words_are_taken_by_their_meaning(text: str, state: Milestone) -> None:
    assert milestone_of(text) is state
    assert milestone_of(f"  {text.upper()} ") is state


def test_every_published_message_comes_out_right() -> None:
    if not PUBLISHED.exists():
        pytest.skip(f"{PUBLISHED} is not here: 79 published messages were NOT tried")
    tried = 0
    for row in csv.DictReader(PUBLISHED.read_text(encoding="utf-8").splitlines()):
        if row["state"] in STATES:
            for text in filter(None, (row["en"], row["zh_hant"], row["zh_hans"])):
                assert milestone_of(text) in STATES[row["state"]], text
                assert milestone_of(text, row["code"]) in STATES[row["state"]], row
                tried += 1
    assert tried > 150


@pytest.mark.parametrize("text", ["", "Hello", "系统繁忙", "Système occupé", "2024-05-06 10:00", "🙂", "RT215770195HK"])
def test_what_is_not_understood_is_said_to_be_so(text: str) -> None:
    assert milestone_of(text) is None


@pytest.mark.parametrize(
    ("code", "text", "state"),
    [
        ("EMA", "", Milestone.IN_TRANSIT),
        ("emg ", "Arrived.", Milestone.OUT_FOR_DELIVERY),
        ("EDH", "Arrived.", Milestone.AVAILABLE_FOR_PICKUP),
        ("EMI", "final", Milestone.DELIVERED),
        ("EME", "Customs", Milestone.EXCEPTION),
        ("EMH", "", Milestone.DELIVERY_FAILURE),
        ("EMH", "Unclaimed - Item returned to sender", Milestone.EXCEPTION),
        ("EMH", "Addressee requests own pick-up", Milestone.AVAILABLE_FOR_PICKUP),
        ("EMH", "Arrived", Milestone.DELIVERY_FAILURE),
        ("DLV", "Delivered", Milestone.IN_TRANSIT),
        ("XYZ", "Delivered", Milestone.DELIVERED),
    ],
)
def test_a_upu_code_decides(code: str, text: str, state: Milestone) -> None:
    assert milestone_of(text, code) is state


def test_what_may_come_is_not_what_is() -> None:
    waiting = "Ready for collection. Will be returned to sender if not collected by 5 May"
    assert milestone_of(waiting) is Milestone.AVAILABLE_FOR_PICKUP
    assert milestone_of("Expected to be delivered on 3 May") is Milestone.IN_TRANSIT


@given(st.text(max_size=200), st.text(max_size=5))
def test_any_text_is_borne(text: str, code: str) -> None:
    milestone_of(text, code)

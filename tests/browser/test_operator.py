"""The operator's desk: edit a text, load a file of scans and watch the bar, make an API user."""

from pathlib import Path

from playwright.async_api import Browser, expect

from tests.browser.desk import sign_in
from tests.browser.hostile import HOSTILE
from tests.browser.inspection import inspector
from tests.house import Running
from trackway.domain.person import Role

_HEAD = "itemNo,postingDateTime,orgCnty_code,destCnty_code,eventDateTime,eventLocation_code,eventCode,eventMsg_e\n"


async def test_a_text_is_edited_in_three_languages_and_told_at_once(browser: Browser, house: Running) -> None:
    async with inspector(browser, house.url) as seen:
        page = seen.page
        await sign_in(page, house, Role.OPERATOR)
        await page.goto(f"{house.url}/console/operator/texts?q=EMI")
        line = page.locator(".lines li").first
        await line.locator("summary").click()
        for label, text in (("English", "Handed over"), ("繁體", "已親手交付"), ("简体", "已亲手交付")):
            await line.get_by_label(f"Message · {label}").fill(text)
        await seen.check("texts, open")
        await line.get_by_role("button", name="Keep").click()
        await expect(page.locator(".said")).to_contain_text("kept")
        await page.goto(f"{house.url}/console/operator/texts?q=已亲手交付")
        await expect(page.locator(".lines .chip")).to_have_text("yours")
        wordings = await house.house.post.texts.wordings()
        assert [(one.message.e, one.message.c) for one, own in wordings if own] == [("Handed over", "已親手交付")]
        await page.locator(".lines summary").first.click()
        await page.get_by_role("button", name="Back to Trackway").click()
        await expect(page.locator(".said")).to_contain_text("as it comes")
        assert not [one for one, own in await house.house.post.texts.wordings() if own]
        await page.goto(f"{house.url}/console/audit")
        await expect(page.locator("main")).to_contain_text("changed a text")


async def test_a_file_of_scans_is_loaded_in_parts(browser: Browser, house: Running, tmp_path: Path) -> None:
    rows = [f"RR{serial:08}5HK,20-11-2026 09:00,HK,GB,20-11-2026 09:00,HK,EMA,\n" for serial in range(30_000)]
    rows.insert(20_000, "not a number,20-11-2026 09:00,HK,GB,20-11-2026 09:00,HK,EMA,\n")
    file = tmp_path / "scans <img src=x onerror=window.owned=1>.csv"
    file.write_text(_HEAD + "".join(rows), encoding="utf-8")
    assert file.stat().st_size > 1 << 20
    async with inspector(browser, house.url) as seen:
        page = seen.page
        await sign_in(page, house, Role.OPERATOR)
        await page.goto(f"{house.url}/console/operator")
        await page.locator("[type=file]").set_input_files(file)
        sent: list[float] = []
        page.on("response", lambda answer: sent.append(1) if answer.url.endswith("/load") else None)
        await page.get_by_role("button", name="Load").click()
        await expect(page.locator("#load-progress")).to_have_js_property("value", 1, timeout=60_000)
        await expect(page.locator("#load-sums")).to_contain_text("30000 items with 30000 scans loaded, 1 refused")
        await expect(page.locator("#load-told li")).to_have_text(
            "line 20002: 'not a number' has not the form of an item number"
        )
        assert len(sent) > 1
        await seen.check("a file was loaded")
        await page.goto(f"{house.url}/console/operator?q=RR00020000")
        await page.get_by_role("link", name="RR000200005HK").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("RR000200005HK")
        await seen.check("an item")


async def test_hostile_file_names_and_texts_stay_texts(browser: Browser, house: Running, tmp_path: Path) -> None:
    async with inspector(browser, house.url, java_script_enabled=True) as seen:
        page = seen.page
        await sign_in(page, house)
        for at, text in enumerate(HOSTILE):
            name = "".join(sign for sign in text if sign not in "/\0")[:80].encode()[:200].decode(errors="ignore")
            answer = await page.request.post(
                f"{house.url}/console/operator/load",
                multipart={
                    "form_token": await page.locator("[name=form_token]").first.get_attribute("value") or "",
                    "file": {"name": f"{name}.csv", "mimeType": "text/csv", "buffer": f"{_HEAD}{text}\n".encode()},
                },
                headers={"Origin": house.url, "Sec-Fetch-Site": "same-origin"},
            )
            assert answer.status == 200, (at, text)
            assert "<script>window" not in await answer.text(), text
            assert "<img src=x" not in await answer.text(), text
        await seen.look("/console/audit")


async def test_an_api_users_secret_is_shown_once(browser: Browser, house: Running) -> None:
    async with inspector(browser, house.url) as seen:
        page = seen.page
        await sign_in(page, house)
        await page.goto(f"{house.url}/console/operator/users")
        await page.get_by_label("sysId").fill("partner")
        await page.get_by_role("button", name="Add an API user").click()
        secret = await page.locator("#secret").text_content()
        assert secret
        assert (await house.house.post.mailroom.authenticate("partner", secret, house.clock())).token
        await seen.check("a secret")
        await page.goto(f"{house.url}/console/operator/users")
        assert secret not in await page.content()

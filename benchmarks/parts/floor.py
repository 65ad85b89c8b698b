"""The floor of the query benchmark: verify, find the number, look it up, post back. Nothing durable."""

import base64
import hashlib
import hmac
import json
import re
import sys

import aiosqlite
from aiohttp import ClientSession, web

NUMBER = re.compile(r"[A-Z]{2}[0-9]{9}[A-Z]{2}")


def application(path: str, secret: str) -> web.Application:
    app = web.Application()

    async def resources(app: web.Application):  # type: ignore[no-untyped-def]
        async with aiosqlite.connect(path) as db, ClientSession() as session:
            app["db"], app["session"] = db, session
            yield

    async def callback(request: web.Request) -> web.Response:
        stamp, given = request.headers["timestamp"], request.headers["sign"]
        mac = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
        if not hmac.compare_digest(base64.b64encode(mac).decode(), given):
            return web.Response(status=401)
        payload = json.loads(await request.read())
        found = NUMBER.search(payload["text"]["content"])
        assert found is not None
        async with app["db"].execute(
            "SELECT p.milestone, p.status_at FROM parcel_alias a JOIN parcel p ON p.id = a.parcel_id "
            "WHERE a.number = ?", (found[0],)
        ) as cursor:
            row = await cursor.fetchone()
        answer = {"msgtype": "text", "text": {"content": f"{found[0]}: {row}"}}
        async with app["session"].post(payload["sessionWebhook"], json=answer) as response:
            await response.read()
        return web.json_response({"msgtype": "empty"})

    app.router.add_post("/webhooks/dingtalk", callback)
    app.cleanup_ctx.append(resources)
    return app


if __name__ == "__main__":
    web.run_app(
        application(sys.argv[1], sys.argv[2]), host="127.0.0.1", port=int(sys.argv[3]), print=None, access_log=None
    )

"""A mail server for tests, on a free port of this machine: aiosmtpd, which speaks SMTP as others do.

    smtp.py FOLDER [CERTIFICATE KEY]      with a certificate it wants STARTTLS first

It prints its port, and puts each mail that it takes into FOLDER as a file. What it does with an address is
said by the address:  refused@…  550 ·  later@…  451 the first time ·  busy@…  451 always ·  slow@…  no answer
"""

import asyncio
import itertools
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP

folder = pathlib.Path(sys.argv[1])
seen = set()
numbers = itertools.count(1)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "refused":
            return "550 5.1.1 no such user here"
        if name == "busy" or (name == "later" and address not in seen):
            seen.add(address)
            return "451 4.7.1 come back later"
        if name == "slow":
            await asyncio.sleep(60)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        part = folder / ".part"
        head = f"X-From: {envelope.mail_from}\r\nX-To: {', '.join(envelope.rcpt_tos)}\r\n"
        part.write_bytes(head.encode() + envelope.original_content)
        part.rename(folder / f"{next(numbers):04}.eml")
        return "250 OK"


async def main():
    context = None
    if len(sys.argv) > 2:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
    make = lambda: SMTP(Handler(), enable_SMTPUTF8=True, tls_context=context, require_starttls=context is not None)
    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())

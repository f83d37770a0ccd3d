"""The FastAGI server; arguments: port, SQLite file."""

import asyncio
import functools
import sys
import time

from panoramisk.fast_agi import Application, Request

from bench.peers.books import Books, endpoint


async def call(books: Books, request: Request) -> None:
    """Look the caller up, dial, and write the call down once it is over."""
    caller, started = request.headers["agi_callerid"], time.time()
    manager = books.manager_of(caller)
    await request.send_command(f"EXEC Dial {endpoint(manager)},30")
    ended = time.time()
    told = await request.send_command('GET FULL VARIABLE "${ANSWEREDTIME_MS}/${HANGUPCAUSE}"')
    lasted, cause = told["result"][1].split("/")
    answered = ended - int(lasted) / 1000 if lasted else None
    books.write(caller, manager, started=started, answered=answered, ended=ended, cause=int(cause))


async def main(port: str, directory: str) -> None:
    """Serve until ended."""
    application = Application()
    application.add_route("call", functools.partial(call, Books(directory)))
    async with await asyncio.start_server(application.handler, "127.0.0.1", int(port)) as server:
        print("ready", flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

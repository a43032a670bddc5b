import type { RequestListener, Server } from "node:http";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, expect, it } from "vitest";
import type { Answer } from "../../../engine/evidence/oci/transport.ts";
import { localCertificate } from "../../../test/evidence/certificate.ts";
import { offlineTransport, openTransport, type TransportOptions } from "./transport.ts";

const ends: (() => void)[] = [];
afterAll(() => {
  for (const end of ends) end();
});

async function listen(server: TcpServer | Server): Promise<number> {
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  ends.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  ends.push(() => server.closeAllConnections());
  return `http://127.0.0.1:${await listen(server)}/`;
}

async function get(url: string, limit = 1000, options: TransportOptions = {}): Promise<Answer> {
  const transport = await openTransport({ timeout: 2_000, ...options });
  const answer = await transport.send({ method: "GET", url, headers: {}, limit });
  transport.close();
  return answer;
}

const whole = (answer: Answer): unknown => (answer.kind === "answer" ? Buffer.from(answer.body).toString() : answer);

it("gives the body as it was sent: nothing unpacked, nothing followed", async () => {
  const packed = gzipSync("text");
  const url = await serve((request, response) => {
    if (request.url === "/moved") response.writeHead(302, { location: "/" }).end("see there");
    else response.writeHead(200, { "content-encoding": "gzip" }).end(packed);
  });
  const answer = await get(url);
  expect(answer.kind === "answer" && Buffer.from(answer.body).equals(packed)).toBe(true);
  const moved = await get(`${url}moved`);
  expect([moved.kind === "answer" && moved.status, whole(moved)]).toEqual([302, "see there"]);
});

it("joins headers that are given twice, so that no challenge is lost", async () => {
  const url = await serve((_, response) => {
    response.writeHead(401, { "www-authenticate": ["Basic", 'Bearer realm="x"'] }).end();
  });
  const answer = await get(url);
  expect(answer.kind === "answer" && answer.headers["www-authenticate"]).toBe('Basic, Bearer realm="x"');
});

it("reads to the limit and not a byte further, announced or not", async () => {
  const url = await serve((request, response) => {
    if (request.url === "/announced") response.setHeader("content-length", 1001);
    response.write("x".repeat(600));
    response.end("x".repeat(request.url === "/exact" ? 400 : 401));
  });
  expect((await get(`${url}exact`)).kind).toBe("answer");
  expect((await get(`${url}announced`)).kind).toBe("too-large");
  expect((await get(url)).kind).toBe("too-large");
});

it("tells half a body from a whole one, and silence from both", async () => {
  const url = await serve((request, response) => {
    if (request.url === "/silent") return;
    if (request.url === "/slow") {
      response.write("x");
      return;
    }
    if (request.url === "/length") response.setHeader("content-length", 10);
    response.write("half");
    setTimeout(() => response.destroy(), 10);
  });
  expect(await get(`${url}length`)).toMatchObject({ kind: "broken", reason: "half-body" });
  expect(await get(`${url}chunked`)).toMatchObject({ kind: "broken", reason: "half-body" });
  expect(await get(`${url}silent`, 1000, { timeout: 200 })).toMatchObject({ kind: "broken", reason: "timeout" });
  expect(await get(`${url}slow`, 1000, { timeout: 200 })).toMatchObject({ kind: "broken", reason: "timeout" });
});

it("says that nobody listens, that the line was cut, and that what answers is no HTTP", async () => {
  const closed = createTcpServer();
  const port = await listen(closed);
  await new Promise((gone) => closed.close(gone));
  expect(await get(`http://127.0.0.1:${port}/`)).toMatchObject({ kind: "broken", reason: "refused" });
  const cut = await listen(createTcpServer((socket) => socket.destroy()));
  expect(await get(`http://127.0.0.1:${cut}/`)).toMatchObject({ kind: "broken", reason: "reset" });
  const other = await listen(createTcpServer((socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n")));
  expect(await get(`http://127.0.0.1:${other}/`)).toMatchObject({ kind: "broken", reason: "protocol" });
  const plain = await serve((_, response) => response.end());
  expect(await get(plain.replace("http:", "https:"))).toMatchObject({ kind: "broken", reason: "protocol" });
  expect(await get("https://registry.invalid/")).toMatchObject({ kind: "broken", reason: "unknown-host" });
});

it("ends what is under way when its caller does", async () => {
  const url = await serve(() => undefined);
  const caller = new AbortController();
  const answer = get(url, 1000, { signal: caller.signal, timeout: 60_000 });
  setTimeout(() => caller.abort(), 50);
  expect(await answer).toMatchObject({ kind: "broken", reason: "timeout" });
});

it("goes through the proxy of the environment, and past it to this machine", async () => {
  const proxy = await serve((request, response) => response.end(`by proxy to ${request.url}`));
  const here = await serve((_, response) => response.end("here"));
  const before = process.env["HTTP_PROXY"];
  process.env["HTTP_PROXY"] = proxy;
  try {
    expect(whole(await get("http://registry.example/v2/"))).toBe("by proxy to http://registry.example/v2/");
    expect(whole(await get(here))).toBe("here");
  } finally {
    if (before === undefined) delete process.env["HTTP_PROXY"];
    else process.env["HTTP_PROXY"] = before;
  }
});

it("asks nobody offline", async () => {
  expect(await offlineTransport({ method: "GET", url: "http://127.0.0.1/", headers: {}, limit: 1 })).toMatchObject({ reason: "offline" });
});

const made = localCertificate();

it.skipIf(!made)("believes the authority that it was given and no stranger", async () => {
  if (!made) return;
  const server = createSecureServer(made, (_, response) => response.end("hello"));
  ends.push(() => server.closeAllConnections());
  const url = `https://127.0.0.1:${await listen(server)}/`;
  expect(await get(url)).toMatchObject({ kind: "broken", reason: "certificate" });
  expect(whole(await get(url, 1000, { authorities: made.cert }))).toBe("hello");
  expect(await get(url.replace("127.0.0.1", "localhost"), 1000, { authorities: made.cert })).toMatchObject({ reason: "certificate" });
});

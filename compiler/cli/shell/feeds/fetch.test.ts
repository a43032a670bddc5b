import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sha256 } from "../digest.ts";
import { documentOf } from "../evidence.ts";
import { FeedCache } from "./cache.ts";
import { type Fetched, fetchFeed, redirected, usualLimits } from "./fetch.ts";
import type { FeedSource } from "./settings.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let handler: Handler;
let base: string;
let folder: string;
let cache: FeedCache;
/** What was asked, with the headers that matter here. */
let asked: { readonly path: string; readonly range?: string; readonly ifRange?: string; readonly none?: string; readonly since?: string }[];

beforeEach(async () => {
  asked = [];
  folder = mkdtempSync(join(tmpdir(), "feeds-"));
  cache = new FeedCache(folder);
  server = createServer((request, response) => {
    const { range, "if-range": ifRange, "if-none-match": none, "if-modified-since": since } = request.headers;
    asked.push({
      path: request.url ?? "",
      ...(range === undefined ? {} : { range }),
      ...(ifRange === undefined ? {} : { ifRange: String(ifRange) }),
      ...(none === undefined ? {} : { none }),
      ...(since === undefined ? {} : { since }),
    });
    handler(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const table = `#model_version:v2025.03.14,score_date:2026-11-20T00:00:00+0000\ncve,epss,percentile\n${Array.from({ length: 5000 }, (_, n) => `CVE-2024-${10_000 + n},0.${n + 1},0.5\n`).join("")}`;
const packed = gzipSync(table);
const limits = { ...usualLimits, idle: 2000, attempts: 3, backoff: 1 };

function fetched(source: Partial<FeedSource> & { readonly path?: string } = {}, own: Partial<typeof limits> = {}): Promise<Fetched> {
  const { path = "/epss.csv.gz", ...rest } = source;
  const whole: FeedSource = { kind: "epss", at: `${base}${path}`, isUrl: true, ...rest };
  return fetchFeed(whole, cache, {
    limits: { ...limits, ...own },
    now: () => "2026-11-21T12:00:00Z",
    check: async (bytes) => {
      const { refused, diagnostics } = await documentOf(bytes, whole.at, sha256(bytes));
      if (refused) return { problem: diagnostics[0]?.message ?? "" };
      return {};
    },
  });
}

const contentOf = (path = "/epss.csv.gz"): Buffer | undefined => {
  const read = cache.read(`${base}${path}`);
  return read.kind === "content" ? read.bytes : undefined;
};

/** Serves the bytes with a tag, and parts of them; `cut`: of each answer only so many bytes arrive. */
function serving(bytes: Buffer, { cut, tag = '"v1"', ranges = true }: { cut?: number; tag?: string; ranges?: boolean } = {}): Handler {
  return (request, response) => {
    const { range, "if-range": ifRange, "if-none-match": none } = request.headers;
    if (none === tag) return void response.writeHead(304, { etag: tag }).end();
    const from = ranges && ifRange === tag ? Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0) : 0;
    const part = bytes.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, {
      etag: tag,
      "content-length": part.length,
      ...(from > 0 ? { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
    });
    if (cut === undefined || cut >= part.length) return void response.end(part);
    response.write(part.subarray(0, cut), () => setTimeout(() => response.socket?.end(), 200));
  };
}

describe("a connection that is cut off", () => {
  it("is continued where it ended, from attempt to attempt", async () => {
    handler = serving(packed, { cut: Math.ceil(packed.length / 3) });
    expect(await fetched()).toMatchObject({ kind: "updated" });
    expect(contentOf()?.equals(packed)).toBe(true);
    expect(asked.map(({ range, ifRange }) => [range, ifRange])).toEqual([
      [undefined, undefined],
      [`bytes=${Math.ceil(packed.length / 3)}-`, '"v1"'],
      [`bytes=${2 * Math.ceil(packed.length / 3)}-`, '"v1"'],
    ]);
    expect(readdirSync(join(folder, "partial"))).toEqual([]);
  });

  it("is continued by a later call, which may be days later", async () => {
    handler = serving(packed, { cut: 1000 });
    expect(await fetched({}, { attempts: 1 })).toMatchObject({
      kind: "failed",
      reason: expect.stringContaining(`1000 of ${packed.length}`),
    });
    expect(contentOf()).toBeUndefined();
    handler = serving(packed);
    expect(await fetched()).toMatchObject({ kind: "updated" });
    expect(asked[1]).toEqual({ path: "/epss.csv.gz", range: "bytes=1000-", ifRange: '"v1"' });
    expect(contentOf()?.equals(packed)).toBe(true);
  });

  it("begins anew where the content is another meanwhile, and where the server sends no parts", async () => {
    const next = gzipSync(`${table}CVE-2025-0001,0.5,0.5\n`);
    handler = serving(packed, { cut: 1000 });
    await fetched({}, { attempts: 1 });
    handler = serving(next, { tag: '"v2"' });
    await fetched();
    expect(contentOf()?.equals(next)).toBe(true);

    handler = serving(packed, { cut: 1000 });
    await fetched({ path: "/b.csv.gz" }, { attempts: 1 });
    handler = serving(packed, { ranges: false });
    await fetched({ path: "/b.csv.gz" });
    expect(contentOf("/b.csv.gz")?.equals(packed)).toBe(true);
  });

  it("is not continued by what a weak tag calls the same, by another part, or by other content under the same part", async () => {
    handler = serving(packed, { cut: 1000, tag: 'W/"v1"' });
    await fetched({}, { attempts: 1 });
    handler = serving(packed);
    await fetched();
    expect(asked[1]?.range).toBeUndefined();

    for (const [path, headers] of [
      ["/c.csv.gz", { etag: '"v1"', "content-range": `bytes 5-${packed.length - 1}/${packed.length}` }],
      ["/d.csv.gz", { etag: '"v9"', "content-range": `bytes 1000-${packed.length - 1}/${packed.length}` }],
    ] as const) {
      handler = serving(packed, { cut: 1000 });
      await fetched({ path }, { attempts: 1 });
      handler = (request, response) =>
        request.headers.range === undefined
          ? serving(packed)(request, response)
          : void response.writeHead(206, headers).end(packed.subarray(1000));
      expect(await fetched({ path })).toMatchObject({ kind: "updated" });
      expect(contentOf(path)?.equals(packed)).toBe(true);
    }
  });

  it("is not continued by content of another day, where the server has no tags and looks at no condition", async () => {
    const part = (day: number, from: number): Record<string, string> => ({
      "last-modified": `Fri, ${day} Nov 2026 00:00:00 GMT`,
      "content-length": String(packed.length - from),
      ...(from === 0 ? {} : { "content-range": `bytes ${from}-${packed.length - 1}/${packed.length}` }),
    });
    handler = (_, response) => {
      response.writeHead(200, part(13, 0));
      response.write(Buffer.alloc(1000), () => setTimeout(() => response.socket?.end(), 200));
    };
    await fetched({}, { attempts: 1 });
    handler = (request, response) => {
      const from = request.headers.range === undefined ? 0 : 1000;
      response.writeHead(from === 0 ? 200 : 206, part(20, from)).end(packed.subarray(from));
    };
    expect(await fetched()).toMatchObject({ kind: "updated" });
    expect(contentOf()?.equals(packed)).toBe(true);
  });

  it("is begun anew where the server does not have the part", async () => {
    handler = serving(packed, { cut: 1000 });
    await fetched({}, { attempts: 1 });
    handler = (request, response) =>
      request.headers.range === undefined ? serving(packed)(request, response) : void response.writeHead(416).end();
    expect(await fetched()).toMatchObject({ kind: "updated" });
  });

  it("without a length is found out by the content, and what was there stays", async () => {
    handler = serving(packed);
    await fetched();
    handler = (_, response) =>
      void response.writeHead(200, { etag: '"v2"', connection: "close" }).end(packed.subarray(0, packed.length - 50));
    expect(await fetched()).toMatchObject({ kind: "refused", problem: expect.stringContaining("it ends too early") });
    expect(contentOf()?.equals(packed)).toBe(true);
  });
});

describe("what was fetched already", () => {
  it("is not sent again, and is known to be new still", async () => {
    handler = serving(packed);
    const first = await fetched();
    const second = await fetched();
    expect([first.kind, second.kind]).toEqual(["updated", "unchanged"]);
    expect(asked[1]).toEqual({ path: "/epss.csv.gz", none: '"v1"' });
  });

  it("is asked for by its date where the server has no tags", async () => {
    const modified = "Fri, 20 Nov 2026 00:00:00 GMT";
    handler = (request, response) =>
      request.headers["if-modified-since"] === modified
        ? void response.writeHead(304).end()
        : void response.writeHead(200, { "last-modified": modified }).end(packed);
    await fetched();
    expect(await fetched()).toMatchObject({ kind: "unchanged" });
    expect(asked[1]?.since).toBe(modified);
  });

  it("goes once something newer is there, and only then", async () => {
    handler = serving(packed);
    await fetched();
    handler = serving(gzipSync(`${table}CVE-2025-0001,0.5,0.5\n`), { tag: '"v2"' });
    await fetched();
    expect(readdirSync(join(folder, "blobs", "sha256"))).toHaveLength(1);
  });

  it("that was changed on disk is no content any more, and is fetched again", async () => {
    handler = serving(packed);
    await fetched();
    const [name = ""] = readdirSync(join(folder, "blobs", "sha256"));
    writeFileSync(join(folder, "blobs", "sha256", name), "changed");
    expect(cache.read(`${base}/epss.csv.gz`)).toMatchObject({ kind: "changed" });
    expect(await fetched()).toMatchObject({ kind: "updated" });
    expect(asked[1]?.none).toBeUndefined();
    expect(contentOf()?.equals(packed)).toBe(true);
  });
});

describe("what is sent is refused", () => {
  it("where its digest is not the one that the project names, whatever was there before", async () => {
    handler = serving(packed);
    const wrong = await fetched({ pin: `sha256:${"0".repeat(64)}` });
    expect(wrong).toMatchObject({ kind: "refused", problem: expect.stringContaining("waybill.toml") });
    expect(contentOf()).toBeUndefined();
    expect(await fetched({ pin: sha256(packed) })).toMatchObject({ kind: "updated" });
    expect(await fetched({ pin: `sha256:${"0".repeat(64)}` })).toMatchObject({ kind: "refused" });
  });

  it("where it is not what its publisher's checksum says, or there is none", async () => {
    const sums = new Map([
      ["/right", `${sha256(packed).slice(7)}  epss.csv.gz\n`],
      ["/bare", sha256(packed).slice(7)],
      ["/wrong", `${"0".repeat(64)}  epss.csv.gz\n`],
      ["/other", `${sha256(packed).slice(7)}  other.csv.gz\n`],
      ["/page", "<html>not found</html>"],
    ]);
    handler = (request, response) => {
      const sum = sums.get(request.url ?? "");
      if (sum === undefined) serving(packed)(request, response);
      else response.end(sum);
    };
    const outcome = async (path: string): Promise<string> => (await fetched({ checksum: `${base}${path}` })).kind;
    expect(await outcome("/wrong")).toBe("refused");
    expect(await outcome("/other")).toBe("refused");
    expect(await outcome("/page")).toBe("refused");
    expect(await outcome("/right")).toBe("updated");
    expect(await outcome("/bare")).toBe("unchanged");
  });

  it("where it is no such feed: a portal's page, a table that was cut, a bomb", async () => {
    for (const body of [Buffer.from("<html>log in</html>"), Buffer.from(table.slice(0, -9)), gzipSync(Buffer.alloc(80_000_000))]) {
      handler = (_, response) => void response.end(body);
      expect(await fetched()).toMatchObject({ kind: "refused" });
      expect(contentOf()).toBeUndefined();
    }
  });

  it("where it is larger than it may be, said or not", async () => {
    handler = serving(packed);
    expect(await fetched({}, { size: 1000 })).toMatchObject({ kind: "refused", problem: expect.stringContaining("1000") });
    let sent = 0;
    handler = (_, response) => {
      const more = (): void => {
        sent += 65_536;
        if (!response.destroyed) response.write(Buffer.alloc(65_536), more);
      };
      more();
    };
    expect(await fetched({}, { size: 1_000_000 })).toMatchObject({ kind: "refused" });
    expect(sent).toBeLessThan(20_000_000);
  });
});

describe("a server", () => {
  it("that fails is asked again, as long as it may be", async () => {
    let failures = 2;
    handler = (request, response) => {
      failures -= 1;
      if (failures >= 0) response.writeHead(503).end();
      else serving(packed)(request, response);
    };
    expect(await fetched()).toMatchObject({ kind: "updated" });
    handler = (_, response) => void response.writeHead(500).end();
    asked = [];
    expect(await fetched()).toEqual({ kind: "failed", reason: "the server answered 500" });
    expect(asked).toHaveLength(3);
  });

  it("that says no is asked once", async () => {
    handler = (_, response) => void response.writeHead(404).end();
    expect(await fetched()).toEqual({ kind: "failed", reason: "the server answered 404" });
    expect(asked).toHaveLength(1);
  });

  it("that redirects is followed to another page, and not to a file, without end or to nowhere", async () => {
    handler = (request, response) => {
      const to: Readonly<Record<string, string>> = {
        "/moved": "/epss.csv.gz",
        "/file": "file:///etc/passwd",
        "/data": "data:text/plain,x",
        "/round": "/round",
      };
      const location = to[request.url ?? ""];
      if (location === undefined && request.url === "/nowhere") response.writeHead(302).end();
      else if (location === undefined) serving(packed)(request, response);
      else response.writeHead(302, { location }).end();
    };
    expect(await fetched({ path: "/moved" })).toMatchObject({ kind: "updated" });
    expect(await fetched({ path: "/file" })).toEqual({
      kind: "failed",
      reason: "the server redirects to `file:`, where nothing is fetched from",
    });
    expect(await fetched({ path: "/data" })).toMatchObject({ kind: "failed" });
    expect(await fetched({ path: "/round" })).toEqual({ kind: "failed", reason: "it is redirected more than 5 times" });
    expect(await fetched({ path: "/nowhere" })).toMatchObject({ kind: "failed" });
  });

  it("elsewhere does not lead to this machine, by whatever name, and one on this machine may", () => {
    const hosts = [
      "127.0.0.1",
      "127.1",
      "0",
      "2130706433",
      "localhost.",
      "a.localhost",
      "[::]",
      "[::1]",
      "[::ffff:127.0.0.1]",
      "169.254.169.254",
    ];
    for (const host of hosts) expect(() => redirected("http://epss.example/a", `http://${host}/b`)).toThrow("to this machine");
    expect(redirected("http://127.0.0.1:81/a", "http://localhost:82/b")).toBe("http://localhost:82/b");
    expect(redirected("https://epss.example/a", "//mirror.example/b")).toBe("https://mirror.example/b");
    expect(() => redirected("https://epss.example/a", "http://epss.example/b")).toThrow("`http:`");
  });

  it("that sends nothing, or is not there, is given up", async () => {
    handler = () => undefined;
    expect(await fetched({}, { idle: 50, attempts: 1 })).toEqual({ kind: "failed", reason: "nothing was sent for too long" });
    handler = (_, response) => void response.write("#model");
    expect(await fetched({}, { idle: 50, attempts: 1 })).toMatchObject({ kind: "failed" });
    const gone = { kind: "epss", at: "http://127.0.0.1:1/epss.csv", isUrl: true } as const;
    const options = { limits: { ...limits, attempts: 1 }, now: () => "", check: async () => ({}) };
    expect(await fetchFeed(gone, cache, options)).toEqual({ kind: "failed", reason: "nothing listens there" });
  });

  it("that packs what it sends unasked is not believed", async () => {
    handler = (_, response) => void response.writeHead(200, { "content-encoding": "gzip" }).end(packed);
    expect(await fetched()).toMatchObject({ kind: "failed" });
  });
});

it("keeps the time of an update apart from the time at which it was last asked for", async () => {
  handler = serving(packed);
  await fetched();
  const [name = ""] = readdirSync(join(folder, "urls"));
  expect(JSON.parse(readFileSync(join(folder, "urls", name), "utf8"))).toEqual({
    url: `${base}/epss.csv.gz`,
    digest: sha256(packed),
    size: packed.length,
    fetched: "2026-11-21T12:00:00Z",
    checked: "2026-11-21T12:00:00Z",
    etag: '"v1"',
  });
});

/** A server that sends a page where a feed should be. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FeedCache } from "../../compiler/cli/shell/feeds/cache.ts";
import { fetchFeed, usualLimits } from "../../compiler/cli/shell/feeds/fetch.ts";
import type { FeedSource } from "../../compiler/cli/shell/feeds/settings.ts";
import { checkFeed, problemsOf } from "../../compiler/cli/verbs/feeds.ts";
import type { Diagnostic } from "../../language/diagnostics/diagnostic.ts";

export async function fetchedPage(): Promise<readonly Diagnostic[]> {
  const server = createServer((_, response) => void response.end("<html>log in</html>"));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const folder = mkdtempSync(join(tmpdir(), "feed-page-"));
  const source: FeedSource = { kind: "kev", at: `http://127.0.0.1:${(server.address() as AddressInfo).port}/kev.json`, isUrl: true };
  try {
    const check = (bytes: Buffer) => checkFeed(source, bytes);
    return problemsOf(
      source,
      await fetchFeed(source, new FeedCache(folder), { limits: usualLimits, now: () => "2026-11-21T12:00:00Z", check }),
    );
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

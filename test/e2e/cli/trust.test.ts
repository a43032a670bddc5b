import { generateKeyPairSync } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { bytesOf, instance } from "../../trust/instance.ts";
import { type TufRepository, tufRepository } from "../../trust/repository.ts";
import { waybill } from "./waybill.ts";

let cwd = "";
let mirror: TufRepository;
const [first, second] = [bytesOf(instance("first").root), bytesOf(instance("second").root)];

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "trust-"));
  mirror = await tufRepository();
  await writeFile(join(cwd, "root.json"), mirror.root);
});
afterEach(async () => {
  await mirror.close();
  await rm(cwd, { recursive: true, force: true });
});

const update = (...words: readonly string[]) =>
  waybill(["trust", "update", "--mirror", mirror.url, "--root", "root.json", "--cache", "cache", ...words], { cwd });
const written = (): Buffer | undefined => {
  const path = join(cwd, "trusted_root.json");
  return existsSync(path) ? readFileSync(path) : undefined;
};

it("asks nobody with --offline: exit 2", async () => {
  mirror.serve(first);
  const ran = await update("--offline");
  expect([ran.code, mirror.asked, written()]).toEqual([2, [], undefined]);
  expect(ran.err).toContain("`--offline`");
});

it("takes no repository without the root that it is to be trusted by: exit 2", async () => {
  const ran = await waybill(["trust", "update", "--mirror", mirror.url, "--cache", "cache"], { cwd });
  expect([ran.code, mirror.asked]).toEqual([2, []]);
  expect(ran.err).toContain("--root");
});

it("refuses what other keys signed, what has expired, and what is older than what was seen: exit 1, and nothing is written", async () => {
  mirror.serve(first, { signer: generateKeyPairSync("ed25519").privateKey });
  const forged = await update();
  expect([forged.code, written()]).toEqual([1, undefined]);
  expect(forged.err).toContain("error[WB1106]");
  mirror.serve(first, { expires: "2020-01-01T00:00:00Z" });
  expect([(await update()).code, written()]).toEqual([1, undefined]);
  mirror.serve(second, { version: 5 });
  expect([(await update()).code, written()]).toEqual([0, second]);
  mirror.serve(first, { version: 4 });
  const older = await update();
  expect([older.code, written()]).toEqual([1, second]);
  expect(older.err).toContain("error[WB1106]");
});

it("refuses a root that is malformed, whoever signed it: exit 1", async () => {
  mirror.serve(Buffer.from("{}"));
  const ran = await update();
  expect([ran.code, written()]).toEqual([1, undefined]);
  expect(ran.err).toContain("error[WB1100]");
});

it("keeps what there is where the repository does not answer: exit 3", async () => {
  mirror.serve(first);
  expect((await update()).code).toBe(0);
  mirror.fail(503);
  const ran = await update();
  expect([ran.code, written()]).toEqual([3, first]);
  expect(ran.err).toContain("error[WB1107]");
}, 60_000);

it("writes the root, leaves it where nothing is new, and replaces it where something is: exit 0", async () => {
  mirror.serve(first);
  expect((await update()).out).toMatch(/^written trusted_root\.json: sha256:[0-9a-f]{64}, newest key \d+ days? old\n$/);
  expect(written()).toEqual(first);
  expect((await update()).out).toMatch(/^unchanged /);
  mirror.serve(second, { version: 2 });
  expect((await update()).out).toMatch(/^replaced /);
  expect(written()).toEqual(second);
});
